"""All rules over the tables of a ledger: the stages that an engine runs, in order, and the findings that come of them.

    tables ─▶ views ─▶ facts ─▶ findings of each rule: rule, subject, party, day, entries, root, row, facts (JSON)

The plan depends on nothing but the code; law, calendar and the day judged on are tables (`facts.BESIDES`).
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

import ibis
import pyarrow as pa

from suyuan.accounts.reconciling import reconciled
from suyuan.rules import balance
from suyuan.rules.cases import TOLD, cases, decisions, false_alarms
from suyuan.rules.catalogue import RULES
from suyuan.rules.duties import duties
from suyuan.rules.facts import BESIDES, Facts, facts
from suyuan.rules.rule import Rule, Scope
from suyuan.views.columns import TABLES, columns
from suyuan.views.serving import everything
from suyuan.views.tables import Keep, Tables

ibis.options.sql.fuse_selects = False  # as for the views: see `views.run`

FOUND = columns(
    ("rule", pa.string()),
    ("subject", pa.string()),
    ("party", pa.string()),
    ("day", pa.date32()),
    ("entries", pa.list_(pa.int64())),
    ("root", pa.string()),
    ("row", pa.string()),
    ("facts", pa.string()),
)
"""What is found: the findings of all rules in one table."""


def shared(tables: Tables, besides: Mapping[str, ibis.Table], keep: Keep) -> Facts:
    """The facts that rules read, from the tables of a ledger; every stage handed to `keep`."""
    all_of_it = everything(tables, keep)
    return facts(all_of_it.counted, all_of_it.views, all_of_it.statement, besides, keep)


def findings(rule: Rule, known: Facts) -> ibis.Table:
    """What one rule finds, in the columns of `FOUND`."""
    told = rule(known)
    told = told.mutate(**{name: ibis.null("string") for name in ("root", "row") if name not in told.columns})
    more = [name for name in told.columns if name not in FOUND.names]
    as_json = (
        ibis.struct({name: told[name] for name in more}).cast("json").cast("string")
        if more
        else ibis.literal("{}")
    )
    return told.select(
        rule=ibis.literal(rule.id),
        subject=told.subject,
        party=told.party,
        day=told.day,
        entries=told.entries.unique().sort(),
        root=ibis.coalesce(told.root, told.subject),
        row=told.row,
        facts=as_json,
    )


def named(schemas: Mapping[str, pa.Schema]) -> dict[str, ibis.Table]:
    """Tables by name alone, for wording a plan."""
    return {name: ibis.table(ibis.Schema.from_pyarrow(schema), name=name) for name, schema in schemas.items()}


KEPT: Mapping[str, str | None] = {
    "alias": None, "effective_party": None, "known_master": None, "party": None, "party_role": None, "site": None,
    "model": None, "effective_event": "seq", "effective_event_item": "seq", "effective_event_document": "seq",
    "effective_event_reading": "seq", "effective_event_word": "seq", "effective_event_measure": "seq",
    "effective_event_assay": "seq", "effective_event_fate": "seq", "moment": "item", "thing": "item", "duty": "item",
    "assembly": "child", "custody": "item", "holder_now": "item", "lifecycle": "item", "ancestor": "item",
    "run_input": "run", "run_output": "run", "run_metal": "run", "voided": "item",
    "decision": "item", "balance_fed": "item", "balance_lot_share": "lot", "handling": "item", "vehicle_sale": "item",
    "vehicle_taken_in": "vehicle", "pack_sale": "item", "pack_parts": "item", "unmade": "item", "treated_by_recycler": "item",
    "outlet_stay": "item",
}  # fmt: skip
"""Stages that may be kept between judgings, and the column by which new entries change them (None: master data alone do).

