"""The demonstration: the main job on real input, from submissions to a proven ledger, one battery's whole life, and whom to look at on Monday."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from suyuan.cli import capture as capture_
from suyuan.cli import trace as trace_
from suyuan.cli.options import Common
from suyuan.cli.output import console, progress, show_rows
from suyuan.cli.simulate import make_up
from suyuan.cli.workspace import verify
from suyuan.reports.report import shown
from suyuan.simulate.files import Written
from suyuan.simulate.recipe import Faults, Recipe
from suyuan.standards.forms import form, forms
from suyuan.terms.errors import SuyuanError
from suyuan.terms.finding import Finding, Severity
from suyuan.terms.instants import SHANGHAI
from suyuan.terms.sentence import Lang, Sentence
from suyuan.usecases import report as reports
from suyuan.usecases import trace as traces
from suyuan.usecases.capture import Captured
from suyuan.usecases.report_files import written as report_written
from suyuan.usecases.workspace import Workspace, init, opened

AREA, MONTH, UNTIL = "610100", "2026-05", date(2026, 5, 31)
MONDAY = date(2026, 6, 1)
"""The morning on which the month has come in, and is judged."""
VEHICLES, FAULTS = 2500, 25
LIES = (
    "pack-missing-at-scrapping",
    "never-handed-on",
    "sold-before-made",
    "custody-gap",
    "one-code-in-two-vehicles",
)
REFUSED_SHOWN = 12
MONDAY_SHOWN = ("place", "name", "points", "since", "why")
CONFORMANCE = Path("..") / "shared" / "conformance"
"""Third-party examples, taken in where they lie beside the checkout."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """Documents of one kind and what they came to."""

    what: Sentence
    captured: Sequence[Captured]

    def row(self, lang: Lang) -> dict[str, object]:
        """A line of the summary."""
        zh = lang == "zh"
        return {
            ("提交内容" if zh else "submitted"): self.what.show(lang),
            ("文件" if zh else "files"): len(self.captured),
            ("已记录" if zh else "recorded"): f"{sum(one.recorded for one in self.captured):,}",
            ("拒收" if zh else "refused"): sum(one.refused for one in self.captured) or "",
            ("提示" if zh else "remarks"): sum(one.remarks for one in self.captured) or "",
        }


def demo(directory: Path = Path("demo"), *, common: Common | None = None) -> int:
    """Take in a made-up prefecture's month of submissions and public examples, trace one pack, judge, verify the ledger.

    Parameters
    ----------
    directory
        Where to do it; a demonstration that stands there is made anew.
    """
    lang = (common or Common()).language
    _clear(directory)
    say = console().print
    say(_title(lang, "一、造一个样板世界", "1. A made-up world"))
    recipe = Recipe(20260531, VEHICLES, AREA, until=UNTIL, faults=Faults(LIES, each=1))
    written = make_up(directory / "submissions", recipe, month=MONTH, row_faults=FAULTS)
    say(_made_up(written, directory, lang), markup=False)
    place = directory / "workspace"
    init(place, demo=True)
    say(_title(lang, "二、收件", "2. What came in"))
    morning = datetime.combine(MONDAY, time(8), SHANGHAI)
    with opened(place, at=morning) as workspace:
        taken = [*_submissions(workspace, directory / "submissions"), *_examples(workspace)]
        show_rows([each.row(lang) for each in taken], "table")
        say(_title(lang, "三、拒收的单元格", "3. What was refused, and where"))
        _refused([one for each in taken for one in each.captured], written, lang)
        say(capture_.head(workspace, lang), markup=False)
        code = traces.longest_life(workspace)
    assert code is not None, "a world of hundreds of packs recycles some"
    options = Common(workspace=place, lang=lang, at=morning.isoformat())
    say(_title(lang, "四、一个电池包的一生", "4. One pack, from its cells to the recovered metal"))
    trace_.trace(code, common=options)
    trace_.trace(code, html=True, output=directory / "trace.html", common=options)
    say(_title(lang, f"五、{MONDAY} 星期一：先看哪几家", f"5. Monday, {MONDAY}: the firms to look at"))
    with opened(place, at=morning) as workspace:
        _monday(workspace, directory / "monday.html", lang)
    say(_title(lang, "六、核验", "6. The ledger, verified"))
    result = verify(common=options)
    say(_title(lang, "接下来", "What next"))
    for line in (
        f"suyuan -w {place} trace {code}",
        f"suyuan -w {place} checkpoint > checkpoint.txt",
        f"suyuan -w {place} verify --checkpoint checkpoint.txt",
        f"suyuan -w {place} judge --day {MONDAY}",
        f"{directory / 'trace.html'}",
        f"{directory / 'monday.html'}",
    ):
        say("  " + line, markup=False)
    return result


def _title(lang: Lang, zh: str, en: str) -> str:
    return f"\n[bold]{zh if lang == 'zh' else en}[/bold]"


def _clear(directory: Path) -> None:
    """A demonstration that stands there is made anew; anything else stays as it is."""
    if not directory.exists() or not any(directory.iterdir()):
        return
    if not (directory / "submissions" / "truth.ndjson").exists():
        raise SuyuanError(
            f"{directory} is not empty and no demonstration; name a new directory: suyuan demo DIR",
            f"{directory} 不为空且不是演示目录；请指定新目录：suyuan demo 目录",
        )
    for made in ("submissions", "workspace"):
        shutil.rmtree(directory / made, ignore_errors=True)


def _made_up(written: Written, directory: Path, lang: Lang) -> str:
    where = directory / "submissions"
    return (
        f"西安（{AREA}）：{written.packs:,} 个电池包自 2018 年 8 月以来的经历，其中 {MONTH} 一个月为各企业填报的文件：{where}"
        if lang == "zh"
        else f"Xi'an ({AREA}): the lives of {written.packs:,} packs since August 2018; {MONTH} as the files that firms submit: {where}"
    )


def _submissions(workspace: Workspace, directory: Path) -> Iterator[TakenIn]:
    """Every file as the firm submits it whose credit code its name begins with; master data first."""
    for name, what in (
        ("parties.csv", Sentence(zh="主体名录（csv）", en="register of parties (csv)")),
        ("models.csv", Sentence(zh="型号表（csv）", en="table of models (csv)")),
        (
            "history.ndjson",
            Sentence(zh="此前的全部事件（EPCIS NDJSON）", en="everything before (EPCIS NDJSON)"),
        ),
    ):
        yield TakenIn(what, [capture_.capture_one(workspace, directory / name, None)])
    month = sorted((directory / MONTH).iterdir())
    for role in [each.role for each in forms()]:
        found = [file for file in month if _role(file) == role]
        if found:
            kinds = "、".join(sorted({file.suffix[1:] for file in found}))
            named = form(role).name
            yield TakenIn(
                Sentence(zh=f"{named.zh}（{kinds}）", en=f"{named.en} ({kinds.replace('、', ', ')})"),
                [capture_.capture_one(workspace, file, _party(file)) for file in found],
            )
    sent = [file for file in month if file.suffix == ".ndjson"]
    yield TakenIn(
        Sentence(zh="企业接口（EPCIS NDJSON）", en="firms with an interface (EPCIS NDJSON)"),
        [capture_.capture_one(workspace, file, _party(file)) for file in sent],
    )


def _party(file: Path) -> str:
    return file.name.partition("-")[0]


def _role(file: Path) -> str:
    """The form that a file is, `outlet-in` of `<USCC>-outlet-in.xlsx`; '' for events."""
    told = file.stem.partition("-")[2]
    fits = [each.role for each in forms() if told == each.role or told.startswith(f"{each.role}-")]
    return max(fits, key=len, default="") if file.suffix != ".ndjson" else ""


def _examples(workspace: Workspace) -> Iterator[TakenIn]:
    for what, pattern in (
        (Sentence(zh="GS1 公开样例（EPCIS）", en="GS1's public examples (EPCIS)"), "epcis/examples/*.jsonld"),
        (Sentence(zh="Catena-X 导入文件", en="Catena-X import file"), "catena-x/*import*.json"),
    ):
        if files := sorted(CONFORMANCE.glob(pattern)):
            yield TakenIn(what, [capture_.capture_one(workspace, file, None) for file in files])


def _refused(captured: Sequence[Captured], written: Written, lang: Lang) -> None:
    """Refused cells, one of each rule first, and how many of the planted faults were found where they are."""
    found = [(one.name, finding) for one in captured for finding in one.findings]
    refused = [(name, finding) for name, finding in found if finding.severity is Severity.BLOCK]
    first = {finding.rule: (name, finding) for name, finding in reversed(refused)}
    varied = [*first.values(), *(one for one in refused if one not in first.values())]
    show_rows([_cell(name, finding, lang) for name, finding in varied[:REFUSED_SHOWN]], "table")
    told = {(name, finding.place.cell) for name, finding in found}
    planted = written.planted
    right = sum((each.file, each.cell) in told for each in planted)
    more = max(0, len(refused) - REFUSED_SHOWN)
    console().print(
        f"另有 {more} 处。植入表格的 {len(planted)} 处错误中，{right} 处在其单元格被发现"
        if lang == "zh"
        else f"and {more} more. Of {len(planted)} faults planted in the forms {right} were found in their cell",
        markup=False,
    )


def _monday(workspace: Workspace, page: Path, lang: Lang) -> None:
    """Judges all that came in, and names the firms against which most stands; the page opens each figure to its entries."""
    with progress("judge") as advance:
        told = reports.of_province(
            workspace, day=MONDAY, advance=lambda done, total: advance(done, total, done)
        )
    firms = told.tables[0]
    titles = {column.key: column.title.show(lang) for column in firms.columns}
    lines = [
        {column.key: shown(cell, column, lang) for cell, column in zip(row, firms.columns, strict=True)}
        for row in firms.rows
    ]
    show_rows([{titles[key]: line[key] for key in MONDAY_SHOWN} for line in lines], "table")
    report_written(told, "html", lang, page)
    console().print(
        f"上面拒收的行不在账上，有些案件即由此而来。原因、依据条款和每个数字背后的账本条目：{page}"
        if lang == "zh"
        else f"Some cases come of rows refused above: they are not on record. Why, by which clause, and the entries behind every figure: {page}",
        markup=False,
    )


def _cell(name: str, finding: Finding, lang: Lang) -> dict[str, object]:
    zh = lang == "zh"
    place = finding.place
    where = f"{place.sheet}!{place.cell}" if place.cell and name.endswith(".xlsx") else place.cell
    return {
        ("文件" if zh else "file"): name,
        ("位置" if zh else "where"): where or place.pointer or place.show(),
        ("原因" if zh else "why"): finding.reason.show(lang),
        ("建议" if zh else "suggested"): finding.suggestion,
    }
