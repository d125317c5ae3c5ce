"""Names of documents: text on record, whatever the file system calls the file."""

from pathlib import Path

from tests.worlds import ndjson, workspace, world_events

from suyuan.usecases.capture import capture


def test_a_file_named_in_gb18030_is_on_record_under_its_name(tmp_path: Path) -> None:
    file = tmp_path / "网点 2026-05.ndjson".encode("gb18030").decode("utf-8", "surrogateescape")
    file.write_bytes(ndjson(world_events(seed=1, packs=1)))
    with workspace(tmp_path / "w") as space, file.open("rb") as stream:
        captured = capture(space, stream, file.name)
        (document,) = space.ledger.documents()
    assert (captured.name, document.name) == ("网点 2026-05.ndjson", "网点 2026-05.ndjson")
