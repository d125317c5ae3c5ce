"""How answers leave the command line: tables for people, JSON, NDJSON, CSV and Parquet for programs."""

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from suyuan.cli.options import wants_colour
from suyuan.terms.sentence import Lang, Sentence

Format = Literal["table", "json", "ndjson", "csv", "parquet"]
Row = Mapping[str, object]

# A spreadsheet takes a cell that starts with one of these for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


WIDTH_PIPED = 200


def console() -> Console:
    """Standard output for people; plain when piped."""
    piped = not sys.stdout.isatty()
    # without a terminal there is no width to fit: a code folded letter by letter helps nobody
    return Console(
        no_color=not wants_colour(), highlight=False, soft_wrap=piped, width=WIDTH_PIPED if piped else None
    )


def error_console() -> Console:
    """Standard error: progress, warnings, errors."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def remark(remarks: Iterable[Sentence], lang: Lang) -> None:
    """What a workspace has to say about itself, on standard error: answers on standard output stay parseable."""
    for sentence in remarks:
        error_console().print(("注意：" if lang == "zh" else "note: ") + sentence.show(lang), markup=False)


def show_rows(rows: Sequence[Row], form: Format, *, title: str = "", empty: str = "") -> None:
    """Write rows of one shape to standard output in the form asked for."""
    if form == "json":
        print(json.dumps(list(rows), ensure_ascii=False, indent=2, default=str))
    elif form == "ndjson":
        for row in rows:
            print(json.dumps(row, ensure_ascii=False, default=str))
    elif form == "csv":
        sys.stdout.write(as_csv(rows))
    elif form == "parquet":
        sink = io.BytesIO()
        import pyarrow as pa  # for this form alone: it takes memory and a tenth of a second
        import pyarrow.parquet as pq

        pq.write_table(pa.Table.from_pylist([dict(row) for row in rows]), sink)
        sys.stdout.buffer.write(sink.getvalue())
    else:
        _show_table(rows, title, empty)


def as_json(value: object) -> str:
    """A value as JSON for programs: instants and days as ISO text."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


def as_csv(rows: Sequence[Row]) -> str:
    """Rows as CSV with a header; a text that a spreadsheet would run as a formula is quoted by an apostrophe."""
    if not rows:
        return ""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(rows[0].keys())
    writer.writerows([_safe(value) for value in row.values()] for row in rows)
    return out.getvalue()


def _safe(value: object) -> object:
    return "'" + value if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _show_table(rows: Sequence[Row], title: str, empty: str) -> None:
    out = console()
    if not rows:
        if empty:
            out.print(empty)
        return
    table = Table(title=title or None, title_justify="left", header_style="bold")
    for name in rows[0]:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*("" if value is None else Text(str(value)) for value in row.values()))
    out.print(table)


class Advance(Protocol):
    """Told how far a long piece of work has come."""

    def __call__(self, done: int, total: int | None, events: int) -> None:
        """`done` of `total` bytes read, `events` seen so far."""


class _Rate(ProgressColumn):
    """Events so far and their rate."""

    def render(self, task: Task) -> Text:
        """`12,345 events · 45,678/s`."""
        events = int(task.fields.get("events", 0))
        rate = events / task.elapsed if task.elapsed else 0.0
        return Text(f"{events:,} · {rate:,.0f}/s")


@contextmanager
def progress(label: str) -> Iterator[Advance]:
    """A progress bar with rate and time left on standard error; silent where that is no terminal."""
    shown = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        _Rate(),
        TimeRemainingColumn(),
        console=shown,
        transient=True,
        disable=not shown.is_terminal,
    )
    with bar:
        task = bar.add_task(label, total=None, events=0)

        def advance(done: int, total: int | None, events: int) -> None:
            bar.update(task, completed=done, total=total, events=events)

        yield advance
