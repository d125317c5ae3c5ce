"""Several processes in one workspace, and files put back from a backup: answers are right, or there is a sentence."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from tests.store.test_derived import PACK_A, PACK_B, PACK_C, born, differing
from tests.worlds import record, workspace

from suyuan.store import serving
from suyuan.store.keys import NoKey
from suyuan.store.lock import WriterBusy, exclusive
from suyuan.usecases.doctor import examine
from suyuan.usecases.trace import trace
from suyuan.usecases.verify import verify_workspace
from suyuan.usecases.workspace import INDEX, INDEX_LOCK, CannotMake, init


def test_what_came_in_after_a_reader_opened_its_index_is_served_to_everybody(tmp_path: Path) -> None:
    with workspace(tmp_path / "w") as reader:
        record(reader, born(PACK_A, 400))
        assert trace(reader, PACK_A)["state"]["state"] == "made"
    with workspace(tmp_path / "w") as reader:
        assert reader.index.position == 1
        with workspace(tmp_path / "w") as writer:
            record(writer, born(PACK_B, 300))
        assert reader.derived.position == 2
    with workspace(tmp_path / "w") as other:
        assert trace(other, PACK_B)["state"]["state"] == "made"
        assert differing(other) == []


def test_results_wait_for_an_index_that_a_writer_is_about_to_commit(tmp_path: Path) -> None:
    with workspace(tmp_path / "w") as space:
        record(space, born(PACK_A, 400))
    shutil.copytree(tmp_path / "w" / INDEX, tmp_path / "older")
    with workspace(tmp_path / "w") as space:
        record(space, born(PACK_B, 300))
    shutil.rmtree(tmp_path / "w" / INDEX)
    (tmp_path / "older").rename(tmp_path / "w" / INDEX)
    with exclusive(tmp_path / "w" / INDEX_LOCK), workspace(tmp_path / "w") as reader:
        assert (reader.ledger.size, reader.index.position, reader.derived.position) == (2, 1, 1)
        assert trace(reader, PACK_A)["state"]["state"] == "made"
    with workspace(tmp_path / "w") as later:
        assert differing(later) == []


def test_an_index_in_the_making_denies_nothing_that_is_on_record(tmp_path: Path) -> None:
    with workspace(tmp_path / "w") as space:
        record(space, born(PACK_A, 400))
    shutil.rmtree(tmp_path / "w" / INDEX)
    with exclusive(tmp_path / "w" / INDEX_LOCK), workspace(tmp_path / "w") as reader:
        with pytest.raises(WriterBusy, match="wait until it is done"):
            trace(reader, PACK_A)
        assert not (tmp_path / "w" / INDEX).exists()


@pytest.mark.parametrize("first_read", [True, False], ids=["asked first", "captured first"])
def test_a_ledger_put_back_from_a_backup_is_told_as_it_is(tmp_path: Path, first_read: bool) -> None:
    ledger = tmp_path / "w" / "ledger.sqlite"
    with workspace(tmp_path / "w") as space:
        record(space, born(PACK_A, 400))
    shutil.copy(ledger, tmp_path / "backup")
    with workspace(tmp_path / "w") as space:
        record(space, born(PACK_B, 300))
        assert space.derived.position == 2
    for end in ("-wal", "-shm"):
        ledger.with_name(ledger.name + end).unlink(missing_ok=True)
    shutil.copy(tmp_path / "backup", ledger)
    (tmp_path / "w" / "ledger.signed").unlink()  # else nothing may be written: see test_backup
    with workspace(tmp_path / "w") as space:
        if first_read:
            assert space.derived.position == 1
        record(space, [*born(PACK_C, 200), *born(PACK_A, 401)])
        space.derived.catch_up()
        assert differing(space) == []
        assert space.derived.position == 3


def test_the_second_of_two_that_open_a_new_workspace_keeps_what_the_first_made(tmp_path: Path) -> None:
    opened = serving.Serving(tmp_path)
    with opened.updating(7):
        pass
    second = sqlite3.connect(tmp_path / serving.NAME, isolation_level=None)
    serving._make(second)
    assert opened.position == 7
    second.close()
    opened.close()


def test_a_place_where_nothing_can_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotMake, match=r"cannot make .*/file/w: Not a directory"):
        init(tmp_path / "file" / "w")


def test_a_capture_beside_a_capture_gets_one_sentence(tmp_path: Path) -> None:
    with workspace(tmp_path / "w") as first, first.recording(), workspace(tmp_path / "w") as second:
        with pytest.raises(WriterBusy, match="another writer holds the ledger"):
            record(second, born(PACK_A, 400))
        assert second.ledger.size == 0


def test_a_copy_without_the_private_key_is_read_and_verified_and_never_written(tmp_path: Path) -> None:
    with workspace(tmp_path / "w") as space:
        record(space, born(PACK_A, 400))
    shutil.copytree(tmp_path / "w", tmp_path / "copy")
    (tmp_path / "copy" / "ledger.key").unlink()
    with workspace(tmp_path / "copy") as copy:
        assert trace(copy, PACK_A)["state"]["state"] == "made"
        assert verify_workspace(copy, [copy.ledger.checkpoint_note()]).ok
        with pytest.raises(NoKey, match=r"ledger\.key is missing"):
            record(copy, born(PACK_B, 300))
        assert copy.ledger.size == 1
    assert [check.name.en for check in examine(tmp_path / "copy") if not check.ok] == ["signing key"]
