"""The importer of submission workbooks: tables out of the jail, judged, told as events.

    bytes ──jail──▶ tables ──judge──▶ good rows ──steps──▶ events ──prepare──▶ Batch
                       └─────────────────┴──▶ findings, each at its cell

Good rows go on, faulty ones come back with their reasons (decision note 0004).
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import date, datetime
from itertools import chain
from typing import Any, BinaryIO

from suyuan.capture.importer import Batch, Context, OnError
from suyuan.capture.workbook.cells import address
from suyuan.capture.workbook.jail import Limits, frames
from suyuan.capture.workbook.judging import Judge, Row
from suyuan.capture.workbook.met import Met
from suyuan.capture.workbook.reading import Frame
from suyuan.capture.workbook.submitter import Submitter
from suyuan.capture.workbook.telling import Group, Prepare, request, told
from suyuan.capture.workers import Workers, available, processors
from suyuan.events.prepared import Prepared, prepare
from suyuan.standards.forms import Form, Sheet, form
from suyuan.terms.finding import Finding, Place, Severity
from suyuan.terms.instants import SHANGHAI
from suyuan.terms.sentence import Sentence

GROUP_MAX = 5000
"""Rows told in one event at most."""
ALONE = 8192
"""Up to so many rows starting workers does not pay."""
WORKERS_MAX = 3

Part = tuple[list[Group], list[Finding], int, int | None]
"""Groups of good rows, what was said, how many rows were done of how many."""


def today_in_shanghai() -> date:
    """The day it is where the forms are filled in."""
    return datetime.now(SHANGHAI).date()


class Workbook:
    """The importer of xlsx, xls, xlsb, ods, csv.

    `today` is the day on which dates are in the future; `prepare` makes events ready (in workers, where the
    workbook is long, always the real one does).
    """

    name = "workbook"
    on_error: OnError = "proceed"

    def __init__(
        self,
        *,
        prepare: Prepare = prepare,
        today: Callable[[], date] = today_in_shanghai,
        limits: Limits | None = None,
        alone: int = ALONE,
    ) -> None:
        self._prepare = prepare
        self._today = today
        self._limits = limits
        self._alone = alone

    def read(self, stream: BinaryIO, context: Context) -> Iterator[Batch]:
        """The document in batches of rows.

        Raises NotRecognised, EmptyDocument, WorkerDied and the errors of `workbook.errors`.
        """
        reading = _Reading(context.party, self._today())
        with closing(frames("tables", stream, context.name, self._limits)) as found:
            parts = reading.parts(found)
            for part in parts:
                yield Batch(told(part[0], self._prepare), *part[1:])
                if part[2] > self._alone and available():
                    break
            yield from self._in_workers(parts)

    def _in_workers(self, parts: Iterator[Part]) -> Iterator[Batch]:
        first = next(parts, None)
        if first is None:
            return
        waiting: deque[Part] = deque()

        def requests() -> Iterator[tuple[bytes]]:
            for part in chain((first,), parts):
                waiting.append(part)
                yield request(part[0])

        with Workers("suyuan.capture.workbook.telling:answer", min(processors(), WORKERS_MAX)) as workers:
            for rows in workers.map(requests()):
                yield Batch(list(map(Prepared._make, rows)), *waiting.popleft()[1:])


class _Reading:
    """One document under way."""

    def __init__(self, party: str, today: date) -> None:
        self._met = Met(party, today)
        self._by = Submitter(party, self._met.process_of)
        self._form: Form | None = None
        self._sheet: _SheetReading | None = None
        self._said: list[Finding] = []
        self._done = 0
        self._total: int | None = None

    def parts(self, found: Iterable[Frame]) -> Iterator[Part]:
        """The document part by part."""
        for frame in found:
            part = self._take(frame)
            if part is not None:
                yield part
        yield self._close_sheet()

    def _take(self, frame: Frame) -> Part | None:
        """What a frame of the jail amounts to."""
        kind, *rest = frame
        if kind == "form":
            self._form, self._total = form(rest[0]), rest[1]
        elif kind == "remark":
            self._said.append(_passed_over(*rest))
        elif kind == "table":
            part = self._close_sheet()
            self._open_sheet(*rest)
            return part
        elif kind == "rows":
            return self._rows(*rest)
        return None

    def _open_sheet(
        self,
        name: str,
        role: str,
        key: str,
        header: int,
        columns: Mapping[str, int],
        units: Mapping[str, str],
        missing: list[str],
    ) -> None:
        sheet = form(role).sheet(key)
        for column in missing:
            told = sheet.column(column)
            self._said.append(
                Finding(
                    "column-missing",
                    Place(sheet=name, cell=address(header, 0)),
                    Sentence(
                        zh=f"缺少必填列“{told.zh}”，此表未读取；请按模板补列",
                        en=f"the required column {told.en} ({told.zh}) is missing; nothing of this sheet was read: add it",
                    ),
                    suggestion=told.zh,
                )
            )
        judge = Judge(sheet, name, columns, units, self._met)
        for column, remark in judge.header_remarks:
            place = Place(sheet=name, cell=address(header, columns[column]))
            self._said.append(
                Finding(remark.rule, place, remark.reason, None, remark.suggestion, remark.severity)
            )
        self._sheet = _SheetReading(role, sheet, name, judge, self._by)

    def _rows(self, first: int, count: int, raws: Mapping[str, Any]) -> Part:
        assert self._sheet is not None, "rows before their table"
        rows, said = self._sheet.judge.judge(first, count, raws)
        self._done += count
        return self._part(list(self._sheet.groups(rows)), said)

    def _close_sheet(self) -> Part:
        if self._sheet is None:
            return self._part([], [])
        groups, said = list(self._sheet.groups([], last=True)), self._sheet.judge.rest()
        self._sheet = None
        return self._part(groups, said)

    def _part(self, groups: list[Group], said: list[Finding]) -> Part:
        said, self._said = self._said + said, []
        return groups, said, self._done, self._total


class _SheetReading:
    """One sheet under way: rows that belong together wait for each other."""

    def __init__(self, role: str, sheet: Sheet, name: str, judge: Judge, by: Submitter) -> None:
        self.judge = judge
        self._role, self._sheet, self._name, self._by = role, sheet, name, by
        self._waiting: list[Row] = []

    def groups(self, rows: list[Row], *, last: bool = False) -> Iterator[Group]:
        """The groups that are complete; with `last`, the one that waits too."""
        for row in rows:
            if self._waiting and not self._belongs(row):
                yield self._group()
            self._waiting.append(row)
        if last and self._waiting:
            yield self._group()

    def _belongs(self, row: Row) -> bool:
        before, group = self._waiting[0].values, self._sheet.group
        return (
            bool(group)
            and len(self._waiting) < GROUP_MAX
            and all(before.get(key) == row.values.get(key) for key in group)
        )

    def _group(self) -> Group:
        first, last = self._waiting[0].number + 1, self._waiting[-1].number + 1
        place = f"{self._name}!A{first}" if first == last else f"{self._name}!A{first}:A{last}"
        rows, self._waiting = [row.values for row in self._waiting], []
        return Group(self._role, self._sheet.key, self._by, place, rows)


def _passed_over(rule: str, sheet: str, cell: str, zh: str, en: str, found: str | None) -> Finding:
    place = Place(sheet=sheet, cell=cell or None)
    return Finding(rule, place, Sentence(zh=zh, en=en), found, severity=Severity.HINT)


WORKBOOK = Workbook()
