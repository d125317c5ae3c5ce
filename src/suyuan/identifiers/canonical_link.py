"""The canonical form of a GS1 key as a web address: what the CBV 2.0 event hash writes, and by which we know a thing.

    https://example.com/gtin/9520123456788/cpv/2A/lot/L1/ser/S1?17=261231     as somebody wrote it
    https://id.gs1.org/01/09520123456788/21/S1                               canonical: the finest level only

It is no judgement: a check digit is not looked at. `digital_link.parse` judges.

Source: CBV 2.0 section 8.9; GS1 Digital Link Standard: URI syntax, 1.4.

>>> canonical("https://example.com/gtin/9520123456788/cpv/2A/lot/L1/ser/S1?17=261231")
'https://id.gs1.org/01/09520123456788/21/S1'
"""

import re
from collections.abc import Iterable

CANONICAL_STEM = "https://id.gs1.org"

WORDS = {
    "cpid": "8010",
    "cpsn": "8011",
    "cpv": "22",
    "gcn": "255",
    "gdti": "253",
    "giai": "8004",
    "ginc": "401",
    "gln": "414",
    "glnx": "254",
    "gmn": "8013",
    "grai": "8003",
    "gsin": "402",
    "gsrn": "8018",
    "gsrnp": "8017",
    "gtin": "01",
    "itip": "8006",
    "lot": "10",
    "party": "417",
    "refno": "8020",
    "ser": "21",
    "srin": "8019",
    "sscc": "00",
}
"""The words that stood for AIs until version 1.1 of the standard."""

SPLIT_LINK = re.compile(
    r"(?:https?|HTTPS?)://(?P<domain>[^/]+)(?P<path>/[^?#]*)(?:\?(?P<query>[^#]*))?(?:#.*)?"
)
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")


def unescaped(text: str, plus: bool = False) -> str:
    """The characters that `text` stands for, a byte a character: all valid ones are ASCII."""
    if plus:
        text = text.replace("+", " ")
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


_RESERVED = re.compile(r"[^A-Za-z0-9\-._~]")
_RESERVED_IN_HASH = re.compile(r"[^A-Za-z0-9\-._~';=]")


def escaped(text: str, reserved: re.Pattern[str] = _RESERVED) -> str:
    """`text` with its `reserved` characters percent-encoded."""
    return reserved.sub(lambda found: f"%{ord(found[0]):02X}", text)


# What the event hash keeps of each key: the path of the finest level, and the form of each value.
_DIGITS_13, _DIGITS_18 = "[0-9]{13}", "[0-9]{18}"
_SET_82 = r"[!-\"%-?A-Z_a-z]"
_FORMS = {
    ai: re.compile(form, re.ASCII)
    for ai, form in {
        "00": _DIGITS_18,
        "01": "[0-9]{14}",
        "253": rf"{_DIGITS_13}{_SET_82}{{0,17}}",
        "255": rf"{_DIGITS_13}[0-9]{{0,12}}",
        "401": rf"[0-9]{{4}}{_SET_82}{{0,26}}",
        "402": "[0-9]{17}",
        "414": _DIGITS_13,
        "417": _DIGITS_13,
        "8003": rf"[0-9]{{14}}{_SET_82}{{0,16}}",
        "8004": rf"[0-9]{{4}}{_SET_82}{{0,26}}",
        "8006": _DIGITS_18,
        "8010": r"[0-9]{4}[#\-/0-9A-Z]{0,26}",
        "8017": _DIGITS_18,
        "8018": _DIGITS_18,
        "10": f"{_SET_82}{{1,20}}",
        "21": f"{_SET_82}{{1,20}}",
        "22": f"{_SET_82}{{1,20}}",
        "235": f"{_SET_82}{{1,28}}",
        "254": f"{_SET_82}{{1,20}}",
        "8011": "[0-9]{1,12}",
    }.items()
}
_KEYS = _FORMS.keys() - {"10", "21", "22", "235", "254", "8011"}
_ANY_KEY = re.compile(
    f"/(?:{'|'.join(sorted(_KEYS | {word for word, ai in WORDS.items() if ai in _KEYS}))})/"
)
_QUALIFIERS = {"01": ("22", "10", "21"), "8006": ("22", "10", "21"), "414": ("254",), "8010": ("8011",)}


def canonical(uri: str) -> str:
    """The form in which the CBV 2.0 event hash writes the GS1 key in `uri`; `uri` itself where there is none.

    Canonical domain, numbers for words, GTIN with 14 digits, only the finest level of identification, no query. A check digit
    is not looked at: a wrong one makes a wrong key, but the same one for everybody.

    >>> canonical("http://example.de/01/040123451234/cpv/344/lot/ABD")
    'https://id.gs1.org/01/00040123451234/10/ABD'
    >>> canonical("https://id.gs1.org/01/9780345418913/99/X")
    'https://id.gs1.org/01/9780345418913/99/X'
    """
    if _ANY_KEY.search(uri) is None:  # true of most URIs on the way of capture
        return uri
    split = SPLIT_LINK.fullmatch(uri)
    if split is None:
        return uri
    steps = split["path"].split("/")[1:]
    for start in range(len(steps) - 2, -1, -2):
        key = WORDS.get(steps[start], steps[start])
        if key in _KEYS:
            pairs = [
                (WORDS.get(ai, ai), unescaped(value))
                for ai, value in zip(steps[start::2], steps[start + 1 :: 2], strict=True)
            ]
            return _finest(pairs) or uri
    return uri


def canonical_path(pairs: Iterable[tuple[str, str]]) -> str:
    """The canonical link of AIs and values, which are taken as they are."""
    return CANONICAL_STEM + "".join(f"/{ai}/{escaped(value, _RESERVED_IN_HASH)}" for ai, value in pairs)


def _finest(pairs: list[tuple[str, str]]) -> str | None:
    (key, value), *qualifiers = pairs
    if key == "01" and len(value) in (8, 12, 13):
        value = value.zfill(14)
    ais = [ai for ai, _ in qualifiers]
    allowed = _QUALIFIERS.get(key, ())
    in_order = ais == [ai for ai in allowed if ai in ais] or (key == "01" and ais == ["235"])
    whole = all(_FORMS[ai].fullmatch(text) for ai, text in [(key, value), *qualifiers] if ai in _FORMS)
    if not (in_order and whole):
        return None
    finer = [pair for pair in qualifiers if pair[0] != "22"]  # a variant is no level of identification
    return canonical_path([(key, value), *finer[-1:]])


def fits(ai: str, value: str) -> bool:
    """Whether `value` has the form that the canonical link needs for this AI."""
    return _FORMS[ai].fullmatch(value) is not None
