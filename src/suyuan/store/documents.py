"""Documents as they were submitted, kept by digest: `documents/ab/abcdef….zst`.

They are written to `documents/incoming` while they stream in, and get their name just before the ledger
commits: a document on record is always there. One that a killed writer left behind without its record
is swept away by the next.
"""

import io
import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Protocol

import zstandard

from suyuan.ledger.damage import Damaged
from suyuan.store.failures import told
from suyuan.store.ledger_port import Kept
from suyuan.terms.errors import SuyuanError

CHUNK = 4 << 20
LEVEL = 1


class NoSuchDocument(SuyuanError):
    """No document with that digest is kept."""


class DocumentStore(Protocol):
    """Where kept documents stand: bytes come in under no name, and get it when their transaction is committed."""

    def receive(self, stream: BinaryIO) -> tuple[Kept, Path]:
        """Write a stream to a file of this machine; memory does not grow with it."""

    def scratch(self) -> BinaryIO:
        """An empty file of this machine that is gone when it is closed."""

    def has(self, digest: str) -> bool:
        """Whether the document with that sha-256 is kept."""

    def publish(self, received: Path, digest: str) -> None:
        """Keep a received file under its name."""

    def withdraw(self, digest: str) -> None:
        """Take back what was published: the transaction failed."""

    def discard(self, path: Path) -> None:
        """Take away a received file that will not be on record."""

    def read(self, digest: str) -> BinaryIO:
        """The document's bytes; the end is reached only if they are its own. Raises NoSuchDocument, Damaged."""


class Documents:
    """The directory of kept documents (`DocumentStore`)."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._incoming = directory / "incoming"

    def path(self, digest: str) -> Path:
        """Where the document with that sha-256 is kept."""
        return self._directory / digest[:2] / f"{digest}.zst"

    def receive(self, stream: BinaryIO) -> tuple[Kept, Path]:
        """Write a stream to a file of `incoming`, on disk when this returns; memory does not grow with it."""
        with told("documents"):
            self._incoming.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=self._incoming, suffix=".zst")
            try:
                with os.fdopen(descriptor, "wb") as file:
                    kept = _copy(stream, file)
                    file.flush()
                    os.fsync(file.fileno())
            except BaseException:
                Path(name).unlink()
                raise
        return kept, Path(name)

    def scratch(self) -> BinaryIO:
        """An empty file of `incoming` without a name; where a system names it for a moment, the sweep knows it."""
        with told("documents"):
            self._incoming.mkdir(parents=True, exist_ok=True)
            return tempfile.TemporaryFile(dir=self._incoming, suffix=".zst")

    def has(self, digest: str) -> bool:
        """Whether it is kept."""
        return self.path(digest).exists()

    def withdraw(self, digest: str) -> None:
        """Take its name and bytes away again."""
        self.discard(self.path(digest))

    def publish(self, received: Path, digest: str) -> None:
        """Give a received file its name, so that it outlives a loss of power."""
        with told("documents"):
            path = self.path(digest)
            if not path.parent.is_dir():
                path.parent.mkdir()
                _sync_directory(self._directory)
            received.replace(path)
            _sync_directory(path.parent)

    def discard(self, path: Path) -> None:
        """Take away a file that will not be on record."""
        path.unlink(missing_ok=True)

    def read(self, digest: str) -> BinaryIO:
        """The document's bytes; the end is reached only if they are its own. Raises NoSuchDocument, Damaged."""
        path = self.path(digest)
        if not path.is_file():
            raise NoSuchDocument(f"no document {digest} is kept here", f"此处没有文件 {digest}")
        return read_file(path, digest)

    def sweep_incoming(self) -> None:
        """Take away half received files that a killed writer left."""
        for path in self._incoming.glob("*.zst"):
            self.discard(path)

    def sweep(self, is_recorded: Callable[[str], bool]) -> None:
        """Take away what a killed writer left: half received files, and documents without a record."""
        for path in sorted(self._directory.glob("*/*.zst")):
            if path.parent == self._incoming or not is_recorded(path.stem):
                self.discard(path)


def read_file(path: Path, digest: str) -> BinaryIO:
    """The bytes of a received file that may have no name yet."""
    return checked(path.open("rb"), digest)


def checked(packed: BinaryIO, digest: str) -> BinaryIO:
    """The bytes of a packed document, which is closed with it; the end is reached only if they are its own."""
    return io.BufferedReader(_Checked(packed, digest), CHUNK)


def _copy(stream: BinaryIO, file: BinaryIO) -> Kept:
    digest, size = sha256(), 0
    # a content checksum tells a damaged file before its end; the digest tells everything else
    compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)
    with compressor.stream_writer(file, closefd=False) as writer, ThreadPoolExecutor(1) as beside:
        view = memoryview(bytearray(CHUNK))
        for part in _parts(stream, view):
            digested = beside.submit(digest.update, part)
            writer.write(part)
            digested.result()  # the buffer is used again
            size += len(part)
    return Kept(digest.hexdigest(), size)


def _parts(stream: BinaryIO, view: memoryview) -> Iterator[memoryview]:
    """The stream in parts of one reused buffer."""
    readinto = getattr(stream, "readinto", None)
    while True:
        if readinto is not None:
            count = readinto(view)
        else:
            data = stream.read(len(view))
            count = len(data)
            view[:count] = data
        if not count:
            return
        yield view[:count]


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Checked(io.RawIOBase):
    """Bytes of a zstd file; compares their digest when the end is reached."""

    def __init__(self, packed: BinaryIO, digest: str) -> None:
        self._expected = digest
        self._digest = sha256()
        self._file = packed
        self._reader = zstandard.ZstdDecompressor().stream_reader(self._file)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]  # any writable buffer, as typeshed says it
        try:
            count = self._reader.readinto(buffer)
        except zstandard.ZstdError as error:
            raise self._damaged(str(error)) from error
        self._digest.update(memoryview(buffer)[:count])
        if not count and len(buffer) and self._digest.hexdigest() != self._expected:
            raise self._damaged("another digest")
        return count

    def _damaged(self, why: str) -> Damaged:
        return Damaged(
            f"the kept document {self._expected} is not what was submitted ({why}); restore it from a backup",
            f"留存文件 {self._expected} 与提交时不同（{why}）；请从备份恢复",
        )

    def close(self) -> None:
        self._file.close()
        super().close()
