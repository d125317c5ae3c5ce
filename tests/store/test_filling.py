"""Columns filled by worker processes are those filled by one, entry for entry."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from tests.worlds import record, workspace, world_events

from suyuan.ledger.damage import Damaged
from suyuan.ledger.tiles import WIDTH
from suyuan.store import filling
from suyuan.store.filling import Rows, rows_between
from suyuan.usecases.workspace import Workspace
from suyuan.views.columns import TABLES
from suyuan.views.extract import extract


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Workspace]:
    with workspace(tmp_path / "w") as space:
        record(space, world_events(seed=9, packs=70))
        assert space.ledger.size > 2 * WIDTH
        yield space


def whole(parts: list[tuple[int, Rows]]) -> Rows:
    return {name: pa.concat_tables(rows[name] for _, rows in parts) for name in TABLES}


@pytest.mark.parametrize("start", [0, 100])
def test_workers_give_what_one_process_gives_and_what_is_read_one_by_one(
    told: Workspace, monkeypatch: pytest.MonkeyPatch, start: int
) -> None:
    monkeypatch.setattr(filling, "AT_ONCE", WIDTH)
    monkeypatch.setattr(filling, "STRETCH", 2)
    size = told.ledger.size
    alone = list(rows_between(told.directory, told.ledger, start, size))
    monkeypatch.setattr(filling, "FEW", 0)
    monkeypatch.setattr(filling, "available", lambda: True)
    together = list(rows_between(told.directory, told.ledger, start, size))
    assert [upto for upto, _ in together] == [upto for upto, _ in alone]
    assert together[-1][0] == size
    slowly = extract((entry.seq, entry) for entry in told.ledger.entries(start, size))
    for name in TABLES:
        assert whole(together)[name].to_pylist() == whole(alone)[name].to_pylist() == slowly[name].to_pylist()


def test_a_bundle_that_a_worker_cannot_read_is_told_as_damage(
    told: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "AT_ONCE", WIDTH)
    monkeypatch.setattr(filling, "STRETCH", 1)
    monkeypatch.setattr(filling, "FEW", 0)
    monkeypatch.setattr(filling, "available", lambda: True)

    with sqlite3.connect(told.directory / "ledger.sqlite") as connection:
        connection.execute("UPDATE bundle SET data = x'00' WHERE n = 1")
    parts = rows_between(told.directory, told.ledger, 0, told.ledger.size)
    assert next(parts)[0] == WIDTH
    with pytest.raises(Damaged, match="bundle 1"):
        next(parts)
