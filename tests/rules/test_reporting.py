"""Reporting: kept and broken."""

from datetime import UTC, datetime, timedelta

from tests.rules.batches import (
    FIRMS,
    MAKER,
    OTHER_RECYCLER,
    OUTLET,
    RECYCLER,
    YARD,
    day,
    head,
    line,
    lot,
    made,
    pack,
    received,
    shipped,
)
from tests.rules.conftest import Event, Said, judged, party, said
from tests.rules.narrow import judged_by

from suyuan.events import writing
from suyuan.events.shapes import Lot
from suyuan.events.uris import item_uri, lot_uri, party_uri, place_uri
from suyuan.rules import reporting, reporting_firms
from suyuan.rules.rule import RULES

MODULES = (reporting.__name__, reporting_firms.__name__)
OURS = [rule.id for rule in RULES.values() if rule.expression.__module__ in MODULES]
CODE = pack(1)


def of(
    rule: str, *told: Said, on: str = "2025-12-31", parties: tuple[Event, ...] = FIRMS
) -> list[dict[str, object]]:
    return judged(*told, day=on, parties=parties, rules=[rule]).of(rule)


def id_(event: Event, number: int) -> Event:
    return {**event, "eventID": f"urn:uuid:0b1c64c8-8d2b-4d2b-9d7e-{number:012d}"}


def collected(
    n: int, on: datetime | str, by: str = OUTLET, mass_kg: float | None = None, letter: str = "B"
) -> Event:
    return writing.collected(
        items=[item_uri(pack(n, letter=letter))], mass_kg=mass_kg, giver=party_uri(MAKER), taker=party_uri(by), **head(by, on)
    )  # fmt: skip


def test_a_lawful_line_breaks_no_rule_of_reporting() -> None:
    found = judged_by(OURS, *line(), parties=FIRMS, on="2025-12-31")
    assert [row for row in found.rows if row["rule"] not in ("registered-never-reported",)] == []


# single reports


def test_a_pack_received_and_reported_half_a_year_later_is_late() -> None:
    (found,) = of(
        "reported-late",
        said(OUTLET, [shipped(CODE, RECYCLER)]),
        said(RECYCLER, [received(CODE)], on="2025-09-01"),
    )
    assert (found["subject"], found["party"]) == (CODE, RECYCLER)
    assert found["facts"]["days"] > 100  # type: ignore[index]


def test_a_pack_received_and_reported_the_next_day_is_in_time() -> None:
    assert (
        of("reported-late", said(OUTLET, [shipped(CODE, RECYCLER)]), said(RECYCLER, [received(CODE)])) == []
    )


def test_a_pack_sent_to_a_recycler_who_never_reports_it_is_overdue() -> None:
    (found,) = of("report-overdue", said(OUTLET, [shipped(CODE, RECYCLER)]))
    assert (found["subject"], found["party"]) == (CODE, RECYCLER)
    assert found["facts"]["duty"] == "recycler-in-after-despatch"  # type: ignore[index]
    assert (
        of("report-overdue", said(OUTLET, [shipped(CODE, RECYCLER)]), said(RECYCLER, [received(CODE)])) == []
    )


def test_what_is_reported_before_it_happens_is_found() -> None:
    (found,) = of("dated-after-report", said(RECYCLER, [received(CODE, on="2025-03-01")], on="2025-02-20"))
    assert (found["subject"], found["party"], str(found["day"])) == (CODE, RECYCLER, "2025-03-01")


def test_a_clock_that_is_some_hours_fast_is_no_report_beforehand() -> None:
    on = datetime(2025, 2, 28, 20, tzinfo=UTC)
    assert of("dated-after-report", said(RECYCLER, [received(CODE, on="2025-03-01")], on=on)) == []


def test_a_report_that_another_party_declares_wrong_is_found_and_still_counts() -> None:
    told = id_(received(CODE), 1)
    denial = writing.declared_wrong(told, at=day("2025-04-01"))
    (found,) = of("declared-wrong-by-another", said(RECYCLER, [told]), said(OUTLET, [denial]))
    assert (found["party"], found["facts"]["contradicted_by"]) == (RECYCLER, OUTLET)  # type: ignore[index]
    assert of("declared-wrong-by-another", said(RECYCLER, [told, denial])) == []


def test_a_pack_received_before_it_was_sent_is_found() -> None:
    (found,) = of(
        "handover-days-differ",
        said(OUTLET, [shipped(CODE, RECYCLER, on="2025-03-09")]),
        said(RECYCLER, [received(CODE)]),
    )
    assert (found["subject"], found["facts"]["shipped_on"]) == (CODE, "2025-03-09")  # type: ignore[index]
    assert (
        of("handover-days-differ", said(OUTLET, [shipped(CODE, RECYCLER)]), said(RECYCLER, [received(CODE)]))
        == []
    )


