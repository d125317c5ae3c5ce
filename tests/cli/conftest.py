"""Commands run as a person runs them: `suyuan …` in a directory, what it prints, how it ends."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.usecases.lives import whole_life
from tests.worlds import ndjson

from suyuan.cli import run


@dataclass(frozen=True)
class Done:
    """What a command came to."""

    code: int
    out: str
    err: str


Suyuan = Callable[..., Done]


@pytest.fixture
def suyuan(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Suyuan:
    """Run `suyuan WORDS…` in `tmp_path`, in English unless asked otherwise."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SUYUAN_LANG", "en")
    monkeypatch.delenv("SUYUAN_WORKSPACE", raising=False)

    def ran(*words: object) -> Done:
        capsys.readouterr()
        code = run([str(word) for word in words])
        told = capsys.readouterr()
        return Done(code, told.out, told.err)

    return ran


@pytest.fixture
def lived(suyuan: Suyuan, tmp_path: Path) -> Path:
    """A workspace that has taken in one whole life, from `life.ndjson`."""
    (tmp_path / "life.ndjson").write_bytes(ndjson([event for document in whole_life() for event in document]))
    assert suyuan("init", "w").code == 0
    assert suyuan("-w", "w", "capture", "life.ndjson").code == 0
    return tmp_path / "w"


def process(
    *words: object, cwd: Path, stdin: bytes = b"", lang: str = "en", **more: str
) -> "subprocess.CompletedProcess[bytes]":
    """The same in a process of its own."""
    import os

    return subprocess.run(
        [sys.executable, "-m", "suyuan", *map(str, words)], cwd=cwd, input=stdin, capture_output=True, check=False,
        env={**os.environ, "SUYUAN_LANG": lang, **more}, timeout=120,
    )  # fmt: skip
