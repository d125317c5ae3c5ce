"""Duties: who owes what until when. Deadlines against a slow second opinion; lives in which they are kept, missed and inherited."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, timezone
from functools import cache
from typing import Any

import chinese_calendar  # type: ignore[import-untyped]  # has no stubs
import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.conftest import Event, Said, answers, extracted, party, said

from suyuan.events import writing
from suyuan.events.uris import item_uri, party_uri, place_uri
from suyuan.identifiers.vin import check_digit
from suyuan.rules import judging
from suyuan.rules.duties import COLUMNS, standing, stood
from suyuan.rules.facts import ASKED
from suyuan.rules.law import law
from suyuan.standards.tables import TABLES as LAW_TABLES
from suyuan.standards.tables import table

MAKER, OEM = "91610100TEB000010E", "91610100TEC000020M"
OUTLET, RECYCLER, DISMANTLER, IMPORTER = (
    "91610100TEB000029F", "91610100TEB000037A", "91610100TEB0000455", "91610100TEB0000530",
)  # fmt: skip
PARTIES = [
    party(MAKER, "battery-maker", vendor_codes="9A1"), party(OEM, "vehicle-maker"), party(OUTLET, "outlet"),
    party(RECYCLER, "recycler"), party(DISMANTLER, "dismantler"), party(IMPORTER, "importer"),
]  # fmt: skip
SHANGHAI = timezone(timedelta(hours=8))
Row = dict[str, Any]


# ---- a bench: lives written out, and the duties that come of them ----


@cache
def _stood() -> str:
    """The duties as of the day asked for, in the engine's words."""
    text, number, day = "string", "int64", "date"
    schema = dict.fromkeys(COLUMNS, text) | {
        "trigger_seq": number, "fulfilled_seq": number, "trigger_day": day, "due": day, "fulfilled_on": day,
    }  # fmt: skip
    asked = ibis.table(ibis.Schema.from_pyarrow(ASKED), name="asked")
    return judging.sql(stood(ibis.table(schema, name="duty"), asked.select(asked_day="day")))


@cache
def _law() -> pa.Table:
    return law({name: table(name) for name in LAW_TABLES})


def owed(
    *told: Said, parties: Sequence[Event] = PARTIES, day: str = "2026-12-31", law_rows: pa.Table | None = None
) -> list[Row]:
    """The duties of a ledger as of a day, with `status` and `days`."""
    tables = extracted(*told, parties=parties, day=day, law_rows=law_rows)
    (found,) = answers(tables, [_stood()])
    rows: list[Row] = found.to_pylist()
    return sorted(rows, key=lambda row: (row["trigger_seq"], row["duty"], row["item"]))


def of(rows: Iterable[Row], duty: str) -> list[Row]:
    return [row for row in rows if row["duty"] == duty]


def brief(row: Row) -> tuple[str, str, int]:
    return (row["due"].isoformat(), row["status"], row["days"])


def pack(n: int) -> str:
    return f"9A1PB240000001G51{n:07d}"


def vin(n: int) -> str:
    bare = f"LTEST0000{n:08d}"
    return bare[:8] + check_digit(bare) + bare[9:]


def certified(n: int, at: datetime, **more: Any) -> Event:
    return writing.certified(
        vehicle=item_uri(vin(n)), document=f"https://w3id.org/suyuan/bt/{OEM}/cert/{n}", at=at,
        place=place_uri(OEM, "plant-1"), **more,
    )  # fmt: skip


def collected(n: int, at: datetime, **more: Any) -> Event:
    return writing.collected(items=[item_uri(pack(n))], at=at, place=place_uri(OUTLET, "shop-1"), **more)


def shipped(n: int, giver: str, taker: str, at: datetime) -> Event:
    return writing.shipped(
        items=[item_uri(pack(n))],
        giver=party_uri(giver),
        taker=party_uri(taker),
        at=at,
        place=place_uri(giver, "a"),
    )


def received(n: int, giver: str, taker: str, at: datetime) -> Event:
    return writing.received(
        items=[item_uri(pack(n))],
        giver=party_uri(giver),
        taker=party_uri(taker),
        at=at,
        place=place_uri(taker, "a"),
    )