def test_two_weights_of_one_lot_are_found() -> None:
    def got(kg: float) -> Said:
        lots = [Lot(lot_uri("lithium-carbonate", "LI-1"), kg)]
        return said(MAKER, [writing.received(lots=lots, giver=party_uri(RECYCLER), taker=party_uri("91610100TEB000029B"), **head("91610100TEB000029B", "2025-04-07"))])  # fmt: skip

    (found,) = of("lot-weights-differ", *line(), got(40.0))
    assert (found["subject"], found["facts"]["sent_kg"], found["facts"]["got_kg"]) == (lot("lithium-carbonate", "LI-1"), 42.8, 40)  # type: ignore[index]  # fmt: skip
    assert of("lot-weights-differ", *line(), got(42.7)) == []


def test_a_giver_that_nobody_registered_is_found() -> None:
    stranger = said(RECYCLER, [received(CODE, giver=YARD)])
    (found,) = of("giver-unknown", stranger)
    assert found["facts"] == {"giver": YARD}
    assert of("giver-unknown", stranger, parties=()) == []
    assert of("giver-unknown", stranger, parties=(*FIRMS, party(YARD, "dismantler"))) == []


def test_a_receipt_at_the_place_of_another_firm_is_found() -> None:
    event = {**received(CODE), "readPoint": {"id": place_uri(OUTLET, "yard-1")}}
    (found,) = of("place-of-another", said(RECYCLER, [event]))
    assert (found["party"], found["facts"]["owner"]) == (RECYCLER, OUTLET)  # type: ignore[index]
    assert of("place-of-another", said(RECYCLER, [received(CODE)])) == []


# firms


def _months(count: int) -> list[Event]:
    return [collected(n, datetime(2024, 1, 15, 10, n % 60) + timedelta(days=10 * n)) for n in range(count)]


def test_months_of_events_reported_on_one_day_are_back_dated_in_bulk() -> None:
    (found,) = of("back-dated-in-bulk", said(OUTLET, _months(30), on="2025-06-01"))
    assert (found["subject"], found["facts"]["events"], len(found["entries"])) == (OUTLET, 30, 30)  # type: ignore[arg-type, index]
    assert found["facts"]["since"] == "2024-01-15"  # type: ignore[index]


def test_months_of_events_reported_as_they_happen_are_lawful() -> None:
    assert of("back-dated-in-bulk", said(OUTLET, _months(30))) == []


def test_what_an_operator_brings_over_without_a_time_of_record_is_not_back_dated() -> None:
    assert of("back-dated-in-bulk", said("operator", _months(30), on="2025-06-01")) == []


def test_vehicles_built_before_the_system_began_may_be_told_afterwards() -> None:
    early = [made(pack(n, on="2016-03-12"), on=f"2016-{1 + n % 12:02d}-12") for n in range(30)]
    assert of("back-dated-in-bulk", said(MAKER, early, on="2019-06-01")) == []


def test_a_firm_that_reported_for_months_and_is_silent_while_others_name_it_is_found() -> None:
    told = said(RECYCLER, [received(pack(n), on=f"2024-{1 + n % 8:02d}-10") for n in range(16)])
    sent = said(OUTLET, [shipped(pack(n), RECYCLER, on=f"2025-0{1 + n % 6}-10") for n in range(20, 26)])
    (found,) = of("silent-party", told, sent)
    assert (found["subject"], found["facts"]["named"], found["facts"]["months"]) == (RECYCLER, 6, 8)  # type: ignore[index]
    assert of("silent-party", told) == []
    again = said(RECYCLER, [received(pack(40), on="2025-11-10")])
    assert of("silent-party", told, sent, again) == []


def test_a_firm_that_others_alone_tell_of_is_found() -> None:
    sent = said(OUTLET, [shipped(pack(n), RECYCLER, on="2025-03-10") for n in range(3)])
    (found,) = of("told-by-others-only", sent)
    assert (found["subject"], found["facts"]["named"]) == (RECYCLER, 3)  # type: ignore[index]
    assert of("told-by-others-only", sent, said(RECYCLER, [received(pack(1))])) == []
    assert of("told-by-others-only", sent, on="2025-04-10") == []


def test_a_firm_long_registered_that_nobody_mentions_is_noted() -> None:
    listed = party(OTHER_RECYCLER, "recycler", listed_from="2024-01-01")
    (found,) = of("registered-never-reported", *line(), parties=(*FIRMS, listed))
    assert (found["subject"], str(found["day"])) == (OTHER_RECYCLER, "2024-01-01")
    fresh = party(OTHER_RECYCLER, "recycler", listed_from="2025-06-01")
    assert of("registered-never-reported", *line(), parties=(*FIRMS, fresh)) == []


