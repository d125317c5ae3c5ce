"""Unified social credit code of a Chinese organisation: 18 characters, two of them check characters.

    9           1     350900     58752778  3      P
    department  kind  area code  body      check  check
                                 \\_ organisation code _/

Source: gb-32100-2015 and gb-11714 in standards/documents.toml.

>>> is_valid("91350900587527783P"), is_valid("91350900587527783A")
(True, False)
"""

import re
from operator import mul

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = bytes.maketrans(_ALPHABET.encode(), bytes(range(31)))
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_BODY_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BODY_VALUES = bytes.maketrans(_BODY_LETTERS.encode(), bytes(range(36)))
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

_USCC = re.compile(f"[{_ALPHABET}]{{2}}[0-9]{{6}}[{_ALPHABET}]{{8}}[0-9X][{_ALPHABET}]")


def check_character(first17: str) -> str:
    """The eighteenth character that belongs to the first seventeen.

    >>> check_character("91350900587527783")
    'P'
    """
    return _ALPHABET[-sum(map(mul, first17.encode().translate(_VALUES), _WEIGHTS)) % 31]


def organisation_check(body: str) -> str:
    """The check character of an organisation code (GB 11714) with these eight characters.

    >>> organisation_check("58752778")
    '3'
    """
    total = sum(map(mul, body.encode().translate(_BODY_VALUES), _BODY_WEIGHTS))
    return "0123456789X0"[11 - total % 11]


def is_valid(text: str) -> bool:
    """Is `text` exactly a credit code whose two check characters are right?"""
    return (
        _USCC.fullmatch(text) is not None
        and text[17] == check_character(text[:17])
        and text[16] == organisation_check(text[8:16])
    )
