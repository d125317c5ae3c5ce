"""What is sent to do harm is refused quickly, by no mistake of ours, and the server goes on."""

import io
import json
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.api.served import CONTEXT, Server, event, serving

SECONDS_MAX = 5.0
MEMORY_MAX = 500 << 20
"""Of the whole process, of which the engine that answers questions has more than half before anything is sent."""


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("hostile") / "ws") as server:
        server.post("/events", event(1))
        server.get("/id/nobody")  # the first trace words its plan
        yield server


def deep(depth: int, opened: str = "[", closed: str = "]") -> bytes:
    return b'{"x":' + opened.encode() * depth + closed.encode() * depth + b"}"


def raw(**said: object) -> bytes:
    return json.dumps(event(2, **said)).encode()


BODIES = {
    "deep lists": deep(200_000),
    "deep objects": b'{"a":' * 200_000 + b"1" + b"}" * 200_000,
    "a number of a million digits": b'{"@context":"' + CONTEXT.encode() + b'","type":"ObjectEvent","x:y":' + b"9" * 1_000_000 + b"}",
    "an exponent beyond all": raw().replace(b'"OBSERVE"', b'"OBSERVE","ex:n":1e999999999'),
    "not a number": raw().replace(b'"OBSERVE"', b'NaN'),
    "half a character": raw(**{"ex:a": "x"}).replace(b'"x"', b'"\\ud800"'),
    "no UTF-8": raw().replace(b"inspecting", b"\xff\xfe\xfa"),
    "UTF-16": raw().decode().encode("utf-16"),
    "a key twice": raw().replace(b'"action"', b'"action": "ADD", "action"'),
    "an open text of escapes": b'{"a": "' + b'\\"' * 100_000,
    "nothing": b"",
    "only blanks": b" " * 100_000,
    "null": b"null",
    "a very long text": raw(**{"ex:a": "a" * 3_000_000}),
    "a hundred thousand keys": raw(**{f"urn:x:{n}": n for n in range(100_000)}),
    "an XML bomb": b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><l>&b;</l>',
}  # fmt: skip


def _quickly(server: Server, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> int:
    start = time.monotonic()
    answer = server.ask(method, path, body, headers)
    assert time.monotonic() - start < SECONDS_MAX
    assert answer.status < 500, answer.body[:300]
    return answer.status


@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_event_is_refused(target: Server, name: str) -> None:
    status = _quickly(target, "POST", "/events", BODIES[name], {"Content-Type": "application/json"})
    assert status in (201, 400, 413)
    assert target.get("/health").status == 200


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("media_type", ["application/json", "application/x-ndjson", "application/xml"])
def test_a_hostile_document_harms_nobody(target: Server, name: str, media_type: str) -> None:
    answer = target.ask("POST", "/capture", BODIES[name], {"Content-Type": media_type})
    assert answer.status in (202, 400)
    if answer.status == 202:
        assert target.job(answer.headers["location"])["running"] is False
    assert target.get("/health").status == 200


def test_a_zip_bomb_is_no_workbook(target: Server) -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"<row/>" * 30_000_000)
    answer = target.ask(
        "POST", "/api/v1/uploads?name=a.xlsx", sink.getvalue(), {"Content-Type": "application/zip"}
    )
    assert answer.status == 202
    assert target.job(answer.json["status"].replace("/api/v1/jobs/", "/capture/"))["success"] is False
    assert _peak(target) >> 20 < MEMORY_MAX >> 20


PATHS = [
    "/events/" + quote("../../../../etc/passwd", safe=""), "/tile/../../ledger.key", "/tile/0/..%2f..%2fledger.key", "/api/v1/jobs/..%2f..%2fledger.key/file",
    "/epcs/%00", "/epcs/%ff%fe", "/epcs/" + "a" * 8000, "/id/" + quote("${jndi:ldap://x}", safe=""), "/queries/%2e%2e",
    "/api/v1/standards/..%2f..", "/capture/" + quote("' OR 1=1 --", safe=""), "/events?" + "&".join(f"EQ_x{n}=1" for n in range(900)),
    "/events?MATCH_epc=" + quote("urn:epc:idpat:sgtin:" + "*." * 2000, safe=""), "/events?EQ_bizStep=" + "a|" * 4000,
    "/events?GE_eventTime=" + "9" * 500, "/events?perPage=99999999999999999999", "/events?nextPageToken=" + "A" * 4000,
    "/api/v1/entries/99999999999999999999999", "/tile/0/x999/999", "/tile/99/000", "/checkpoint?size=-1", "/01/" + "9" * 4000,
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_paths_and_parameters_lead_nowhere_else(target: Server, path: str) -> None:
    status = _quickly(target, "GET", path, None, {})
    assert status in (200, 400, 404, 413, 414)


@pytest.mark.parametrize(
    ("name", "value"),
    [("Authorization", "Bearer " + "x" * 6000), ("GS1-EPCIS-Min", "9" * 5000), ("GS1-Extensions", "a=b," * 1500), ("Accept", "*/*," * 1500),
     ("Idempotency-Key", "k" * 5000), ("If-None-Match", '"x",' * 1500), ("Suyuan-Party", "9" * 5000), ("Accept-Language", "zh" * 3000)],
)  # fmt: skip
def test_headers_of_any_kind_are_read_or_refused(target: Server, name: str, value: str) -> None:
    for method, path in (("GET", "/events"), ("POST", "/events")):
        body = json.dumps(event(3)).encode() if method == "POST" else None
        sent = {name: value, **({"Content-Type": "application/json"} if body else {})}
        assert _quickly(target, method, path, body, sent) < 500


def test_the_server_has_not_grown(target: Server) -> None:
    assert _peak(target) >> 20 < MEMORY_MAX >> 20


def _peak(server: Server) -> int:
    """The largest of its processes, at its largest."""
    found = 0
    for pid in _children(server.process.pid):
        status = Path(f"/proc/{pid}/status").read_text()
        found = max(found, int(status.split("VmHWM:")[1].split()[0]) << 10)
    return found


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
