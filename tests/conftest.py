"""What every test may ask for."""

from pathlib import Path

import pytest

CONFORMANCE = Path(__file__).resolve().parents[2] / "shared" / "conformance"


@pytest.fixture(scope="session")
def conformance() -> Path:
    """Third-party reference data, which lies beside the checkout and is never part of it."""
    if not CONFORMANCE.is_dir():
        pytest.skip("../shared/conformance is not here: third-party vectors are not part of the checkout")
    return CONFORMANCE
