"""The command that makes up a lawful world, with planted faults, as the very files that parties submit."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from suyuan.capture.workers import Workers, processors
from suyuan.cli.options import Common
from suyuan.cli.output import console, progress
from suyuan.render import template
from suyuan.simulate import files
from suyuan.simulate.as_rows import Cells
from suyuan.simulate.recipe import Recipe, faults_of
from suyuan.simulate.stretch import LIVES, Answer
from suyuan.standards import forms
from suyuan.terms.errors import SuyuanError

OK = 0
ALONE = 10 * LIVES
"""A world of so many packs is made before further processes have begun."""


def make_up(
    directory: Path,
    recipe: Recipe,
    *,
    month: str | None,
    row_faults: int,
    lang_progress: str = "simulate",
) -> files.Written:
    """Write a world to `directory`; see `simulate`."""
    if directory.exists() and any(directory.iterdir()):
        raise SuyuanError(
            f"{directory} is not empty; name a new directory", f"{directory} 不为空；请指定新目录"
        )
    alone = recipe.packs <= ALONE or processors() < 2
    with progress(lang_progress) as advance:
        return files.write(
            directory, recipe, month=month, row_faults=row_faults, workbook=_workbook,
            spread=files.one_after_another if alone else _over_processes,
            advance=lambda done, total: advance(done, total, done),
        )  # fmt: skip


def _over_processes(requests: Iterable[tuple[Any, ...]]) -> Iterator[Answer]:
    with Workers("suyuan.simulate.stretch:tell", processors()) as workers:
        yield from workers.map(requests)


def _workbook(path: Path, role: str, rows: dict[str, list[Cells]]) -> None:
    template.write(forms.form(role), path, rows=rows)


def simulate(
    directory: Path,
    *,
    packs: int = 1000,
    seed: int = 1,
    since: date = date(2018, 8, 1),
    until: date = date(2026, 5, 31),
    area: str | None = None,
    month: str | None = None,
    cells: int | None = 8,
    faults: str = "none",
    rate: float | None = None,
    each: int | None = None,
    cell_faults: int = 0,
    common: Common | None = None,
) -> int:
    """Make up a lawful world of packs and write the files that its firms submit. Nobody in it exists.

    Parameters
    ----------
    directory
        A new directory for the files.
    packs
        How many packs are made (1,000 to 10,000,000); whole lives, streaming.
    seed
        The same seed gives the same files.
    since
        First day of making.
    until
        Last day that is told.
    area
        Sell in this prefecture alone (GB/T 2260, e.g. 610100).
    month
        YYYY-MM: that month comes as workbooks, CSV and NDJSON, one file a firm; what was before, as EPCIS NDJSON.
    cells
        At most so many cells of a pack are written one by one; -1 for all.
    faults
        What people do who cheat: `all`, `none`, or kinds with commas between them; truth.ndjson says who lies about what.
    rate
        Which share of the lives tells each kind.
    each
        So many of every kind (5 where neither is said).
    cell_faults
        Faulty cells planted in the month's forms; truth.ndjson says where.
    """
    told = cells if cells is None or cells >= 0 else None
    recipe = Recipe(seed, packs, area, since, until, told, faults_of(faults, rate=rate, each=each))
    written = make_up(directory, recipe, month=month, row_faults=cell_faults)
    planted = len(written.planted) + len(written.lies)
    zh = (common or Common()).language == "zh"
    console().print(
        f"{directory}：{written.packs:,} 个电池包，{written.events:,} 条事件，{written.rows:,} 行表格，{len(written.files)} 个文件，"
        f"植入 {planted} 处错误（truth.ndjson）"
        if zh
        else f"{directory}: {written.packs:,} packs, {written.events:,} events, {written.rows:,} rows of forms, "
        f"{len(written.files)} files, {planted} planted faults (truth.ndjson)"
    )
    if written.wanting:
        kinds = ", ".join(f"{kind} ({count})" for kind, count in written.wanting.items())
        console().print(
            f"可植入的机会不足：{kinds}" if zh else f"not enough occasions for: {kinds}", markup=False
        )
    return OK
