"""A table of parties and sites, or of models: master data, one element a row (two where it names a site).

    uscc                name   role      area    site     site_kind  capacity_t_per_year  listed_from
    91350900587527783P  甲公司  recycler  350900  plant-1  plant      20000                2022-01-01

Columns are known by these names or by their Chinese headings, in any order; a column that is not known is
told as a remark. A faulty row is a finding with its line; the others go on.
"""

import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import BinaryIO

from suyuan.capture.importer import Batch, Context, NotRecognised, OnError
from suyuan.capture.masters import ALWAYS, LOCATION, MODEL, PARTY, master
from suyuan.capture.party_columns import MODELS, PARTIES, Column, Wrong
from suyuan.capture.workbook.cells import address, text_of
from suyuan.capture.workbook.delimited import numbered, records
from suyuan.capture.workbook.errors import DamagedWorkbook
from suyuan.capture.workbook.jail import frames
from suyuan.capture.workbook.reading import Frame
from suyuan.events.prepared import Prepared
from suyuan.events.uris import BASE, NAMESPACE, party_uri, place_uri
from suyuan.terms.finding import Finding, Place, Severity
from suyuan.terms.sentence import Sentence

ROWS_AT_ONCE = 1000
TABLE_MAX = 32 << 20
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

# What is said of the site, where the row names one; the rest is said of the party.
OF_SITE = ("area", "gln", "lat", "lon", "site_kind", "capacity_t_per_year", "listed_from", "listed_to")
OF_BOTH = ("name", "role", "serves")


@dataclass(frozen=True, slots=True)
class Record:
    """One row that is not blank: its cells as text, and where it stands."""

    cells: list[str]
    line: int
    sheet: str | None = None

    def place(self, column: int) -> Place:
        """Of one of its cells."""
        if self.sheet is None:
            return Place(line=self.line)
        return Place(sheet=self.sheet, cell=address(self.line - 1, column))


class PartyTable:
    """The importer of tables of parties, sites and models."""

    name = "parties"
    on_error: OnError = "proceed"

    def read(self, stream: BinaryIO, context: Context) -> Iterator[Batch]:
        """Batches of elements in the order of the rows.

        Raises NotRecognised where no sheet is such a table, and what reading a workbook raises.
        """
        data = stream.read(TABLE_MAX + 1)
        if len(data) > TABLE_MAX:
            raise NotRecognised(
                f"{context.name} is larger than {TABLE_MAX >> 20} MiB; split the table",
                f"{context.name} 超过 {TABLE_MAX >> 20} MiB；请拆分",
            )
        sheets = _sheets(data, context.name) if data.startswith(_WORKBOOKS) else iter([_records(data)])
        tables = 0
        for sheet in sheets:
            heading = next(sheet, None)
            columns = _kind(heading.cells) if heading else None
            if heading is None or columns is None:
                continue
            tables += 1
            table = _Table(columns, heading, context)
            for record in sheet:
                table.take(record)
                if len(table.prepared) >= ROWS_AT_ONCE:
                    yield table.batch()
            yield table.batch()
        if not tables:
            raise NotRecognised(
                f"{context.name} is no table of parties ({', '.join(PARTIES)}) and none of models ({', '.join(MODELS)})",
                f"{context.name} 既不是主体表（{'、'.join(PARTIES)}），也不是型号表（{'、'.join(MODELS)}）",
            )


PARTY_TABLE = PartyTable()


def is_header(line: bytes) -> bool:
    """Is this the first line of such a table? Its key column and most of its headings are known."""
    try:
        heading = next(records(io.BytesIO(line)), [])
    except DamagedWorkbook:
        return False
    return any(
        key in (found := _columns_of(heading, columns)).values() and len(found) * 4 >= len(heading) * 3 > 3
        for key, columns in (("uscc", PARTIES), ("model", MODELS))
    )


def _records(data: bytes) -> Iterator[Record]:
    """The rows of a CSV file. Raises DamagedWorkbook."""
    for line, row in numbered(io.BytesIO(data)):
        if any(cell.strip() for cell in row):
            yield Record([cell.strip() for cell in row], line)


def _sheets(data: bytes, name: str) -> Iterator[Iterator[Record]]:
    """The rows of every visible sheet of a workbook, which is read in a child process with limits."""
    with closing(frames("raw", io.BytesIO(data), name)) as found:
        for _, group in groupby(_numbered(found), key=lambda record: record.sheet):
            yield group


