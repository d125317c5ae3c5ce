"""EPC URNs: the older way to write GS1 keys, in which the company prefix is set apart by a full stop.

    urn:epc:id:sgtin : 4012345 . 0 11111 . 9876     is   https://id.gs1.org/01/04012345111118/21/9876
                       company   |  item   serial
                                 indicator

From URN to Digital Link the way is plain. Back, the length of the company prefix must be known: it is given out by GS1 and
stands nowhere in the key.

Source: GS1 EPC Tag Data Standard 2.1, section 6; CBV 2.0 section 8.9.

>>> to_digital_link("urn:epc:id:sgtin:4012345.011111.9876")
'https://id.gs1.org/01/04012345111118/21/9876'
>>> to_urn("https://id.gs1.org/01/04012345111118/21/9876", company_prefix_length=7)
'urn:epc:id:sgtin:4012345.011111.9876'
>>> canonical("urn:epc:id:sgln:4012345.00005.0")
'https://id.gs1.org/414/4012345000054'
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from suyuan.identifiers import canonical_link
from suyuan.identifiers.check_digit import check_digit
from suyuan.identifiers.diagnosis import NotAnIdentifier, diagnosis

_MEMORY = 65_536  # addresses of parties, places and classes recur; those of single things seldom do

Pairs = list[tuple[str, str]]


class NotAnEpcUrn(NotAnIdentifier):
    """A text that is no EPC URN of a GS1 key, or a key that has none."""


@dataclass(frozen=True, slots=True)
class _Scheme:
    """How one scheme is cut at full stops, and what its pieces are in AIs and back."""

    name: str
    pieces: re.Pattern[str]
    ais: Callable[[Sequence[str]], Pairs]


_COMPANY = "([0-9]{6,12})"
_SERIAL = r"((?:%2[1-35-9A-Fa-f]|%3[0-9A-Fa-f]|%4[1-9A-Fa-f]|%5[0-9AaFf]|%6[1-9A-Fa-f]|%7[0-9Aa]|[!')(*+,.0-9:;=A-Za-z_-])+)"
_PART = r"((?:%2[3dDfF]|%3[0-9]|%4[1-9A-Fa-f]|%5[0-9Aa]|[0-9A-Z-])+)"
_DIGITS, _NUMBER = "([0-9]*)", "([0-9]+)"


def _plain(text: str) -> str:
    return canonical_link.unescaped(text) if "%" in text else text


def _gtin(company: str, item: str) -> str:
    digits = item[0] + company + item[1:]
    return digits + check_digit(digits)


def _checked(*pieces: str) -> str:
    digits = "".join(pieces)
    return digits + check_digit(digits)


def _sscc(company: str, serial: str) -> str:
    return _checked(serial[:1], company, serial[1:])


def _scheme(name: str, pieces: str, total: int | None, ais: Callable[[Sequence[str]], Pairs]) -> _Scheme:
    """`total`: how many digits company prefix and the piece after it have together."""
    ahead = "" if total is None else rf"(?=[0-9.]{{{total + 1}}}(?:\.|$))(?=[0-9]*\.[0-9]*(?:\.|$))"
    return _Scheme(name, re.compile(ahead + _COMPANY + pieces), ais)


_GTIN_ITEM = r"\.([0-9]+)"
_BLANK_OR_DIGITS = rf"\.{_DIGITS}"
_ANY = r"\.\*"

_SCHEMES: Mapping[str, _Scheme] = MappingProxyType(
    {
        scheme.name: scheme
        for scheme in (
            _scheme(
                "id:sgtin",
                rf"{_GTIN_ITEM}\.{_SERIAL}",
                13,
                lambda p: [("01", _gtin(p[0], p[1])), ("21", _plain(p[2]))],
            ),
            _scheme("id:sscc", rf"\.{_NUMBER}", 17, lambda p: [("00", _sscc(p[0], p[1]))]),
            _scheme(
                "id:sgln",
                rf"{_BLANK_OR_DIGITS}\.{_SERIAL}",
                12,
                lambda p: [("414", _checked(p[0], p[1])), *([] if p[2] == "0" else [("254", _plain(p[2]))])],
            ),
            _scheme(
                "id:grai",
                rf"{_BLANK_OR_DIGITS}\.{_SERIAL}",
                12,
                lambda p: [("8003", "0" + _checked(p[0], p[1]) + _plain(p[2]))],
            ),
            _scheme("id:giai", rf"\.{_SERIAL}", None, lambda p: [("8004", p[0] + _plain(p[1]))]),
            _scheme("id:gsrn", rf"\.{_NUMBER}", 17, lambda p: [("8018", _checked(p[0], p[1]))]),
            _scheme("id:gsrnp", rf"\.{_NUMBER}", 17, lambda p: [("8017", _checked(p[0], p[1]))]),
            _scheme(
                "id:gdti",
                rf"{_BLANK_OR_DIGITS}\.{_SERIAL}",
                12,
                lambda p: [("253", _checked(p[0], p[1]) + _plain(p[2]))],
            ),
            _scheme(
                "id:cpi",
                rf"\.{_PART}\.{_NUMBER}",
                None,
                lambda p: [("8010", p[0] + _plain(p[1])), ("8011", p[2])],
            ),
            _scheme(
                "id:sgcn",
                rf"{_BLANK_OR_DIGITS}\.{_NUMBER}",
                12,
                lambda p: [("255", _checked(p[0], p[1]) + p[2])],
            ),
            _scheme("id:ginc", rf"\.{_SERIAL}", None, lambda p: [("401", p[0] + _plain(p[1]))]),
            _scheme("id:gsin", rf"\.{_NUMBER}", 16, lambda p: [("402", _checked(p[0], p[1]))]),
            _scheme(
                "id:itip",
                rf"{_GTIN_ITEM}\.([0-9]{{2}})\.([0-9]{{2}})\.{_SERIAL}",
                13,
                lambda p: [("8006", _gtin(p[0], p[1]) + p[2] + p[3]), ("21", _plain(p[4]))],
            ),
            _scheme(
                "id:upui",
                rf"{_GTIN_ITEM}\.{_SERIAL}",
                13,
                lambda p: [("01", _gtin(p[0], p[1])), ("235", _plain(p[2]))],
            ),
            _scheme("id:pgln", _BLANK_OR_DIGITS, 12, lambda p: [("417", _checked(p[0], p[1]))]),
            _scheme(
                "class:lgtin",
                rf"{_GTIN_ITEM}\.{_SERIAL}",
                13,
                lambda p: [("01", _gtin(p[0], p[1])), ("10", _plain(p[2]))],
            ),
            _scheme("idpat:sgtin", _GTIN_ITEM + _ANY, 13, lambda p: [("01", _gtin(p[0], p[1]))]),
            _scheme(
                "idpat:grai", _BLANK_OR_DIGITS + _ANY, 12, lambda p: [("8003", "0" + _checked(p[0], p[1]))]
            ),
            _scheme("idpat:gdti", _BLANK_OR_DIGITS + _ANY, 12, lambda p: [("253", _checked(p[0], p[1]))]),
            _scheme("idpat:sgcn", _BLANK_OR_DIGITS + _ANY, 12, lambda p: [("255", _checked(p[0], p[1]))]),
            _scheme("idpat:cpi", rf"\.{_PART}{_ANY}", None, lambda p: [("8010", p[0] + _plain(p[1]))]),
            _scheme(
                "idpat:itip",
                rf"{_GTIN_ITEM}\.([0-9]{{2}})\.([0-9]{{2}}){_ANY}",
                13,
                lambda p: [("8006", _gtin(p[0], p[1]) + p[2] + p[3])],
            ),
            _scheme("idpat:upui", _GTIN_ITEM + _ANY, 13, lambda p: [("01", _gtin(p[0], p[1]))]),
        )
    }
)


def _pairs(urn: str) -> Pairs | None:
    """The AIs and values that `urn` stands for; None where it is no EPC URN of a GS1 key."""
    parts = urn.split(":", 4)
    if len(parts) != 5 or parts[0].lower() != "urn" or parts[1].lower() != "epc":
        return None
    scheme = _SCHEMES.get(f"{parts[2]}:{parts[3]}")
    found = scheme.pieces.fullmatch(parts[4]) if scheme else None
    if scheme is None or found is None:
        return None
    pairs = scheme.ais(found.groups())
    return pairs if all(canonical_link.fits(ai, value) for ai, value in pairs) else None


def is_valid(urn: str) -> bool:
    """Whether `urn` is an EPC URN of a GS1 key."""
    return _pairs(urn) is not None


def parse(urn: str) -> tuple[tuple[str, str], ...]:
    """The Application Identifiers and values of an EPC URN. Raises NotAnEpcUrn.

    >>> parse("urn:epc:class:lgtin:4012345.012345.Lot987")
    (('01', '04012345123456'), ('10', 'Lot987'))
    """
    pairs = _pairs(urn)
    if pairs is None:
        raise NotAnEpcUrn(
            diagnosis(
                "epc-urn",
                f"{urn!r} is no EPC URN of a GS1 key: scheme, number of digits or a character is not as it should be",
                f"{urn!r} 不是 GS1 标识代码的 EPC URN：方案、位数或字符不符合规定",
            )
        )
    return tuple(pairs)


def show(value: Sequence[tuple[str, str]]) -> str:
    """The elements in brackets, for people."""
    return "".join(f"({ai}){text}" for ai, text in value)


def to_digital_link(urn: str) -> str:
    """The canonical Digital Link of an EPC URN. Raises NotAnEpcUrn."""
    return canonical_link.canonical_path(parse(urn))


@lru_cache(_MEMORY)
def canonical(uri: str) -> str:
    """The canonical Digital Link of an EPC URN or of a Digital Link of any domain; any other URI as it is."""
    if uri[:8].lower() == "urn:epc:":
        pairs = _pairs(uri)
        return uri if pairs is None else canonical_link.canonical_path(pairs)
    return canonical_link.canonical(uri)


def to_urn(uri: str, company_prefix_length: int) -> str:
    """The EPC URN of a Digital Link, whose company prefix has this many digits. Raises NotAnEpcUrn where there is none.

    >>> to_urn("https://id.gs1.org/414/4012345000054", 7)
    'urn:epc:id:sgln:4012345.00005.0'
    """
    link = canonical_link.canonical(uri)
    steps = link.removeprefix(canonical_link.CANONICAL_STEM).split("/")[1:]
    values = [canonical_link.unescaped(step) for step in steps[1::2]]
    write = _WRITERS.get(tuple(steps[::2])) if link.startswith(canonical_link.CANONICAL_STEM) else None
    if write is None or not 6 <= company_prefix_length <= 12:
        raise NotAnEpcUrn(
            diagnosis("epc-urn-none", f"{uri!r} has no EPC URN of its own", f"{uri!r} 没有对应的 EPC URN")
        )
    return "urn:epc:" + write(values, company_prefix_length)


def _cut(digits: str, company: int) -> str:
    return f"{digits[:company]}.{digits[company:]}"


def _cut_gtin(gtin: str, company: int) -> str:
    return f"{gtin[1 : 1 + company]}.{gtin[0]}{gtin[1 + company : 13]}"


def _safe(text: str) -> str:
    return "".join(c if re.match(r"[!')(*+,.0-9:;=A-Za-z_-]", c) else f"%{ord(c):02X}" for c in text)


def _keyed(scheme: str, key: str, start: int, company: int) -> str:
    """Key of digits with a check digit after twelve, and a serial number, which `*` replaces where it is missing."""
    digits, serial = key[start : start + 12], key[start + 13 :]
    cut = _cut(digits, company)
    return f"id:{scheme}:{cut}.{_safe(serial)}" if serial else f"idpat:{scheme}:{cut}.*"


_WRITERS: Mapping[tuple[str, ...], Callable[[Sequence[str], int], str]] = MappingProxyType(
    {
        ("00",): lambda v, n: f"id:sscc:{v[0][1 : 1 + n]}.{v[0][0]}{v[0][1 + n : 17]}",
        ("01",): lambda v, n: f"idpat:sgtin:{_cut_gtin(v[0], n)}.*",
        ("01", "21"): lambda v, n: f"id:sgtin:{_cut_gtin(v[0], n)}.{_safe(v[1])}",
        ("01", "10"): lambda v, n: f"class:lgtin:{_cut_gtin(v[0], n)}.{_safe(v[1])}",
        ("01", "235"): lambda v, n: f"id:upui:{_cut_gtin(v[0], n)}.{_safe(v[1])}",
        ("253",): lambda v, n: _keyed("gdti", v[0], 0, n),
        ("255",): lambda v, n: _keyed("sgcn", v[0], 0, n),
        ("401",): lambda v, n: f"id:ginc:{v[0][:n]}.{_safe(v[0][n:])}",
        ("402",): lambda v, n: f"id:gsin:{_cut(v[0][:16], n)}",
        ("414",): lambda v, n: f"id:sgln:{_cut(v[0][:12], n)}.0",
        ("414", "254"): lambda v, n: f"id:sgln:{_cut(v[0][:12], n)}.{_safe(v[1])}",
        ("417",): lambda v, n: f"id:pgln:{_cut(v[0][:12], n)}",
        ("8003",): lambda v, n: _keyed("grai", v[0], 1, n),
        ("8004",): lambda v, n: f"id:giai:{v[0][:n]}.{_safe(v[0][n:])}",
        ("8006",): lambda v, n: f"idpat:itip:{_cut_gtin(v[0], n)}.{v[0][14:16]}.{v[0][16:]}.*",
        ("8006", "21"): lambda v, n: f"id:itip:{_cut_gtin(v[0], n)}.{v[0][14:16]}.{v[0][16:]}.{_safe(v[1])}",
        ("8010",): lambda v, n: f"idpat:cpi:{v[0][:n]}.{_safe(v[0][n:])}.*",
        ("8010", "8011"): lambda v, n: f"id:cpi:{v[0][:n]}.{_safe(v[0][n:])}.{v[1]}",
        ("8017",): lambda v, n: f"id:gsrnp:{_cut(v[0][:17], n)}",
        ("8018",): lambda v, n: f"id:gsrn:{_cut(v[0][:17], n)}",
    }
)
