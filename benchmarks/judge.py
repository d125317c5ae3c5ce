"""Judging a province: all rules, duties and balances over a million packs, and again after one firm's month.

    suyuan simulate ─▶ capture ─▶ columns ─▶ judge (all)  against a plain scan of the same columns
                                        └─▶ one firm's file of the month ─▶ judge (touched)

The scan reads every column of every entry once in the same engine. Judging runs as the command does, in a process of its own,
whose memory is sampled. `SUYUAN_BENCH_PACKS` makes it smaller.
"""

import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb

from benchmarks.figures import Figure, resident_mb
from suyuan.store.columns import NAME
from suyuan.views.columns import TABLES

PACKS = int(os.environ.get("SUYUAN_BENCH_PACKS", "1000000"))
MONTH, DAY = "2026-05", date(2026, 5, 31)
MINUTES, MEGABYTES, SECONDS = 5, 8000, 5
ROLE = "dismantler"


def run() -> list[Figure]:
    """All of a province, and what one firm's month adds."""
    with tempfile.TemporaryDirectory(prefix="suyuan-bench-") as name:
        world, space = Path(name) / "world", Path(name) / "ws"
        _suyuan("simulate", world, "--packs", PACKS, "--cells", 0, "--month", MONTH)
        _suyuan("init", space)
        for file in ("parties.csv", "models.csv", "history.ndjson"):
            _suyuan("capture", world / file, "-w", space)
        (world / "history.ndjson").unlink()
        _fill(space)
        seconds, megabytes, found = _judged(space)
        scan = _scan(space / NAME)
        month = max((world / MONTH).glob(f"*-{ROLE}.*"), key=lambda path: path.stat().st_size)
        _suyuan("capture", month, "-w", space, "--party", month.name.partition("-")[0])
        again, _, _ = _judged(space)
    entries = f"{PACKS:,} packs"
    return [
        Figure(f"judging of {entries}", seconds, 60 * MINUTES, "s", "limit", seconds / (60 * MINUTES), 1, "less", found),
        Figure(f"judging of {entries} against reading the same columns", seconds, scan, "s", "plain scan", seconds / scan, 150, "less"),
        Figure("memory of that judging", megabytes, MEGABYTES, "MB", "limit", megabytes / MEGABYTES, 1, "less"),
        Figure("judging after one firm's month", again, SECONDS, "s", "limit", again / SECONDS, 1, "less"),
    ]  # fmt: skip


def _suyuan(*words: object) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "suyuan", *map(str, words)], capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 3), f"{words}: {done.stderr}"


def _fill(space: Path) -> None:
    """Bring up the columns alone: the judging that is measured begins with them."""
    code = (
        "import sys; from pathlib import Path; from suyuan.usecases.workspace import opened\n"
        "from suyuan.store.derived import Derived\n"
        "with opened(Path(sys.argv[1])) as w:\n"
        "    d = Derived(w.directory, w.ledger, w.index)\n"
        "    with d.reading_columns(): pass\n"
        "    d.close()\n"
    )
    subprocess.run([sys.executable, "-c", code, str(space)], check=True)


def _judged(space: Path) -> tuple[float, float, str]:
    """Seconds, megabytes at most, and the first line of the answer."""
    words = [
        sys.executable,
        "-m",
        "suyuan",
        "judge",
        "-w",
        str(space),
        "--day",
        DAY.isoformat(),
        "--lang",
        "en",
    ]
    start, most = time.perf_counter(), 0.0
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(words, stdout=out, stderr=subprocess.DEVNULL)
        while process.poll() is None:
            most = max(most, resident_mb(process.pid))
            time.sleep(0.05)
        seconds = time.perf_counter() - start
        assert process.returncode in (0, 3), "judging failed"
        out.seek(0)
        return seconds, most, out.readline().strip()


def _scan(columns: Path) -> float:
    """Seconds to read every column once: a hash of each, summed."""
    with duckdb.connect(str(columns), read_only=True) as duck:
        start = time.perf_counter()
        for name, schema in TABLES.items():
            sums = ", ".join(f'bit_xor(hash("{column}"))' for column in schema.names)
            duck.execute(f'SELECT {sums} FROM "{name}"').fetchall()
        return time.perf_counter() - start