def _numbered(found: Iterable[Frame]) -> Iterator[Record]:
    sheet, line, visible = "", 0, True
    for kind, *rest in found:
        if kind == "sheet":
            sheet, line, visible = rest[0], rest[1], rest[2]
        elif kind == "cells" and visible:
            for row in rest[0]:
                line += 1
                cells = [text_of(cell).strip() for cell in row]
                if any(cells):
                    yield Record(cells, line, sheet)


def _kind(heading: list[str]) -> Mapping[str, Column] | None:
    """Parties or models: whichever knows its key and more of the headings."""
    found = [
        (len(known), columns)
        for key, columns in (("uscc", PARTIES), ("model", MODELS))
        if key in (known := _columns_of(heading, columns)).values()
    ]
    return max(found, key=itemgetter(0))[1] if found else None


def _columns_of(heading: list[str], columns: Mapping[str, Column]) -> dict[int, str]:
    """Place in the row → name of the column."""
    aliases = {alias: name for name, column in columns.items() for alias in (name.lower(), *column.headings)}
    found = dict[int, str]()
    for place, cell in enumerate(heading):
        name = aliases.get(cell.strip().lower().removeprefix("sy:"))
        if name is not None and name not in found.values():
            found[place] = name
    return found


class _Table:
    """Rows under a heading."""

    def __init__(self, columns: Mapping[str, Column], heading: Record, context: Context) -> None:
        self._columns = columns
        self._places = _columns_of(heading.cells, columns)
        self._context = context
        self._done = 0
        self.prepared: list[Prepared] = []
        self._findings: list[Finding] = [
            Finding(
                "column-unknown",
                heading.place(place),
                Sentence(
                    zh=f"不认识的列「{cell}」：未读取", en=f"the column {cell!r} is not known: not read"
                ),
                cell,
                severity=Severity.HINT,
            )
            for place, cell in enumerate(heading.cells)
            if cell and place not in self._places
        ]

    def batch(self) -> Batch:
        """What came together since the last batch."""
        batch = Batch(self.prepared, self._findings, self._done)
        self.prepared, self._findings = [], []
        return batch

    def take(self, record: Record) -> None:
        """One row."""
        values, wrong = dict[str, object](), list[Finding]()
        for place, name in self._places.items():
            text = record.cells[place] if place < len(record.cells) else ""
            column = self._columns[name]
            if not text:
                if column.required:
                    wrong.append(_finding(record.place(place), name, _missing(name)))
                continue
            try:
                values[name] = column.read(text)
            except Wrong as fault:
                wrong.append(_finding(record.place(place), name, fault, text))
        self._findings += wrong
        self._done += 1
        if not wrong:
            where = record.place(0).show()
            self.prepared += (
                self._parties(values, where) if self._columns is PARTIES else self._models(values, where)
            )

    def _parties(self, values: dict[str, object], where: str) -> Iterator[Prepared]:
        uscc, site = str(values.pop("uscc")), values.pop("site", None)
        valid_from = values.pop("valid_from", ALWAYS)
        assert isinstance(valid_from, date)
        of_party = {name: value for name, value in values.items() if site is None or name not in OF_SITE}
        yield master(PARTY, party_uri(uscc), _attributes(of_party), where, valid_from)
        if site is not None:
            of_site = {name: value for name, value in values.items() if name in OF_SITE or name in OF_BOTH}
            about = place_uri(uscc, str(site))
            yield master(LOCATION, about, _attributes(of_site), where, valid_from)

    def _models(self, values: dict[str, object], where: str) -> Iterator[Prepared]:
        maker = str(values.pop("uscc", self._context.party))
        valid_from = values.pop("valid_from", ALWAYS)
        assert isinstance(valid_from, date)
        values.setdefault("maker", maker)
        about = f"{place_uri(maker, str(values['model']))}".replace(f"{BASE}/loc/", f"{BASE}/model/", 1)
        yield master(MODEL, about, _attributes(values), where, valid_from)


def _attributes(values: Mapping[str, object]) -> dict[str, object]:
    return {
        NAMESPACE + name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }


def _missing(name: str) -> Wrong:
    return Wrong("value-missing", f"{name} is missing", f"缺 {name}")


def _finding(place: Place, name: str, wrong: Wrong, found: str | None = None) -> Finding:
    said = Sentence(zh=f"{name}：{wrong.sentence.zh}", en=f"{name}: {wrong.sentence.en}")
    return Finding(wrong.rule, place, said, found, wrong.suggestion)
