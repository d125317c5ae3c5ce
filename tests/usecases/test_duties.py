"""Duties of a workspace, and what is sent to a party that owes some: it is captured again once filled in."""

import io
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.worlds import Event, ndjson, world_events

from suyuan.events import writing
from suyuan.events.uris import item_uri, party_uri, place_uri
from suyuan.identifiers.vin import check_digit
from suyuan.store.derived import Derived
from suyuan.usecases.capture import capture
from suyuan.usecases.duties import NothingMissing, chase, duties, write_xlsx
from suyuan.usecases.judge import judged
from suyuan.usecases.workspace import Workspace, init, opened

MAKER, OEM = "91370400TEB000029F", "91610100TEC000047D"
OUTLET, RECYCLER = "91370100TED000030H", "91622900TEH00002XL"
PARTIES = f"""uscc,name,role,area,vendor_codes
{MAKER},示例电池企业,battery-maker,370400,9A1
{OEM},示例整车企业,vehicle-maker,610100,
{OUTLET},示例网点,outlet,370100,
{RECYCLER},示例再生企业,recycler,622900,
"""
SHANGHAI = timezone(timedelta(hours=8))
AT = datetime(2026, 5, 6, 9, tzinfo=SHANGHAI)
DAY = date(2026, 7, 15)
PACKS = [f"9A1PB240000001G51{n:07d}" for n in range(4)]


@contextmanager
def on(directory: Path, day: str) -> Iterator[Workspace]:
    """The workspace as it stands at noon of a day."""
    with opened(directory, at=datetime.fromisoformat(f"{day}T12:00:00+08:00")) as space:
        yield space


def tell(space: Workspace, by: str, *events: Event) -> None:
    captured = capture(space, io.BytesIO(ndjson(events)), "told.ndjson", party=by)
    assert not captured.findings, captured.findings[:3]


def shipped(code: str) -> Event:
    return writing.shipped(
        items=[item_uri(code)], giver=party_uri(OUTLET), taker=party_uri(RECYCLER), at=AT, place=place_uri(OUTLET, "shop"),
    )  # fmt: skip


def received(code: str) -> Event:
    return writing.received(
        items=[item_uri(code)], giver=party_uri(OUTLET), taker=party_uri(RECYCLER), at=AT + timedelta(days=2),
        place=place_uri(RECYCLER, "plant"),
    )  # fmt: skip


