"""GS1 identification keys, bare as they stand under a bar code: GTIN, SSCC, GLN, GRAI, GIAI, GSRN, GDTI, GINC, GSIN, ….

    9520123 45678 8          0 952012345678 8 A12        9520123 45678 ABC..
    GTIN-13, or a GLN        GRAI                        GIAI: no check digit, nothing tells it from other texts

A bare number says no more than its length and check digit: thirteen digits may be a GTIN or a GLN. `kinds` names all that fit;
`parse` takes the likeliest, or the one asked for.

Source: GS1 General Specifications, section 2 and 3.

>>> parse("952-01234 56788"), kinds("9520123456788")
(Key(kind='gtin', ai='01', text='9520123456788', value='09520123456788'), ('gtin', 'gln', 'gdti', 'gcn'))
>>> parse("9520123456788", "gln").digital_link
'https://id.gs1.org/414/9520123456788'
>>> parse("9520123456789")
Traceback (most recent call last):
...
suyuan.identifiers.gs1.NotAGs1Key: check digit 9 of '9520123456789' should be 8; perhaps 9520123456788 was meant
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from suyuan.identifiers.application_identifiers import table
from suyuan.identifiers.check_digit import check_digit, check_pair
from suyuan.identifiers.diagnosis import Diagnosis, NotAnIdentifier, diagnosis
from suyuan.identifiers.digital_link import build
from suyuan.identifiers.element_string import wrong_value
from suyuan.identifiers.tidy import tidy
from suyuan.terms.sentence import Sentence

AIS: Mapping[str, str] = MappingProxyType(
    {
        "gtin": "01",
        "sscc": "00",
        "gln": "414",
        "party-gln": "417",
        "gsin": "402",
        "gsrn": "8018",
        "gsrn-provider": "8017",
        "gdti": "253",
        "gcn": "255",
        "itip": "8006",
        "grai": "8003",
        "gmn": "8013",
        "ginc": "401",
        "giai": "8004",
        "cpid": "8010",
    }
)
"""The AI of each kind of key, the likelier before the less likely."""

_DIGITS_ONLY = ("gtin", "sscc", "gln", "party-gln", "gsin", "gsrn", "gsrn-provider")
_GTIN_LENGTHS = (8, 12, 13, 14)


class NotAGs1Key(NotAnIdentifier):
    """A text that is no GS1 key, or not the one asked for."""


@dataclass(frozen=True, slots=True)
class Key:
    """A GS1 key: `text` as it was written, `value` as it stands after its AI (a GTIN with 14 digits)."""

    kind: str
    ai: str
    text: str
    value: str

    @property
    def name(self) -> Sentence:
        """What the key is called."""
        entry = table()[self.ai]
        return Sentence(zh=entry.zh, en=entry.title)

    @property
    def digital_link(self) -> str:
        """The key as a Digital Link of the canonical domain."""
        return build([(self.ai, self.value)])

    @property
    def prefix(self) -> str:
        """The GS1 prefix: three digits of the country or organisation that gave the company its prefix."""
        start = 1 if self.kind in ("gtin", "sscc", "itip", "grai") else 0
        return self.value[start : start + 3]


def kinds(text: str) -> tuple[str, ...]:
    """Every kind of key that the bare `text` can be, the likeliest first.

    Only keys that are all digits and of one length: with a serial number or letters too many wrong texts would pass.
    """
    plain = _plain(text)
    if not (plain.isascii() and plain.isdigit()):
        return ()
    bare = (kind for kind in AIS if kind != "party-gln" and (kind == "gtin" or len(plain) == _least(kind)))
    return tuple(kind for kind in bare if _value(plain, kind) is not None)


def _least(kind: str) -> int:
    """How long a key of this kind is without what may be missing."""
    return sum(part.longest for part in table()[AIS[kind]].parts if not part.optional)


def is_valid(text: str, kind: str | None = None) -> bool:
    """Whether the bare `text` is a key of this kind, or of any that can be told by a check digit."""
    return bool(kinds(text)) if kind is None else _value(_plain(text), kind) is not None


def parse(text: str, kind: str | None = None) -> Key:
    """The key in `text`, which is tidied first. Raises NotAGs1Key with the diagnosis."""
    plain = _plain(text)
    chosen = kind or next(iter(kinds(text)), None)
    value = _value(plain, chosen) if chosen else None
    if chosen is None or value is None:
        wrong = diagnose(text, kind)
        assert wrong is not None, f"{text!r} is invalid without a reason"
        raise NotAGs1Key(wrong)
    return Key(chosen, AIS[chosen], plain, value)


def show(value: Key) -> str:
    """The key with its AI in brackets."""
    return f"({value.ai}){value.value}"


def company_of(key: Key) -> Sentence | None:
    """Who gave out the company prefix, where that says something to our readers.

    >>> company_of(parse("6901234567892")).en
    'GS1 China'
    """
    if key.prefix.isdigit() and 690 <= int(key.prefix) <= 699:
        return Sentence(zh="中国物品编码中心", en="GS1 China")
    return None


def diagnose(text: str, kind: str | None = None) -> Diagnosis | None:
    """What is wrong with `text` as a GS1 key; None if it is one. Told in this order: nothing there, a number that a
    spreadsheet has rounded, letters among digits, the length, the check digit.
    """
    if is_valid(text, kind):
        return None
    plain = _plain(text)
    if not plain:
        return diagnosis("gs1-empty", "nothing there", "内容为空")
    if re.fullmatch(r"[0-9][.,]?[0-9]*[eE][+-]?[0-9]+", plain):
        return diagnosis(
            "gs1-spreadsheet-number",
            f"{plain!r} is a number that a spreadsheet has rounded: format the column as text and enter it again",
            f"{plain!r} 是被电子表格改写的数字：请将该列设为文本格式后重新录入",
        )
    if kind is None or kind in _DIGITS_ONLY:
        return _of_digits(plain, kind)
    return _of_pair(plain, kind) or _of_parts(plain, kind)


def _of_pair(plain: str, kind: str | None) -> Diagnosis | None:
    if kind != "gmn" or len(plain) < 3:
        return None
    try:
        meant = plain[:-2] + check_pair(plain[:-2])
    except KeyError:
        return None
    return diagnosis(
        "gs1-check-pair", f"check characters of {plain!r} are wrong", f"{plain!r} 的校验字符不对", meant
    )


def _of_parts(plain: str, kind: str) -> Diagnosis:
    entry = table()[AIS[kind]]
    return wrong_value(entry, plain, entry.problem(plain) or "length")


def _of_digits(plain: str, kind: str | None) -> Diagnosis:
    name = kind.upper() if kind else "GS1 key"
    meant = plain.translate(str.maketrans("OoIl", "0011"))
    if not plain.isdigit() and meant.isdigit() and is_valid(meant, kind):
        return diagnosis(
            "gs1-letters", f"{plain!r} has a letter in place of a digit", f"{plain!r} 中有字母误作数字", meant
        )
    lengths = _lengths(kind)
    if not (plain.isascii() and plain.isdigit()):
        return diagnosis("gs1-not-a-key", f"{plain!r} is no {name}", f"{plain!r} 不是 {name}")
    if len(plain) not in lengths:
        wanted = ", ".join(map(str, lengths))
        return diagnosis(
            "gs1-length",
            f"{plain!r} has {len(plain)} digits; {name}s have {wanted}",
            f"{plain!r} 有 {len(plain)} 位，{name} 应有 {wanted} 位",
        )
    right = check_digit(plain[:-1])
    return diagnosis(
        "gs1-check-digit",
        f"check digit {plain[-1]} of {plain!r} should be {right}",
        f"{plain!r} 的校验位 {plain[-1]} 应为 {right}",
        plain[:-1] + right,
    )


def _lengths(kind: str | None) -> tuple[int, ...]:
    if kind == "gtin":
        return _GTIN_LENGTHS
    if kind is None:
        return (*_GTIN_LENGTHS, 17, 18)
    return (_least(kind),)


def _plain(text: str) -> str:
    """The text as it can be checked: blanks and hyphens between digits are taken out, elsewhere they may be meant."""
    tidied = tidy(text).text
    return tidied if tidied.isdigit() else text.strip()


def _value(plain: str, kind: str) -> str | None:
    """What stands after the AI if `plain` is a key of this kind."""
    value = plain
    if kind == "gtin":
        if len(plain) not in _GTIN_LENGTHS:
            return None
        value = plain.zfill(14)
    return value if table()[AIS[kind]].problem(value) is None else None
