"""A workspace whose record PostgreSQL keeps: every verb works on it, on several machines at once."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.store.postgres_server import Server
from tests.store.test_derived import PACK_A, PACK_B, born
from tests.worlds import record, world_events

from suyuan.cli import run
from suyuan.ledger.tiles import WIDTH
from suyuan.store import filling
from suyuan.store.failures import ServerGone
from suyuan.store.filling import rows_between
from suyuan.store.lock import WriterBusy
from suyuan.store.postgres_address import SecretInAddress
from suyuan.store.sqlite_schema import LedgerExists, NoLedger
from suyuan.usecases.capture import Outcome
from suyuan.usecases.doctor import examine
from suyuan.usecases.trace import trace
from suyuan.usecases.verify import verify_workspace
from suyuan.usecases.workspace import CONFIG, Workspace, init, opened


@contextmanager
def on(server: Server, directory: Path) -> Iterator[Workspace]:
    if not directory.exists():
        init(directory, record=server.fresh())
    with opened(directory) as space:
        yield space


def another_machine(directory: Path, at: Path) -> Path:
    """What an operator carries over: configuration and keys; everything else follows from the record."""
    at.mkdir()
    for name in (CONFIG, "ledger.key", "ledger.pub"):
        shutil.copy(directory / name, at / name)
    return at


def test_a_workspace_captures_traces_verifies_and_rebuilds(server: Server, tmp_path: Path) -> None:
    with on(server, tmp_path / "w") as space:
        record(space, born(PACK_A, 400))
        assert trace(space, PACK_A)["state"]["state"] == "made"
        note = space.ledger.checkpoint_note()
        record(space, born(PACK_B, 300))
        assert verify_workspace(space, [note]).ok
        assert space.rebuild() == 2
        assert trace(space, PACK_B)["state"]["state"] == "made"
    assert not (tmp_path / "w" / "ledger.sqlite").exists()
    assert list((tmp_path / "w").rglob("*.zst")) == [], "documents stand in the database"
    assert [check.name.en for check in examine(tmp_path / "w") if not check.ok] == []


def test_columns_are_filled_by_workers_that_ask_the_server_themselves(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on(server, tmp_path / "w") as space:
        record(space, world_events(seed=9, packs=20))
        size = space.ledger.size
        assert size > WIDTH
        alone = list(rows_between(space.directory, space.ledger, 0, size))
        monkeypatch.setattr(filling, "FEW", 0)
        monkeypatch.setattr(filling, "AT_ONCE", WIDTH)
        asked: list[int] = []
        monkeypatch.setattr(filling, "extract_lines", lambda lines: asked.append(1))
        by_workers = list(rows_between(space.directory, space.ledger, 0, size))
        assert not asked, "nothing was read in this process"
        assert [upto for upto, _ in alone] == [upto for upto, _ in by_workers]
        assert all(rows.equals(by_workers[0][1][table]) for table, rows in alone[0][1].items())


def test_what_another_machine_recorded_is_known_here(server: Server, tmp_path: Path) -> None:
    with on(server, tmp_path / "here") as here:
        record(here, born(PACK_A, 400))
        with opened(another_machine(tmp_path / "here", tmp_path / "there")) as there:
            assert trace(there, PACK_A)["state"]["state"] == "made"
            record(there, born(PACK_B, 300))
        # the same events in another document, from a workspace that was open all the time
        again = record(here, [*born(PACK_B, 300), *born(PACK_A, 400)])
        assert (again.outcome, again.recorded, again.unchanged) == (Outcome.UNCHANGED, 0, 2)
        assert here.ledger.size == 2


def test_what_another_machine_records_between_two_steps_of_a_capture_is_known(
    server: Server, tmp_path: Path
) -> None:
    with on(server, tmp_path / "here") as here:
        with opened(another_machine(tmp_path / "here", tmp_path / "there")) as there:
            recording = here.recording

            @contextmanager
            def interrupted() -> Iterator[object]:
                with recording() as index:
                    record(there, [*born(PACK_A, 400), *born(PACK_B, 300)])
                    yield index

            here.recording = interrupted  # type: ignore[method-assign,assignment]  # the other machine is quick
            again = record(here, born(PACK_A, 400))
        assert (again.recorded, again.unchanged, here.ledger.size) == (0, 1, 2)


def test_a_capture_beside_one_of_another_machine_gets_one_sentence(server: Server, tmp_path: Path) -> None:
    with on(server, tmp_path / "here") as here:
        with opened(another_machine(tmp_path / "here", tmp_path / "there")) as there:
            with here.ledger.writing(), pytest.raises(WriterBusy, match="another writer holds the ledger"):
                record(there, born(PACK_A, 400))
            record(there, born(PACK_A, 400))
        assert here.ledger.size == 1


def test_the_address_is_written_down_and_no_password(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SecretInAddress):
        init(tmp_path / "w", record="postgresql://keeper:geheim@db/ledger")
    assert not (tmp_path / "w").exists()
    monkeypatch.setenv("PGPASSWORD", "geheim")
    address = server.fresh()
    with on(server, tmp_path / "w"):
        pass
    init(tmp_path / "v", record=address)
    assert address in (tmp_path / "v" / CONFIG).read_text()
    assert not any(b"geheim" in path.read_bytes() for path in (tmp_path / "v").rglob("*") if path.is_file())


def test_a_place_that_cannot_be_used_leaves_the_directory_to_be_tried_again(
    server: Server, tmp_path: Path
) -> None:
    with pytest.raises(ServerGone, match="cannot be reached"):
        init(tmp_path / "w", record=f"postgresql://suyuan@/postgres?host={tmp_path}")
    with (
        on(server, tmp_path / "other") as other,
        pytest.raises(LedgerExists, match="choose another database"),
    ):
        init(tmp_path / "w", record=other.config.record)
    init(tmp_path / "w", record=server.fresh())
    with opened(tmp_path / "w") as space:
        assert space.ledger.size == 0


def test_the_command_line_makes_and_brings_up(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = str(tmp_path / "w")
    assert run(["init", place, "--record", server.fresh(), "--lang", "en"]) == 0
    assert run(["migrate", "-w", place, "--lang", "en"]) == 0
    assert "stands at version 0001 already" in capsys.readouterr().out
    config = tmp_path / "w" / CONFIG
    config.write_text(config.read_text().replace("search_path%3Dledger", "search_path%3Dnowhere"))
    assert run(["migrate", "-w", place, "--lang", "en"]) == 1
    assert run(["verify", "-w", place, "--lang", "en"]) == 1
    with pytest.raises(NoLedger), opened(tmp_path / "w") as space:
        assert space.ledger.size
