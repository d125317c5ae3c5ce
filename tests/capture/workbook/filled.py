"""Workbooks for the tests: rows in, what the importer makes of them out."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from suyuan.capture.importer import Context
from suyuan.capture.workbook.importer import Workbook
from suyuan.render import template
from suyuan.standards.forms import form
from suyuan.terms.finding import Finding

PARTY = "91350900587527783P"
TODAY = date(2026, 11, 24)

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Result:
    """What came of a document."""

    events: list[dict[str, Any]]
    places: list[str]
    findings: list[Finding]

    def told(self) -> list[tuple[str, str]]:
        """Place and rule of each finding."""
        return [(finding.place.show(), finding.rule) for finding in self.findings]


def read(data: bytes, name: str, **options: Any) -> Result:
    """A document through the importer."""
    batches = list(Workbook(today=lambda: TODAY, **options).read(io.BytesIO(data), Context(PARTY, name)))
    prepared = [each for batch in batches for each in batch.prepared]
    return Result(
        [json.loads(each.body) for each in prepared],
        [each.place for each in prepared],
        [finding for batch in batches for finding in batch.findings],
    )


def workbook(role: str, **sheets: Rows) -> bytes:
    """The form of a role with rows by sheet key."""
    stream = io.BytesIO()
    template.write(form(role), stream, sheets)
    return stream.getvalue()


def fill(role: str, **sheets: Rows) -> Result:
    """The form of a role, filled and read back."""
    return read(workbook(role, **sheets), f"{role}.xlsx")


def csv_bytes(rows: Sequence[Sequence[str]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """Rows as delimited text."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    return stream.getvalue().encode(encoding)


def pack(serial: int) -> str:
    """A pack code of 1 May 2026."""
    return f"001PE050000001G51{serial:07}"


def module(serial: int) -> str:
    """A module code of 1 May 2026."""
    return f"001ME050000001G51{serial:07}"


def vins() -> Iterator[str]:
    """Valid VINs without end."""
    from suyuan.identifiers.vin import check_digit

    serial = 0
    while True:
        serial += 1
        text = f"LNBSCB3F0TD{serial:06}"
        yield text[:8] + check_digit(text) + text[9:]
