"""Vehicle identification number: 17 characters, the ninth a check digit.

    LNB  SCB3F  0      D           D      130955
    maker       check  model year  plant  serial

Source: gb-16735 and iso-3779 in standards/documents.toml. The model-year letters are NOT those of the battery
code: 2026 is T here and G there.

>>> is_valid("5GZCZ43D13S812715"), is_valid("LGWEESK55SH210918")
(True, False)
"""

import re
from operator import mul

_LETTERS = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
_VALUES = bytes.maketrans(
    _LETTERS.encode(), bytes([*range(10), *range(1, 9), 1, 2, 3, 4, 5, 7, 9, *range(2, 10)])
)
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN = re.compile("[0-9A-HJ-NPR-Z]{8}[0-9X][0-9A-HJ-NPR-Z]{8}")


def check_digit(text: str) -> str:
    """The check digit that 17 characters of the VIN alphabet must carry at place 9.

    >>> check_digit("LGWEESK55SH210918")
    '8'
    """
    return "0123456789X"[sum(map(mul, text.encode().translate(_VALUES), _WEIGHTS)) % 11]


def is_valid(text: str) -> bool:
    """Is `text` exactly a VIN: 17 letters and digits without I, O, Q, with the right check digit?"""
    return _VIN.fullmatch(text) is not None and text[8] == check_digit(text)
