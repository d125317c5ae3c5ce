"""Duties on record: who owes which report, what is missing or late; and what to send to a party so that it is made good.

judged ─▶ sums by party and duty ─▶ table, CSV, …
       └▶ what one party has not reported ─▶ its form, filled in as far as the ledger knows, and a letter beside it
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, get_args

from suyuan.render import reminder, rows_xlsx, template
from suyuan.reports import chasing
from suyuan.reports import duties as told
from suyuan.rules.duties import Status
from suyuan.rules.judging import sql
from suyuan.standards.forms import Form, form
from suyuan.store.failures import told as failures_told
from suyuan.terms.errors import SuyuanError
from suyuan.terms.instants import SHANGHAI
from suyuan.terms.sentence import Lang, Sentence
from suyuan.usecases.judge import judged
from suyuan.usecases.workspace import NO_OPERATOR, Workspace

Advance = Callable[[int, int], None]
STATUSES: Mapping[str, tuple[Status, ...]] = {
    "overdue": ("overdue",), "late": ("late",), "due": ("due-in",), "on-time": ("on-time",),
}  # fmt: skip
"""What may be asked for on the command line."""


class NothingMissing(SuyuanError):
    """A party that owes nothing that a form could make good."""


@dataclass(frozen=True, slots=True)
class Told:
    """Duties in words, as of a day; `sums` by party and duty, or (`sums` false) one row a duty."""

    rows: list[dict[str, Any]]
    day: date
    sums: bool
    sentence: Sentence


def duties(
    workspace: Workspace,
    *,
    party: str | None = None,
    day: date | None = None,
    status: str | None = None,
    lang: Lang = "zh",
    advance: Advance = lambda done, total: None,
) -> Told:
    """Sums by party and duty; of one party, or where a status is asked for, each duty: missing and late ones where none is named."""
    day = day or _today(workspace)
    statuses = STATUSES[status] if status else ()
    sums = party is None and status is None
    with judged(workspace, any_day=True, advance=advance) as found:
        names = found.names()
        if sums:
            rows = found.answer(sql(told.summed(day))).to_pylist()
            words = list(told.sums_in_words(rows, names, lang))
        else:
            rows = found.answer(sql(told.listed(day, party, statuses or ("overdue", "late")))).to_pylist()
            words = list(told.in_words(rows, names, lang))
    return Told(words, day, sums, _about(words, day, sums))


def status_shown(status: str, lang: Lang) -> str:
    """A status as people read it."""
    return next((words.show(lang) for name, words in told.STATUSES.items() if name == status), status)


def _today(workspace: Workspace) -> date:
    return workspace.clock().astimezone(SHANGHAI).date()


def _about(rows: Sequence[Mapping[str, Any]], day: date, sums: bool) -> Sentence:
    if sums:
        counts = {name: sum(row[name] for row in rows) for name in ("duties", "overdue", "late")}
        owing = len({row["party"] for row in rows if row["overdue"] or row["late"]})
    else:
        counted = Counter(row["status"] for row in rows)
        counts = {"duties": len(rows), "overdue": counted["overdue"], "late": counted["late"]}
        owing = len({row["party"] for row in rows})
    return Sentence(
        zh=f"截至 {day}：报送责任 {counts['duties']:,} 项，逾期未报 {counts['overdue']:,} 项，迟报 {counts['late']:,} 项，涉及 {owing:,} 家主体。",
        en=f"As of {day}: {counts['duties']:,} duties, {counts['overdue']:,} overdue, {counts['late']:,} reported late, {owing:,} parties.",
    )


@dataclass(frozen=True, slots=True)
class Chased:
    """What was written: workbooks (form, file, rows) and the letters beside them."""

    workbooks: list[tuple[Form, Path, int]]
    letters: list[Path]
    day: date


def chase(
    workspace: Workspace,
    party: str,
    target: Path,
    *,
    day: date | None = None,
    also_due: bool = False,
    advance: Advance = lambda done, total: None,
) -> Chased:
    """Write what a party has to report, a workbook a form, and a letter in each language.

    Only what is overdue; `also_due` takes in what is not due yet. With one form the workbook is `target`, with several each
    has its role behind the name. Raises NothingMissing, DiskFull, ReadOnly.
    """
    day = day or _today(workspace)
    statuses: tuple[Status, ...] = ("overdue", "due-in") if also_due else ("overdue",)
    with judged(workspace, any_day=True, advance=advance) as found:
        rows = found.answer(sql(told.missing(day, party, statuses))).to_pylist()
        name = found.names().get(party, party)
    by_form = chasing.by_form(rows)
    if not by_form:
        raise NothingMissing(
            f"{party} has nothing to report that is overdue on {day}",
            f"截至 {day}，{party} 没有逾期未报事项",
        )
    workbooks = []
    with failures_told(str(target.parent)):
        target.parent.mkdir(parents=True, exist_ok=True)
    for (role, sheet), few in by_form.items():
        wanted = form(role)
        path = target if len(by_form) == 1 else target.with_name(f"{target.stem}-{role}{target.suffix}")
        lines = chasing.instructions(few, name, party, day)
        with failures_told(str(path)):
            template.write(wanted, path, {sheet: chasing.prefilled(few, role, sheet)}, lines)
        workbooks.append((wanted, path, len(few)))
    return Chased(workbooks, _letters(rows, name, party, day, target, workbooks, workspace), day)


def _letters(
    rows: Sequence[Mapping[str, Any]],
    name: str,
    party: str,
    day: date,
    target: Path,
    workbooks: Sequence[tuple[Form, Path, int]],
    workspace: Workspace,
) -> list[Path]:
    written = []
    operator = "" if workspace.config.operator == NO_OPERATOR else workspace.config.operator
    langs: tuple[Lang, ...] = get_args(Lang)
    for lang in langs:
        path = target.with_name(f"{target.stem}.{lang}.txt")
        files = [(wanted.name.show(lang), file.name, count) for wanted, file, count in workbooks]
        letter = reminder.letter(chasing.sums(rows, lang), files, name, party, day, operator, lang)
        with failures_told(str(path)):
            path.write_text(letter, "utf-8")
        written.append(path)
    return written


def write_xlsx(rows: Sequence[Mapping[str, Any]], target: Path, title: str) -> Path:
    """The rows of an answer as a workbook. Raises DiskFull, ReadOnly."""
    with failures_told(str(target)):
        rows_xlsx.write(rows, target, title)
    return target
