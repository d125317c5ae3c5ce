"""What the pages tell a reader to type works, and prints what they show."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.docs.pages import blocks, named, pages, plain, script, was_printed
from tests.docs.warm import suyuan_on_path

SECONDS = 300
RUN = [page for page in pages() if any(block.kind == "sh" for block in blocks(page))]


@pytest.fixture(scope="session")
def path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with suyuan_on_path(tmp_path_factory.mktemp("warm") / "bin") as directory:
        yield directory


@pytest.mark.parametrize("page", RUN, ids=named)
def test_every_command_of_the_page_works_and_prints_what_is_shown(
    page: Path, path: Path, tmp_path: Path
) -> None:
    environment = {
        "PATH": f"{path}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
        "SUYUAN_LANG": "zh" if page.stem.endswith(".zh") else "en",
        "COLUMNS": "120",
    }
    # into a file: whoever waits for a pipe's end waits for everything that a command which hangs has left behind
    with (tmp_path / ".printed").open("w+", encoding="utf-8", errors="replace") as printed:
        code = subprocess.call(
            ["bash", "-c", script(page)],
            cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL, stdout=printed, stderr=printed, timeout=SECONDS,
        )  # fmt: skip
        printed.seek(0)
        said = printed.read()
    assert code == 0, said[-6000:]
    output = plain(said)
    shown = [line for block in blocks(page) if block.kind == "text" for line in block.text.splitlines()]
    assert [line for line in shown if not was_printed(line, output)] == []


def test_the_installed_command_answers() -> None:
    ran = subprocess.run(["suyuan", "--version"], capture_output=True, text=True, check=False,
                         env={**os.environ, "PATH": f"{Path(sys.executable).parent}"})  # fmt: skip
    assert ran.returncode == 0
