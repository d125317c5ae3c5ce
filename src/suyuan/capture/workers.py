"""Worker processes that prepare blocks of a document beside the one that writes them down.

    requests ──▶ worker 0 ─┐
            └──▶ worker 1 ─┴──▶ answers, in the order of the requests

So many requests are under way that workers go on while the parent is busy with its index, and so few that memory
does not grow with the document. They are programs of their own, so that nothing of the caller's is run twice
(as the `multiprocessing` start methods do with a script's main module), and they end when the parent does.

>>> with Workers("textwrap:shorten", 1) as workers:
...     list(workers.map([("one two", 6), ("three", 6)]))
['[...]', 'three']
"""

import contextlib
import marshal
import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import cycle
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Any, Self

from suyuan.capture.worker import LENGTH
from suyuan.terms.errors import SuyuanError

UNDER_WAY = 10
"""Requests that each worker has before it: of half a MiB, for a fifth of a second."""

BYTES_UNDER_WAY = 16 << 20
"""Requests together, however many workers there are: what a long line takes in a worker is ten times its bytes."""

PIPE = 1 << 20
_F_SETPIPE_SZ = 1031  # Linux; `fcntl.F_SETPIPE_SZ` is not on every platform that this runs on
_BOOT = "import sys; sys.path[:] = sys.argv[2:]; from suyuan.capture.worker import serve; serve(sys.argv[1])"


class WorkerDied(SuyuanError):
    """A worker process ended before its time."""


def processors() -> int:
    """How many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def available() -> bool:
    """Do workers pay? They need a second processor."""
    return processors() > 1


_ready: dict[str, "list[_Worker]"] = {}


@contextlib.contextmanager
def made_ready(target: str, count: int) -> Iterator[None]:
    """Start workers ahead of their need, as while a long document is still being kept.

    The next `Workers` of that target takes them; those that nobody took end with the block.
    """
    _ready[target] = [_Worker(target) for _ in range(count)]
    try:
        yield
    finally:
        for worker in _ready.pop(target, ()):
            worker.end(at_once=True)


class Workers:
    """`count` processes that all answer with the function `target` (`module:name`)."""

    def __init__(self, target: str, count: int) -> None:
        self._target = target
        self._count = count
        self._workers: list[_Worker] = []

    def __enter__(self) -> Self:
        waiting = _ready.pop(self._target, [])
        assert len(waiting) in (0, self._count), "as many were made ready as are needed"
        self._workers = waiting or [_Worker(self._target) for _ in range(self._count)]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.end(at_once=kind is not None)

    def map(self, requests: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
        """The answer to each request, in their order. Raises WorkerDied."""
        waiting: deque[tuple[_Worker, int]] = deque()
        turns, under_way = cycle(self._workers), 0
        for arguments in requests:
            request = marshal.dumps(arguments)
            while waiting and (
                under_way + len(request) > BYTES_UNDER_WAY or len(waiting) >= UNDER_WAY * self._count
            ):
                worker, size = waiting.popleft()
                under_way -= size
                yield worker.answer()
            worker = next(turns)
            worker.send(request)
            waiting.append((worker, len(request)))
            under_way += len(request)
        for worker, _ in waiting:
            yield worker.answer()


class _Worker:
    """One process, and two threads that keep its pipes moving while the parent works."""

    def __init__(self, target: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _BOOT, target, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        self._requests: SimpleQueue[bytes | None] = SimpleQueue()
        self._answers: SimpleQueue[bytearray | None] = SimpleQueue()
        self._threads = [Thread(target=work, daemon=True) for work in (self._push, self._pull)]
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            _widen(pipe.fileno())
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def send(self, request: bytes) -> None:
        """Put a request behind the others."""
        self._requests.put(request)

    def answer(self) -> Any:
        """The oldest answer, waited for. Raises WorkerDied."""
        answer = self._answers.get()
        if answer is None:
            raise self._died()
        worked, result = marshal.loads(answer)
        if not worked:
            raise RuntimeError(f"in a worker process:\n{result}")
        return result

    def _push(self) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        # a worker that ended is told by the thread that reads
        with contextlib.suppress(OSError, ValueError), pipe:
            while (request := self._requests.get()) is not None:
                for part in (LENGTH.pack(len(request)), request):
                    unsent = memoryview(part)
                    while unsent:
                        unsent = unsent[pipe.write(unsent) :]
                del request, part, unsent  # the next one may be long in coming

    def _pull(self) -> None:
        pipe = self._process.stdout
        assert pipe is not None
        with contextlib.suppress(OSError, ValueError), pipe:
            while (head := _exactly(pipe, LENGTH.size)) is not None:
                answer = _exactly(pipe, LENGTH.unpack(head)[0])
                if answer is None:
                    break
                self._answers.put(answer)
                del answer
        self._answers.put(None)

    def _died(self) -> WorkerDied:
        code = self._process.wait()
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return WorkerDied(
            f"a worker process ended ({how}; was memory short?); nothing of this document was recorded: do it again",
            f"工作进程意外终止（{how}；内存是否不足？）；该文件未作任何记录：请重试",
        )

    def end(self, *, at_once: bool) -> None:
        """Close its pipes, which ends it; kill it where its answers are no longer wanted."""
        if at_once:
            self._process.kill()
        self._requests.put(None)
        for thread in self._threads:
            thread.join()
        self._process.wait()


def _exactly(pipe: Any, size: int) -> bytearray | None:
    """So many bytes of an unbuffered pipe; None where it ends before."""
    answer = bytearray(size)
    view = memoryview(answer)
    while view:
        count = pipe.readinto(view)
        if not count:
            return None
        view = view[count:]
    return answer


def _widen(pipe: int) -> None:
    with contextlib.suppress(ImportError, OSError):  # a narrow pipe works too, with more turns
        from fcntl import fcntl

        fcntl(pipe, _F_SETPIPE_SZ, PIPE)
