"""Codes of made-up things, lawful in form: battery codes, codes of reuse products, vehicle numbers.

>>> from suyuan.identifiers import battery_code as grammar
>>> code = battery_code("9A1", "P", "B", "24", date(2021, 3, 12), 12_345_677)
>>> code, grammar.is_valid(code)
('9A1PB240000AP3B3C0000678', True)
"""

from datetime import date
from functools import lru_cache

from suyuan.identifiers import vin
from suyuan.identifiers.battery_form import DAYS, MONTHS, YEARS

_YEAR = {number: letter for letter, number in YEARS.items()}
_MONTH = {number: letter for letter, number in MONTHS.items()}
_DAY = {number: letter for letter, number in DAYS.items()}
_SERIALS = {"P": 1_000, "M": 100_000, "C": 10_000_000}
"""How many of a kind a maker makes in a day at most; a number beyond goes on in the tracing field."""
_TRACING = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # I and O are never given: they are misread
_REUSE_SERIALS = 10_000_000
_VIN_YEARS = "ABCDEFGHJKLMNPRSTVWXY123456789"  # from 2010, no I O Q U Z 0


def _date(day: date) -> str:
    return _YEAR[day.year] + _MONTH[day.month] + _DAY[day.day]


def battery_code(vendor: str, kind: str, chemistry: str, spec: str, day: date, number: int) -> str:
    """24 characters of the thing that is `number` of its kind in the world; its serial is one of a day's run."""
    rest, serial = divmod(number, _SERIALS[kind])
    return f"{vendor}{kind}{chemistry}{spec}{_tracing(rest)}{_date(day)}{serial + 1:07d}"


@lru_cache(8)
def _tracing(number: int) -> str:
    """Seven characters."""
    found = ""
    for _ in range(7):
        number, digit = divmod(number, len(_TRACING))
        found = _TRACING[digit] + found
    assert not number, "more things than codes"
    return found


def reuse_code(vendor: str, kind: str, chemistry: str, day: date, serial: int) -> str:
    """19 characters: a reuse product."""
    return f"{vendor}{kind}{chemistry}{serial // _REUSE_SERIALS % 100:02d}{_date(day)}{serial % _REUSE_SERIALS:07d}R{kind}"


def vehicle_number(wmi: str, year: int, serial: int) -> str:
    """A VIN with its check digit."""
    plant, number = divmod(serial, 1_000_000)
    bare = f"{wmi}EV{plant:03d}0{_VIN_YEARS[(year - 2010) % 30]}A{number:06d}"
    return bare[:8] + vin.check_digit(bare) + bare[9:]
