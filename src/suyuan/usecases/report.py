"""Reports: made of what judging keeps, as values that `render` writes; any figure opens to the entries behind it.

judged ─▶ reading ─▶ report ─▶ table, JSON, CSV, XLSX, Parquet, HTML, PDF
                       └─ `opened`: table/row/column ─▶ its entries
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import msgspec

from suyuan.identifiers.area import is_valid
from suyuan.ledger.entry import Entry
from suyuan.reports import accounts, dossier, filing, flows, party, province
from suyuan.reports.period import period as period_of
from suyuan.reports.reading import Reading
from suyuan.reports.report import MadeFrom, Report
from suyuan.rules import reckoned
from suyuan.store.judged import Judged
from suyuan.terms.errors import SuyuanError
from suyuan.usecases.judge import Advance, judged, kept_plan
from suyuan.usecases.trace import trace
from suyuan.usecases.workspace import Workspace

PLAN = "reckoning.json"
Account = Literal["responsibility", "recovery", "balance"]


class NoSuchArea(SuyuanError):
    """A text that begins no area code."""

    exit_code = 2


class NoSuchFigure(SuyuanError):
    """A figure that the report does not have."""


def _nothing(done: int, total: int) -> None:
    """Nobody is told how far it has come."""


@contextmanager
def reading(
    workspace: Workspace, *, day: date | None = None, figures: bool = False, advance: Advance = _nothing
) -> Iterator[Reading]:
    """What reports read, judged on a day; with `figures` the accounts too."""
    with judged(workspace, day=day, advance=advance) as found:
        if figures:
            found.reckon(kept_plan(workspace, PLAN, reckoned.planned))
        _entries, on, _mark = found.state
        assert on is not None, "judged on a day"
        yield Reading(found.schemas(), found.answer, found.names(), on, _made_from(workspace, found, on))


def _made_from(workspace: Workspace, found: Judged, day: date) -> MadeFrom:
    checkpoint = workspace.ledger.checkpoint()
    last = workspace.ledger.entry(checkpoint.size - 1).recorded_at if checkpoint.size else workspace.clock()
    return MadeFrom(checkpoint.origin, checkpoint.size, checkpoint.root.hex(), last, day)


# -- the reports -----------------------------------------------------------------------------------


def of_province(
    workspace: Workspace,
    *,
    area: str | None = None,
    day: date | None = None,
    since: date | None = None,
    firms: int = province.FIRMS,
    advance: Advance = _nothing,
) -> Report:
    """The firms of an area to look at, and why. Raises NoSuchArea."""
    where = _area(area)
    with reading(workspace, day=day, advance=advance) as found:
        return province.report(found, where, since=since, firms=firms)


def of_party(
    workspace: Workspace, uscc: str, *, day: date | None = None, advance: Advance = _nothing
) -> Report:
    """What the authority sees about a party. Raises UnknownParty."""
    with reading(workspace, day=day, figures=True, advance=advance) as found:
        found.known(uscc)
        return party.report(found, uscc)


def dossier_of_party(
    workspace: Workspace, uscc: str, *, day: date | None = None, advance: Advance = _nothing
) -> Report:
    """Everything about a party. Raises UnknownParty."""
    with reading(workspace, day=day, figures=True, advance=advance) as found:
        found.known(uscc)
        return dossier.of_party(found, uscc)


def dossier_of_item(
    workspace: Workspace, item: str, *, day: date | None = None, advance: Advance = _nothing
) -> Report:
    """Everything about an item. Raises NotOnRecord."""
    with judged(workspace, day=day, advance=advance):
        pass  # brings the columns up, which the trace reads
    answer = trace(workspace, item)
    with reading(workspace, day=day, figures=True) as found:
        return dossier.of_item(found, answer)


def of_filing(
    workspace: Workspace,
    *,
    role: str,
    period: str,
    uscc: str | None = None,
    day: date | None = None,
    advance: Advance = _nothing,
) -> Report:
    """What firms of a role have reported of a period, and what is missing. Raises NoSuchPeriod, NoSuchRole, UnknownParty."""
    span = period_of(period)
    filing.forms_of(role)
    with reading(workspace, day=day, advance=advance) as found:
        if uscc is not None:
            found.known(uscc)
        return filing.report(found, role, span, uscc)


def of_flows(
    workspace: Workspace,
    *,
    period: str,
    by: flows.By = "party",
    chemistry: bool = False,
    day: date | None = None,
    advance: Advance = _nothing,
) -> Report:
    """What went from whom to whom. Raises NoSuchPeriod."""
    span = period_of(period)
    with reading(workspace, day=day, advance=advance) as found:
        return flows.report(found, span, by=by, split=chemistry)


def of_account(
    workspace: Workspace,
    kind: Account,
    *,
    uscc: str | None = None,
    period: str | None = None,
    area: str | None = None,
    day: date | None = None,
    advance: Advance = _nothing,
) -> Report:
    """Responsibility, recovery or balance. Raises NoSuchPeriod, NoSuchArea, UnknownParty."""
    where, when = _area(area), period_of(period).name if period else None
    with reading(workspace, day=day, figures=True, advance=advance) as found:
        if uscc is not None:
            found.known(uscc)
        return accounts.report(found, kind, party=uscc, period=when, area=where)


def _area(area: str | None) -> str | None:
    """The digits with which codes of that area begin: 61, 6101 or 610113 (zeros at the end left out)."""
    if area is None:
        return None
    digits = area.strip()
    if not is_valid(digits.ljust(6, "0")) or len(digits) % 2:
        raise NoSuchArea(
            f"{area!r} begins no area code; write 61 for a province, 6101 for a prefecture",
            f"{area!r} 不是行政区划代码；省级写 61，地级写 6101",
        )
    while digits.endswith("00"):
        digits = digits[:-2]
    return digits


# -- figures opened --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opened:
    """A figure: what it says, and the entries behind it."""

    value: object
    row: str
    entries: list[dict[str, Any]]


def opened(workspace: Workspace, report: Report, figure: str) -> Opened:
    """The entries behind `table/row/column` (tables and rows count from 1). Raises NoSuchFigure."""
    number, _, rest = figure.partition("/")
    line, _, key = rest.partition("/")
    try:
        told = report.tables[_place(number)]
        place = next(n for n, column in enumerate(told.columns) if column.key == key)
        cell = told.rows[_place(line)][place]
    except (IndexError, ValueError, StopIteration):
        keys = ", ".join(
            f"{n}: {'/'.join(c.key for c in each.columns)}" for n, each in enumerate(report.tables, 1)
        )
        raise NoSuchFigure(
            f"no figure {figure!r}; write TABLE/ROW/COLUMN, as in 1/1/{_any_key(report)}; tables and their columns: {keys}",
            f"没有数值 {figure!r}；请写 表/行/列，例如 1/1/{_any_key(report)}；各表及其列：{keys}",
        ) from None
    rows = [_entry(workspace.ledger.entry(seq)) for seq in cell.entries]
    return Opened(cell.value, cell.row, rows)


def _place(number: str) -> int:
    if int(number) < 1:
        raise ValueError(number)
    return int(number) - 1


def _any_key(report: Report) -> str:
    return report.tables[0].columns[-1].key if report.tables else "COLUMN"


def _entry(entry: Entry) -> dict[str, Any]:
    told = msgspec.json.decode(entry.body) if entry.body else {"sha256": entry.body_sha256}
    return {
        "entry": entry.seq, "recorded_at": entry.recorded_at, "party": entry.party, "document": entry.document, "place": entry.place,
        entry.kind: told,
    }  # fmt: skip
