"""NDJSON: one bare EPCIS event a line (or one EPCIS document a line), streamed.

    stream ──blocks of lines──▶ worker processes ──▶ Batch, Batch … in the order of the lines

A wrong line is a finding with its line number and pointer; the others go on. A short document is prepared in
this process, a long one in workers: parsing, checking, canonical form and hash take most of a capture's time.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import chain
from typing import BinaryIO

from suyuan.capture.blocks import Block, blocks
from suyuan.capture.documents import prepare_document, prepare_text
from suyuan.capture.importer import Batch, Context, OnError
from suyuan.capture.wire import ALONE, Wire, at_once, in_workers, packed
from suyuan.capture.workers import available, made_ready
from suyuan.events.prepared import Prepared, prepare_line
from suyuan.terms.finding import Finding, Place


class Ndjson:
    """The importer of NDJSON files. Up to `alone` bytes it works alone; `workers` is for tests."""

    name = "ndjson"
    on_error: OnError = "proceed"

    def __init__(self, *, alone: int = ALONE, workers: int | None = None) -> None:
        self._alone = alone
        self._workers = workers

    def expecting(self, size: int) -> AbstractContextManager[None]:
        """While a document of that size is on its way: the workers that it will need, started."""
        if size <= self._alone or self._workers is not None or not available():
            return nullcontext()
        return made_ready(ANSWER, at_once())

    def read(self, stream: BinaryIO, context: Context) -> Iterator[Batch]:
        """Batches of the lines in order. Raises LineTooLong, WorkerDied."""
        parts, first, held = blocks(stream), list[Block](), 0
        for block in parts:
            first.append(block)
            held += len(block.data)
            if held > self._alone:
                requests = ((part.data, part.line, part.end) for part in chain(first, parts))
                yield from in_workers(ANSWER, requests, self._workers)
                return
        for block in first:
            yield Batch(*prepare_lines(block.data, block.line), block.end)


SOMEWHERE = Place()
ANSWER = f"{__name__}:answer"
NDJSON = Ndjson()


def answer(data: bytes, line: int, end: int) -> Wire:
    """`prepare_lines` in a worker process."""
    return packed(*prepare_lines(data, line), end)


def prepare_lines(data: bytes, line: int) -> tuple[list[Prepared], list[Finding]]:
    """The events of a block whose first line has the number `line`, and what is wrong with the others."""
    prepared, findings = list[Prepared](), list[Finding]()
    for number, text in enumerate(data.split(b"\n"), line):
        if not text or text.isspace():
            continue
        result = prepare_line(text, SOMEWHERE, f"line {number}")
        if isinstance(result, Prepared):  # what is wrong is looked at again below, with its place
            prepared.append(result)
        elif b'Document"' in text:
            document = prepare_document(text, number)
            prepared += document.prepared
            findings += document.findings
        else:
            event, said = prepare_text(text, Place(line=number))
            prepared += [event] if event else []
            findings += said
    return prepared, findings
