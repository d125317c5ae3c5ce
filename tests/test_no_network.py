"""The guard in conftest: a test cannot reach another machine."""

import socket

import pytest
from pytest_socket import SocketConnectBlockedError


def test_a_connection_to_another_machine_is_refused() -> None:
    with socket.socket() as line, pytest.raises(SocketConnectBlockedError):
        line.connect(("192.0.2.1", 80))


def test_loopback_stays_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as line:
        line.connect(server.getsockname())
