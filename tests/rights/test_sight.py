"""What a principal sees as a set agrees with the sentences entry by entry, and tells nothing of the rest.

SUYUAN_WORLDS=200 tries more worlds.
"""

import os
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest
from tests.rights.sentences import sees

from suyuan.events.uris import party_uri
from suyuan.rights.principal import PUBLIC, Principal
from suyuan.rights.sight import Sight, public_fields, visible
from suyuan.rights.words import Role, Verb
from suyuan.store.columns import connected
from suyuan.views.columns import TABLES
from suyuan.views.tables import Tables

WORLDS = int(os.environ.get("SUYUAN_WORLDS", "3"))
NOW = datetime(2026, 5, 1, tzinfo=UTC)
PARTIES = ["91610100TEB000010E", "91610502TEC000020M", "91370100TEF0000180", "91510100TEH000011N", "operator"]
GLN = "https://id.gs1.org/417/9520123456788"
STRANGE = [GLN, "https://example.cn/party/91610100TEB000010E9", "urn:x:6", None, None, None]
PLACES = [f"{party}/yard" for party in PARTIES] + [
    "https://id.gs1.org/414/9520123456788",
    GLN,
    None,
    None,
    None,
]
ENTRIES = ("query", "trace", "proofs", "subscribe", "reading-log", "read-event")
FILLED = ("event", "event_item", "event_word", "master")
BOXED = NOW + timedelta(days=9)

Row = dict[str, Any]
World = tuple[dict[str, pa.Table], list[Row], dict[str, list[str]]]


def principals() -> list[Principal]:
    me = PARTIES[0]
    return [
        PUBLIC,
        Principal(me, Role.VIEWER, "a"),
        Principal(me, Role.FIRM_ADMIN, "a", also=frozenset({GLN})),
        Principal(me, Role.PARK, "a", "6101"),
        Principal(PARTIES[4], Role.CITY, "a", "6105"),
        Principal(PARTIES[2], Role.PROVINCE, "a", "61"),
        Principal("", Role.PROVINCE, "a", "37"),
        Principal(PARTIES[1], Role.AUDITOR, "a", until=BOXED),
        Principal("", Role.AUDITOR, "a", "61", until=BOXED),
        Principal(PARTIES[4], Role.OPERATOR, "a"),
    ]


def drawn(random: Random, seq: int) -> Row:
    """An event as a row, with what it observes beside it."""

    def party() -> str | None:
        return random.choice([*PARTIES, *STRANGE])

    reading = random.random() < 0.15
    declares = random.random() < 0.15
    row: Row = dict.fromkeys(TABLES["event"].names) | {
        "seq": seq,
        "party": random.choice(PARTIES),
        "recorded_at": NOW,
        "event_id": f"urn:e:{random.randrange(12)}"
        if declares
        else f"urn:e:{random.randrange(12)}:{seq % 3}",
        "statement": f"s{random.random()}",
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "biz_step": "sy:reading" if reading else random.choice(["shipping", "receiving", None]),
        "occurred_at": NOW,
        "local_day": date(2026, 4, random.randrange(1, 30)),
        **{name: party() for name in ("giver", "taker", "owner_from", "owner_to", "reporter")},
        **{name: random.choice(PLACES) for name in ("read_point", "biz_location", "place_from", "place_to")},
        "declares_error": declares,
    }
    if declares:
        row["event_id"] = f"urn:e:{random.randrange(12)}:{random.randrange(3)}"
    return row | {
        "observes": random.choice(PARTIES) if reading else None,
        "kind": random.choice(["pack", "lot", "vehicle"]),
    }


def masters(random: Random, first: int) -> list[Row]:
    found = []
    for n in range(12):
        party = random.choice(PARTIES[:4])
        kind, id_ = ("party", party) if n % 2 else ("location", f"{party}/yard")
        said = random.choice(
            [
                ("area", random.choice(["610502", "610100", "370100"])),
                ("name", f"n{n}"),
                ("capacity_t_per_year", "9"),
            ]
        )
        found.append(
            {
                "seq": first + n,
                "type": kind,
                "id": id_,
                "attribute": said[0],
                "value": said[1],
                "valid_from": None,
            }
        )
    return found  # fmt: skip


