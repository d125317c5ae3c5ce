"""A made-up world written down as the very files that parties submit.

    DIR/parties.csv            master data of firms and sites
    DIR/models.csv             master data of models
    DIR/history.ndjson         everything before the month, as EPCIS, with the moment when each was reported
    DIR/2026-05/<USCC>-<role>.xlsx|csv|ndjson     the month: one file a firm and form
    DIR/documents/*.ndjson     what a lie tells in a document of its own
    DIR/truth.ndjson           the world in the first line, then planted faults
    DIR/lives.ndjson           what became of the first packs, by the one who made it up

Without a month everything stands in `history.ndjson`. Files stream; the month alone is held in memory.
"""

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from suyuan.simulate.as_rows import Cells, Row, by_form, rows
from suyuan.simulate.batches import Batches
from suyuan.simulate.faults import Planted, day_text, spoil
from suyuan.simulate.lies.catalogue import firm_lies
from suyuan.simulate.lies.lie import FirmTold
from suyuan.simulate.lives import Step
from suyuan.simulate.lying import Liars, assign, liars
from suyuan.simulate.masters import MODEL_COLUMNS, PARTY_COLUMNS, model_rows, party_rows
from suyuan.simulate.recipe import Recipe
from suyuan.simulate.stretch import LIVES, Answer, lines, tell
from suyuan.simulate.world import Firm
from suyuan.standards.forms import form

Workbook = Callable[[Path, str, dict[str, list[Cells]]], None]
"""Writes (path, role of the form, rows by sheet) as a workbook; handed in, as files for people are not made here."""
Spread = Callable[[Iterable[tuple[Any, ...]]], Iterator[Answer]]
"""Answers requests of `stretch.tell` in their order; handed in, as it may spread them over processes."""

WORKBOOK_HEADERS, CSV_HEADERS = 2, 1
"""Rows of headers above the first row that is filled in."""

WITH_INTERFACE = ("battery-maker", "vehicle-maker", "swap-operator")


@dataclass(slots=True)
class Written:
    """What was made up: counts, files, planted faults of cells and of lives and firms; kinds for which occasions
    were wanting (and how many there were); steps that lying firms told otherwise."""

    packs: int = 0
    events: int = 0
    rows: int = 0
    files: list[Path] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)
    lies: list[dict[str, Any]] = field(default_factory=list)
    wanting: dict[str, int] = field(default_factory=dict)
    told_otherwise: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Month:
    """Steps of the month, by firm."""

    since: datetime
    until: datetime
    steps: dict[Firm, list[Step]] = field(default_factory=dict)

    def take(self, step: Step) -> bool:
        if step.facts.get("document_of") or not self.since <= step.at < self.until:
            return False
        self.steps.setdefault(step.by, []).append(step)
        return True

    def key(self) -> tuple[str, str]:
        """As values that can be sent to another process."""
        return self.since.isoformat(), self.until.isoformat()


def one_after_another(requests: Iterable[tuple[Any, ...]]) -> Iterator[Answer]:
    """In this process."""
    return (tell(*request) for request in requests)