def vin(n: int) -> str:
    bare = f"LTEST0000{n:08d}"
    return bare[:8] + check_digit(bare) + bare[9:]


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three packs handed to a recycler, of which one was taken in on record; a vehicle whose pack nobody made."""
    directory = tmp_path_factory.mktemp("duties") / "ws"
    init(directory, operator=None, demo=True)
    with on(directory, "2026-05-08") as space:
        capture(space, io.BytesIO(PARTIES.encode()), "parties.csv", importer="parties")
        made = writing.made(
            items=[item_uri(code) for code in PACKS[:3]], mass_kg=436, at=datetime(2026, 5, 1, 8), place=place_uri(MAKER, "plant"),
        )  # fmt: skip
        tell(space, MAKER, made)
        tell(space, OUTLET, *map(shipped, PACKS[:3]))
        tell(space, OEM, writing.installed(vehicle=item_uri(vin(1)), packs=[item_uri(PACKS[3])], at=AT))
    with on(directory, "2026-05-20") as space:
        tell(space, RECYCLER, received(PACKS[0]))
    return directory


def test_the_sums_name_each_party_and_duty_with_its_clause_and_what_nobody_has_read(life: Path) -> None:
    with on(life, "2026-07-15") as space:
        told = duties(space, lang="en")
    sums = {(row["party"], row["duty"]): row for row in told.rows}
    assert {key: (row["duties"], row["overdue"], row["late"]) for key, row in sums.items()} == {
        (MAKER, "maker-production"): (3, 0, 0),
        (MAKER, "maker-production-of-installed"): (1, 1, 0),
        (OUTLET, "outlet-out"): (3, 0, 0),
        (RECYCLER, "utilisation-in"): (1, 0, 0),
        (RECYCLER, "utilisation-in-after-despatch"): (3, 2, 0),
    }
    row = sums[RECYCLER, "utilisation-in-after-despatch"]
    assert (row["oldest_due"], row["days_most"], row["remark"]) == (date(2026, 6, 20), 25, "not verified")
    assert "Order 73" in row["clause"]
    json.dumps(told.rows, default=str)
    assert all(isinstance(row["overdue"], int) for row in told.rows)


def test_of_one_party_what_is_missing_is_told_with_code_day_and_clause(life: Path) -> None:
    with on(life, "2026-07-15") as space:
        told = duties(space, party=RECYCLER, lang="zh")
        before = duties(space, party=RECYCLER, day=date(2026, 6, 20), lang="zh")
        due = duties(space, party=RECYCLER, day=date(2026, 6, 20), status="due", lang="zh")
    assert [(row["item"], row["since"], row["due"], row["status"], row["days"]) for row in told.rows] == [
        (code, date(2026, 5, 6), date(2026, 6, 20), "overdue", 25) for code in PACKS[1:3]
    ]
    assert {row["remark"] for row in told.rows} == {"未核实"}
    assert before.rows == []
    assert [(row["item"], row["days"]) for row in due.rows] == [(code, 0) for code in PACKS[1:3]]


def cells(path: Path, sheet: str) -> list[list[Any]]:
    return [list(row) for row in openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)]


def test_a_chase_holds_the_missing_rows_alone_and_is_captured_once_it_is_filled_in(
    life: Path, tmp_path: Path
) -> None:
    target = tmp_path / "recycler.xlsx"
    life = shutil.copytree(life, tmp_path / "ws")
    with on(life, "2026-07-15") as space:
        chased = chase(space, RECYCLER, target)
    assert [(form.role, path, count) for form, path, count in chased.workbooks] == [
        ("recycler-in", target, 2)
    ]
    book = openpyxl.load_workbook(target)
    page = book["再生利用入库"]
    header = [str(cell.value).rstrip("*") for cell in page[1]]
    column = {name: place + 1 for place, name in enumerate(header)}
    told = [[page.cell(row, place).value for place in range(1, len(header) + 1)] for row in (3, 4)]
    assert [row[column["电池编码"] - 1] for row in told] == PACKS[1:3]
    assert page.cell(3, column["电池编码"]).number_format == "@"
    assert {row[column["来源单位统一社会信用代码"] - 1] for row in told} == {OUTLET}
    assert page.cell(5, 1).value is None
    lines = [str(row[0]) for row in cells(target, "填写说明 Instructions")[:8]]
    assert any("2 项信息未报" in line for line in lines)
    assert any("未核实" in line for line in lines)

    for row in (3, 4):
        page.cell(row, column["再生利用入库日期"]).value = datetime(2026, 5, 9)
    book.save(target)
    with on(life, "2026-07-20") as space:
        captured = capture(space, io.BytesIO(target.read_bytes()), target.name, party=RECYCLER)
        assert [finding.reason.en for finding in captured.findings] == []
        rows = duties(space, party=RECYCLER, lang="en").rows
        assert {row["status"] for row in rows} == {"late"}
        with pytest.raises(NothingMissing):
            chase(space, RECYCLER, target)


def test_the_letters_say_how_many_since_when_and_what_is_not_verified(life: Path, tmp_path: Path) -> None:
    with on(life, "2026-07-15") as space:
        chased = chase(space, RECYCLER, tmp_path / "letters" / "r.xlsx")  # a directory that is not there yet
    zh, en = (path.read_text("utf-8") for path in sorted(chased.letters, reverse=True))
    assert "示例再生企业" in zh
    assert "2 项，最早应于 2026-06-20 前报送" in zh
    assert "未核实" in zh
    assert zh.count("未核实") == 2  # at the clause, and where it is explained
    assert "2, the oldest due on 2026-06-20, 2 overdue by 25 days at most" in en
    assert "r.xlsx" in en


def test_a_maker_is_asked_for_the_pack_that_turned_up_in_a_vehicle_with_the_day_its_code_tells(
    life: Path, tmp_path: Path
) -> None:
    with on(life, "2026-07-15") as space:
        chased = chase(space, MAKER, tmp_path / "maker.xlsx")
    assert [form.role for form, _path, _count in chased.workbooks] == ["battery-maker"]
    row = cells(tmp_path / "maker.xlsx", "电池包")[2]
    assert PACKS[3] in row
    assert datetime(2026, 5, 1) in row


def test_what_is_not_due_yet_is_asked_for_only_when_wanted(life: Path, tmp_path: Path) -> None:
    with on(life, "2026-06-01") as space:
        with pytest.raises(NothingMissing):
            chase(space, RECYCLER, tmp_path / "r.xlsx")
        assert chase(space, RECYCLER, tmp_path / "r.xlsx", also_due=True).workbooks[0][2] == 2
    assert "尚未到期" in (tmp_path / "r.zh.txt").read_text("utf-8")


def test_an_answer_leaves_as_a_workbook_of_texts_and_days(life: Path, tmp_path: Path) -> None:
    with on(life, "2026-07-15") as space:
        rows = duties(space, party=RECYCLER, lang="en").rows
    write_xlsx(rows, tmp_path / "d.xlsx", "duties")
    told = cells(tmp_path / "d.xlsx", "duties")
    assert told[0] == list(rows[0])
    assert (told[1][3], told[1][7]) == (PACKS[1], datetime(2026, 6, 20))


def test_duties_brought_up_portion_by_portion_are_those_of_the_whole(tmp_path: Path) -> None:
    events = [event for n, event in enumerate(world_events(4, 40, 0)) if n % 7]
    told = [*events[::2], *events[1::2]]  # events of one life far apart
    init(tmp_path / "ws", operator=None, demo=True)

    def table() -> list[dict[str, Any]]:
        with on(tmp_path / "ws", "2026-06-30") as space, judged(space) as found:
            rows: list[dict[str, Any]] = found.table("duty").to_pylist()
        return sorted(rows, key=lambda row: (row["trigger_seq"], row["row"], row["item"], row["party"]))

    for part in (told[:200], told[200:240], told[240:]):
        with on(tmp_path / "ws", "2026-06-30") as space:
            tell(space, MAKER, *part)
        found = table()
    assert len(found) > 100
    assert {row["kind"] for row in found} == {"own", "follow"}
    Derived.forget(tmp_path / "ws")
    assert found == table()
