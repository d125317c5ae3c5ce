"""Lives written out, and what the rules find in them.

    judge(said(MAKER, [made(...)], on="2026-05-02"), said(OEM, [...]), parties=[...], day="2026-06-01")

gives the findings of all rules; `.of("custody-gap")` those of one. Reported at noon in Shanghai of `on`, else a day after it happened.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from tests.plans import planned

from suyuan.ledger.entry import Entry
from suyuan.rules import judging
from suyuan.rules.calendar import calendar
from suyuan.rules.facts import ASKED
from suyuan.rules.law import law
from suyuan.standards.tables import TABLES as LAW_TABLES
from suyuan.standards.tables import table
from suyuan.store.judged import Graph, reading
from suyuan.views.extract import extract

Event = dict[str, Any]
DOCUMENT = "ab" * 32


@dataclass(frozen=True)
class Said:
    """Events that one party submitted in one document."""

    by: str
    events: Sequence[Event]
    on: datetime | None = None
    document: str = DOCUMENT


def said(
    by: str, events: Sequence[Event], on: str | date | datetime | None = None, document: str = DOCUMENT
) -> Said:
    """What a party submitted, when (a day: noon in Shanghai; None: a day after it happened) and in which document."""
    if isinstance(on, str):
        on = date.fromisoformat(on)
    if isinstance(on, date) and not isinstance(on, datetime):
        on = datetime(on.year, on.month, on.day, 4, tzinfo=UTC)
    return Said(by, events, on, document)


def party(
    uscc: str,
    role: str = "",
    *,
    name: str = "",
    area: str = "",
    valid_from: str = "2018-01-01",
    **more: object,
) -> Event:
    """Master data of a party; `more`: vendor_codes, wmi, capacity_t_per_year, listed_from, …"""
    told = {"uscc": uscc, "name": name or uscc, "role": role, "area": area, **more}
    return _master("Party", f"https://w3id.org/suyuan/party/{uscc}", told, valid_from)


def site(
    uscc: str, site: str, site_kind: str, *, area: str = "", valid_from: str = "2018-01-01", **more: object
) -> Event:
    """Master data of a site of a party."""
    told = {"uscc": uscc, "site_kind": site_kind, "area": area, **more}
    return _master("Location", f"https://w3id.org/suyuan/loc/{uscc}/{site}", told, valid_from)


def model(name: str, *, valid_from: str = "2018-01-01", **more: object) -> Event:
    """Master data of a model: chemistry, ratedEnergy_kWh, mass_kg, uscc of its maker."""
    return _master("Model", f"https://w3id.org/suyuan/model/{name}", more, valid_from)


def _master(kind: str, uri: str, told: dict[str, Any], valid_from: str) -> Event:
    attributes = {f"https://w3id.org/suyuan/voc#{name}": value for name, value in told.items() if value != ""}
    return {
        "type": f"urn:epcglobal:epcis:vtype:{kind}",
        "id": uri,
        "attributes": attributes,
        "validFrom": valid_from,
    }


@dataclass(frozen=True)
class Judged:
    """What was found."""

    rows: tuple[dict[str, Any], ...]

    @property
    def rules(self) -> list[str]:
        return sorted({row["rule"] for row in self.rows})

    def of(self, rule: str) -> list[dict[str, Any]]:
        return [row for row in self.rows if row["rule"] == rule]

    def subjects(self, rule: str) -> list[str]:
        return sorted(row["subject"] for row in self.of(rule))


@cache
def _law() -> pa.Table:
    return law({name: table(name) for name in LAW_TABLES})


def entries_of(told: Iterable[Said], parties: Sequence[Event]) -> list[Entry]:
    found: list[Entry] = []

    def add(kind: str, body: Event, by: str, at: datetime, document: str) -> None:
        found.append(Entry(len(found), document, by, "", at, kind, json.dumps(body).encode()))

    for element in parties:
        add("master", element, "operator", datetime(2018, 8, 1, tzinfo=UTC), DOCUMENT)
    for each in told:
        for event in each.events:
            happened = datetime.fromisoformat(event["eventTime"].replace("Z", "+00:00"))
            add("event", event, each.by, each.on or happened + timedelta(days=1), each.document)
    return found


def extracted(
    *told: Said,
    parties: Sequence[Event] = (),
    day: str | date = "2026-06-30",
    law_rows: pa.Table | None = None,
) -> dict[str, pa.Table]:
    """All tables that judging reads on that day."""
    on = date.fromisoformat(day) if isinstance(day, str) else day
    tables = dict(extract((entry.seq, entry) for entry in entries_of(told, parties)))
    asked = {"day": pa.array([on], pa.date32()), "operator": pa.array([""])}
    tables["law"] = _law() if law_rows is None else law_rows
    tables |= {"calendar": calendar(), "asked": pa.table(asked, schema=ASKED)}
    return tables


def judged(
    *told: Said,
    day: str | date = "2026-06-30",
    parties: Sequence[Event] = (),
    rules: Iterable[str] | None = None,
    law_rows: pa.Table | None = None,
) -> Judged:
    """The findings of all rules (or of `rules`) on that day."""
    tables = extracted(*told, parties=parties, day=day, law_rows=law_rows)
    found = [row for rows in findings(tables, rules) for row in rows.to_pylist()]
    return Judged(tuple({**row, "facts": json.loads(row["facts"])} for row in found))


@cache
def _graph() -> Graph:
    return Graph(planned())


def findings(tables: dict[str, pa.Table], rules: Iterable[str] | None = None) -> list[pa.Table]:
    """What each rule (or each of `rules`) finds in extracted tables."""
    queries = planned().rules
    return answers(tables, [queries[name] for name in (queries if rules is None else rules)])


def answers(tables: dict[str, pa.Table], asked: Sequence[str]) -> list[pa.Table]:
    """What the engine answers to queries over stages; only those behind them are run."""
    graph = _graph()
    adjusting = any('"adjusted"' in query for query in asked)
    before = [reading(name) for name in planned().before_adjusting] if adjusting else []
    with duckdb.connect(config={"threads": 1}) as engine:
        for name, rows in tables.items():
            engine.register(name, rows)
        waiting = set(planned().before_adjusting)
        for name in graph.needed([*before, *asked]):
            engine.execute(f'CREATE TABLE "{name}" AS {graph.query(name)}')
            waiting.discard(name)
            if adjusting and not waiting:
                for made, rows in judging.adjust(lambda stage: engine.table(stage).to_arrow_table()).items():
                    engine.register(made, rows)
                adjusting = False
        return [engine.sql(query).to_arrow_table() for query in asked]


@pytest.fixture
def judge() -> Callable[..., Judged]:
    return judged
