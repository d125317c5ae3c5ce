"""A workspace for one scenario, used by its command line only."""

import io
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.scenarios.writing import document, uscc

from suyuan.cli import run

OPERATOR = uscc(1)


@dataclass
class World:
    """What a firm with the command line has: a workspace, files, answers."""

    folder: Path
    workspace: Path
    files: int = 0
    said: str = ""
    told: str = ""

    def suyuan(self, *words: str) -> int:
        """Run one command; what it printed is in `said` (and `told`, on standard error)."""
        out, error = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(error):
            code = run(["-w", str(self.workspace), *words])
        self.said, self.told = out.getvalue(), error.getvalue()
        return code

    def written(self, value: Any, name: str = "") -> Path:
        self.files += 1
        path = self.folder / (name or f"document-{self.files}.json")
        if isinstance(value, bytes):
            path.write_bytes(value)
        else:
            path.write_text(
                value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), "utf-8"
            )
        return path

    def capture(self, *events: Any, by: str | None = None, **form: Any) -> None:
        """Capture one document of these events; it must be recorded whole."""
        self.capture_file(document(list(events), **form), by=by)

    def capture_file(self, value: Any, by: str | None = None, name: str = "") -> None:
        party = ["--party", by] if by else []
        code = self.suyuan("capture", str(self.written(value, name)), *party)
        assert code == 0, self.said + self.told

    def trace(self, code: str, *options: str) -> Any:
        done = self.suyuan("trace", code, "--json", *options)
        assert done == 0, self.said + self.told
        return json.loads(self.said)

    def state(self, code: str, *options: str) -> Any:
        answer = self.trace(code, *options)
        return answer["state"] and answer["state"]["state"]

    def holder(self, code: str, *options: str) -> tuple[str, Any, Any]:
        """(kind, who has it, who answers for it)"""
        held = self.trace(code, *options)["holder"]
        return held["kind"], held["holder"], held["answerable"]

    def inside(self, code: str, *options: str) -> list[str]:
        return [row["code"] for row in self.trace(code, *options)["inside"]]

    def family(self, code: str, way: str, *options: str) -> set[str]:
        """Codes of everything in the tree `made_of` or `went_into`, runs left out."""
        return set(below(self.trace(code, *options)["family"][way]))

    def steps(self, code: str, *options: str) -> list[str]:
        return [row["step"] for row in self.trace(code, *options)["timeline"]]

    def where_used(self, *codes: str) -> Any:
        assert self.suyuan("where-used", *codes, "--json") == 0, self.said + self.told
        return json.loads(self.said)


def below(nodes: list[Any]) -> Iterator[str]:
    """Codes of a tree, runs left out."""
    for node in nodes:
        if node["kind"] != "run":
            yield node["code"]
        yield from below(node["children"])


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty workspace, made once."""
    workspace = tmp_path_factory.mktemp("scenario") / "workspace"
    assert run(["init", str(workspace), "--operator", OPERATOR]) == 0
    return workspace


@pytest.fixture
def world(empty: Path, tmp_path: Path) -> World:
    shutil.copytree(empty, tmp_path / "workspace")
    return World(tmp_path, tmp_path / "workspace")


@pytest.fixture
def another(empty: Path, tmp_path: Path) -> Callable[[], World]:
    """More workspaces for the same test, to hold answers against each other."""
    made: list[World] = []

    def make() -> World:
        folder = tmp_path / f"other-{len(made)}"
        folder.mkdir()
        shutil.copytree(empty, folder / "workspace")
        made.append(World(folder, folder / "workspace"))
        return made[-1]

    return make
