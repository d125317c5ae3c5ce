"""The grammar of the unified social credit code: its alphabet and its two check characters.

Source: gb-32100-2015 and gb-11714 in standards/documents.toml.

>>> is_valid("91350900587527783P"), is_valid("91350900587527783A")
(True, False)
"""

import re
from operator import mul
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VALUES: Final = bytes.maketrans(ALPHABET.encode(), bytes(range(31)))
WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))
BODY_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BODY_VALUES: Final = bytes.maketrans(BODY_ALPHABET.encode(), bytes(range(36)))
BODY_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
BODY_CHECKS: Final = "0123456789X0"
"""By 11 minus the remainder: 10 is written X, 11 is written 0."""

_USCC = re.compile(f"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{8}}[0-9X][{ALPHABET}]")


def check_character(first17: str) -> str:
    """The eighteenth character that belongs to the first seventeen.

    >>> check_character("91350900587527783")
    'P'
    """
    return ALPHABET[-sum(map(mul, first17.encode().translate(VALUES), WEIGHTS)) % 31]


def organisation_check(body: str) -> str:
    """The check character of an organisation code (GB 11714) with these eight characters.

    >>> organisation_check("58752778")
    '3'
    """
    return BODY_CHECKS[11 - sum(map(mul, body.encode().translate(BODY_VALUES), BODY_WEIGHTS)) % 11]


def is_valid(text: str) -> bool:
    """Is `text` exactly a credit code whose two check characters are right?"""
    return (
        _USCC.fullmatch(text) is not None
        and text[17] == check_character(text[:17])
        and text[16] == organisation_check(text[8:16])
    )
