"""Backups of both drivers, back to both; and no restored copy signs a second history."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.store.postgres_server import Server
from tests.store.test_derived import PACK_A, PACK_B, PACK_C, born
from tests.worlds import record, world_events

from suyuan.cli import run
from suyuan.store.keys import NoKey
from suyuan.store.signed import FILE, WouldFork
from suyuan.usecases.backup import backup, restore
from suyuan.usecases.verify import verify_workspace
from suyuan.usecases.workspace import AlreadyThere, Workspace, init, opened


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    started = Server()
    yield started
    started.close()


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A workspace with two documents, one of them long."""
    address = "" if request.param == "sqlite" else request.getfixturevalue("server").fresh()
    init(tmp_path / "w", record=address)
    with opened(tmp_path / "w") as space:
        record(space, born(PACK_A, 400))
        record(space, world_events(seed=3, packs=8))
    return tmp_path / "w"


def everything(space: Workspace) -> object:
    ledger = space.ledger
    documents = []
    for document in ledger.documents():
        with ledger.read_document(document.digest) as stream:
            documents.append((document, stream.read()))
    return list(ledger.stored().checkpoint_notes()), list(ledger.bundle_lines()), documents


@pytest.mark.parametrize("to", ["sqlite", "postgres"])
def test_a_backup_is_a_workspace_and_comes_back_on_either_driver_as_it_was(
    place: Path, server: Server, tmp_path: Path, to: str
) -> None:
    with opened(place) as space:
        head = backup(space, tmp_path / "b")
        before, note = everything(space), space.ledger.checkpoint_note()
    assert not (tmp_path / "b" / "ledger.key").exists(), "the key is kept apart"
    with opened(tmp_path / "b") as kept:
        assert verify_workspace(kept, [note]).ok
        assert everything(kept) == before
    address = "" if to == "sqlite" else server.fresh()
    restore(tmp_path / "b", tmp_path / "r", address=address, key=place / "ledger.key", newest=note)
    with opened(tmp_path / "r") as back:
        assert everything(back) == before
        record(back, born(PACK_B, 300))
        assert back.ledger.size == head.size + 1
        assert verify_workspace(back, [note]).ok


def test_a_backup_is_one_moment_while_captures_go_on(place: Path, tmp_path: Path) -> None:
    with opened(place) as space, opened(place) as other:
        size = space.ledger.size
        heard: list[int] = []

        def meanwhile(done: int, total: int) -> None:
            if not heard:
                record(other, born(PACK_C, 200))
            heard.append(done)

        assert backup(space, tmp_path / "b", meanwhile).size == size
        assert space.ledger.size == size + 1
    with opened(tmp_path / "b") as kept:
        assert verify_workspace(kept).ok
        assert kept.ledger.size == size


def test_a_restored_copy_without_the_key_is_read_and_never_signs(place: Path, tmp_path: Path) -> None:
    with opened(place) as space:
        backup(space, tmp_path / "b")
    restore(tmp_path / "b", tmp_path / "r")
    with opened(tmp_path / "r") as back:
        assert verify_workspace(back).ok
        with pytest.raises(NoKey):
            record(back, born(PACK_B, 300))
    # somebody who puts the key there by hand has not said what was signed after the backup
    shutil.copy(place / "ledger.key", tmp_path / "r" / "ledger.key")
    with (
        opened(tmp_path / "r") as back,
        pytest.raises(WouldFork, match="nothing here says what was signed after it"),
    ):
        record(back, born(PACK_B, 300))


def test_what_was_signed_after_the_backup_keeps_it_from_going_on(place: Path, tmp_path: Path) -> None:
    with opened(place) as space:
        backup(space, tmp_path / "b")
        record(space, born(PACK_B, 300))
        newest = space.ledger.checkpoint_note()
    with pytest.raises(WouldFork, match="what was signed after it is lost here"):
        restore(tmp_path / "b", tmp_path / "r", key=place / "ledger.key", newest=newest)
    with pytest.raises(WouldFork, match="--key and --checkpoint together"):
        restore(tmp_path / "b", tmp_path / "r", key=place / "ledger.key")
    assert not (tmp_path / "r").exists()


def test_a_record_put_back_in_its_place_is_not_written_on(place: Path, tmp_path: Path) -> None:
    """The way around `suyuan restore`: the database alone is restored, the workspace stays."""
    with opened(place) as space:
        backup(space, tmp_path / "b")
        record(space, born(PACK_B, 300))
        on_sqlite = not space.config.record
    if on_sqlite:
        for end in ("", "-wal", "-shm"):
            (place / f"ledger.sqlite{end}").unlink(missing_ok=True)
        shutil.copy(tmp_path / "b" / "ledger.sqlite", place / "ledger.sqlite")
    else:
        cut_back(place)
    with opened(place) as space:
        with pytest.raises(WouldFork, match="it was put back to an earlier state"):
            record(space, born(PACK_C, 200))
        assert verify_workspace(space).ok, "it can be read all the same"


def cut_back(place: Path) -> None:
    """What a point-in-time recovery of the server leaves: the database as it was one commit earlier."""
    from tests.store.drivers import ask

    with opened(place) as space:
        (place / "address").write_text(space.config.record)
        register = list(space.ledger.documents())
    ask(place, "DELETE FROM checkpoint WHERE n = (SELECT max(n) FROM checkpoint)")
    ask(place, "DELETE FROM register WHERE n = %s", len(register) - 1)
    with closing(sqlite3.connect(place.parent / "b" / "ledger.sqlite")) as kept:
        rows = kept.execute("SELECT count, marks, data, n FROM bundle").fetchall()
    ask(place, "DELETE FROM bundle WHERE n > %s", len(rows) - 1)
    for row in rows:
        ask(place, "UPDATE bundle SET count = %s, marks = %s, data = %s WHERE n = %s", *row)


def test_a_workspace_remembers_what_it_signed_last(place: Path) -> None:
    with opened(place) as space:
        assert (place / FILE).read_text() == space.ledger.checkpoint_note()
    (place / FILE).write_text("")
    with opened(place) as space:
        record(space, born(PACK_B, 300))
        assert (place / FILE).read_text() == space.ledger.checkpoint_note()


def test_backups_are_made_and_brought_back_on_the_command_line(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["checkpoint", "-w", str(place)]) == 0
    (tmp_path / "newest").write_text(capsys.readouterr().out)
    assert run(["backup", str(tmp_path / "b"), "-w", str(place), "--lang", "en"]) == 0
    assert run(["verify", "-w", str(tmp_path / "b"), "--lang", "en"]) == 0
    words = ["--key", str(place / "ledger.key"), "--checkpoint", str(tmp_path / "newest"), "--lang", "en"]
    assert run(["restore", str(tmp_path / "b"), str(tmp_path / "r"), *words]) == 0
    assert "to be written on" in capsys.readouterr().out
    assert run(["restore", str(tmp_path / "b"), str(tmp_path / "r"), "--lang", "en"]) == 1
    with opened(place) as space, pytest.raises(AlreadyThere):
        backup(space, tmp_path / "b")