# ---- deadlines ----


def slow(day: date, days: int, working: bool) -> date:
    """The second opinion: count the days one by one."""
    while days:
        day += timedelta(days=1)
        days -= chinese_calendar.is_workday(day) if working else 1
    return day


CASES = [
    # trigger      due           why
    ("2018-08-01", "2018-08-22", "the first day of the rules of 2018"),
    ("2018-07-31", None, "the day before: no duty yet"),
    ("2018-09-21", "2018-10-18", "Mid-Autumn, National Day, and 29 and 30 September worked"),
    ("2019-01-18", "2019-02-13", "Spring Festival 2019 with 2 and 3 February worked"),
    ("2019-12-31", "2020-01-21", "over New Year, with Sunday 19 January worked"),
    ("2020-01-17", "2020-02-14", "the Spring Festival that was prolonged"),
    ("2020-02-28", "2020-03-20", "through a leap day (a Saturday)"),
    ("2021-02-10", "2021-03-09", "ends its count after Spring Festival 2021; Saturday 20 February worked"),
    ("2022-04-29", "2022-05-24", "Labour Day, with Saturday 7 May worked"),
    ("2023-09-28", "2023-10-25", "Mid-Autumn and National Day in one, 7 and 8 October worked"),
    ("2024-02-08", "2024-03-06", "Spring Festival 2024 over a leap day, Sunday 18 February worked"),
    ("2024-02-29", "2024-03-21", "on a leap day"),
    ("2025-01-24", "2025-02-20", "Spring Festival 2025, 26 January and 8 February worked"),
    ("2025-12-31", "2026-01-22", "New Year 2026, Sunday 4 January worked"),
    ("2026-02-13", "2026-03-12", "Spring Festival 2026, 14 and 28 February worked"),
    ("2026-02-14", "2026-03-13", "on a Saturday that is worked"),
    ("2026-02-18", "2026-03-13", "in the midst of Spring Festival"),
    ("2026-03-31", "2026-04-22", "the last day in working days, over the Tomb-sweeping days"),
    ("2026-04-01", "2026-04-21", "the first day in calendar days: 20 of them"),
    ("2026-04-30", "2026-05-20", "calendar days do not mind Labour Day, nor 9 May worked"),
    ("2026-09-18", "2026-10-08", "nor National Day, nor 20 September worked"),
    ("2026-10-01", "2026-10-21", "nor that it begins on a holiday, nor 10 October worked"),
]


@pytest.fixture(scope="module")
def certificates() -> dict[str, Row]:
    """A vehicle certified at noon on each day of `CASES`."""
    events = [
        certified(n, datetime.fromisoformat(f"{day}T12:00:00+08:00")) for n, (day, *_rest) in enumerate(CASES)
    ]
    rows = of(owed(said(OEM, events)), "vehicle-certificate")
    return {row["trigger_day"].isoformat(): row for row in rows}


@pytest.mark.parametrize(("day", "due", "why"), CASES, ids=[why for _day, _due, why in CASES])
def test_the_report_after_a_certificate_is_due(
    day: str, due: str | None, why: str, certificates: dict[str, Row]
) -> None:
    row = certificates.get(day)
    assert (row and row["due"].isoformat()) == due
    if due:
        old = day < "2026-04-01"
        assert date.fromisoformat(due) == slow(date.fromisoformat(day), 15 if old else 20, old)


def test_the_last_day_is_in_time_and_the_next_is_late_in_either_calendar() -> None:
    at = datetime(2026, 2, 13, 12, tzinfo=SHANGHAI)  # due 2026-03-12
    new = datetime(2026, 5, 6, 12, tzinfo=SHANGHAI)  # due 2026-05-26
    rows = owed(
        said(OEM, [certified(1, at)], on=datetime(2026, 3, 12, 23, 59, tzinfo=SHANGHAI)),
        said(OEM, [certified(2, at)], on=datetime(2026, 3, 13, 0, 1, tzinfo=SHANGHAI)),
        said(OEM, [certified(3, new)], on="2026-05-26"),
        said(OEM, [certified(4, new)], on="2026-05-27"),
    )
    assert [brief(row) for row in of(rows, "vehicle-certificate")] == [
        ("2026-03-12", "on-time", 0),
        ("2026-03-12", "late", 1),
        ("2026-05-26", "on-time", 0),
        ("2026-05-26", "late", 1),
    ]


