"""The command that makes up a lawful world, with planted faults, as the very files that parties submit."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

from suyuan.cli.options import Common
from suyuan.cli.output import console, progress
from suyuan.render import template
from suyuan.simulate import files
from suyuan.simulate.as_rows import Cells
from suyuan.simulate.lives import Plan
from suyuan.simulate.world import world
from suyuan.standards import forms
from suyuan.terms.errors import SuyuanError

OK = 0


def make_up(
    directory: Path,
    *,
    packs: int,
    seed: int,
    since: date,
    until: date,
    area: str | None,
    month: str | None,
    cells: int | None,
    row_faults: int,
    world_faults: int,
    lang_progress: str = "simulate",
) -> files.Written:
    """Write a world to `directory`; see `simulate`."""
    if directory.exists() and any(directory.iterdir()):
        raise SuyuanError(
            f"{directory} is not empty; name a new directory", f"{directory} 不为空；请指定新目录"
        )
    plan = Plan(since, until, datetime.combine(until, time()) + timedelta(days=1), cells)
    with progress(lang_progress) as advance:
        return files.write(
            directory, world(seed, packs, area), plan, packs,
            month=month, row_faults=row_faults, world_faults=world_faults, workbook=_workbook,
            advance=lambda done, total: advance(done, total, done),
        )  # fmt: skip


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
    faults: int = 0,
    lies: int = 0,
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
        Faulty cells planted in the month's forms; truth.ndjson says where.
    lies
        Lives that cannot be true (a pack missing at scrapping, a gap in custody, …); told in truth.ndjson.
    """
    written = make_up(
        directory, packs=packs, seed=seed, since=since, until=until, area=area, month=month,
        cells=None if cells is not None and cells < 0 else cells, row_faults=faults, world_faults=lies,
    )  # fmt: skip
    zh = (common or Common()).language == "zh"
    console().print(
        f"{directory}：{written.packs:,} 个电池包，{written.events:,} 条事件，{written.rows:,} 行表格，{len(written.files)} 个文件，"
        f"植入 {len(written.planted)} 处错误（truth.ndjson）"
        if zh
        else f"{directory}: {written.packs:,} packs, {written.events:,} events, {written.rows:,} rows of forms, "
        f"{len(written.files)} files, {len(written.planted)} planted faults (truth.ndjson)"
    )
    return OK
