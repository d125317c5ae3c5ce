"""Lives written out: events (as dicts, in the order in which they were recorded) and what the views make of them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

import pyarrow as pa
import pytest

from suyuan.ledger.entry import Entry
from suyuan.views.extract import extract
from suyuan.views.run import in_memory
from suyuan.views.tables import NOW, AsOf

Row = dict[str, Any]
OPERATOR = "91370000MA3C000000"
RECORDED = datetime(2030, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Told:
    """What the views say after these entries."""

    entries: tuple[Entry, ...]
    as_of: AsOf = NOW

    @cached_property
    def extracted(self) -> dict[str, pa.Table]:
        return extract((entry.seq, entry) for entry in self.entries)

    @cached_property
    def views(self) -> dict[str, list[Row]]:
        return {name: table.to_pylist() for name, table in in_memory(self.extracted, self.as_of).items()}

    def rows(self, view: str, **where: Any) -> list[Row]:
        return [
            row for row in self.views[view] if all(row[column] == value for column, value in where.items())
        ]

    def one(self, view: str, **where: Any) -> Row:
        (row,) = self.rows(view, **where)
        return row

    def state(self, item: str) -> str:
        return str(self.one("lifecycle", item=item)["state"])

    def states(self) -> dict[str, str]:
        return {row["item"]: row["state"] for row in self.views["lifecycle"]}

    def holder(self, item: str) -> tuple[str, str | None]:
        row = self.one("holder_now", item=item)
        return row["kind"], row["holder"]

    def holders(self) -> dict[str, tuple[Any, ...]]:
        return {
            row["item"]: (row["kind"], row["holder"], row["to"], row["answerable"], row["through"])
            for row in self.views["holder_now"]
        }

    def steps(self, item: str) -> list[str]:
        lines = sorted(self.rows("timeline", item=item), key=lambda row: row["n"])
        return [line["step"] for line in lines]

    def inside(self, parent: str) -> set[str]:
        return {row["child"] for row in self.rows("assembly", parent=parent, until=None)}

    def later(self, recorded_up_to: int | None = None, day: date | None = None) -> "Told":
        return Told(self.entries, AsOf(recorded_up_to, day))


Tell = Callable[..., Told]


@pytest.fixture(scope="session")
def tell() -> Tell:
    """Record events one after the other, `by` a party or (party, events) at a time, and ask the views."""

    def told(*events: Row | tuple[Row, ...], by: str = OPERATOR, masters: Sequence[Row] = ()) -> Told:
        flat: list[Row] = []
        for event in events:
            flat.extend(event if isinstance(event, tuple) else (event,))
        bodies = [("master", master) for master in masters] + [("event", event) for event in flat]
        entries = []
        for seq, (kind, body) in enumerate(bodies):
            party = body.pop("recorded by", by) if kind == "event" and "recorded by" in body else by
            entries.append(
                Entry(
                    seq, "d" * 64, party, f"line {seq + 1}", RECORDED + timedelta(seconds=seq), kind,
                    json.dumps(body).encode(),
                )
            )  # fmt: skip
        return Told(tuple(entries))

    return told
