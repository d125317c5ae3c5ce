"""Who subscribes to a query is called back, signed, again where he did not answer, and nowhere else."""

import base64
import hashlib
import hmac
import json
import os
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.api.served import Server, event, serving

SECRET = "13df38d8275b13f0"
ASKED = {"name": "shipped", "query": {"EQ_bizStep": ["shipping"]}}


class Receiver:
    """An address that is called: what came, and with which status it is answered."""

    def __init__(self) -> None:
        self.calls: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.calls.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(outer.statuses.pop(0) if outer.statuses else 200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name that the base class gave
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.dest = f"http://127.0.0.1:{self.server.server_port}/called"

    def things(self) -> list[str]:
        """The packs that it was told of, in order."""
        found = []
        for _, body in list(self.calls):
            results = json.loads(body)["epcisBody"]["queryResults"]
            found += [each["epcList"][0].rsplit("/", 1)[1] for each in results["resultsBody"]["eventList"]]
        return found

    def wait(self, count: int, seconds: float = 15) -> list[str]:
        until = time.monotonic() + seconds
        while len(self.things()) < count and time.monotonic() < until:
            time.sleep(0.05)
        return self.things()


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.server.shutdown()
        receiver.server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def calling(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that may call this machine, with a query."""
    directory = tmp_path_factory.mktemp("calling") / "ws"
    with serving(directory, "--open", "--callback", "127.0.0.1") as server:
        server.post("/queries", ASKED)
        server.post("/events", event(1, bizStep="shipping"))
        yield server


def subscribe(server: Server, receiver: Receiver, **said: object) -> str:
    wanted = {"dest": receiver.dest, "signatureToken": SECRET, **(said or {"stream": True})}
    answer = server.post("/queries/shipped/subscriptions", wanted)
    assert answer.status == 201, answer.body
    assert answer.headers["location"].endswith(answer.json["subscriptionID"])
    assert SECRET not in answer.body.decode()
    return str(answer.headers["location"])


def test_a_stream_tells_what_comes_after_and_only_that(calling: Server) -> None:
    with receiving() as receiver:
        location = subscribe(calling, receiver)
        for number in (10, 11):
            calling.post("/events", event(number, bizStep="shipping"))
            calling.post("/events", event(number + 100))
        assert receiver.wait(2) == ["pack0000010", "pack0000011"]
        assert calling.get(location).json["lastNotifiedAt"]
        assert calling.ask("DELETE", location).status == 204
        calling.post("/events", event(12, bizStep="shipping"))
        time.sleep(1)
        assert receiver.things() == ["pack0000010", "pack0000011"]


def test_calls_are_signed(calling: Server) -> None:
    with receiving() as receiver:
        location = subscribe(calling, receiver)
        calling.post("/events", event(20, bizStep="shipping"))
        receiver.wait(1)
        headers, body = receiver.calls[0]
        said = dict(part.split("=", 1) for part in headers["gs1-signature"].split(","))
        expected = hmac.new(SECRET.encode(), f"{said['t']}.".encode() + body, hashlib.sha256).hexdigest()
        assert said["sha256"] == expected
        assert json.loads(body)["epcisBody"]["queryResults"]["subscriptionID"] == location.rsplit("/", 1)[1]
        calling.ask("DELETE", location)


def test_what_was_not_taken_is_told_again_and_nothing_is_left_out(calling: Server) -> None:
    with receiving() as receiver:
        receiver.statuses = [500]
        location = subscribe(calling, receiver)
        calling.post("/events", event(30, bizStep="shipping"))
        until = time.monotonic() + 10
        while not receiver.calls and time.monotonic() < until:
            time.sleep(0.05)
        calling.post("/events", event(31, bizStep="shipping"))
        told = receiver.wait(3)
        assert told[0] == "pack0000030"  # not taken
        assert told[1:3] == ["pack0000030", "pack0000031"]
        calling.ask("DELETE", location)


def test_a_schedule_tells_at_its_time_also_of_nothing_where_that_is_wanted(calling: Server) -> None:
    with receiving() as receiver:
        location = subscribe(calling, receiver, schedule={"second": "0/1"}, reportIfEmpty=True)
        until = time.monotonic() + 10
        while len(receiver.calls) < 2 and time.monotonic() < until:
            time.sleep(0.05)
        assert len(receiver.calls) >= 2
        assert receiver.things() == []
        calling.post("/events", event(40, bizStep="shipping"))
        assert receiver.wait(1) == ["pack0000040"]
        calling.ask("DELETE", location)


def test_a_subscription_from_an_earlier_time_tells_of_what_was(calling: Server) -> None:
    with receiving() as receiver:
        location = subscribe(calling, receiver, stream=True, initialRecordTime="2020-01-01T00:00:00Z")
        assert receiver.wait(1)[0] == "pack0000001"
        calling.ask("DELETE", location)


@pytest.mark.parametrize(
    "dest",
    [
        "http://127.0.0.1:9/x", "http://localhost/x", "http://[::1]/x", "http://169.254.169.254/latest", "http://10.0.0.1/",
        "http://0.0.0.0/", "http://[::ffff:127.0.0.1]/", "http://user:pw@127.0.0.1/", "ftp://127.0.0.1/", "file:///etc/passwd",
        "gopher://127.0.0.1/", "//127.0.0.1/", "http://127.1/", "http://2130706433/", "http:///x", "", "http://a b/",
    ],
)  # fmt: skip
def test_nobody_is_called_on_this_machine_or_its_network(server: Server, dest: str) -> None:
    server.post("/queries", ASKED)
    wrong = server.post("/queries/shipped/subscriptions", {"dest": dest, "stream": True})
    assert (wrong.status, wrong.problem) == (400, "epcisException:SubscriptionControlsException")


@pytest.mark.parametrize(
    "said",
    [{}, {"stream": False}, {"stream": True, "schedule": {"hour": "1"}}, {"schedule": {}}, {"schedule": {"hour": "25"}},
     {"schedule": {"dayOfMonth": "31", "month": "2"}}, {"schedule": {"year": "1"}}, {"stream": True, "reportIfEmpty": 1}],
)  # fmt: skip
def test_a_subscription_needs_a_stream_or_a_schedule_that_comes(
    calling: Server, said: dict[str, Any]
) -> None:
    wrong = calling.post("/queries/shipped/subscriptions", {"dest": "http://127.0.0.1:9/", **said})
    assert (wrong.status, wrong.problem) == (400, "epcisException:SubscriptionControlsException")


def test_a_websocket_is_told_what_comes(calling: Server) -> None:
    with Socket(calling.port, "/queries/shipped/events?stream=true") as live:
        assert live.status == 101
        time.sleep(0.3)
        calling.post("/events", event(50, bizStep="shipping"))
        said = json.loads(live.message())
        events = said["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
        assert [each["epcList"][0].rsplit("/", 1)[1] for each in events] == ["pack0000050"]


def test_a_websocket_that_cannot_be_told_any_more_is_closed(calling: Server) -> None:
    few = {"name": "few", "query": {"EQ_bizStep": ["packing"], "maxEventCount": 1}}
    assert calling.post("/queries", few).status == 201
    for n in range(60, 63):
        calling.post("/events", event(n, bizStep="packing"))
    path = "/queries/few/events?stream=true&initialRecordTime=2020-01-01T00:00:00Z"
    with Socket(calling.port, path) as live:
        assert live.closed_with() == 1011


class Socket:
    """As much of RFC 6455 as listening needs."""

    def __init__(self, port: int, path: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), 20)
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self._exactly(1)
        self.status = int(head.split()[1])

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            part = self._socket.recv(count - len(data))
            assert part, "the other side hung up"
            data += part
        return data

    def message(self) -> bytes:
        first, length = self._exactly(2)
        assert first == 0x81, "a text message in one frame"
        if length == 126:
            (length,) = struct.unpack(">H", self._exactly(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", self._exactly(8))
        return self._exactly(length)

    def closed_with(self) -> int:
        """The code with which the other side closes, whatever it says before."""
        while True:
            first, length = self._exactly(2)
            if length == 126:
                (length,) = struct.unpack(">H", self._exactly(2))
            said = self._exactly(length)
            if first == 0x88:
                return int.from_bytes(said[:2], "big")

    def __enter__(self) -> "Socket":
        return self

    def __exit__(self, *wrong: object) -> None:
        self._socket.close()


def test_of_several_processes_one_tells_and_goes_on_after_a_restart(tmp_path: Path) -> None:
    options = ("--open", "--callback", "127.0.0.1")
    with receiving() as receiver:
        with serving(tmp_path / "ws", *options, "--workers", "2") as server:
            server.post("/queries", ASKED)
            subscribe(server, receiver)
            sent = [server.post("/events", event(n, bizStep="shipping")) for n in range(20)]
            assert sorted(int(each.headers["suyuan-entry"]) for each in sent) == list(range(20))
            receiver.wait(20)
            time.sleep(1)
            assert sorted(receiver.things()) == [f"pack{n:07}" for n in range(20)]
        with serving(tmp_path / "ws", *options) as server:
            server.post("/events", event(20, bizStep="shipping"))
            assert sorted(receiver.wait(21)) == [f"pack{n:07}" for n in range(21)]