def as_tables(rows: list[Row], master: list[Row]) -> dict[str, pa.Table]:
    items = [
        {
            "seq": row["seq"], "role": "epc", "kind": "other" if row["observes"] else row["kind"], "material": None,
            "item": party_uri(row["observes"]) if row["observes"] else f"item-{row['statement']}", "quantity": None, "uom": None, "listed": False,
        }
        for row in rows
    ]  # fmt: skip
    words = [{"seq": row["seq"], "holder": "event", "word": "x", "value": row["statement"]} for row in rows]
    made = {name: schema.empty_table() for name, schema in TABLES.items()}
    made["event"] = pa.Table.from_pylist(
        [{k: row[k] for k in TABLES["event"].names} for row in rows], TABLES["event"]
    )
    made["event_item"] = pa.Table.from_pylist(items, TABLES["event_item"])
    made["event_word"] = pa.Table.from_pylist(words, TABLES["event_word"])
    made["master"] = pa.Table.from_pylist(master, TABLES["master"])
    return made


@cache
def world(seed: int) -> World:
    random = Random(seed)
    rows, master = [drawn(random, seq) for seq in range(60)], masters(random, 60)
    areas: dict[str, list[str]] = {}
    for said in master:
        if said["type"] == "party" and said["attribute"] == "area":
            areas.setdefault(said["id"], []).append(said["value"])
    return as_tables(rows, master), rows, areas


HELD = Tables.of(
    {name: ibis.table(ibis.Schema.from_pyarrow(schema), name=name) for name, schema in TABLES.items()}
)
"""The tables by name alone: a question is worded once, and put to every world."""


@cache
def engine() -> duckdb.DuckDBPyConnection:
    return connected()


def asked(tables: dict[str, pa.Table], question: str) -> pa.Table:
    for name, table in tables.items():
        engine().register(name, table)
    found: pa.Table = engine().sql(question).to_arrow_table()
    return found


def worded(expression: ibis.Table) -> str:
    return str(ibis.to_sql(expression, dialect="duckdb", pretty=False))


@cache
def entries_seen(who: Principal, verb: Verb) -> str:
    return worded(visible(who, verb, NOW).entries(HELD))


@cache
def everything_told(sight: Sight) -> dict[str, str]:
    """All that a door might show: every table, the public fields, the count."""
    seen = sight.renumbered(HELD)
    told = {name: worded(getattr(seen, name)) for name in TABLES if name in FILLED}
    if sight.public_fields:
        told["public"] = worded(sight.public(HELD))
    return told | {"count": worded(sight.numbered(HELD).count().name("n").as_table())}


def expected(who: Principal, verb: Verb, rows: list[Row], areas: dict[str, list[str]]) -> set[int]:
    """What the sentences let be seen, and what declares one of these wrong."""
    told = {
        row["seq"]
        for row in rows
        if sees(who.role.value, verb.value, row, names=sorted(who.names), area=who.area, areas=areas)
    }
    ids = {row["event_id"] for row in rows if row["seq"] in told}
    return told | {row["seq"] for row in rows if row["declares_error"] and row["event_id"] in ids}


@pytest.mark.parametrize("seed", range(WORLDS))
def test_the_set_is_what_the_sentences_say_entry_by_entry(seed: int) -> None:
    tables, rows, areas = world(seed)
    for who in principals():
        for verb in map(Verb, ENTRIES):
            seen = asked(tables, entries_seen(who, verb)).column("seq").to_pylist()
            assert len(seen) == len(set(seen))
            assert set(seen) == expected(who, verb, rows, areas), (who, verb)


def test_the_worlds_show_and_hide_something_to_everybody() -> None:
    """The test above can fail: of every principal with scopes short of all something is seen, and something is not."""
    for who in principals()[1:-1]:
        shares = []
        for seed in range(WORLDS):
            _, rows, areas = world(seed)
            shares.append(len(expected(who, Verb.QUERY, rows, areas)) / len(rows))
        assert 0 < sum(shares) < len(shares), who


def renumbered(sight: Sight, tables: dict[str, pa.Table]) -> dict[str, list[Row]]:
    told = {name: asked(tables, question).to_pylist() for name, question in everything_told(sight).items()}
    return {name: sorted(rows, key=repr) for name, rows in told.items()}