def test_times_that_are_all_midnight_are_noted() -> None:
    (found,) = of("midnight-only", said(OUTLET, [collected(n, datetime(2025, 1, 1 + n)) for n in range(20)]))
    assert (found["subject"], found["facts"]["events"]) == (OUTLET, 20)  # type: ignore[index]
    assert (
        of("midnight-only", said(OUTLET, [collected(n, datetime(2025, 1, 1 + n)) for n in range(19)])) == []
    )
    mixed = [collected(n, datetime(2025, 1, 1 + n, 9 * (n == 3))) for n in range(20)]
    assert of("midnight-only", said(OUTLET, mixed)) == []


def test_twenty_collections_in_one_second_are_found() -> None:
    at = datetime(2025, 3, 4, 14, 3, 7)
    (found,) = of("same-second", said(OUTLET, [collected(n, at) for n in range(20)]))
    assert (found["subject"], found["facts"]["at"]) == (OUTLET, "2025-03-04 14:03:07")  # type: ignore[index]
    assert of("same-second", said(OUTLET, [collected(n, at + timedelta(minutes=n)) for n in range(20)])) == []


def test_one_delivery_of_many_packs_is_one_event() -> None:
    event = writing.received(
        items=[item_uri(pack(n)) for n in range(40)], giver=party_uri(MAKER), taker=party_uri(OUTLET), **head(OUTLET, "2025-03-04")
    )  # fmt: skip
    assert of("same-second", said(OUTLET, [event])) == []


def _measured(n: int, soh: float) -> Event:
    return writing.measured(
        items=[item_uri(pack(n))], state_of_health_percent=soh, **head(OUTLET, "2025-03-04")
    )


def test_states_of_health_that_are_all_the_same_are_copied() -> None:
    (found,) = of("copied-readings", said(OUTLET, [_measured(n, 78.4) for n in range(22)]))
    assert (found["facts"]["same"], found["facts"]["value"]) == (22, 78.4)  # type: ignore[index]
    assert of("copied-readings", said(OUTLET, [_measured(n, 70 + n / 10) for n in range(22)])) == []


def test_new_batteries_may_all_be_at_a_hundred_percent() -> None:
    assert of("copied-readings", said(OUTLET, [_measured(n, 100) for n in range(22)])) == []


def test_packs_of_one_model_may_weigh_the_same_and_of_two_may_not() -> None:
    one = [collected(n, datetime(2025, 3, 4, 9, n), mass_kg=400) for n in range(22)]
    two = [collected(n, datetime(2025, 3, 4, 9, n), mass_kg=400, letter="BE"[n % 2]) for n in range(22)]
    assert of("copied-readings", said(OUTLET, one)) == []
    assert len(of("copied-readings", said(OUTLET, two))) == 1


def test_dozens_of_corrections_in_a_week_are_noted() -> None:
    told = [id_(collected(n, datetime(2025, 3, 4, 9, n)), n) for n in range(25)]
    wrong = [writing.declared_wrong(event, at=datetime(2025, 6, 1, 9)) for event in told]
    first, second = said(OUTLET, wrong[:10], on="2025-06-02"), said(OUTLET, wrong[10:], on="2025-06-05")
    (found,) = of("corrections-in-bulk", said(OUTLET, told), first, second)
    assert (found["subject"], found["facts"]["events"], found["facts"]["since"]) == (OUTLET, 25, "2025-06-02")  # type: ignore[index]
    later = said(OUTLET, wrong[10:], on="2025-06-25")
    assert (
        of("corrections-in-bulk", said(OUTLET, told), said(OUTLET, wrong[:10], on="2025-06-02"), later) == []
    )


def test_one_event_id_with_two_contents_is_found() -> None:
    first, second = id_(received(CODE, on="2025-03-01"), 1), id_(received(CODE, on="2025-03-03"), 1)
    (found,) = of("event-id-used-twice", said(RECYCLER, [first, second]))
    assert (found["subject"], len(found["entries"])) == (CODE, 2)  # type: ignore[arg-type]
    assert of("event-id-used-twice", said(RECYCLER, [first, id_(second, 2)])) == []
    assert of("event-id-used-twice", said(RECYCLER, [first, first])) == []


def test_one_statement_under_two_ids_is_noted() -> None:
    (found,) = of("statement-under-two-ids", said(RECYCLER, [id_(received(CODE), 1), id_(received(CODE), 2)]))
    assert (found["subject"], len(found["entries"])) == (CODE, 2)  # type: ignore[arg-type]
    assert of("statement-under-two-ids", said(RECYCLER, [id_(received(CODE), 1), received(CODE)])) == []
