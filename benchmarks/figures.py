"""A figure: what was measured, against what, and what we hold ourselves to."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure. `ratio` is dimensionless: ours over the floor's or peer's, same run, same input.

    `goal` is read with `better`: "more" means ratio >= goal, "less" means ratio <= goal.
    """

    name: str
    ours: float
    against: float
    unit: str
    peer: str
    ratio: float
    goal: float
    better: str
    note: str = ""

    @property
    def held(self) -> bool:
        """Does the ratio keep its goal?"""
        return self.ratio >= self.goal if self.better == "more" else self.ratio <= self.goal

    def row(self) -> dict[str, object]:
        """As a JSON row."""
        return {**asdict(self), "held": self.held}


def best_of(times: int, work: Callable[[], T]) -> tuple[float, T]:
    """Shortest wall time in seconds of `times` runs, and the last result."""
    shortest = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        result = work()
        shortest = min(shortest, time.perf_counter() - start)
    return shortest, result


def peak_rss_mb() -> float:
    """Peak resident memory of this process so far, in megabytes.

    Of its own (VmHWM): `ru_maxrss` begins with the memory of the process that started this one.
    """
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1000


def resident_mb(pid: int) -> float:
    """Resident memory of a process and its children, pages that they share counted once for each (Linux)."""
    total = 0
    for each in (pid, *_children(pid)):
        try:
            total += int(Path(f"/proc/{each}/statm").read_text().split()[1]) * 4096
        except OSError:
            continue  # it ended meanwhile
    return total / 1e6


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
