"""A really started server on this machine, and a small client that keeps its connection."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from suyuan.usecases.workspace import init

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
READY_S = 60


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def problem(self) -> str:
        """The type of a problem document."""
        assert self.headers["content-type"] == "application/problem+json", self.body
        return str(self.json["type"])


@dataclass
class Server:
    """A running server."""

    directory: Path
    port: int
    process: "subprocess.Popen[bytes]"
    headers: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request on a connection of its own."""
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        sent = {
            **({"Content-Type": "application/json"} if data is not None else {}),
            **self.headers,
            **(headers or {}),
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, data, sent)
            answer = connection.getresponse()
            return Answer(
                answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
            )
        finally:
            connection.close()

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.ask("GET", path, None, headers)

    def post(self, path: str, body: object, headers: Mapping[str, str] | None = None) -> Answer:
        return self.ask("POST", path, body, headers)

    def job(self, location: str) -> Any:
        """A capture job when it is finished."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            found = self.get(location).json
            if not found["running"]:
                return found
            time.sleep(0.05)
        raise AssertionError(f"{location} is not finished")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it and all of its processes."""
        if self.process.poll() is None:
            if how is signal.SIGKILL:
                os.killpg(self.process.pid, how)
            else:
                self.process.send_signal(how)
        try:
            return self.process.wait(40)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
            raise


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(directory: Path, *options: str) -> Server:
    """A server on a workspace, when it answers."""
    port = free_port()
    log = (directory / "serve.log").open("ab")
    command = [sys.executable, "-m", "suyuan", "serve", "-w", str(directory), "--port", str(port), *options]
    with log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    server = Server(directory, port, process)
    until = time.monotonic() + READY_S
    while time.monotonic() < until and process.poll() is None:
        try:
            server.get("/")
        except OSError:
            time.sleep(0.05)
        else:
            return server
    server.stop(signal.SIGKILL)
    raise AssertionError((directory / "serve.log").read_text("utf-8", "replace")[-3000:])


@contextmanager
def serving(directory: Path, *options: str) -> Iterator[Server]:
    """A server for the length of a block; a workspace is made where there is none."""
    if not (directory / "workspace.toml").exists():
        init(directory, demo=True)
    server = start(directory, *(options or ("--open",)))
    try:
        yield server
    finally:
        server.stop()


def event(number: int, **said: object) -> dict[str, Any]:
    """A bare event about the pack of that number."""
    return {
        "@context": CONTEXT, "type": "ObjectEvent", "eventTime": "2026-05-01T08:00:00+08:00",
        "eventTimeZoneOffset": "+08:00", "action": "OBSERVE", "bizStep": "inspecting",
        "epcList": [f"https://id.example.cn/obj/pack{number:07}"], **said,
    }  # fmt: skip


def document(*events: Mapping[str, Any]) -> dict[str, Any]:
    """An EPCIS document of events."""
    return {
        "@context": CONTEXT, "type": "EPCISDocument", "schemaVersion": "2.0",
        "creationDate": "2026-05-01T08:00:00+08:00",
        "epcisBody": {"eventList": [{k: v for k, v in each.items() if k != "@context"} for each in events]},
    }  # fmt: skip
