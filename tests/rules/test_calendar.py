"""Working days: the rows of `prc-holiday` against a second opinion, and what is estimated."""

from datetime import date, timedelta
from typing import Any

import chinese_calendar  # type: ignore[import-untyped]  # has no stubs
import msgspec
import pytest

from suyuan.rules.calendar import FIRST, LAST, calendar, calendar_of
from suyuan.standards.documents import register
from suyuan.standards.shapes import Holiday
from suyuan.standards.tables import table

HOLIDAYS = table("prc-holiday", Holiday)


@pytest.fixture(scope="module")
def days() -> dict[date, dict[str, Any]]:
    return {row["day"]: row for row in calendar().to_pylist()}


def test_the_rows_of_2018_to_2026_agree_with_the_package_on_every_day(
    days: dict[date, dict[str, Any]],
) -> None:
    wrong = [
        day
        for day, row in days.items()
        if day.year <= 2026 and row["working"] != chinese_calendar.is_workday(day)
    ]
    assert wrong == []
    assert not any(days[date(year, 7, 1)]["estimated"] for year in range(2018, 2027))


def test_the_rows_name_every_holiday_and_every_weekend_worked_and_nothing_else() -> None:
    told = {
        row.since + timedelta(days=n): row.day
        for row in HOLIDAYS.rows
        for n in range(((row.until or row.since) - row.since).days + 1)
    }
    known = {day for day in chinese_calendar.constants.holidays if day >= FIRST}
    worked = {day for day in chinese_calendar.constants.workdays if day >= FIRST}
    assert {day for day, said in told.items() if said == "off"} == known
    assert {day for day, said in told.items() if said == "work"} == worked


def test_the_make_up_days_of_2026_are_worked_and_the_spring_festival_is_off(
    days: dict[date, dict[str, Any]],
) -> None:
    made_up = ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
    assert [day.isoformat() for day, row in days.items() if day.year == 2026 and row["working"] and day.weekday() > 4] == made_up  # fmt: skip
    festival = [date(2026, 2, 15) + timedelta(days=n) for n in range(9)]
    assert not any(days[day]["working"] for day in festival)


def test_working_days_are_counted_without_a_gap(days: dict[date, dict[str, Any]]) -> None:
    so_far = 0
    for day, row in days.items():
        so_far += row["working"]
        assert row["nth"] == so_far, day
    assert (min(days), max(days)) == (FIRST, LAST)


def test_a_year_without_a_notice_is_estimated_with_the_holidays_of_fixed_date(
    days: dict[date, dict[str, Any]],
) -> None:
    assert days[date(2026, 12, 31)]["estimated"] is False
    assert days[date(2027, 1, 1)]["estimated"] is True
    weekdays_off = [day.isoformat() for day, row in days.items() if day.year == 2027 and day.weekday() < 5 and not row["working"]]  # fmt: skip
    assert weekdays_off == ["2027-01-01", "2027-10-01"]  # 1 and 2 May, 2 and 3 October are weekend days


def test_a_row_that_an_operator_adds_makes_the_year_known() -> None:
    spring = Holiday(
        key="2027-spring-festival", unit="day", since=date(2027, 2, 5), until=date(2027, 2, 11),
        cites="holidays-2026#arrangement", mark=HOLIDAYS.rows[0].mark, zh="春节", en="Spring Festival", day="off",
    )  # fmt: skip
    worked = msgspec.structs.replace(spring, since=date(2027, 2, 13), until=date(2027, 2, 13), day="work")
    days = {row["day"]: row for row in calendar_of([*HOLIDAYS.rows, spring, worked]).to_pylist()}
    assert not days[date(2027, 2, 8)]["working"]
    assert days[date(2027, 2, 13)]["working"]
    assert not days[date(2027, 6, 1)]["estimated"]


def test_each_year_cites_the_notice_of_that_year_and_is_second_hand() -> None:
    for row in HOLIDAYS.rows:
        assert row.citation.document == f"holidays-{row.key[:4]}"
        assert register()[row.citation.document].number.startswith("国办发明电")
        assert not row.verified
