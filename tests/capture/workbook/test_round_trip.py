"""What is written into a form's workbook is what comes out of it."""

import io
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.capture.workbook.filled import TODAY, csv_bytes, module, pack, vins

from suyuan.capture.workbook import reading
from suyuan.capture.workbook.judging import Judge
from suyuan.capture.workbook.met import Met
from suyuan.capture.workbook.readers import reader_for
from suyuan.capture.workbook.submitter import Submitter
from suyuan.capture.workbook.telling import Group, told
from suyuan.events.check import check_event
from suyuan.render import template
from suyuan.standards.forms import Column, Form, Sheet, forms

VINS = [vin for vin, _ in zip(vins(), range(50), strict=False)]
USCCS = ["91350900587527783P", "91440300192317458F", "912201011239989159"]
DAYS = st.dates(date(2012, 1, 1), TODAY).map(lambda day: datetime(day.year, day.month, day.day))
MOMENTS = st.datetimes(datetime(2012, 1, 1), datetime(2026, 11, 23)).map(lambda m: m.replace(microsecond=0))
TEXTS = (
    st.text("abcXYZ019-._ 甲乙丙", min_size=1, max_size=20).map(lambda t: " ".join(t.split())).filter(bool)
)


def codes(column: Column) -> st.SearchStrategy[str]:
    makers: dict[str, Callable[[int], str]] = {
        "P": pack,
        "M": module,
        "C": lambda n: module(n).replace("M", "C", 1),
    }
    coded = st.sampled_from(column.kinds).flatmap(
        lambda kind: st.integers(1, 9_999_999).map(lambda n: makers[kind](n))
    )
    return coded.map(lambda code: f"{code[:7]}{code[14:]}R{code[3]}") if column.reuse else coded


def values(column: Column) -> st.SearchStrategy[Any]:
    """What a column takes."""
    if column.type == "battery_code":
        one = codes(column)
        return st.lists(one, min_size=1, max_size=4, unique=True).map(tuple) if column.many else one
    if column.type == "number":
        digits = st.integers(1, int((column.max or 1000) * 10))
        return digits.map(lambda n: n / 10 if n % 10 else n // 10)
    if column.pattern:
        return st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{2,30}", fullmatch=True)
    simple: dict[str, st.SearchStrategy[Any]] = {
        "vin": st.sampled_from(VINS),
        "uscc": st.sampled_from(USCCS),
        "date": DAYS,
        "datetime": MOMENTS,
        "area": st.sampled_from(["610500", "370200", "310000"]),
        "choice": st.sampled_from([choice.value for choice in column.choices] or [""]),
        "text": TEXTS,
    }
    return simple[column.type]


def rows(sheet: Sheet) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows of a sheet; cells that need not be filled may be empty, the required ones tell that it is a row."""
    required = {c.key: values(c) for c in sheet.columns if c.required} or {
        sheet.columns[0].key: values(sheet.columns[0])
    }
    optional = {c.key: values(c) for c in sheet.columns if c.key not in required}
    return st.lists(st.fixed_dictionaries(required, optional=optional), min_size=1, max_size=4)


FILLED = st.sampled_from([(form, sheet) for form in forms() for sheet in form.sheets]).flatmap(
    lambda pair: st.tuples(st.just(pair[0]), st.just(pair[1]), rows(pair[1]))
)


def read_back(data: bytes, name: str, sheet: Sheet) -> list[dict[str, Any]]:
    """The values of every row, read cell by cell."""
    back: list[dict[str, Any]] = []
    for kind, *rest in reading.tables(io.BytesIO(data), name):
        if kind == "rows":
            _, count, columns = rest
            back += [{} for _ in range(count)]
            for key, cells in columns.items():
                read = reader_for(sheet.column(key), TODAY)
                for row, raw in zip(back[-count:], cells, strict=True):
                    if raw is not None:
                        row[key] = read(raw).value
    return back


@given(FILLED)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_written_to_a_workbook_is_read_from_it(
    filled: tuple[Form, Sheet, list[dict[str, Any]]],
) -> None:
    form, sheet, written = filled
    stream = io.BytesIO()
    template.write(form, stream, {sheet.key: written})
    assert read_back(stream.getvalue(), "x.xlsx", sheet) == written


@given(FILLED, st.sampled_from(["utf-8", "gb18030"]), st.sampled_from([",", "\t", ";"]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_written_as_csv_is_read_from_it(
    filled: tuple[Form, Sheet, list[dict[str, Any]]], encoding: str, delimiter: str
) -> None:
    form, sheet, written = filled
    header = [column.zh for column in sheet.columns]
    table = [header, *([shown(column, row.get(column.key)) for column in sheet.columns] for row in written)]
    data = csv_bytes(table, encoding, delimiter)
    assert read_back(data, f"{form.role}.csv", sheet) == written


def shown(column: Column, value: Any) -> str:
    if value is None:
        return ""
    return str(template.shown(column, value))


@given(FILLED)
@settings(max_examples=40, deadline=timedelta(seconds=5), suppress_health_check=[HealthCheck.too_slow])
def test_every_good_row_becomes_events_whatever_is_left_out(
    filled: tuple[Form, Sheet, list[dict[str, Any]]],
) -> None:
    form, sheet, written = filled
    met = Met("91350900587527783P", TODAY)
    judge = Judge(sheet, sheet.zh, {c.key: n for n, c in enumerate(sheet.columns)}, {}, met)
    raws = {c.key: [cell(c, row.get(c.key)) for row in written] for c in sheet.columns}
    rows, findings = judge.judge(2, len(written), raws)
    blocked = {
        f.place.cell and f.place.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        for f in findings
        if f.severity == "block"
    }
    assert len(rows) == len(written) - len(blocked)
    by = Submitter(met.party, met.process_of)
    for row in rows:
        prepared = told([Group(form.role, sheet.key, by, "x", [row.values])])
        assert prepared
        assert [check_event(json.loads(each.body), bare=True) for each in prepared] == [[]] * len(prepared)


def cell(column: Column, value: Any) -> Any:
    """A value as it comes out of a workbook."""
    if isinstance(value, datetime):
        return (value.isoformat(" "),)
    return float(value) if isinstance(value, int) else template.shown(column, value)
