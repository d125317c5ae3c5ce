"""Made-up worlds before the rules: events with the moments when they were reported, master data as the operator takes them in."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pyarrow as pa
from tests.rules.conftest import DOCUMENT, _law
from tests.rules.conftest import findings as found

from suyuan.capture.importer import Context
from suyuan.capture.party_table import PARTY_TABLE
from suyuan.ledger.entry import Entry
from suyuan.rules import judging
from suyuan.rules.calendar import calendar
from suyuan.rules.facts import ASKED
from suyuan.simulate.as_events import events
from suyuan.simulate.batches import Batches
from suyuan.simulate.lives import Step
from suyuan.simulate.lying import assign, liars
from suyuan.simulate.masters import MODEL_COLUMNS, PARTY_COLUMNS, model_rows, party_rows
from suyuan.simulate.recipe import Recipe
from suyuan.views.extract import extract

OPERATOR = "operator"


@dataclass(frozen=True)
class Told:
    """A world as it is told: its steps, in order, and what was planted."""

    recipe: Recipe
    steps: list[Step]
    planted: list[dict[str, Any]]


def told(recipe: Recipe) -> Told:
    """All lives of a world, with the lies of its recipe, and its batches."""
    there, assigned = liars(recipe), assign(recipe) if recipe.faults.each else {}
    batches, steps = Batches(there.world, there.plan, there.change), list[Step]()
    planted = list[dict[str, Any]]()
    for number in range(recipe.packs):
        life, plant = there.told(number, assigned.get(number))
        for step in life:
            batches.see(step)
        steps += life
        planted += [asdict(plant)] if plant else []
    steps += [*batches.steps(), *there.extra()]
    planted += map(asdict, there.plants(there.told_otherwise))
    return Told(recipe, steps, planted)


def entries(world: Told) -> Iterator[Entry]:
    """As the operator brought it all over on the day after the last that is told."""
    at = datetime.combine(world.recipe.until, time(20), UTC) + timedelta(days=1)
    there, seq = liars(world.recipe), 0
    shown = {party: lie[1] for party, lie in there.firms.items()}
    for columns, rows in (
        (PARTY_COLUMNS, party_rows(there.world, shown)),
        (MODEL_COLUMNS, model_rows(there.world)),
    ):
        text = io.StringIO()
        table = csv.DictWriter(text, columns)
        table.writeheader()
        table.writerows(rows)
        for batch in PARTY_TABLE.read(io.BytesIO(text.getvalue().encode()), Context(OPERATOR, "table.csv")):
            assert batch.findings == []
            for element in batch.prepared:
                yield Entry(
                    seq, DOCUMENT, OPERATOR, "", datetime(2018, 1, 1, tzinfo=UTC), "master", element.body
                )
                seq += 1
    documents: dict[str, str] = {}
    for step in world.steps:
        name = step.facts.get("document_of", "")
        document = documents.setdefault(name, f"{len(documents) + 1:064x}")
        for event in events(step):
            yield Entry(seq, document, OPERATOR, "", at, "event", json.dumps(event).encode())
            seq += 1


def findings(world: Told) -> pa.Table:
    """What all rules find on the last day that is told (columns of `judging.FOUND`)."""
    tables = dict(extract((entry.seq, entry) for entry in entries(world)))
    tables["law"], tables["calendar"] = _law(), calendar()
    asked = {"day": pa.array([world.recipe.until], pa.date32()), "operator": pa.array([OPERATOR])}
    tables["asked"] = pa.table(asked, schema=ASKED)
    return pa.concat_tables([rows.cast(judging.FOUND) for rows in found(tables)])
