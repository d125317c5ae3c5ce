"""Reading strangers' workbooks in a child process with limits of memory and time.

    parent ──bytes──▶ child: open, recognise, cut into chunks ──frames──▶ parent

A zip bomb, a broken file or an endless one ends the child; the parent gets a clear error and goes on. The child
is a program of its own (no fork of the caller), reads the document from its standard input and writes frames
`<8 bytes: length><marshalled frame>`; a full pipe makes it wait, so memory does not grow with the document.

>>> from io import BytesIO
>>> [frame[0] for frame in frames("raw", BytesIO(b"a,b\\n1,2\\n"), "t.csv")]
['sheet', 'cells']
"""

import contextlib
import marshal
import os
import selectors
import struct
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import BinaryIO

from suyuan.capture.workbook.errors import DamagedWorkbook, WorkbookTooBig, WorkbookTooSlow
from suyuan.capture.workbook.reading import Frame
from suyuan.terms.errors import SuyuanError

PART = 1 << 20
_LENGTH = struct.Struct("<Q")
_FRAME_MAX = 1 << 30
_BOOT = "import sys; sys.path[:] = sys.argv[5:]; from suyuan.capture.workbook.jail import serve; serve(*sys.argv[1:5])"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much address space a workbook may take, and how long reading it may last."""

    memory_bytes: int = 4 << 30
    seconds: int = 120


def frames(
    target: str, stream: BinaryIO, name: str, limits: Limits | None = None
) -> Generator[Frame, None, None]:
    """The frames of `reading.<target>` over a document, read in a child process.

    Raises what the reading raises, and WorkbookTooBig, WorkbookTooSlow, DamagedWorkbook for a child that
    met its limits or fell over.
    """
    limits = limits or Limits()
    child = subprocess.Popen(
        [sys.executable, "-c", _BOOT, target, name, str(limits.memory_bytes), str(limits.seconds), *sys.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
    )
    try:
        yield from _frames(child, stream, limits)
    finally:
        child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        child.wait()


def _frames(child: "subprocess.Popen[bytes]", stream: BinaryIO, limits: Limits) -> Iterator[Frame]:
    assert child.stdout is not None
    buffer, waited = bytearray(), 0.0
    answers = _exchange(child, stream)
    while True:
        began = time.monotonic()
        part = answers(limits.seconds - waited)
        waited += time.monotonic() - began
        if part is None:
            raise _too_slow(limits)
        if not part:
            raise _died(child, limits)
        buffer += part
        for frame in _whole(buffer):
            if frame[0] == "end":
                return
            if frame[0] == "error":
                raise _error(*frame[1:])
            yield frame


def _whole(buffer: bytearray) -> Iterator[Frame]:
    """The frames that are complete; they leave the buffer."""
    start = 0
    while len(buffer) - start >= _LENGTH.size:
        length = _LENGTH.unpack_from(buffer, start)[0]
        assert length <= _FRAME_MAX, "a frame longer than any chunk"
        end = start + _LENGTH.size + length
        if len(buffer) < end:
            break
        frame: Frame = marshal.loads(memoryview(buffer)[start + _LENGTH.size : end])
        start = end
        yield frame
    del buffer[:start]


class _exchange:  # noqa: N801  # used like a function
    """Feeds the document in and hands answers out, whichever pipe is ready."""

    def __init__(self, child: "subprocess.Popen[bytes]", stream: BinaryIO) -> None:
        assert child.stdin is not None
        assert child.stdout is not None
        self._stream, self._stdin, self._stdout = stream, child.stdin, child.stdout
        self._unsent = memoryview(b"")
        self._open = True
        os.set_blocking(self._stdin.fileno(), False)

    def __call__(self, seconds: float) -> bytes | None:
        """The next part of the answer; b'' at its end, None where it did not come in time."""
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self._stdout, selectors.EVENT_READ)
            if self._open:
                selector.register(self._stdin, selectors.EVENT_WRITE)
            while (left := deadline - time.monotonic()) > 0:
                for key, _ in selector.select(left):
                    if key.fileobj is self._stdout:
                        return os.read(self._stdout.fileno(), PART)
                    if not self._feed():
                        selector.unregister(self._stdin)
                        self._close()
        return None

    def _feed(self) -> bool:
        """Send some more; False at the end of the document or of the child."""
        if not self._unsent:
            self._unsent = memoryview(self._stream.read(PART))
            if not self._unsent:
                return False
        try:
            self._unsent = self._unsent[os.write(self._stdin.fileno(), self._unsent) :]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            return False
        return True

    def _close(self) -> None:
        self._open = False
        with contextlib.suppress(OSError):
            self._stdin.close()


def _too_slow(limits: Limits) -> WorkbookTooSlow:
    return WorkbookTooSlow(
        f"reading the workbook took longer than {limits.seconds} s and was ended; split it, or save it anew as .xlsx",
        f"读取工作簿超过 {limits.seconds} 秒，已中止；请拆分，或另存为 .xlsx",
    )


def _died(child: "subprocess.Popen[bytes]", limits: Limits) -> SuyuanError:
    code = child.wait()
    if code in (-24, -9):  # SIGXCPU, or SIGKILL that follows it
        return _too_slow(limits)
    if code in (-6, _NO_MEMORY):  # the reader aborts where memory ends
        return _no_memory(limits)
    return DamagedWorkbook(
        f"the workbook broke its reader (exit code {code}); open it in a spreadsheet program and save it as .xlsx",
        f"工作簿导致读取程序退出（代码 {code}）；请用表格软件打开并另存为 .xlsx",
    )


def _no_memory(limits: Limits) -> WorkbookTooBig:
    return WorkbookTooBig(
        f"the workbook needs more than {limits.memory_bytes >> 20} MiB of memory; split it into several files",
        f"读取工作簿所需内存超过 {limits.memory_bytes >> 20} MiB；请拆分为多个文件",
    )


def _error(module: str, name: str, en: str, zh: str) -> SuyuanError:
    """The child's error, as its own class."""
    kind = getattr(import_module(module), name, SuyuanError)
    assert issubclass(kind, SuyuanError)
    return kind(en, zh)


