"""Codes of made-up things, lawful in form: battery codes, codes of reuse products, vehicle numbers.

>>> from suyuan.identifiers import battery_code as grammar
>>> code = battery_code("9A1", "P", "B", "24", date(2021, 3, 12), 12_345_678)
>>> code, grammar.is_valid(code)
('9A1PB240000001B3C2345678', True)
"""

from datetime import date

from suyuan.identifiers import vin
from suyuan.identifiers.battery_form import DAYS, MONTHS, YEARS

_YEAR = {number: letter for letter, number in YEARS.items()}
_MONTH = {number: letter for letter, number in MONTHS.items()}
_DAY = {number: letter for letter, number in DAYS.items()}
_SERIALS = 10_000_000
_VIN_YEARS = "ABCDEFGHJKLMNPRSTVWXY123456789"  # from 2010, no I O Q U Z 0


def _date(day: date) -> str:
    return _YEAR[day.year] + _MONTH[day.month] + _DAY[day.day]


def battery_code(vendor: str, kind: str, chemistry: str, spec: str, day: date, serial: int) -> str:
    """24 characters; a serial beyond seven digits goes on in the tracing field."""
    return f"{vendor}{kind}{chemistry}{spec}{serial // _SERIALS:07d}{_date(day)}{serial % _SERIALS:07d}"


def reuse_code(user: int, kind: str, chemistry: str, day: date, serial: int) -> str:
    """19 characters: a reuse product of echelon user number `user`."""
    return f"8E{user % 10}{kind}{chemistry}{serial // _SERIALS % 100:02d}{_date(day)}{serial % _SERIALS:07d}R{kind}"


def vehicle_number(wmi: str, year: int, serial: int) -> str:
    """A VIN with its check digit."""
    plant, number = divmod(serial, 1_000_000)
    bare = f"{wmi}EV{plant:03d}0{_VIN_YEARS[(year - 2010) % 30]}A{number:06d}"
    return bare[:8] + vin.check_digit(bare) + bare[9:]
