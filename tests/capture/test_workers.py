"""Worker processes answer in order, end with their parent, and tell when they die."""

import os
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.capture.blocks import LINE_MAX, LineTooLong, blocks
from suyuan.capture.workers import WorkerDied, Workers


def test_answers_come_in_the_order_of_the_requests() -> None:
    sent = [(bytes([n % 251]) * (n * 997 % 300_000),) for n in range(60)]
    with Workers("hashlib:sha256", 0) as none:
        assert list(none.map([])) == []
    with Workers("zlib:crc32", 2) as workers:
        answers = list(workers.map(sent))
    import zlib

    assert answers == [zlib.crc32(data) for (data,) in sent]


def test_a_fault_in_a_worker_is_told_with_its_traceback() -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError"), Workers("operator:truediv", 1) as workers:
        list(workers.map([(1, 2), (1, 0)]))


def test_a_worker_that_is_killed_is_told() -> None:
    with Workers("os:kill", 2) as workers:
        # so many that the killed one cannot have answered all of its own before
        answers = workers.map([(os.getpid(), 0)] * 20_000)
        next(answers)
        os.kill(workers._workers[0].pid, 9)
        with pytest.raises(WorkerDied, match="signal 9"):
            list(answers)


def test_a_script_without_a_main_guard_may_use_workers(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "print('once')\n"
        "from suyuan.capture.workers import Workers\n"
        "with Workers('operator:add', 2) as workers:\n"
        "    print(list(workers.map([(1, 2), (3, 4)])))\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert done.stdout == "once\n[3, 7]\n"
    assert done.stderr == ""


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import os\n"
        "from suyuan.capture.workers import Workers\n"
        "with Workers('operator:add', 2) as workers:\n"
        "    print(*[each.pid for each in workers._workers], flush=True)\n"
        "    list(workers.map([(1, 2), (3, 4)]))\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    pids = [int(pid) for pid in done.stdout.split()]
    assert len(pids) == 2
    deadline = time.monotonic() + 5
    while any(_lives(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not [pid for pid in pids if _lives(pid)]


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


@given(lines=st.lists(st.binary(max_size=12).filter(lambda line: b"\n" not in line)), size=st.integers(1, 9))
def test_blocks_hold_whole_lines_and_lose_none(lines: list[bytes], size: int) -> None:
    text = b"\n".join(lines)
    found = list(blocks(BytesIO(text), size))
    assert b"".join(block.data for block in found) == text.removeprefix(b"\xef\xbb\xbf")
    assert all(block.data.endswith(b"\n") for block in found[:-1])
    counted = 1
    for block in found:
        assert block.line == counted
        counted += block.data.count(b"\n")
    assert not found or found[-1].end == len(text)


def test_a_line_that_no_event_needs_is_refused_before_it_fills_the_memory() -> None:
    with pytest.raises(LineTooLong, match="line 2"):
        list(blocks(BytesIO(b"{}\n" + b"x" * (LINE_MAX + (1 << 20)))))