@pytest.mark.parametrize(
    ("at", "day", "due"),
    [
        # the event's own local day counts, wherever that is; in Shanghai it is already the next one
        ("2026-03-31T23:59:00-05:00", "2026-03-31", "2026-04-22"),
        ("2026-03-31T23:59:00+02:00", "2026-03-31", "2026-04-22"),
        ("2026-04-01T00:30:00+09:00", "2026-04-01", "2026-04-21"),  # in Shanghai still 31 March
        ("2026-05-31T23:59:00-10:00", "2026-05-31", "2026-06-20"),
        ("2026-02-28T23:59:59+08:00", "2026-02-28", "2026-03-20"),
    ],
)
def test_an_event_at_the_end_of_a_day_elsewhere_counts_from_its_own_day(at: str, day: str, due: str) -> None:
    moment = datetime.fromisoformat(at)
    assert moment.tzinfo is not None
    told = certified(1, moment, zone=moment.tzinfo)
    offset = at[-6:]
    assert told["eventTimeZoneOffset"] == offset
    (row,) = of(owed(said(OEM, [told])), "vehicle-certificate")
    assert (row["trigger_day"].isoformat(), row["due"].isoformat()) == (day, due)


DAY = st.dates(date(2018, 8, 1), date(2026, 9, 30))


@settings(max_examples=6, deadline=None)
@given(st.lists(st.tuples(DAY, st.integers(0, 90)), min_size=20, max_size=60))
def test_any_day_is_due_late_or_in_time_as_the_slow_count_says(cases: list[tuple[date, int]]) -> None:
    told = []
    for n, (day, after) in enumerate(cases):
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)
        on = noon + timedelta(days=after)
        told += [said(OEM, [certified(n, noon)], on=on), said(OUTLET, [collected(n, noon)], on=on)]
    rows = owed(*told, day="2027-06-30")
    by_item = {(row["duty"], row["item"]): row for row in rows if row["kind"] == "own"}
    for n, (day, after) in enumerate(cases):
        old = day < date(2026, 4, 1)
        for duty, item, days in (("vehicle-certificate", vin(n), 15 if old else 20), ("outlet-in", pack(n), 30)):  # fmt: skip
            row, due = by_item[duty, item], slow(day, days, old)
            late = (day + timedelta(days=after) - due).days
            assert (row["due"], row["status"], row["days"]) == (due, *(("late", late) if late > 0 else ("on-time", 0)))  # fmt: skip
            assert row["row"].startswith(f"duty/{duty}@{'2018-08-01' if old else '2026-04-01'}")


@given(st.dates(), st.none() | st.dates(), st.dates())
def test_a_standing_is_one_of_four(due: date, fulfilled: date | None, day: date) -> None:
    told = standing(due, fulfilled, day)
    known = fulfilled is not None and fulfilled <= day
    assert (told.status in ("on-time", "late")) == known
    assert told.days >= 0
    assert (told.status == "overdue") == (not known and day > due)


# ---- lives ----


def test_the_regime_of_the_triggers_own_day_decides_in_the_midst_of_a_chain() -> None:
    """A pack is collected under the rules of 2018 and handed on under Order 73."""
    rows = owed(
        said(OUTLET, [collected(1, datetime(2026, 3, 30, 9, tzinfo=SHANGHAI))], on="2026-04-20"),
        said(
            OUTLET, [shipped(1, OUTLET, RECYCLER, datetime(2026, 4, 2, 9, tzinfo=SHANGHAI))], on="2026-04-20"
        ),
        said(
            RECYCLER,
            [received(1, OUTLET, RECYCLER, datetime(2026, 4, 5, 9, tzinfo=SHANGHAI))],
            on="2026-05-06",
        ),
    )
    assert [(row["duty"], *brief(row)) for row in rows] == [
        ("outlet-in", "2026-05-14", "on-time", 0),  # 30 working days
        ("outlet-out", "2026-05-02", "on-time", 0),  # 30 days
        ("utilisation-in-after-despatch", "2026-05-17", "on-time", 0),
        ("utilisation-in", "2026-05-05", "late", 1),
    ]


