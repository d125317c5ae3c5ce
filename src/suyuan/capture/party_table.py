"""A table of parties and sites, or of models: master data, one element a row (two where it names a site).

    uscc                name   role      area    site     site_kind  capacity_t_per_year  listed_from
    91350900587527783P  甲公司  recycler  350900  plant-1  plant      20000                2022-01-01

Columns are known by these names or by their Chinese headings, in any order; a column that is not known is
told as a remark. A faulty row is a finding with its line; the others go on.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from typing import BinaryIO

from suyuan.capture.importer import Batch, Context, NotRecognised, OnError
from suyuan.capture.masters import ALWAYS, LOCATION, MODEL, PARTY, master
from suyuan.capture.party_columns import MODELS, PARTIES, Column, Wrong
from suyuan.events.prepared import Prepared
from suyuan.events.uris import BASE, NAMESPACE, party_uri, place_uri
from suyuan.terms.finding import Finding, Place, Severity
from suyuan.terms.sentence import Sentence

ROWS_AT_ONCE = 1000
TABLE_MAX = 64 << 20

# What is said of the site, where the row names one; the rest is said of the party.
OF_SITE = ("area", "gln", "lat", "lon", "site_kind", "capacity_t_per_year", "listed_from", "listed_to")
OF_BOTH = ("name", "role")


class PartyTable:
    """The importer of tables of parties, sites and models."""

    name = "parties"
    on_error: OnError = "proceed"

    def read(self, stream: BinaryIO, context: Context) -> Iterator[Batch]:
        """Batches of elements in the order of the rows. Raises NotRecognised."""
        data = stream.read(TABLE_MAX + 1)
        rows = csv.reader(io.StringIO(decoded(data), newline=""), delimiter=_delimiter(data))
        heading = next((row for row in rows if any(cell.strip() for cell in row)), [])
        columns = PARTIES if _known(heading, PARTIES) >= _known(heading, MODELS) else MODELS
        table = _Table(columns, heading, context)
        yield Batch(findings=table.remarks(rows.line_num))
        for row in rows:
            if any(cell.strip() for cell in row):
                table.take(row, rows.line_num)
            if len(table.prepared) >= ROWS_AT_ONCE:
                yield table.batch(len(data))
        yield table.batch(len(data))


PARTY_TABLE = PartyTable()


def is_header(line: bytes) -> bool:
    """Is this the first line of such a table? Its key column and most of its headings are known."""
    text = decoded(line)
    heading = next(csv.reader([text], delimiter=_delimiter(line)), [])
    return any(
        key in (found := _columns_of(heading, columns)).values() and len(found) * 4 >= len(heading) * 3 > 3
        for key, columns in (("uscc", PARTIES), ("model", MODELS))
    )


def decoded(data: bytes) -> str:
    """Text of a CSV file: UTF-8, or GB18030 as Chinese spreadsheets write it."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def _delimiter(data: bytes) -> str:
    first = data[:4096].split(b"\n", 1)[0]
    return max(("\t", ";", ","), key=lambda mark: first.count(mark.encode()))


def _known(heading: list[str], columns: Mapping[str, Column]) -> int:
    return len(_columns_of(heading, columns))


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

    def __init__(self, columns: Mapping[str, Column], heading: list[str], context: Context) -> None:
        self._columns = columns
        self._heading = heading
        self._places = _columns_of(heading, columns)
        self._context = context
        self._is_parties = columns is PARTIES
        key = "uscc" if self._is_parties else "model"
        if key not in self._places.values():
            raise NotRecognised(
                f"{context.name} has no column {key}; a table of parties has {', '.join(PARTIES)}; "
                f"one of models has {', '.join(MODELS)}",
                f"{context.name} 没有 {key} 列；主体表的列：{'、'.join(PARTIES)}；型号表的列：{'、'.join(MODELS)}",
            )
        self.prepared: list[Prepared] = []
        self._findings: list[Finding] = []

    def remarks(self, line: int) -> list[Finding]:
        """Headings that are not known."""
        return [
            Finding(
                "column-unknown",
                Place(line=line),
                Sentence(
                    zh=f"不认识的列「{cell}」：未读取", en=f"the column {cell!r} is not known: not read"
                ),
                cell,
                severity=Severity.HINT,
            )
            for place, cell in enumerate(self._heading)
            if cell.strip() and place not in self._places
        ]

    def batch(self, done: int) -> Batch:
        """What came together since the last batch."""
        batch = Batch(self.prepared, self._findings, done, done)
        self.prepared, self._findings = [], []
        return batch

    def take(self, row: list[str], line: int) -> None:
        """One row."""
        values, wrong = dict[str, object](), list[Finding]()
        for place, name in self._places.items():
            text = row[place].strip() if place < len(row) else ""
            column = self._columns[name]
            if not text:
                if column.required:
                    wrong.append(_finding(line, name, _missing(name)))
                continue
            try:
                values[name] = column.read(text)
            except Wrong as fault:
                wrong.append(_finding(line, name, fault, text))
        self._findings += wrong
        if not wrong:
            self.prepared += self._parties(values, line) if self._is_parties else self._models(values, line)

    def _parties(self, values: dict[str, object], line: int) -> Iterator[Prepared]:
        uscc, site = str(values.pop("uscc")), values.pop("site", None)
        valid_from = values.pop("valid_from", ALWAYS)
        assert isinstance(valid_from, date)
        of_party = {name: value for name, value in values.items() if site is None or name not in OF_SITE}
        yield master(PARTY, party_uri(uscc), _attributes(of_party), f"line {line}", valid_from)
        if site is not None:
            of_site = {name: value for name, value in values.items() if name in OF_SITE or name in OF_BOTH}
            about = place_uri(uscc, str(site))
            yield master(LOCATION, about, _attributes(of_site), f"line {line}", valid_from)

    def _models(self, values: dict[str, object], line: int) -> Iterator[Prepared]:
        maker = str(values.pop("uscc", self._context.party))
        valid_from = values.pop("valid_from", ALWAYS)
        assert isinstance(valid_from, date)
        about = f"{place_uri(maker, str(values['model']))}".replace(f"{BASE}/loc/", f"{BASE}/model/", 1)
        yield master(MODEL, about, _attributes(values), f"line {line}", valid_from)


def _attributes(values: Mapping[str, object]) -> dict[str, object]:
    return {
        NAMESPACE + name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }


def _missing(name: str) -> Wrong:
    return Wrong("value-missing", f"{name} is missing", f"缺 {name}")


def _finding(line: int, name: str, wrong: Wrong, found: str | None = None) -> Finding:
    said = Sentence(zh=f"{name}：{wrong.sentence.zh}", en=f"{name}: {wrong.sentence.en}")
    return Finding(wrong.rule, Place(line=line), said, found, wrong.suggestion)
