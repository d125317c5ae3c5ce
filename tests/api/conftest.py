"""One server for the tests that only add to what others added."""

from collections.abc import Iterator

import pytest
from tests.api.served import Server, serving


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An open server on a workspace of its own."""
    with serving(tmp_path_factory.mktemp("api") / "ws") as running:
        yield running