# the child's side

_NO_MEMORY = 77


def serve(target: str, name: str, memory_bytes: str, seconds: str) -> None:
    """Read the document on standard input and write its frames; under limits from the first byte on."""
    _limit(int(memory_bytes), int(seconds))
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # whatever prints must not print into the answers
    from suyuan.capture.workbook import reading

    reader = {"tables": reading.tables, "raw": reading.raw}[target]
    try:
        for frame in reader(sys.stdin.buffer, name):
            _write(answers, frame)
        _write(answers, ("end",))
    except SuyuanError as wrong:
        kind = type(wrong)
        _write(answers, ("error", kind.__module__, kind.__name__, wrong.sentence.en, wrong.sentence.zh))
    except MemoryError:
        os._exit(_NO_MEMORY)
    except BrokenPipeError:
        os._exit(1)  # the parent is gone
    except BaseException as wrong:  # a panic of the reader is no Exception
        en = f"the workbook broke its reader ({wrong!r:.200}); open it in a spreadsheet program and save it as .xlsx"
        zh = f"工作簿导致读取出错（{wrong!r:.200}）；请用表格软件打开并另存为 .xlsx"
        _write(answers, ("error", DamagedWorkbook.__module__, DamagedWorkbook.__name__, en, zh))


def _write(answers: BinaryIO, frame: Frame) -> None:
    data = marshal.dumps(frame)
    unsent = memoryview(_LENGTH.pack(len(data)) + data)
    while unsent:
        unsent = unsent[answers.write(unsent) :]


def _limit(memory_bytes: int, seconds: int) -> None:
    """Nothing of this on systems without it: there the parent's clock is the only limit."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        for what, most in (
            (resource.RLIMIT_AS, memory_bytes),
            (resource.RLIMIT_CPU, seconds),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            _, hard = resource.getrlimit(what)
            limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (limit, hard))
