"""EPCIS 2.0 in JSON-LD: an EPCISDocument, a bare event, an EPCISQueryDocument.

    short document   ──read whole──▶ verdict on the whole ──▶ events, master data
    long document    ──event by event──▶ worker processes ──▶ events   ──▶ verdict on what stands around them

The verdict is that of GS1's schema. By default a document with a fault is refused whole; where the sender
chooses `proceed`, the events without a fault are kept. Master data of the header are entries of their own.
"""

from collections.abc import Iterator
from typing import BinaryIO

from suyuan.capture.documents import frame_of, prepare_document
from suyuan.capture.elements import Walk
from suyuan.capture.importer import Batch, Context, OnError
from suyuan.capture.wire import ALONE, in_workers
from suyuan.events import canonical
from suyuan.terms.errors import SuyuanError

LISTS = (("epcisBody", "eventList"), ("epcisBody", "queryResults", "resultsBody", "eventList"))


class ContextBehind(SuyuanError):
    """A long document whose names are explained only after its events."""


class EpcisDocument:
    """The importer of JSON-LD documents."""

    name = "epcis"
    on_error: OnError = "refuse"

    def __init__(self, *, alone: int = ALONE, workers: int | None = None) -> None:
        self._alone = alone
        self._workers = workers

    def read(self, stream: BinaryIO, context: Context) -> Iterator[Batch]:
        """A short document in one batch, a long one in many.

        Raises NoSuchList, CutOff, ContextBehind, WorkerDied for a long one; a short one that cannot be read is told
        by findings.
        """
        head = stream.read(self._alone + 1)
        if len(head) <= self._alone:
            yield prepare_document(head)
            return
        walk = Walk(stream, LISTS, head)
        names = _context_before(walk)
        base = "".join(f"/{name}" for name in walk.path)
        requests = ((names, base, part.first, part.elements, part.end) for part in walk.elements())
        yield from in_workers("suyuan.capture.documents:answer_elements", requests, self._workers)
        yield frame_of(walk.frame, walk.end)


EPCIS_DOCUMENT = EpcisDocument()


def _context_before(walk: Walk) -> bytes:
    """The document's `@context`, in canonical form, from what stands before its events."""
    opened = walk.before.removeprefix(b"\xef\xbb\xbf") + b"]" + b"}" * len(walk.path)
    value = canonical.loads(opened)
    if "@context" not in value:
        raise ContextBehind(
            "a long document needs its @context before its epcisBody; write @context first",
            "较长的文件须将 @context 写在 epcisBody 之前；请把 @context 放在最前",
        )
    return canonical.dumps(value["@context"])
