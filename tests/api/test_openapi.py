"""The OpenAPI holds: whatever fits it, and whatever does not, is answered as it says, and never by a mistake of ours.

A few examples an operation in the ordinary run; SUYUAN_OPENAPI_EXAMPLES=200 gives more than 20,000.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.api.served import Server, document, event, serving

EXAMPLES = os.environ.get("SUYUAN_OPENAPI_EXAMPLES", "2")
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,unsupported_method,use_after_free"
)
SLOW = "^/api/v1/(findings|cases|duties|reports|bundles)"
"""Judging takes half a minute the first time; these doors have tests of their own."""


def schemathesis(schema: str, server: Server, cwd: Path, *options: str) -> str:
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "run", schema, "--url", f"http://127.0.0.1:{server.port}",
        "-n", EXAMPLES, "--generation-database", "none", "--suppress-health-check", "all", *options,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=1800, check=False)
    assert done.returncode == 0, done.stdout[-6000:]
    return done.stdout


def test_the_binding_and_our_own_api_hold_their_openapi(tmp_path: Path) -> None:
    with serving(tmp_path / "ws") as server:
        sent = server.post("/capture", document(*(event(n) for n in range(50))))
        server.job(sent.headers["location"])
        said = schemathesis(
            f"http://127.0.0.1:{server.port}/openapi.json", server, tmp_path,
            "--phases", "fuzzing" if EXAMPLES == "2" else "coverage,fuzzing,stateful", "-c", CHECKS, "--exclude-path-regex", SLOW,
        )  # fmt: skip
        print(said[-600:])
        assert " passed" in said
        assert server.process.poll() is None


def test_nothing_that_the_standards_own_description_allows_is_a_mistake_of_ours(
    tmp_path: Path, conformance: Path
) -> None:
    """GS1's OpenAPI generates the requests; its schemas of answers contradict themselves in places, ours are checked above."""
    if "SUYUAN_OPENAPI_EXAMPLES" not in os.environ:
        pytest.skip(
            "set SUYUAN_OPENAPI_EXAMPLES: reading GS1's description takes longer than asking what it allows"
        )
    schema = conformance / "epcis" / "rest" / "openapi.json"
    if not schema.exists():
        pytest.skip("the OpenAPI of the binding is not here")
    with serving(tmp_path / "ws") as server:
        schemathesis(
            str(schema), server, tmp_path, "--phases", "fuzzing", "--mode", "positive", "-c", "not_a_server_error",
            "--no-shrink", "--include-path-regex", "^/(events|capture|queries|eventTypes|epcs)$",
        )  # fmt: skip
