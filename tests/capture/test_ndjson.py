"""NDJSON is read line by line, in this process or in workers, with the same result."""

import json
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from suyuan.capture.importer import Batch, Context
from suyuan.capture.ndjson import Ndjson
from suyuan.capture.statements import statements
from suyuan.events.prepared import Prepared
from suyuan.terms.finding import Finding

CONTEXT = Context("91350900587527783P", "events.ndjson")
STANDARD = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"


def event(n: int, **more: object) -> dict[str, object]:
    return {
        "@context": STANDARD,
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "eventTime": "2026-05-01T08:00:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "epcList": [f"https://w3id.org/suyuan/obj/001PE050000001A7C{n:07d}"],
        **more,
    }


def lines(*values: object) -> bytes:
    return b"".join(json.dumps(value, ensure_ascii=False).encode() + b"\n" for value in values)


def together(batches: Iterator[Batch]) -> tuple[list[Prepared], list[Finding]]:
    every = list(batches)
    return [each for batch in every for each in batch.prepared], [
        f for batch in every for f in batch.findings
    ]


def test_each_line_is_an_event_with_the_line_as_its_place() -> None:
    data = b"\xef\xbb\xbf" + lines(event(1)) + b"\r\n  \n" + lines(event(2, eventID="urn:uuid:1"))
    prepared, findings = together(Ndjson().read(BytesIO(data), CONTEXT))
    assert findings == []
    assert [(each.place, each.items, each.given_id) for each in prepared] == [
        ("line 1", (("epc", "001PE050000001A7C0000001"),), False),
        ("line 4", (("epc", "001PE050000001A7C0000002"),), True),
    ]
    assert json.loads(prepared[1].body) == event(2, eventID="urn:uuid:1")


def test_a_wrong_line_is_told_with_line_and_pointer_and_the_others_go_on() -> None:
    data = lines(event(1), event(2, action="LOOK"), [1]) + b'{"type": \n' + lines(event(3))
    prepared, findings = together(Ndjson().read(BytesIO(data), CONTEXT))
    assert [each.place for each in prepared] == ["line 1", "line 5"]
    assert [(f.place.line, f.place.pointer) for f in findings] == [(2, "/action"), (3, ""), (4, "")]


def test_a_line_may_be_a_whole_document() -> None:
    document = {
        "@context": STANDARD,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-05-01T00:00:00Z",
        "epcisBody": {"eventList": [{k: v for k, v in event(n).items() if k != "@context"} for n in (1, 2)]},
    }
    prepared, findings = together(
        Ndjson().read(BytesIO(lines(event(0), document, document | {"x": 1})), CONTEXT)
    )
    assert [each.place for each in prepared[:3]] == [
        "line 1",
        "line 2 /epcisBody/eventList/0",
        "line 2 /epcisBody/eventList/1",
    ]
    assert json.loads(prepared[1].body) == event(1)
    assert [(f.place.line, f.place.pointer) for f in findings] == [(3, "/x")]


@pytest.mark.parametrize("workers", [1, 2])
def test_workers_give_what_this_process_gives(workers: int) -> None:
    values = [event(n, eventID=f"urn:uuid:{n}") if n % 3 else event(n) for n in range(6000)]
    values[1234] |= {"action": "LOOK"}
    values[5000] |= {"eventTime": "yesterday", "bizStep": "nonsense"}
    data = lines(*values)
    alone = list(Ndjson(alone=len(data)).read(BytesIO(data), CONTEXT))
    aided = list(Ndjson(alone=1 << 16, workers=workers).read(BytesIO(data), CONTEXT))
    assert len(alone) > 1
    assert [replace(batch, statements=b"") for batch in aided] == alone
    assert [batch.statements for batch in aided] == [statements(batch.prepared) for batch in alone]
    assert alone[-1].done == len(data)


def test_reading_may_stop_in_the_middle() -> None:
    data = lines(*[event(n) for n in range(8000)])
    batches = Ndjson(alone=1 << 16, workers=2).read(BytesIO(data), CONTEXT)
    assert next(batches).prepared[0].place == "line 1"
    batches.close()  # type: ignore[attr-defined]  # it is a generator


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Half a gigabyte would be 600,000 events: enough lines are made that a list of them would be seen."""
    import tracemalloc

    class Endless:
        """A stream that makes its lines as they are read."""

        def __init__(self, size: int) -> None:
            self._line, self._left = lines(event(7, **{"ext:note": "x" * 3000})), size

        def read(self, size: int) -> bytes:
            part = self._line * (min(size, self._left) // len(self._line))
            self._left -= size
            return part

    tracemalloc.start()
    try:
        seen = 0
        stream = Endless(60 << 20)
        for batch in Ndjson(alone=1 << 20, workers=1).read(stream, CONTEXT):  # type: ignore[arg-type]  # as much of a stream as is read
            seen += len(batch.findings) + len(batch.prepared)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert seen > 15_000
    assert peak < 40 << 20