def write(
    directory: Path,
    recipe: Recipe,
    *,
    month: str | None = None,
    row_faults: int = 0,
    workbook: Workbook | None = None,
    spread: Spread = one_after_another,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> Written:
    """Write the files of a world; `month` is `YYYY-MM`, the last one that is told."""
    directory.mkdir(parents=True, exist_ok=True)
    written, there, window = Written(), liars(recipe), _window(month)
    _masters(directory, there, written)
    with (
        _open(directory / "history.ndjson", written) as history,
        _open(directory / "lives.ndjson", written) as lives,
    ):
        batches = _lives(directory, recipe, window, spread, (history, lives), written, advance)
        after = [*batches.steps(), *there.extra()]
        told = [step for step in after if not (window and window.take(step))]
        beside = [step for step in told if step.facts.get("document_of")]
        _documents(directory, ((step.facts["document_of"], lines([step])[0]) for step in beside), written)
        text, count = lines([step for step in told if not step.facts.get("document_of")])
        history.write(text)
        written.events += count
    draw = np.random.default_rng([recipe.seed, 3])
    if window:
        _submissions(directory / str(month), window, row_faults, draw, workbook, written)
    written.lies += [asdict(plant) for plant in there.plants(written.told_otherwise + there.told_otherwise)]
    found = Counter(lie["kind"] for lie in written.lies)
    least = {
        kind: recipe.firms_each if kind in firm_lies() else max(recipe.faults.each, 1)
        for kind in recipe.faults.kinds
    }
    written.wanting = {kind: found[kind] for kind, count in least.items() if found[kind] < count}
    with _open(directory / "truth.ndjson", written) as truth:
        world = {"packs": recipe.packs, "seed": recipe.seed, "area": recipe.area, "since": recipe.since.isoformat(), "until": recipe.until.isoformat()}  # fmt: skip
        for told_of in (world, *written.lies, *map(asdict, written.planted)):
            truth.write(json.dumps(told_of, ensure_ascii=False).encode() + b"\n")
    return written


def _open(path: Path, written: Written) -> BinaryIO:
    written.files.append(path)
    return path.open("wb")


def _window(month: str | None) -> _Month | None:
    if month is None:
        return None
    since = datetime.strptime(month, "%Y-%m")
    return _Month(since, since.replace(year=since.year + since.month // 12, month=since.month % 12 + 1))


def _lives(
    directory: Path,
    recipe: Recipe,
    window: _Month | None,
    spread: Spread,
    files: tuple[BinaryIO, BinaryIO],
    written: Written,
    advance: Callable[[int, int], None],
) -> Batches:
    """Write the lives, stretch by stretch, keep the month's steps, and add up what was fed to batches."""
    there, assigned = liars(recipe), assign(recipe) if recipe.faults.each else {}
    firms = {firm.uscc: firm for firm in there.world.firms()}
    batches = Batches(there.world, there.plan, there.change)
    starts = range(0, recipe.packs, LIVES)
    requests = (
        (
            recipe.key(), first, min(first + LIVES, recipe.packs),
            {n: assigned[n] for n in range(first, first + LIVES) if n in assigned}, window.key() if window else None,
        )
        for first in starts
    )  # fmt: skip
    for first, answer in zip(starts, spread(requests), strict=True):
        text, events, packs, sums, plants, outcomes, in_month, documents, otherwise = answer
        files[0].write(text)
        files[1].writelines(outcome + b"\n" for outcome in outcomes)
        written.events += events
        written.packs += packs
        written.lies += plants
        written.told_otherwise.update(otherwise)
        batches.add(sums, firms)
        _documents(directory, documents, written)
        for number in in_month if window else ():
            for step in there.told(number, assigned.get(number))[0]:
                window and window.take(step)
        advance(min(first + LIVES, recipe.packs), recipe.packs)
    return batches


def _documents(directory: Path, documents: Iterable[tuple[str, bytes]], written: Written) -> None:
    """Append to documents that are told on their own."""
    for name, text in documents:
        path = directory / "documents" / f"{name}.ndjson"
        path.parent.mkdir(exist_ok=True)
        if path not in written.files:
            written.files.append(path)
        with path.open("ab") as file:
            file.write(text)
        written.events += text.count(b"\n")


def _masters(directory: Path, there: Liars, written: Written) -> None:
    """Master data of firms, their sites and models; lying firms as they show themselves."""
    shown: Mapping[str, FirmTold] = {uscc: told for uscc, (_, told) in there.firms.items()}
    for name, columns, content in (
        ("parties.csv", PARTY_COLUMNS, party_rows(there.world, shown)),
        ("models.csv", MODEL_COLUMNS, model_rows(there.world)),
    ):
        written.files.append(directory / name)
        with (directory / name).open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, columns, lineterminator="\n")
            table.writeheader()
            table.writerows(content)


# -- the month's submissions ---------------------------------------------------------------------


@dataclass(slots=True)
class _File:
    """One submission: a workbook of all sheets of a form, or one sheet of it as CSV."""

    path: Path
    role: str
    content: dict[str, list[Row]]

    @property
    def headers(self) -> int:
        return CSV_HEADERS if self.path.suffix == ".csv" else WORKBOOK_HEADERS


def _submissions(
    directory: Path,
    month: _Month,
    faults: int,
    draw: np.random.Generator,
    workbook: Workbook | None,
    written: Written,
) -> None:
    directory.mkdir(exist_ok=True)
    forms: list[_File] = []
    for firm, steps in sorted(month.steps.items(), key=lambda item: item[0].uscc):
        # firms with a machine interface send events, the others fill in forms
        if firm.role in WITH_INTERFACE and firm.number % 2:
            _events(directory / f"{firm.uscc}-{firm.role}.ndjson", steps, written)
            continue
        forms += _forms(directory, firm, steps, workbook is not None, len(forms))
        # what no form asks for is sent as an event
        untold = [step for step in steps if not rows(step)]
        if untold:
            _events(directory / f"{firm.uscc}-other.ndjson", untold, written)
    _spoil(forms, faults, draw, written)
    for n, each in enumerate(forms):
        written.rows += sum(map(len, each.content.values()))
        written.files.append(each.path)
        plain = {sheet: [row.cells for row in rows] for sheet, rows in each.content.items()}
        if each.path.suffix == ".xlsx" and workbook:
            workbook(each.path, each.role, plain)
        else:
            ((sheet, cells),) = plain.items()
            _write_csv(each.path, each.role, sheet, cells, "gb18030" if n % 2 else "utf-8-sig")


def _events(path: Path, steps: list[Step], written: Written) -> None:
    with _open(path, written) as file:
        text, count = lines(steps)
        file.write(text)
        written.events += count


def _forms(directory: Path, firm: Firm, steps: list[Step], workbooks: bool, before: int) -> Iterator[_File]:
    """The forms that a firm fills in; every third of one sheet is CSV, so is each where there are no workbooks."""
    for n, (role, content) in enumerate(by_form(steps).items(), before):
        path = directory / f"{firm.uscc}-{role}"
        if workbooks and not (len(content) == 1 and n % 3 == 0):
            yield _File(path.with_name(f"{path.name}.xlsx"), role, content)
            continue
        for sheet, told in content.items():
            part = f"-{sheet}" if len(content) > 1 else ""
            yield _File(path.with_name(f"{path.name}{part}.csv"), role, {sheet: told})


def _spoil(forms: list[_File], faults: int, draw: np.random.Generator, written: Written) -> None:
    places = [
        (each, sheet, at) for each in forms for sheet, rows in each.content.items() for at in range(len(rows))
    ]
    for place in draw.permutation(len(places)).tolist():
        if not faults:
            return
        each, sheet, at = places[place]
        spoilt = spoil(each.content[sheet][at], draw)
        if spoilt is None:
            continue
        faults -= 1
        row, kind, column = spoilt
        each.content[sheet][at] = row
        columns = [one.key for one in form(each.role).sheet(sheet).columns]
        cell = f"{_letters(columns.index(column))}{each.headers + 1 + at}"
        found = str(row.cells[column])
        written.planted.append(
            Planted(kind, file=each.path.name, sheet=sheet, column=column, cell=cell, found=found)
        )


def _letters(column: int) -> str:
    """The name of a column, from 0.

    >>> _letters(0), _letters(25), _letters(26)
    ('A', 'Z', 'AA')
    """
    return (_letters(column // 26 - 1) if column >= 26 else "") + chr(ord("A") + column % 26)


def _write_csv(path: Path, role: str, sheet: str, content: list[Cells], encoding: str) -> None:
    columns = form(role).sheet(sheet).columns
    with path.open("w", encoding=encoding, newline="") as file:
        table = csv.writer(file)
        table.writerow([column.zh for column in columns])
        for cells in content:
            table.writerow([day_text(cells.get(column.key, "")) for column in columns])
