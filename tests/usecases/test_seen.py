"""A trace for somebody: made of what may be seen alone. Two ledgers that differ in the rest give equal bytes."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from tests.usecases.lives import BLACK, MAKER, OEM, OTHER, PACK, RECYCLER, VIN, YARD, at, born, whole_life
from tests.usecases.people import OPERATOR, Clock, peopled
from tests.worlds import Event, record

from suyuan.events import writing
from suyuan.events.shapes import Lot
from suyuan.events.uris import item_uri, lot_uri, party_uri, place_uri, run_uri
from suyuan.rights.deciding import Forbidden
from suyuan.rights.principal import PUBLIC, Principal
from suyuan.rights.words import Role
from suyuan.usecases.seen import trace_for
from suyuan.usecases.trace import NotOnRecord, trace
from suyuan.usecases.workspace import Workspace

FIRMS = {firm: Principal(firm, Role.VIEWER, "v") for firm in (MAKER, OEM, YARD, RECYCLER)}
SUBMITTERS = (MAKER, MAKER, OEM, YARD, MAKER, RECYCLER, RECYCLER)
STRANGER = "91370100TED000022N"
CODES: tuple[str, ...] = (PACK, BLACK, "9A1PB240000001B3C2345670", lot_uri("nickel", "N1"), "HF-B1")
EVERYBODY = [
    FIRMS[RECYCLER],
    PUBLIC,
    Principal("", Role.PROVINCE, "p", "61"),
    Principal("", Role.CITY, "p", "3799"),
]
if "SUYUAN_WORLDS" in os.environ:
    CODES, EVERYBODY = (*CODES, OTHER, VIN), [*EVERYBODY, *FIRMS.values()]


def hidden(n: int) -> list[Event]:
    """What a stranger does with things of its own, and says of the very pack under its own name."""
    works = place_uri(STRANGER, "works-1")
    return [
        writing.fed_to_batch(run=run_uri(STRANGER, f"X{n}"), lots=[Lot(BLACK, 1.0 + n)], process="leaching", at=at(2026, 4, 1 + n), place=works),
        writing.batch_out(
            run=run_uri(STRANGER, f"X{n}"), lots=[Lot(lot_uri("nickel", f"N{n}"), 0.5)], process="leaching", at=at(2026, 4, 2 + n), place=works,
        ),
    ]  # fmt: skip


def lived(space: Workspace, *, beside: bool) -> None:
    for n, (document, party) in enumerate(zip(whole_life(), SUBMITTERS, strict=True)):
        if beside:
            record(space, hidden(n), party=STRANGER)
        record(space, document, party=party)


def answers(space: Workspace, who: Principal) -> dict[str, Any]:
    """Everything that somebody can get of some codes, refusals included."""
    told: dict[str, Any] = {}
    for code in CODES:
        try:
            told[code] = trace_for(space, who, code)
        except (NotOnRecord, Forbidden) as wrong:
            told[code] = [type(wrong).__name__, wrong.sentence.zh, wrong.sentence.en]
    return told


def test_what_is_hidden_changes_no_byte_of_any_answer(tmp_path: Path) -> None:
    with peopled(tmp_path / "a", Clock(), OPERATOR) as one, peopled(tmp_path / "b", Clock(), OPERATOR) as two:
        lived(one, beside=False)
        lived(two, beside=True)
        for who in EVERYBODY:
            # the stranger lies in 37, and works on a lot of the recycler: neither side of it names anybody here
            first, second = (json.dumps(answers(space, who), default=str) for space in (one, two))
            assert first == second, who
        unlike = [answers(space, Principal("", Role.OPERATOR, "o")) for space in (one, two)]
        assert unlike[0] != unlike[1]  # who sees all sees the difference


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with peopled(tmp_path_factory.mktemp("life") / "w", Clock(), OPERATOR) as space:
        lived(space, beside=False)
        yield space


def test_everybody_sees_the_moments_that_are_theirs(life: Workspace) -> None:
    everything = [row["actor"] for row in trace(life, PACK)["timeline"]]
    for firm, who in FIRMS.items():
        rows = trace_for(life, who, PACK)["trace"]["timeline"]
        assert 0 < len(rows) < len(everything)
        assert firm in {row["actor"] for row in rows}
        assert [row["seq"] for row in rows] == sorted({row["seq"] for row in rows})


def test_a_trace_for_a_province_is_the_whole_where_all_lies_in_it(life: Workspace) -> None:
    whole, seen = trace(life, PACK), trace_for(life, Principal("", Role.PROVINCE, "p", "61"), PACK)["trace"]
    del whole["ledger"], whole["as_of"], seen["as_of"]
    assert seen == whole  # with nothing hidden n is seq


def test_the_public_sees_days_and_states_and_no_firm(life: Workspace) -> None:
    found = trace_for(life, PUBLIC, PACK)
    assert found["trace"] is None
    assert {tuple(row) for row in found["public"]} == {
        ("item", "kind", "local_day", "biz_step", "disposition")
    }
    assert not any(firm in str(found) for firm in FIRMS)
    with pytest.raises(NotOnRecord):
        trace_for(life, PUBLIC, VIN)  # a vehicle is somebody's


def test_a_trace_leaves_a_line_for_whose_doings_were_shown(tmp_path: Path) -> None:
    with peopled(tmp_path / "w", Clock(), OPERATOR) as space:
        record(space, born(PACK, 300.0, parts=False), party=MAKER)
        province = Principal("", Role.PROVINCE, "p", "61")
        trace_for(space, province, PACK)
        trace_for(space, FIRMS[MAKER], PACK)
        _, lines = space.accounts.journal.batch(9)
        assert [(line["account"], line["of"], line["verb"], line["count"]) for line in lines] == [
            ("p", MAKER, "trace", 1)
        ]


def test_who_takes_a_pack_sees_the_handover_of_whoever_sent_it_in(tmp_path: Path) -> None:
    with peopled(tmp_path / "w", Clock(), OPERATOR) as space:
        sent = writing.shipped(
            items=[item_uri(PACK)], giver=party_uri(MAKER), taker=party_uri(OEM), document=None, at=at(2021, 4, 1), place=place_uri(MAKER, "plant-1"),
        )  # fmt: skip
        record(space, [*born(PACK, 300.0, parts=False), sent], party=MAKER)
        (row,) = trace_for(space, FIRMS[OEM], PACK)["trace"]["timeline"]
        assert (row["giver"], row["taker"], row["seq"]) == (MAKER, OEM, 0)
