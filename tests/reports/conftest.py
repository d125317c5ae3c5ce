"""A world with liars, captured and judged once for all tests of reports; and tables written out by hand, for reports of a few rows."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from tests.worlds import UNTIL, recipe

from suyuan.reports.reading import Reading
from suyuan.reports.report import MadeFrom
from suyuan.rules.cases import TOLD
from suyuan.rules.facts import LAW
from suyuan.simulate import files
from suyuan.simulate.recipe import Faults
from suyuan.usecases.capture import capture
from suyuan.usecases.workspace import Workspace, init, opened

DAY = UNTIL
LIES = (
    "custody-gap",
    "pack-missing-at-scrapping",
    "reported-late",
    "metal-inflated",
    "sold-twice",
    "more-mass-out",
)


RECYCLED: Mapping[str, Mapping[str, Any]] = {
    # of one model, year and plant some packs declare recycled material and some do not
    "9B1PB670000000F2C0000006": {"sy:recycledContent": {"sy:Li": 0.41}},
    "9B1PB670000000F6B0000029": {"sy:recycledContent": {"sy:Li": 0.37}},
    # declared against a composition that the maker states, and against the chemistry's default a year later
    "9C2PE860000000F1L0000050": {
        "sy:recycledContent": {"sy:Li": 0.6, "sy:Ni": 9.25, "sy:Co": 1.1},
        "sy:composition": {"sy:Li": 8.2, "sy:Ni": 44.5, "sy:Co": 14.1, "sy:Mn": 13.3},
    },
    "9C2PE860000000G1Y0000003": {"sy:recycledContent": {"sy:Ni": 12.5}},
    # fed to a recycler; its maker says which mix it is
    "9C2PE8600000009330000048": {"sy:chemistry": "NCM622"},
}  # fmt: skip
"""What makers declare besides of packs of this world."""
UNSERVED = ("91610100TEB0000451", "91610100TEC000047D")
"""Makers that no outlet serves."""


def told_more(directory: Path) -> None:
    """Adds to the files of a world what the simulation does not tell."""
    history, parties = directory / "history.ndjson", directory / "parties.csv"
    events = [json.loads(line) for line in history.read_text("utf-8").splitlines()]
    for event in events:
        for code in {uri.rsplit("/", 1)[-1] for uri in event.get("epcList", ())} & set(RECYCLED):
            if event["bizStep"] == "commissioning":
                event["ilmd"] |= RECYCLED[code]
    history.write_text("".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events), "utf-8")
    rows = parties.read_text("utf-8")
    for maker in UNSERVED:
        rows = rows.replace(f"、{maker}", "")
    parties.write_text(rows, "utf-8")


@dataclass(frozen=True)
class Judged:
    """Where the world was captured, and the day to judge it on."""

    directory: Path
    day: date

    @contextmanager
    def opened(self) -> Iterator[Workspace]:
        with opened(self.directory, at=datetime(2026, 6, 1, 4, tzinfo=UTC)) as space:
            yield space


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """Eighty packs made, driven, scrapped and recycled; some of what was told is not true."""
    directory = tmp_path_factory.mktemp("reports")
    files.write(directory / "world", recipe(5, 80, cells=2, faults=Faults(LIES, each=1)))
    told_more(directory / "world")
    init(directory / "ws", operator=None, demo=True)
    told = Judged(directory / "ws", DAY)
    with told.opened() as space:
        for name, importer in (("parties.csv", "parties"), ("models.csv", None), ("history.ndjson", None)):
            with (directory / "world" / name).open("rb") as stream:
                captured = capture(space, stream, name, importer=importer)
            assert not captured.refused, captured.findings[:3]
    return told


Rows = Sequence[Mapping[str, Any]]
TEXT: Any = pa.string()
NUMBER: Any = pa.int64()
DATE: Any = pa.date32()
SCHEMAS: Mapping[str, pa.Schema] = {
    "told": TOLD,
    "law": LAW,
    "party": pa.schema([("party", TEXT), ("name", TEXT), ("area", TEXT), ("master_seq", NUMBER)]),
    "party_role": pa.schema([("party", TEXT), ("role", TEXT)]),
    "case": pa.schema(
        [("case_id", TEXT), ("party", TEXT), ("root", TEXT), ("severity", TEXT), ("verified", pa.bool_()), ("since", DATE), ("worst", TEXT),
         ("first_seen", pa.timestamp("us", "UTC")), ("state", TEXT)]
    ),
    "decision": pa.schema([("case_id", TEXT), ("state", TEXT), ("seq", NUMBER), ("decided_at", pa.timestamp("us", "UTC"))]),
    "duty": pa.schema(
        [("duty", TEXT), ("row", TEXT), ("kind", TEXT), ("role", TEXT), ("item", TEXT), ("party", TEXT), ("trigger_seq", NUMBER),
         ("trigger_day", DATE), ("due", DATE), ("fulfilled_seq", NUMBER), ("fulfilled_on", DATE)]
    ),
    "moment": pa.schema(
        [("item", TEXT), ("kind", TEXT), ("seq", NUMBER), ("role", TEXT), ("step", TEXT), ("day", DATE), ("actor", TEXT), ("giver", TEXT),
         ("taker", TEXT), ("submitter", TEXT)]
    ),
    "thing": pa.schema(
        [("item", TEXT), ("kind", TEXT), ("letter", TEXT), ("chemistry", TEXT), ("kwh", pa.float64()), ("kg", pa.float64()), ("made_seq", NUMBER)]
    ),
    "effective_event_item": pa.schema([("seq", NUMBER), ("item", TEXT), ("kind", TEXT), ("quantity", pa.float64()), ("uom", TEXT)]),
}  # fmt: skip
Read = Callable[..., Reading]


@pytest.fixture
def read() -> Iterator[Read]:
    """A reading over tables written out: `read(case=[…], duty=[…])`; what is left out is empty."""
    with duckdb.connect() as duck:

        def of(day: date = DAY, **tables: Rows) -> Reading:
            duck.execute("CREATE SCHEMA IF NOT EXISTS judged")
            for name, schema in SCHEMAS.items():
                rows = pa.Table.from_pylist([dict(row) for row in tables.get(name, ())], schema=schema)
                duck.register("incoming", rows)
                duck.execute(f'CREATE OR REPLACE TABLE judged."{name}" AS SELECT * FROM incoming')
                duck.unregister("incoming")
            names = {row["party"]: row["name"] for row in tables.get("party", ()) if row.get("name")}
            made_from = MadeFrom("log", 9, "00", datetime(2026, 6, 1, tzinfo=UTC), day)
            return Reading(SCHEMAS, lambda query: duck.sql(query).to_arrow_table(), names, day, made_from)

        yield of