@pytest.mark.parametrize("seed", range(WORLDS))
def test_two_worlds_that_differ_in_what_is_hidden_are_one_to_whoever_it_is_hidden_from(seed: int) -> None:
    tables, rows, areas = world(seed)
    random = Random(seed + 1000)
    master = tables["master"].to_pylist()
    for who in principals():
        sight = visible(who, Verb.TRACE, NOW)
        if sight.everything:
            continue
        far = 1_000
        more: list[Row] = []
        while len(more) < 15 and (far := far + 1):
            extra = drawn(random, far) | {
                "event_id": f"urn:hidden:{far}",
                "kind": random.choice(["lot", "vehicle"]),
                "declares_error": False,
            }
            if not sees(who.role.value, "trace", extra, names=sorted(who.names), area=who.area, areas=areas):
                more.append(extra)
        # hidden ones come in anywhere: sequence numbers of the others move
        mixed = [*rows, *more]
        places = sorted(random.sample(range(len(mixed)), len(more)))
        order: list[Row] = list(rows)
        for place, extra in zip(places, more, strict=True):
            order.insert(place, extra)
        other = as_tables(
            [{**row, "seq": n} for n, row in enumerate(order)], [{**row, "seq": row["seq"] + len(more)} for row in master]
        )  # fmt: skip
        assert renumbered(sight, other) == renumbered(sight, tables), who


def test_public_fields_name_no_party_hour_or_number() -> None:
    tables, _, _ = world(0)
    shown = asked(tables, worded(visible(PUBLIC, Verb.TRACE, NOW).public(HELD)))
    assert (
        shown.schema.names
        == public_fields("trace")
        == ["item", "kind", "local_day", "biz_step", "disposition"]
    )
    assert set(shown.column("kind").to_pylist()) == {"pack"}


def test_master_data_show_own_area_and_public_attributes() -> None:
    tables, _, areas = world(1)
    for who in principals():
        sight = visible(who, Verb.SEE_MASTER, NOW)
        seen = {
            row["seq"]
            for row in asked(tables, worded(HELD.master.filter(sight.master(HELD.master)))).to_pylist()
        }
        for row in tables["master"].to_pylist():
            firm = row["id"].split("/")[0]
            near = who.area and (
                firm[2:].startswith(who.area) or any(a.startswith(who.area) for a in areas.get(firm, []))
            )
            regional = who.role in (Role.PARK, Role.CITY, Role.PROVINCE, Role.AUDITOR) and near
            public = f"{row['type']}.{row['attribute']}" in public_fields("master")
            own = firm in who.names and who.role is not Role.PUBLIC
            assert (row["seq"] in seen) == bool(public or own or regional or who.role is Role.OPERATOR), (
                who,
                row,
            )


def test_parties_of_findings_and_reports_are_cut_like_entries() -> None:
    tables, _, areas = world(2)
    parties = ibis.table({"party": "string"}, name="parties")
    engine().register("parties", pa.table({"party": [*PARTIES, None]}))
    for who in principals():
        sight = visible(who, Verb.REPORTS, NOW)
        seen = set(
            asked(tables, worded(parties.filter(sight.parties(parties.party, HELD.master))))
            .column(0)
            .to_pylist()
        )
        assert (None in seen) == (who.role is Role.OPERATOR)
        for party in PARTIES:
            digits = len(party) == 18 and party[2:].startswith(who.area)
            near = who.area and (digits or any(a.startswith(who.area) for a in areas.get(party, [])))
            regional = who.role in (Role.PARK, Role.CITY, Role.PROVINCE, Role.AUDITOR) and near
            own = who.role is not Role.PUBLIC and party in who.names
            assert (party in seen) == bool(own or regional or who.role is Role.OPERATOR), (who, party)


def test_who_may_nothing_sees_nothing() -> None:
    tables, _, _ = world(0)
    ended = Principal(PARTIES[0], Role.AUDITOR, "a", until=NOW)
    assert asked(tables, worded(visible(ended, Verb.QUERY, NOW).numbered(HELD))).num_rows == len(
        [
            row
            for row in tables["master"].to_pylist()
            if f"{row['type']}.{row['attribute']}" in public_fields("master")
        ]
    )
    assert asked(tables, entries_seen(ended, Verb.QUERY)).num_rows == 0