def test_what_was_sent_to_a_recycler_and_never_taken_in_becomes_overdue() -> None:
    told = said(
        OUTLET, [shipped(1, OUTLET, RECYCLER, datetime(2026, 5, 6, 9, tzinfo=SHANGHAI))], on="2026-05-07"
    )
    for day, expected in (
        ("2026-06-20", ("2026-06-20", "due-in", 0)),
        ("2026-06-21", ("2026-06-20", "overdue", 1)),
    ):
        (row,) = of(owed(told, day=day), "utilisation-in-after-despatch")
        assert brief(row) == expected
        assert (row["party"], row["role"], row["kind"], row["fulfilled_seq"]) == (
            RECYCLER,
            "recycler",
            "follow",
            None,
        )


def test_a_second_despatch_is_not_fulfilled_by_the_first_receipt() -> None:
    first, second = (
        datetime(2026, 4, 10, 9, tzinfo=SHANGHAI),
        datetime(2026, 5, 10, 9, tzinfo=SHANGHAI),
    )
    rows = owed(
        said(OUTLET, [shipped(1, OUTLET, RECYCLER, first), shipped(1, OUTLET, RECYCLER, second)]),
        said(RECYCLER, [received(1, OUTLET, RECYCLER, first + timedelta(days=1))]),
        day="2026-12-31",
    )
    assert [row["status"] for row in of(rows, "utilisation-in-after-despatch")] == ["on-time", "overdue"]


def test_the_receipt_by_another_firm_does_not_fulfil_the_takers_duty() -> None:
    at = datetime(2026, 5, 6, 9, tzinfo=SHANGHAI)
    rows = owed(
        said(OUTLET, [shipped(1, OUTLET, RECYCLER, at)]),
        said(DISMANTLER, [received(1, OUTLET, DISMANTLER, at + timedelta(days=1))]),
    )
    assert [row["status"] for row in of(rows, "utilisation-in-after-despatch")] == ["overdue"]


def test_a_battery_sent_to_somebody_who_is_no_outlet_or_recycler_brings_no_duty_to_him() -> None:
    at = datetime(2026, 5, 6, 9, tzinfo=SHANGHAI)
    rows = owed(said(MAKER, [shipped(1, MAKER, OEM, at)]))
    assert rows == []


def test_what_was_reported_in_time_and_is_told_again_later_is_not_late() -> None:
    at = datetime(2026, 5, 6, 9, tzinfo=SHANGHAI)
    rows = owed(
        said(OEM, [certified(1, at)], on="2026-05-10"),
        said(OEM, [certified(1, at, vehicle_model="X")], on="2026-07-01"),
    )
    assert [brief(row) for row in of(rows, "vehicle-certificate")] == [("2026-05-26", "on-time", 0)]


def test_imported_vehicles_count_from_clearance_and_since_order_73_from_the_certificate() -> None:
    at = datetime(2026, 3, 20, 9, tzinfo=SHANGHAI)
    rows = owed(
        said(IMPORTER, [certified(1, at, import_cleared_on=date(2026, 3, 2))]),
        said(
            IMPORTER, [certified(2, datetime(2026, 5, 6, 9, tzinfo=SHANGHAI), import_cleared_on=date(2026, 4, 28))]
        ),
    )  # fmt: skip
    told = [(row["duty"], row["trigger_day"].isoformat(), row["due"].isoformat()) for row in rows if row["kind"] == "own"]  # fmt: skip
    assert told == [
        ("import-clearance", "2026-03-02", "2026-03-23"),
        ("import-certificate", "2026-05-06", "2026-05-26"),
    ]
    assert not of(rows, "vehicle-certificate")


