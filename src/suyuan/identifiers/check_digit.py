"""GS1 check digits and check character pairs.

Check digit: weights 3, 1, 3, 1 … from the right; what is missing to the next ten. Check pair (GMN, MUDI):
the place of each character in set 82 times a prime, from the right 2, 3, 5 …, modulo 1021, in two characters of set 32.

Source: GS1 General Specifications, section 7.9 and 7.10.

>>> check_digit("0952012345678")
'8'
>>> check_pair("1987654Ad4X4bL5ttr2310c")
'2K'
"""

SET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
SET_32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

_PLACE_82 = {character: place for place, character in enumerate(SET_82)}
# fmt: off
_PRIMES = (
    2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109,
    113, 127, 131, 137, 139, 149, 151, 157, 163, 167, 173, 179, 181, 191, 193, 197, 199, 211, 223, 227, 229, 233, 239,
    241, 251, 257, 263, 269, 271, 277, 281, 283, 293, 307, 311, 313, 317, 331, 337, 347, 349, 353, 359, 367, 373, 379,
    383, 389, 397, 401, 409, 419, 421, 431, 433, 439, 443, 449, 457, 461, 463, 467, 479, 487, 491, 499, 503, 509,
)
# fmt: on


def check_digit(digits: str) -> str:
    """The digit that belongs after `digits` (ASCII digits only)."""
    values = [ord(digit) - 48 for digit in reversed(digits)]
    return str(-(3 * sum(values[::2]) + sum(values[1::2])) % 10)


def has_check_digit(digits: str) -> bool:
    """Whether the last of `digits` is the check digit of those before it."""
    return len(digits) > 1 and check_digit(digits[:-1]) == digits[-1]


def check_pair(text: str) -> str:
    """The two characters that belong after `text` (characters of set 82, at most 97 of them)."""
    weighted = zip(reversed(text), _PRIMES, strict=False)
    total = sum(_PLACE_82[character] * prime for character, prime in weighted) % 1021
    return SET_32[total >> 5] + SET_32[total & 31]


def has_check_pair(text: str) -> bool:
    """Whether the last two of `text` are the check pair of those before them."""
    if len(text) < 2 or len(text) > len(_PRIMES) + 2 or not set(text[:-2]) <= _PLACE_82.keys():
        return False
    return check_pair(text[:-2]) == text[-2:]
