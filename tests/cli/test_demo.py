"""The demonstration, smaller than `make demo` but whole: capture, refusals, trace, verification; no network needed."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import Suyuan

from suyuan.cli import demo

SMALL = 400


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "VEHICLES", SMALL)
    monkeypatch.setattr(demo, "FAULTS", 8)


@pytest.mark.usefixtures("small")
def test_the_demonstration_does_the_main_job_and_can_be_done_again(
    suyuan: Suyuan, conformance: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(demo, "CONFORMANCE", conformance)
    done = suyuan("demo", "here", "--lang", "zh")
    assert done.code == 0, done.err
    for title in (
        "一、造一个样板世界",
        "二、收件",
        "三、拒收的单元格",
        "四、一个电池包的一生",
        "五、2026-06-01 星期一：先看哪几家",
        "六、核验",
    ):
        assert title in done.out
    assert "植入表格的 8 处错误中，8 处在其单元格被发现" in done.out
    assert "另有 0 处" in done.out  # what was refused is what was planted, and one broken example of GS1
    assert "GS1 公开样例（EPCIS）" in done.out
    assert "Catena-X 导入文件" in done.out
    assert "状态: 已再生利用" in done.out
    assert re.search(r"再生金属: .*Li [0-9.]+ kg", done.out)
    assert re.search(r"已核验：[0-9,]+ 条、[0-9]+ 份文件、[0-9]+ 个检查点全部一致", done.out)
    assert (tmp_path / "here" / "trace.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    monday = (tmp_path / "here" / "monday.html").read_text(encoding="utf-8")
    assert "<title>监管关注清单" in monday
    first = re.search(r"│ 1 +│ (示例\S+)", done.out)
    assert first is not None
    assert first[1] in monday
    assert len(done.out.splitlines()) < 170
    again = suyuan("demo", "here")
    assert again.code == 0, again.err
    assert "Of 8 faults planted in the forms 8 were found in their cell" in again.out


def test_a_directory_with_something_else_in_it_is_left_alone(suyuan: Suyuan, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("five years of work")
    done = suyuan("demo", "mine")
    assert (done.code, done.out) == (1, "")
    assert (
        done.err == "error: mine is not empty and no demonstration; name a new directory: suyuan demo DIR\n"
    )
    assert (tmp_path / "mine" / "thesis.txt").exists()


def test_the_demonstration_needs_no_network(tmp_path: Path) -> None:
    """In a network namespace of its own, where there is not even a loopback that is up."""
    alone = ["unshare", "-rn"]
    if (
        shutil.which("unshare") is None
        or subprocess.run([*alone, "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("this machine gives out no network namespaces")
    code = f"import sys; from suyuan.cli import demo, run; demo.VEHICLES = {SMALL}; sys.exit(run(['demo', 'here']))"
    done = subprocess.run(
        [*alone, sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "verified: " in done.stdout
