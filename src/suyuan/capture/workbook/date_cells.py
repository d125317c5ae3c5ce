"""Reading cells with dates, as people and spreadsheets write them.

>>> from datetime import date
>>> read = date_reader(date(2026, 11, 1))
>>> [str(read(raw).value) for raw in ("2026/5/1", "2026年5月1日", "20260501", 46143.0, ("2026-05-01 08:30:00",))]
['2026-05-01 00:00:00', '2026-05-01 00:00:00', '2026-05-01 00:00:00', '2026-05-01 00:00:00', '2026-05-01 08:30:00']
>>> read("5/1/2026").remarks[0].rule, read("2026-02-30").remarks[0].rule
('date-ambiguous', 'date-impossible')
"""

import re
import unicodedata
from datetime import date, datetime, timedelta

from suyuan.capture.workbook.cells import Raw, text_of
from suyuan.capture.workbook.code_cells import Reader
from suyuan.capture.workbook.remarks import Read, hint, refused, warn
from suyuan.terms.instants import SHANGHAI

FIRST = date(2000, 1, 1)
"""Before it there was no traction battery to report."""
YEARS_AHEAD_MAX = 20
_SERIAL_ZERO = datetime(1899, 12, 30)
_SERIALS = (36526, 73050)  # 2000-01-01 to 2099-12-31

_TIME = r"(?:[ T]*(?P<h>[0-9]{1,2})(?:[:时点](?P<mi>[0-9]{1,2}))(?:[:分](?P<s>[0-9]{1,2})(?:\.[0-9]+)?)?[秒分]?\s*(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?"
_YMD = re.compile(
    r"(?P<y>[0-9]{4})\s*[-/.年]\s*(?P<m>[0-9]{1,2})\s*[-/.月]\s*(?P<d>[0-9]{1,2})\s*[日号]?" + _TIME
)
_COMPACT = re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})" + _TIME)
_DMY = re.compile(r"(?P<a>[0-9]{1,2})[-/.](?P<b>[0-9]{1,2})[-/.](?P<y>[0-9]{4})" + _TIME)
_SHORT_YEAR = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}")
_MONTH = re.compile(r"(?P<y>[0-9]{4})\s*[-/.年]\s*(?P<m>[0-9]{1,2})\s*月?")
_NUMBER = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")


def date_reader(today: date) -> Reader:
    """Reads a day, or a day and a time (which a day alone begins at midnight), in Shanghai time."""

    def read(raw: Raw) -> Read:
        if isinstance(raw, tuple):
            # what the spreadsheet knew to be a date: 2026-05-01 or 2026-05-01 08:30:00
            found = _from_iso(raw[0])
            return _judged(Read(found), today) if found else _not_a_date(raw[0])
        if isinstance(raw, int | float) and not isinstance(raw, bool):
            return _judged(_from_number(raw), today)
        return _judged(_from_text(unicodedata.normalize("NFKC", text_of(raw)).strip().strip("'\"")), today)

    return read


def _from_iso(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(SHANGHAI).replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return None


def _from_number(number: float) -> Read:
    if 20000101 <= number <= 21001231 and number == int(number):
        return _from_text(str(int(number)))
    if not _SERIALS[0] <= number <= _SERIALS[1]:
        return _not_a_date(text_of(float(number)))
    moment = _SERIAL_ZERO + timedelta(seconds=round(number * 86400))
    return Read(
        moment,
        (
            hint(
                "date-serial",
                f"a spreadsheet's day number, taken as {moment:%Y-%m-%d}; format the column as a date",
                f"此为表格的日期序号，按 {moment:%Y-%m-%d} 处理；请将该列设为日期格式",
                f"{moment:%Y-%m-%d}",
            ),
        ),
    )


def _from_text(text: str) -> Read:
    if found := _YMD.fullmatch(text) or _COMPACT.fullmatch(text):
        return _built(text, found, found["y"], found["m"], found["d"])
    if found := _DMY.fullmatch(text):
        return _day_or_month_first(text, found)
    if _NUMBER.fullmatch(text):
        return _from_number(float(text))
    if _SHORT_YEAR.fullmatch(text):
        return refused(
            "date-ambiguous",
            f"{text!r} may be read in several ways; write it like 2026-05-01",
            f"“{text}”有多种读法；请写成 2026-05-01",
        )
    if _MONTH.fullmatch(text):
        return refused(
            "date-incomplete",
            f"{text!r} names no day; write it like 2026-05-01",
            f"“{text}”缺少日；请写成 2026-05-01",
        )
    return _not_a_date(text)


def _built(text: str, found: "re.Match[str]", year: str, month: str, day: str) -> Read:
    try:
        moment = datetime(
            int(year), int(month), int(day), int(found["h"] or 0), int(found["mi"] or 0), int(found["s"] or 0)
        )
        if zone := found["zone"]:
            there = datetime.fromisoformat(f"{moment.isoformat()}{zone}")
            moment = there.astimezone(SHANGHAI).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return refused(
            "date-impossible",
            f"{text!r} is a day or time that does not exist",
            f"“{text}”是不存在的日期或时间",
        )
    return Read(moment)


def _day_or_month_first(text: str, found: "re.Match[str]") -> Read:
    a, b = int(found["a"]), int(found["b"])
    if a <= 12 and b <= 12 and a != b:
        first, second = f"{found['y']}-{a:02}-{b:02}", f"{found['y']}-{b:02}-{a:02}"
        return refused(
            "date-ambiguous",
            f"{text!r} may be {first} or {second}; write the year first",
            f"“{text}”可能是 {first} 或 {second}；请按年-月-日填写",
        )
    month, day = (a, b) if a <= 12 else (b, a)
    read = _built(text, found, found["y"], str(month), str(day))
    if read.value is None:
        return read
    told = f"{read.value:%Y-%m-%d}"
    return Read(read.value, (hint("date-order", f"taken as {told}", f"按 {told} 处理", told),))


def _judged(read: Read, today: date) -> Read:
    moment = read.value
    if moment is None:
        return read
    day = moment.date()
    if day < FIRST:
        return refused(
            "date-too-early",
            f"{day} lies before {FIRST.year}: no traction battery",
            f"{day} 早于 {FIRST.year} 年，当时尚无动力电池",
        )
    if day.year > today.year + YEARS_AHEAD_MAX:
        return refused("date-too-late", f"{day} lies decades ahead", f"{day} 远在未来")
    if day > today:
        ahead = warn("date-in-future", f"{day} is after today, {today}", f"{day} 晚于今天（{today}）")
        return Read(moment, (*read.remarks, ahead))
    return read


def _not_a_date(text: str) -> Read:
    return refused(
        "date-unreadable",
        f"{text!r} is no date; write it like 2026-05-01",
        f"“{text}”不是日期；请写成 2026-05-01",
    )