def installed(n: int, at: datetime) -> Event:
    return writing.installed(vehicle=item_uri(vin(n)), packs=[item_uri(pack(n))], at=at)


def test_the_codes_of_the_batteries_are_owed_with_the_vehicle_unless_it_is_swapped() -> None:
    at = datetime(2026, 5, 6, 9, tzinfo=SHANGHAI)
    rows = owed(
        said(OEM, [installed(1, at - timedelta(days=9)), certified(1, at)]),
        said(OEM, [certified(2, at)]),
        said(OEM, [certified(3, at, swap_type=True)]),
    )
    codes = {row["item"]: row["status"] for row in of(rows, "vehicle-battery-codes")}
    assert codes == {vin(1): "on-time", vin(2): "overdue"}


def test_the_maker_of_the_code_owes_the_making_of_a_battery_that_turned_up_in_a_vehicle() -> None:
    (row,) = of(
        owed(said(OEM, [installed(1, datetime(2026, 5, 6, 9, tzinfo=SHANGHAI))])),
        "maker-production-of-installed",
    )
    assert (row["party"], row["role"], row["item"], row["status"]) == (
        MAKER,
        "battery-maker",
        pack(1),
        "overdue",
    )


def test_a_firm_of_two_roles_owes_one_report_within_the_longer_time() -> None:
    both = [*PARTIES[:3], party(RECYCLER, "recycler echelon-user")]
    at = datetime(2025, 6, 2, 9, tzinfo=SHANGHAI)
    rows = owed(said(RECYCLER, [received(1, OUTLET, RECYCLER, at)]), parties=both)
    assert [row["duty"] for row in rows] == ["recycler-in"]  # 30 working days, not the 15 of cascade use


def test_without_master_data_only_duties_of_the_step_itself_are_told() -> None:
    at = datetime(2026, 5, 6, 9, tzinfo=SHANGHAI)
    rows = owed(
        said(OUTLET, [collected(1, at)]),
        said(RECYCLER, [received(1, OUTLET, RECYCLER, at + timedelta(days=3))]),
        parties=[],
    )
    assert [(row["duty"], row["role"], row["party"]) for row in rows] == [("outlet-in", "outlet", OUTLET)]


def test_on_an_earlier_day_a_later_report_is_not_known_yet_and_later_acts_have_not_happened() -> None:
    told = said(OEM, [certified(1, datetime(2026, 5, 6, 9, tzinfo=SHANGHAI))], on="2026-06-10")
    assert owed(told, day="2026-05-05") == []
    for day, status, days in (
        ("2026-05-20", "due-in", 6),
        ("2026-06-09", "overdue", 14),
        ("2026-06-10", "late", 15),
    ):
        (row,) = of(owed(told, day=day), "vehicle-certificate")
        assert (row["status"], row["days"]) == (status, days)


def test_a_row_that_a_user_replaced_changes_the_deadline_and_is_named() -> None:
    rows = _law().to_pylist()
    for row in rows:
        if row["row"] == "duty/vehicle-certificate@2026-04-01":
            row["row"] += "!"
            row["value"] = 10.0 if row["field"] == "days" else row["value"]
    changed = pa.Table.from_pylist(rows, schema=_law().schema)
    (row,) = of(
        owed(said(OEM, [certified(1, datetime(2026, 5, 6, 9, tzinfo=SHANGHAI))]), law_rows=changed),
        "vehicle-certificate",
    )
    assert (row["due"], row["row"]) == (date(2026, 5, 16), "duty/vehicle-certificate@2026-04-01!")


def test_a_replacement_is_owed_for_the_parts_and_not_for_what_they_were_in() -> None:
    modules = [f"9A1MB240000001G51{n:07d}" for n in (1, 2)]
    at = datetime(2026, 5, 6, 9, tzinfo=SHANGHAI)
    events = writing.replaced(
        vehicle=item_uri(pack(1)), old=[item_uri(modules[0])], new=[item_uri(modules[1])], repair_order="R-1", at=at,
    )  # fmt: skip
    rows = of(owed(said(OEM, events)), "replacement")
    assert sorted(row["item"] for row in rows) == modules
