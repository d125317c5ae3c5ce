"""A writer is killed (kill -9) at random moments: what it acknowledged is there, nothing is there by half.

SUYUAN_KILLS says how many times, for each driver.
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
from tests.store.drivers import Driver
from tests.store.made import KEY, open_ledger, record

from suyuan.ledger.verify import verify

ROOT = Path(__file__).parents[2]
KILLS = {"OnSqlite": 100, "OnPostgres": 30}
DOCUMENTS_MAX = 24
"""Then another ledger is begun, so that reading it again does not take longer and longer."""


def test_what_was_acknowledged_outlives_a_kill_and_nothing_is_left_by_half(
    driver: Driver, tmp_path: Path
) -> None:
    kills = int(os.environ.get("SUYUAN_KILLS", KILLS[type(driver).__name__]))
    draw = random.Random(9)
    directory, at_work = _begun(driver, tmp_path, 0), 0
    with _writers() as (asked, told):
        for n in range(1, kills + 1):
            acknowledged, was_at_work = _killed(driver, asked, told, directory, draw)
            at_work += was_at_work
            driver.settled(directory)
            if _check(driver, directory, acknowledged) > DOCUMENTS_MAX:
                directory = _begun(driver, tmp_path, n)
    assert at_work > kills / 2, "kills must fall into transactions, not between them"


def _begun(driver: Driver, tmp_path: Path, n: int) -> Path:
    directory = tmp_path / str(n)
    driver.new(directory).close()
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


def _killed(
    driver: Driver, asked: IO[str], told: IO[str], directory: Path, draw: random.Random
) -> tuple[list[str], bool]:
    """What a writer acknowledged until it was killed, at once or some time after the first document; whether it was at work."""
    asked.write(f"{directory}\n")
    asked.flush()
    writer_process = int(told.readline())
    lines = [told.readline()] if draw.random() < 0.7 else []
    time.sleep(draw.uniform(0.0, 0.04))
    at_work = driver.at_work(directory)
    os.kill(writer_process, signal.SIGKILL)
    lines += iter(told.readline, "gone\n")
    return lines, at_work


def _check(driver: Driver, directory: Path, acknowledged: list[str]) -> int:
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
        assert set(driver.documents(directory)) == {kept.digest for kept in ledger.documents()}
        return number + 1
