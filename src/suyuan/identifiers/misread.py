"""How codes are spoiled on their way, whichever code it is: by spreadsheets, look-alikes and tired eyes.

>>> rounded_number("9.1220E+17"), rounded_number("912201011239989000"), rounded_number("912201011239989159")
(True, True, False)
>>> latin("ХОВ")
'XOB'
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?[Ee][+-]?[0-9]+|[0-9]{15}0+(?:\.0+)?|[0-9]+\.0+")
_TRAILING = re.compile(r"(.+?)\.0+")

_ALIKE: Final = str.maketrans("АВСЕКМНОРТХІΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABCEKMHOPTXIABEZHIKMNOPTYX")


def rounded_number(text: str) -> bool:
    """Has a spreadsheet made a number of the code: an exponent, noughts behind 15 digits, a decimal `.0`?"""
    return _NUMBER.fullmatch(_bare(text)) is not None


def without_decimals(text: str) -> str | None:
    """What stands before a trailing `.0`; None where there is none."""
    found = _TRAILING.fullmatch(_bare(text))
    return found[1] if found else None


def latin(text: str) -> str:
    """The text with Cyrillic and Greek capitals replaced by the Latin ones that look like them."""
    return text.translate(_ALIKE)


def foreign(text: str, alphabet: str) -> tuple[int, str] | None:
    """Place (from 1) and character of the first that is not of the alphabet."""
    return next(((place, c) for place, c in enumerate(text, 1) if c not in alphabet), None)


def name_of(character: str) -> str:
    """The Unicode name of a character, or its number."""
    return unicodedata.name(character, f"U+{ord(character):04X}")


def one_replaced(text: str, meant: Mapping[str, str]) -> Iterator[str]:
    """The texts with one character read as one of those it is taken for."""
    for place, c in enumerate(text):
        for other in meant.get(c, ""):
            yield text[:place] + other + text[place + 1 :]


def neighbours_exchanged(text: str) -> Iterator[str]:
    """The texts with two neighbours exchanged, the commonest slip in copying by hand."""
    for place in range(len(text) - 1):
        if text[place] != text[place + 1]:
            yield text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _bare(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().strip("'\"")
