"""Judging: the rules in force over what is on record, on a day; findings, and cases of findings with one root.

    brought up ─▶ columns ─▶ stages ─▶ findings ─▶ cases

The rules run over what new entries touched where nothing else changed since; over everything where law, calendar, code or day did.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from hashlib import sha256

import msgspec
import pyarrow as pa

from suyuan.rules import judging
from suyuan.rules.calendar import calendar
from suyuan.rules.catalogue import RULES
from suyuan.rules.facts import ASKED
from suyuan.rules.law import law
from suyuan.standards.documents import register
from suyuan.standards.tables import TABLES as LAW_TABLES
from suyuan.standards.tables import table
from suyuan.store.derived import Derived
from suyuan.store.judged import Besides, Judged
from suyuan.terms.instants import SHANGHAI
from suyuan.usecases.workspace import Workspace

PLAN = "judging.json"
META = pa.schema(
    [(name, pa.string()) for name in ("rule", "severity", "family", "owner")] + [("verified", pa.bool_())]
)
Advance = Callable[[int, int], None]


@contextmanager
def judged(
    workspace: Workspace, *, day: date | None = None, advance: Advance = lambda done, total: None
) -> Iterator[Judged]:
    """Findings brought up to the ledger's head, as of a day (today in Shanghai where none is given).

    Raises DatabaseBusy where another process has the columns open.
    """
    day = day or workspace.clock().astimezone(SHANGHAI).date()
    derived = Derived(workspace.directory, workspace.ledger, workspace.index)
    try:
        with derived.reading_columns(lambda done, total: advance(done, 2 * total)) as (duck, size):
            found = Judged(duck)
            besides = _besides(workspace, day)
            found.judge(_plan(workspace), besides, size, lambda done, total: advance(total + done, 2 * total))
            yield found
    finally:
        derived.close()


def _plan(workspace: Workspace) -> judging.Judging:
    """What is asked; kept in a file, as wording it takes longer than judging what a month touched."""
    kept = workspace.directory / PLAN
    try:
        planned = msgspec.json.decode(kept.read_bytes(), type=judging.Judging)
        if planned.mark == judging.fingerprint():
            return planned
    except (OSError, msgspec.MsgspecError):
        pass  # none yet, or one that an older suyuan wrote: made anew
    planned = judging.plan()
    with suppress(OSError):  # a workspace that may only be read is judged all the same
        kept.write_bytes(msgspec.json.encode(planned))
    return planned


def _besides(workspace: Workspace, day: date) -> Besides:
    tables = {
        "law": law({name: table(name) for name in LAW_TABLES}),
        "calendar": calendar(),
        "asked": pa.table({"day": [day], "operator": [workspace.config.operator]}, schema=ASKED),
    }
    digest = sha256(judging.fingerprint().encode() + workspace.config.operator.encode())
    for name in ("law", "calendar"):
        for column in tables[name].columns:
            digest.update(repr(column.to_pylist()).encode())
    return Besides(tables, _meta(), day, digest.hexdigest(), judging.adjust)


def _meta() -> pa.Table:
    documents = register()
    rows = [
        {
            "rule": rule.id, "severity": rule.severity.value, "family": rule.family, "owner": rule.owner,
            "verified": all(documents[cited.partition("#")[0]].mark.verified for cited in rule.cites),
        }
        for rule in RULES.values()
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=META)
