"""Captures killed at random moments, by the command that people run: what was acknowledged stays, nothing stands by half."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.cli.conftest import Suyuan
from tests.usecases.lives import born
from tests.worlds import ndjson

KILLS = int(os.environ.get("SUYUAN_KILLS", "200")) // 10
EVENTS = 1500


def test_a_killed_capture_leaves_the_whole_document_or_nothing_and_a_ledger_that_agrees(
    suyuan: Suyuan, tmp_path: Path
) -> None:
    draw = random.Random(5)
    suyuan("init", "w")
    size, killed = 0, 0
    for number in range(KILLS):
        (tmp_path / "document.ndjson").write_bytes(document(number))
        done = capture(tmp_path, draw.uniform(0.3, 1.3))
        killed += done == -signal.SIGKILL
        now = int(suyuan("-w", "w", "checkpoint").out.splitlines()[1])
        assert now - size == EVENTS if done == 0 else now - size in (0, EVENTS)
        size = now
        # the same document once more: what was on record stays once
        assert suyuan("-w", "w", "capture", "document.ndjson").code == 0
        size = int(suyuan("-w", "w", "checkpoint").out.splitlines()[1])
        assert size == (number + 1) * EVENTS
    assert suyuan("-w", "w", "verify").code == 0
    assert killed > KILLS / 4, "most captures ended before they could be killed"
    traced = suyuan("-w", "w", "trace", code(KILLS - 1, EVENTS - 1), "--json")
    assert traced.code == 0


def code(number: int, n: int) -> str:
    return f"9A1PB240000001B3C{number:03d}{n:04d}"


def document(number: int) -> bytes:
    event = ndjson(born("9A1PB240000001B3C0000000", 300.0, parts=False))
    codes = (code(number, n).encode() for n in range(EVENTS))
    return b"".join(event.replace(b"9A1PB240000001B3C0000000", each) for each in codes)


def capture(directory: Path, seconds: float) -> int:
    """The exit code of a capture that is killed after that long, if it is not done before."""
    command = [sys.executable, "-m", "suyuan", "-w", "w", "capture", "document.ndjson"]
    with subprocess.Popen(
        command, cwd=directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        time.sleep(seconds)
        process.kill()
        return process.wait()
