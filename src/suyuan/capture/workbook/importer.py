"""The importer of submission workbooks: tables out of the jail, judged, told as events.

    bytes ──jail──▶ tables ──judge──▶ good rows ──steps──▶ events ──prepare──▶ Batch
                       └─────────────────┴──▶ findings, each at its cell

Good rows go on, faulty ones come back with their reasons (decision note 0004).
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, BinaryIO

from suyuan.capture.importer import Batch, Context, OnError
from suyuan.capture.workbook.cells import address
from suyuan.capture.workbook.jail import Limits, frames
from suyuan.capture.workbook.judging import Judge, Row
from suyuan.capture.workbook.met import Met
from suyuan.capture.workbook.reading import Frame
from suyuan.capture.workbook.steps import STEPS
from suyuan.capture.workbook.submitter import Submitter
from suyuan.events.prepared import Prepared, prepare
from suyuan.standards.forms import Form, Sheet, form
from suyuan.terms.finding import Finding, Place, Severity
from suyuan.terms.instants import SHANGHAI
from suyuan.terms.sentence import Sentence

GROUP_MAX = 5000
"""Rows told in one event at most."""

Prepare = Callable[[dict[str, Any], str], Prepared]


def today_in_shanghai() -> date:
    """The day it is where the forms are filled in."""
    return datetime.now(SHANGHAI).date()


class Workbook:
    """The importer of xlsx, xls, xlsb, ods, csv."""

    name = "workbook"
    on_error: OnError = "proceed"

    def __init__(
        self,
        *,
        prepare: Prepare = prepare,
        today: Callable[[], date] = today_in_shanghai,
        limits: Limits | None = None,
    ) -> None:
        self._prepare = prepare
        self._today = today
        self._limits = limits

    def read(self, stream: BinaryIO, context: Context) -> Iterator[Batch]:
        """The document in batches of rows.

        Raises NotRecognised, EmptyDocument and the errors of `workbook.errors`.
        """
        reading = _Reading(context.party, self._today(), self._prepare)
        for frame in frames("tables", stream, context.name, self._limits):
            batch = reading.take(frame)
            if batch is not None:
                yield batch
        yield reading.end()


class _Reading:
    """One document under way."""

    def __init__(self, party: str, today: date, prepare: Prepare) -> None:
        self._met = Met(party, today)
        self._by = Submitter(party, self._met.process_of)
        self._prepare = prepare
        self._form: Form | None = None
        self._sheet: _SheetReading | None = None
        self._said: list[Finding] = []
        self._done = 0
        self._total: int | None = None

    def take(self, frame: Frame) -> Batch | None:
        """What a frame of the jail amounts to."""
        kind, *rest = frame
        if kind == "form":
            self._form, self._total = form(rest[0]), rest[1]
        elif kind == "remark":
            self._said.append(_passed_over(*rest))
        elif kind == "table":
            batch = self._close_sheet()
            self._open_sheet(*rest)
            return batch
        elif kind == "rows":
            assert self._sheet is not None, "rows before their table"
            return self._rows(*rest)
        return None

    def end(self) -> Batch:
        """The last of it."""
        return self._close_sheet()

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
        self._sheet = _SheetReading(role, sheet, name, judge, self._by, self._prepare)

    def _rows(self, first: int, count: int, raws: Mapping[str, Any]) -> Batch:
        assert self._sheet is not None
        rows, said = self._sheet.judge.judge(first, count, raws)
        self._done += count
        return self._batch(list(self._sheet.tell(rows)), said)

    def _close_sheet(self) -> Batch:
        if self._sheet is None:
            return self._batch([], [])
        prepared, said = list(self._sheet.tell([], last=True)), self._sheet.judge.rest()
        self._sheet = None
        return self._batch(prepared, said)

    def _batch(self, prepared: list[Prepared], said: list[Finding]) -> Batch:
        said, self._said = self._said + said, []
        return Batch(prepared, said, self._done, self._total)


class _SheetReading:
    """One sheet under way: rows that belong together wait for each other."""

    def __init__(
        self, role: str, sheet: Sheet, name: str, judge: Judge, by: Submitter, prepare: Prepare
    ) -> None:
        self.judge = judge
        self._sheet, self._name, self._by, self._prepare = sheet, name, by, prepare
        self._step = STEPS[role, sheet.key]
        self._waiting: list[Row] = []

    def tell(self, rows: list[Row], *, last: bool = False) -> Iterator[Prepared]:
        """The events of rows that are complete; with `last`, of those that wait too."""
        for row in rows:
            if self._waiting and not self._belongs(row):
                yield from self._told()
            self._waiting.append(row)
        if last and self._waiting:
            yield from self._told()

    def _belongs(self, row: Row) -> bool:
        before = self._waiting[0].values
        group = self._sheet.group
        return (
            bool(group)
            and len(self._waiting) < GROUP_MAX
            and all(before.get(key) == row.values.get(key) for key in group)
        )

    def _told(self) -> Iterator[Prepared]:
        first, last = self._waiting[0].number + 1, self._waiting[-1].number + 1
        place = f"{self._name}!A{first}" if first == last else f"{self._name}!A{first}:A{last}"
        for event in self._step([row.values for row in self._waiting], self._by):
            yield self._prepare(event, place)
        self._waiting = []


def _passed_over(rule: str, sheet: str, cell: str, zh: str, en: str, found: str | None) -> Finding:
    place = Place(sheet=sheet, cell=cell or None)
    return Finding(rule, place, Sentence(zh=zh, en=en), found, severity=Severity.HINT)


WORKBOOK = Workbook()
