"""The demonstration: the main job on real input, from submissions to a proven ledger and one battery's whole life."""

import shutil
from datetime import date
from pathlib import Path

from suyuan.cli import capture as capture_
from suyuan.cli import trace as trace_
from suyuan.cli.options import Common
from suyuan.cli.output import console
from suyuan.cli.simulate import make_up
from suyuan.cli.workspace import verify
from suyuan.simulate.files import Written
from suyuan.terms.sentence import Lang
from suyuan.usecases import trace as traces
from suyuan.usecases.capture import Captured
from suyuan.usecases.workspace import Workspace, init, opened

AREA, MONTH, UNTIL = "610100", "2026-05", date(2026, 5, 31)
PACKS, FAULTS, LIES = 2500, 25, 6
CONFORMANCE = Path("..") / "shared" / "conformance"
"""Third-party examples, taken in where they lie beside the checkout."""


def demo(directory: Path = Path("demo"), *, again: bool = False, common: Common | None = None) -> int:
    """Take in a made-up prefecture's month of submissions and public examples, trace one pack, verify the ledger.

    Parameters
    ----------
    directory
        Where to do it; a demonstration that stands there is made anew.
    again
        Also make anew what is not a demonstration. Never needed.
    """
    lang = (common or Common()).language
    _clear(directory, again)
    written = make_up(
        directory / "submissions", packs=PACKS, seed=20260531, since=date(2018, 8, 1), until=UNTIL, area=AREA,
        month=MONTH, cells=8, row_faults=FAULTS, world_faults=LIES,
    )  # fmt: skip
    place = directory / "workspace"
    init(place, demo=True)
    say = console().print
    say(_title(lang, "一、收件", "1. What came in"))
    with opened(place) as workspace:
        captured = _take_in(workspace, directory / "submissions", written)
        captured += _examples(workspace)
        capture_.tell(captured, lang, findings=12)
        say(capture_.head(workspace, lang), markup=False)
        code = traces.longest_life(workspace)
    options = Common(workspace=place, lang=lang)
    say(_title(lang, "二、一个电池包的一生", "2. One pack, from its cells to the recovered metal"))
    assert code is not None, "a world of hundreds of packs recycles some"
    trace_.trace(code, common=options)
    page = directory / "trace.html"
    trace_.trace(code, html=True, output=page, common=options)
    say(_title(lang, "三、核验", "3. The ledger, verified"))
    result = verify(common=options)
    say(_title(lang, "接下来", "What next"))
    for line in (
        f"suyuan -w {place} trace {code}",
        f"suyuan -w {place} checkpoint > checkpoint.txt",
        f"suyuan -w {place} verify --checkpoint checkpoint.txt",
        f"{page}",
    ):
        say("  " + line, markup=False)
    return result


def _title(lang: Lang, zh: str, en: str) -> str:
    return f"\n[bold]{zh if lang == 'zh' else en}[/bold]"


def _clear(directory: Path, again: bool) -> None:
    made_here = (directory / "workspace" / "workspace.toml").exists() and (directory / "submissions").exists()
    if directory.exists() and (made_here or again):
        shutil.rmtree(directory)


def _take_in(workspace: Workspace, submissions: Path, written: Written) -> list[Captured]:
    """Every file as the firm submits it whose credit code its name begins with; master data first."""
    captured = [capture_.capture_one(workspace, submissions / "parties.csv", None)]
    captured.append(capture_.capture_one(workspace, submissions / "history.ndjson", None))
    month = sorted((submissions / MONTH).iterdir())
    return captured + [capture_.capture_one(workspace, file, file.name.split("-")[0]) for file in month]


def _examples(workspace: Workspace) -> list[Captured]:
    if not CONFORMANCE.is_dir():
        return []
    files = [
        *sorted((CONFORMANCE / "epcis" / "examples").glob("*.jsonld")),
        *sorted((CONFORMANCE / "catena-x").glob("*import*.json")),
    ]
    return [capture_.capture_one(workspace, file, None) for file in files]
