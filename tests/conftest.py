"""What every test may ask for."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_socket import enable_socket, socket_allow_hosts

CONFORMANCE = Path(__file__).resolve().parents[2] / "shared" / "conformance"


@pytest.fixture(scope="session")
def conformance() -> Path:
    """Third-party reference data, which lies beside the checkout and is never part of it."""
    if not CONFORMANCE.is_dir():
        pytest.skip("../shared/conformance is not here: third-party vectors are not part of the checkout")
    return CONFORMANCE


@pytest.fixture(autouse=True)
def only_this_machine() -> Iterator[None]:
    """Nothing here needs a network: a connection to any other machine fails the test."""
    socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture(scope="session", autouse=True)
def plan_worded_once() -> Iterator[None]:
    """Where rules are judged by, their plan is worded once for all processes of the tests."""
    if "suyuan.rules.judging" not in sys.modules:
        yield
        return
    from tests.plans import planned

    from suyuan.rules import judging

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "planned", planned)
        yield
