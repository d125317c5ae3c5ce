"""Forms of text in an event: URI (RFC 3986), date-time (RFC 3339), zone offset, unit code, version, hex digits.

Each answers as JSON Schema's format checking does, whose usual implementation also lets one line break
at the very end pass; a leap second and the year 0 it refuses.

Source: rfc-3986 appendix A, rfc-3339 section 5.6.

>>> is_uri("https://id.gs1.org/01/04012345111118/21/9876"), is_uri("sy:model"), is_uri("model")
(True, True, False)
>>> is_date_time("2026-05-01T08:00:00.5+08:00"), is_date_time("2026-05-01 08:00:00"), is_date_time("2026-02-29T00:00:00Z")
(True, False, False)
"""

import re

_UNRESERVED = r"A-Za-z0-9._~\-"
_SUB_DELIMS = r"!$&'()*+,;="
_PLAIN_PATH = rf"[{_UNRESERVED}{_SUB_DELIMS}:@/]"
_SCHEME = r"[A-Za-z][A-Za-z0-9+.\-]*:"

plain_uri = re.compile(
    rf"{_SCHEME}(?://[A-Za-z0-9.\-]+(?:/{_PLAIN_PATH}*)?|[{_UNRESERVED}{_SUB_DELIMS}:@]{_PLAIN_PATH}*)"
).fullmatch
"""What nearly every URI of an event looks like, seen in one pass: no percent signs, no query."""


def _run(characters: str) -> str:
    """Any number of these characters or percent-encoded bytes."""
    return rf"[{characters}]*(?:%[0-9A-Fa-f]{{2}}[{characters}]*)*"


_OCTET = r"(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)"
_H16 = r"[0-9A-Fa-f]{1,4}"
_LS32 = rf"(?:{_H16}:{_H16}|{_OCTET}(?:\.{_OCTET}){{3}})"
_IPV6 = "|".join(
    (
        rf"(?:{_H16}:){{6}}{_LS32}",
        rf"::(?:{_H16}:){{5}}{_LS32}",
        rf"(?:{_H16})?::(?:{_H16}:){{4}}{_LS32}",
        rf"(?:(?:{_H16}:){{0,1}}{_H16})?::(?:{_H16}:){{3}}{_LS32}",
        rf"(?:(?:{_H16}:){{0,2}}{_H16})?::(?:{_H16}:){{2}}{_LS32}",
        rf"(?:(?:{_H16}:){{0,3}}{_H16})?::{_H16}:{_LS32}",
        rf"(?:(?:{_H16}:){{0,4}}{_H16})?::{_LS32}",
        rf"(?:(?:{_H16}:){{0,5}}{_H16})?::{_H16}",
        rf"(?:(?:{_H16}:){{0,6}}{_H16})?::",
    )
)
_HOST = (
    rf"(?:\[(?:{_IPV6}|v[0-9A-Fa-f]+\.[{_UNRESERVED}{_SUB_DELIMS}:]+)\]|{_run(_UNRESERVED + _SUB_DELIMS)})"
)
_AUTHORITY = rf"(?:{_run(_UNRESERVED + _SUB_DELIMS + ':')}@)?{_HOST}(?::[0-9]*)?"
_PCHAR = _UNRESERVED + _SUB_DELIMS + ":@"
_SOME = rf"(?:[{_PCHAR}]|%[0-9A-Fa-f]{{2}})"
_URI = re.compile(
    rf"{_SCHEME}(?://{_AUTHORITY}(?:/{_run(_PCHAR + '/')})?|/?{_SOME}{_run(_PCHAR + '/')}|/|)"
    rf"(?:\?{_run(_PCHAR + '/?')})?(?:\#{_run(_PCHAR + '/?')})?\n?"
).fullmatch

_DAY = (
    r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_CLOCK = (
    r"[Tt](?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}(?:\.[0-9]+)?(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])\n?"
)
plain_date_time = re.compile(rf"(?!0000)[0-9]{{4}}-{_DAY}{_CLOCK}").fullmatch
"""A date-time on any day but the 29th of February."""
_LEAP_DAY = re.compile(rf"([0-9]{{4}})-02-29{_CLOCK}").fullmatch

_OFFSET = re.compile(r"[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00)\n?").fullmatch
_UNIT = re.compile(r"[A-Z0-9]{2,3}\n?").fullmatch
_VERSION = re.compile(r"\d+(?:\.\d+)*\n?").fullmatch
_HEX = re.compile(r"[A-Fa-f0-9]+\n?").fullmatch

_CBV_STEMS = ("urn:epcglobal:cbv", "http://ns.gs1.org/cbv/", "https://ns.gs1.org/cbv/")
_GS1_STEMS = tuple(
    f"{scheme}://{host}/voc/" for scheme in ("http", "https") for host in ("gs1.org", "www.gs1.org")
)


def is_uri(text: str) -> bool:
    """An absolute URI; a prefixed name such as `sy:model` is one."""
    return plain_uri(text) is not None or _URI(text) is not None


def is_own_word(text: str) -> bool:
    """A URI that may name a word of one's own where CBV has bare words: not a CBV word in disguise."""
    return not text.startswith(_CBV_STEMS) and is_uri(text)


def is_own_measure(text: str) -> bool:
    """A URI that may name a kind of measurement of one's own: not a GS1 Web Vocabulary word in disguise."""
    return not text.startswith(_GS1_STEMS) and is_uri(text)


def is_date_time(text: str) -> bool:
    """A date and time with zone."""
    if plain_date_time(text):
        return True
    leap = _LEAP_DAY(text)
    if leap is None:
        return False
    year = int(leap[1])
    return year > 0 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def is_offset(text: str) -> bool:
    """A zone offset from -14:00 to +14:00, `+08:00`."""
    return _OFFSET(text) is not None


def is_unit(text: str) -> bool:
    """A UN/CEFACT Recommendation 20 code by its form: two or three capitals or digits."""
    return _UNIT(text) is not None


def is_version(text: str) -> bool:
    """Numbers joined by points, `2.0`."""
    return _VERSION(text) is not None


def is_hex(text: str) -> bool:
    """Hexadecimal digits."""
    return _HEX(text) is not None
