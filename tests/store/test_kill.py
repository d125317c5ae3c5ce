"""A writer is killed (kill -9) at random moments: what it acknowledged is there, nothing is there by half.

SUYUAN_KILLS says how many times (200 unless told).
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO

from tests.store import writer
from tests.store.made import KEY, new_ledger, open_ledger, record

from suyuan.ledger.verify import verify

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("SUYUAN_KILLS", "200"))
DOCUMENTS_MAX = 24
"""Then another ledger is begun, so that reading it again does not take longer and longer."""


def test_what_was_acknowledged_outlives_a_kill_and_nothing_is_left_by_half(tmp_path: Path) -> None:
    draw = random.Random(9)
    directory, at_work = _begun(tmp_path, 0), 0
    with _writers() as (asked, told):
        for n in range(1, KILLS + 1):
            acknowledged = _killed(asked, told, directory, draw)
            lock = directory / "ledger.lock"  # a writer killed at once has not made it yet
            at_work += lock.exists() and bool(lock.read_text())
            if _check(directory, acknowledged) > DOCUMENTS_MAX:
                directory = _begun(tmp_path, n)
    assert at_work > KILLS / 2, "kills must fall into transactions, not between them"


def _begun(tmp_path: Path, n: int) -> Path:
    directory = tmp_path / str(n)
    new_ledger(directory).close()
    return directory


@contextmanager
def _writers() -> Iterator[tuple[IO[str], IO[str]]]:
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "tests.store.writer"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdin, process.stdout
        process.stdin.close()


def _killed(asked: IO[str], told: IO[str], directory: Path, draw: random.Random) -> list[str]:
    """What a writer acknowledged until it was killed: at once, or some time after the first document."""
    asked.write(f"{directory}\n")
    asked.flush()
    writer_process = int(told.readline())
    lines = [told.readline()] if draw.random() < 0.7 else []
    time.sleep(draw.uniform(0.0, 0.04))
    os.kill(writer_process, signal.SIGKILL)
    lines += iter(told.readline, "gone\n")
    return lines


def _check(directory: Path, acknowledged: list[str]) -> int:
    """Everything acknowledged is on record, whole; one document more may be. Returns the number of documents."""
    with closing(open_ledger(directory)) as ledger:
        for line in acknowledged:
            digest, size = line.split()
            document = ledger.document(digest)
            assert document is not None, f"acknowledged and lost: {digest}"
            assert document.first_seq + document.entries == int(size)
        register = list(ledger.documents())
        assert [kept.digest for kept in register] == [
            sha256(writer.contents(number)).hexdigest() for number in range(len(register))
        ]
        for number, kept in list(enumerate(register))[-len(acknowledged) - 2 :]:
            bodies = [each.body for each in ledger.entries(kept.first_seq, kept.first_seq + kept.entries)]
            assert bodies == [each.body for each in writer.bodies_of(number)]
        verdict = verify(ledger.stored(), KEY.verifier())
        assert (verdict.first, verdict.entries) == (None, ledger.size)
        # the next writer goes on, and sweeps away what has no record
        number = len(register)
        record(ledger, writer.contents(number), writer.bodies_of(number))
        names = {path.stem for path in (directory / "documents").rglob("*.zst")}
        assert names == {kept.digest for kept in ledger.documents()}
        return number + 1