What a run's outputs come of is no such stage: one pack fed changes the shares of thousands (`became`, `recovered`).
"""
PARTIES: Mapping[str, tuple[str, ...]] = {
    "effective_event": ("actor",), "moment": ("actor", "giver", "taker"), "thing": ("made_by",), "handling": ("holder",),
    "vehicle_sale": ("maker",), "vehicle_taken_in": ("yard",), "voided": ("declared_by",), "pack_sale": ("maker",),
    "pack_parts": ("made_by",), "treated_by_recycler": ("recycler",), "run_input": ("run",), "run_output": ("run",), "run_metal": ("run",), "balance_fed": ("run",),
    "balance_lot_share": ("run",),
}  # fmt: skip
"""Columns of kept stages that name the parties whose findings change with a row, where a rule's scope is `party`; `run`: who took
part in that run. Of a stage that stands here not, the rows change with those of a stage that does (an event's words with the event)."""
PARTED: Mapping[str, str] = {
    "reported_day": "party", "one_by_one": "actor",
}  # fmt: skip
"""Stages of which the findings of a party (rules of that scope) need that party's rows alone, and the column that names it."""
OUTPUTS = (
    "decision", "duty", "moment", "thing", "party", "party_role", "site", "model", "known_master", "effective_event",
    "effective_event_item", "effective_event_measure", "effective_event_word", "effective_event_assay", "assembly", "custody",
    "holder_now", "run_input", "run_output", "run_metal", "balance_fed",
)  # fmt: skip
"""Kept stages that reports read."""
BEFORE_ADJUSTING: tuple[str, ...] = (balance.STREAM,)
"""Stages that `adjust` reads."""


def adjust(read: Callable[[str], pa.Table]) -> Mapping[str, pa.Table]:
    """Tables that no query can make, from stages of `BEFORE_ADJUSTING`."""
    return {"adjusted": reconciled(read(balance.STREAM))}


@dataclass(frozen=True, slots=True)
class Judging:
    """What DuckDB is asked: stages in order (name, query), then the query of each rule by its id."""

    stages: tuple[tuple[str, str], ...]
    rules: Mapping[str, str]
    scopes: Mapping[str, Scope]
    parties: Mapping[str, tuple[str, ...]]
    parted: Mapping[str, str]
    kept: Mapping[str, str | None]
    outputs: tuple[str, ...]
    before_adjusting: tuple[str, ...]
    after: tuple[tuple[str, str], ...]
    """What follows from the findings (table `told`, see `cases.TOLD`)."""
    mark: str = ""


def plan(rules: Collection[Rule] = RULES.values()) -> Judging:
    """The queries behind all findings, over tables named as in `columns.TABLES` and `facts.BESIDES`."""
    stages: list[tuple[str, str]] = []
    known = shared(Tables.of(named(TABLES)), named(BESIDES), worded_to(stages))
    asked = {rule.id: sql(findings(rule, known)) for rule in rules}
    duties(known)  # a stage that reports read, whether a rule does or not
    decided = known.keep("decision", decisions(known.counted))
    told = ibis.table(ibis.Schema.from_pyarrow(TOLD), name="told")
    after = (
        ("case", sql(cases(told, decided, known.law))),
        ("false_alarm", sql(false_alarms(told, decided))),
    )
    scopes = {rule.id: rule.scope for rule in rules}
    made = {name for name, _query in stages}
    kept = {name: key for name, key in KEPT.items() if name in made}
    outputs = tuple(name for name in OUTPUTS if name in made)
    return Judging(
        tuple(stages), asked, scopes, PARTIES, PARTED, kept, outputs, BEFORE_ADJUSTING, after, fingerprint()
    )


@cache
def planned() -> Judging:
    """`plan` of all rules, worded once a process."""
    return plan()


ROOMS = ("views", "accounts", "rules", "standards", "standards/rows")


@cache
def fingerprint() -> str:
    """Changes whenever a plan might: with any source and table of these rooms, and with the library that words the queries."""
    digest = sha256(ibis.__version__.encode())
    for room in ROOMS:
        for source in sorted(files("suyuan").joinpath(room).iterdir(), key=lambda entry: entry.name):
            if source.name.endswith((".py", ".toml")):
                digest.update(source.read_bytes())
    return digest.hexdigest()


def sql(query: ibis.Table) -> str:
    """The query in DuckDB's words."""
    return str(ibis.to_sql(query, dialect="duckdb", pretty=False))


def worded_to(stages: list[tuple[str, str]]) -> Callable[[str, ibis.Table], ibis.Table]:
    """A `Keep` that words each stage, once a name."""
    kept: dict[str, ibis.Table] = {}

    def keep(name: str, expression: ibis.Table) -> ibis.Table:
        if name not in kept:
            stages.append((name, sql(expression)))
            kept[name] = ibis.table(expression.schema(), name=name)
        return kept[name]

    return keep
