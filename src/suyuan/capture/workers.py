"""Worker processes that prepare blocks of a document beside the one that writes them down.

    requests ──▶ worker 0 ─┐
            └──▶ worker 1 ─┴──▶ answers, in the order of the requests

A few requests are under way at a time, so memory does not grow with the document. The pipes hold a request
and an answer each (1 MiB on Linux): workers go on while the parent is busy, without a thread that would fight
for its interpreter lock. They are started as programs of their own, so that nothing of the caller's is run twice
(as the `multiprocessing` start methods do with a script's main module), and they end when the parent does.

>>> with Workers("textwrap:shorten", 1) as workers:
...     list(workers.map([("one two", 6), ("three", 6)]))
['[...]', 'three']
"""

import contextlib
import marshal
import os
import selectors
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import cycle
from types import TracebackType
from typing import Any, Self

from suyuan.capture.worker import LENGTH
from suyuan.terms.errors import SuyuanError

UNDER_WAY = 3
"""Requests that each worker has before it: one in work, one in its pipe, one to follow."""

PIPE = 1 << 20
READ = 1 << 20
_F_SETPIPE_SZ = 1031  # Linux; `fcntl.F_SETPIPE_SZ` is not on every platform that this runs on
_BOOT = "import sys; sys.path[:] = sys.argv[2:]; from suyuan.capture.worker import serve; serve(sys.argv[1])"


class WorkerDied(SuyuanError):
    """A worker process ended before its time."""


def processors() -> int:
    """How many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def available() -> bool:
    """Can workers be had, and do they pay? They need pipes that can be waited for, and a second processor."""
    return os.name == "posix" and processors() > 1


class Workers:
    """`count` processes that all answer with the function `target` (`module:name`)."""

    def __init__(self, target: str, count: int) -> None:
        self._target = target
        self._count = count
        self._workers: list[_Worker] = []

    def __enter__(self) -> Self:
        self._workers = [_Worker(self._target) for _ in range(self._count)]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.end(at_once=kind is not None)

    def map(self, requests: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
        """The answer to each request, in their order. Raises WorkerDied."""
        waiting: deque[_Worker] = deque()
        turns = cycle(self._workers)
        for request in requests:
            worker = next(turns)
            worker.send(marshal.dumps(request))
            waiting.append(worker)
            if len(waiting) >= UNDER_WAY * self._count:
                yield self._next(waiting.popleft())
        while waiting:
            yield self._next(waiting.popleft())

    def _next(self, worker: "_Worker") -> Any:
        while (answer := worker.answer()) is None:
            self._wait()
        worked, result = marshal.loads(answer)
        if not worked:
            raise RuntimeError(f"in a worker process:\n{result}")
        # before the caller goes to work: what they do next should already be in their pipes
        for each in self._workers:
            each.push()
        return result

    def _wait(self) -> None:
        """Move bytes wherever a pipe allows it; returns when something moved."""
        with selectors.DefaultSelector() as selector:
            for worker in self._workers:
                selector.register(worker.answers, selectors.EVENT_READ, worker.pull)
                if worker.unsent:
                    selector.register(worker.requests, selectors.EVENT_WRITE, worker.push)
            for key, _ in selector.select():
                key.data()


class _Worker:
    """One process, with the bytes that go to it and come from it."""

    def __init__(self, target: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _BOOT, target, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.requests = self._process.stdin.fileno()
        self.answers = self._process.stdout.fileno()
        self.unsent: deque[memoryview] = deque()
        self._received = bytearray()
        for pipe in (self.requests, self.answers):
            os.set_blocking(pipe, False)
            _widen(pipe)

    def send(self, request: bytes) -> None:
        """Put a request behind the others."""
        self.unsent.append(memoryview(LENGTH.pack(len(request))))
        self.unsent.append(memoryview(request))
        self.push()

    def push(self) -> None:
        """Write what the pipe takes."""
        while self.unsent:
            try:
                sent = os.write(self.requests, self.unsent[0])
            except BlockingIOError:
                return
            except BrokenPipeError:
                raise self._died() from None
            if sent == len(self.unsent[0]):
                self.unsent.popleft()
            else:
                self.unsent[0] = self.unsent[0][sent:]

    def pull(self) -> None:
        """Read what the pipe has."""
        with contextlib.suppress(BlockingIOError):
            part = os.read(self.answers, READ)
            if not part:
                raise self._died()
            self._received += part

    def answer(self) -> bytes | None:
        """The oldest answer, once it is whole."""
        if len(self._received) < LENGTH.size:
            return None
        end = LENGTH.size + LENGTH.unpack_from(self._received)[0]
        if len(self._received) < end:
            return None
        answer = bytes(memoryview(self._received)[LENGTH.size : end])
        del self._received[:end]
        return answer

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
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


def _widen(pipe: int) -> None:
    with contextlib.suppress(ImportError, OSError):  # a narrow pipe works too, with more turns
        from fcntl import fcntl

        fcntl(pipe, _F_SETPIPE_SZ, PIPE)
