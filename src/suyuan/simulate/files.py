"""A made-up world written down as the very files that parties submit.

    DIR/parties.csv            master data
    DIR/history.ndjson         everything before the month, as EPCIS
    DIR/2026-05/<USCC>-<role>.xlsx|csv|ndjson     the month: one file a firm and form
    DIR/truth.ndjson           planted faults
    DIR/lives.ndjson           what became of the first packs, by the one who made it up

Without a month everything stands in `history.ndjson`. Files stream; the month alone is held in memory.
"""

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TextIO

import numpy as np

from suyuan.simulate.as_events import events
from suyuan.simulate.as_rows import Cells, Row, by_form, rows
from suyuan.simulate.batches import Batches
from suyuan.simulate.faults import Planted, day_text, plant, spoil
from suyuan.simulate.lives import Plan, Step, life
from suyuan.simulate.world import Firm, World
from suyuan.standards.forms import form

Workbook = Callable[[Path, str, dict[str, list[Cells]]], None]
"""Writes (path, role of the form, rows by sheet) as a workbook; handed in, as files for people are not made here."""

WORKBOOK_HEADERS, CSV_HEADERS = 2, 1
"""Rows of headers above the first row that is filled in."""

LIVES_TOLD = 1000
WITH_INTERFACE = ("battery-maker", "vehicle-maker", "swap-operator")
PARTY_COLUMNS = (
    "uscc",
    "name",
    "role",
    "area",
    "vendor_codes",
    "wmi",
    "site",
    "site_kind",
    "capacity_t_per_year",
    "listed_from",
)


@dataclass(slots=True)
class Written:
    """What was made up: counts, files, planted faults."""

    packs: int = 0
    events: int = 0
    rows: int = 0
    files: list[Path] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)


@dataclass(slots=True)
class _Month:
    """Steps of the month, by firm."""

    since: datetime
    until: datetime
    steps: dict[Firm, list[Step]] = field(default_factory=dict)

    def take(self, step: Step) -> bool:
        if not self.since <= step.at < self.until:
            return False
        self.steps.setdefault(step.by, []).append(step)
        return True


def write(
    directory: Path,
    world: World,
    plan: Plan,
    packs: int,
    *,
    month: str | None = None,
    row_faults: int = 0,
    world_faults: int = 0,
    workbook: Workbook | None = None,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> Written:
    """Write the files of a world of `packs` packs; `month` is `YYYY-MM`, the last one that is told."""
    directory.mkdir(parents=True, exist_ok=True)
    written = Written()
    _parties(directory, world, written)
    window = _window(month)
    draw = np.random.default_rng([world.seed, 3])
    wrong = (
        set(draw.choice(packs, size=min(world_faults, packs), replace=False).tolist())
        if world_faults
        else set()
    )
    with (
        _open(directory / "history.ndjson", written) as history,
        _open(directory / "lives.ndjson", written) as lives,
    ):
        for step in _steps(world, plan, packs, wrong, draw, written, lives, advance):
            if not (window and window.take(step)):
                written.events += _as_lines(step, history)
    if window:
        _submissions(directory / str(month), window, row_faults, draw, workbook, written)
    with _open(directory / "truth.ndjson", written) as truth:
        truth.writelines(
            json.dumps(asdict(planted), ensure_ascii=False) + "\n" for planted in written.planted
        )
    return written


def _open(path: Path, written: Written) -> TextIO:
    written.files.append(path)
    return path.open("w", encoding="utf-8")


def _window(month: str | None) -> _Month | None:
    if month is None:
        return None
    since = datetime.strptime(month, "%Y-%m")
    return _Month(since, since.replace(year=since.year + since.month // 12, month=since.month % 12 + 1))


def _steps(
    world: World,
    plan: Plan,
    packs: int,
    wrong: set[int],
    draw: np.random.Generator,
    written: Written,
    lives: TextIO,
    advance: Callable[[int, int], None],
) -> Iterator[Step]:
    batches = Batches(world, plan.horizon)
    for number in range(packs):
        steps = list(life(world, plan, number))
        if number in wrong and (told := plant(steps, draw)):
            steps, planted = told
            written.planted.append(planted)
        elif number < LIVES_TOLD and steps:
            lives.write(json.dumps(_outcome(steps), ensure_ascii=False) + "\n")
        for step in steps:
            batches.see(step)
            written.packs += step.kind == "made"
            yield step
        if number % 100 == 99:
            advance(number + 1, packs)
    yield from batches.steps()


def _outcome(steps: list[Step]) -> dict[str, object]:
    """The last that is known of the first pack of a life; that its vehicle is taken apart is not about the pack."""
    pack = steps[0].facts["pack"]
    about = [
        s
        for s in steps
        if s.kind != "gone"
        and pack
        in (
            s.facts.get("pack"),
            s.facts.get("code"),
            s.facts.get("old"),
            *s.facts.get("packs", ()),
            *s.facts.get("sources", ()),
        )
    ]
    last = max(about, key=lambda step: step.at)
    to: Firm | None = last.facts.get("to") or (last.facts["receiver"] if last.kind == "made" else None)
    return {
        "pack": pack, "last": last.kind, "at": last.at.isoformat(), "by": last.by.uscc, "to": to.uscc if to else None,
    }  # fmt: skip


def _as_lines(step: Step, file: TextIO) -> int:
    written = events(step)
    file.writelines(json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n" for event in written)
    return len(written)


def _parties(directory: Path, world: World, written: Written) -> None:
    with _open(directory / "parties.csv", written) as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(PARTY_COLUMNS)
        for firm in world.firms():
            table.writerow(
                (firm.uscc, firm.name_zh, firm.role, firm.area, firm.vendor, firm.wmi, firm.site, firm.site_kind,
                 firm.capacity_t or "", "2018-01-01")
            )  # fmt: skip


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
            with _open(directory / f"{firm.uscc}-{firm.role}.ndjson", written) as file:
                written.events += sum(_as_lines(step, file) for step in steps)
            continue
        forms += _forms(directory, firm, steps, workbook is not None, len(forms))
        # what no form asks for is sent as an event
        untold = [step for step in steps if not rows(step)]
        if untold:
            with _open(directory / f"{firm.uscc}-other.ndjson", written) as file:
                written.events += sum(_as_lines(step, file) for step in untold)
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
