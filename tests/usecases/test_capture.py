"""A document is recorded whole, in its good rows, or not at all; what is on record is not recorded again."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from suyuan.capture.elements import CutOff
from suyuan.capture.importer import EmptyDocument, NotRecognised
from suyuan.ledger.verify import verify
from suyuan.store.lock import WriterBusy, exclusive
from suyuan.terms.finding import Finding, Place, Severity
from suyuan.terms.sentence import Sentence
from suyuan.usecases import capture as module
from suyuan.usecases.capture import Captured, Outcome, capture, media_type
from suyuan.usecases.workspace import INDEX_LOCK, Workspace, init, opened

STANDARD = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
SY = "https://w3id.org/suyuan/voc#"
ACME, OTHER = "91350900587527783P", "91440300192317458F"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    init(tmp_path / "ws", operator=ACME)
    with opened(tmp_path / "ws") as found:
        yield found


def event(n: int, **more: object) -> dict[str, Any]:
    return {
        "@context": STANDARD,
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "eventTime": "2026-05-01T08:00:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "epcList": [f"https://w3id.org/suyuan/obj/001PE050000001A7C{n:07d}"],
        **more,
    }


def lines(*events: object) -> bytes:
    return b"".join(json.dumps(each, ensure_ascii=False).encode() + b"\n" for each in events)


def document(*events: dict[str, Any]) -> bytes:
    return json.dumps(
        {
            "@context": STANDARD,
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-05-01T00:00:00Z",
            "epcisBody": {"eventList": list(events)},
        }
    ).encode()


def take(workspace: Workspace, data: bytes, name: str = "events.ndjson", **options: Any) -> Captured:
    return capture(workspace, io.BytesIO(data), name, **options)


def counts(captured: Captured) -> tuple[str, int, int, int]:
    return captured.outcome, captured.recorded, captured.unchanged, captured.refused


def traces(workspace: Workspace) -> tuple[object, ...]:
    """All that could tell that something was recorded."""
    kept = sorted(path.name for path in (workspace.directory / "documents").rglob("*") if path.is_file())
    return (
        workspace.ledger.size,
        workspace.ledger.checkpoint_note(),
        len(list(workspace.ledger.documents())),
        kept,
        workspace.index.position,
    )


# recorded


def test_good_events_are_entries_with_party_document_and_place(workspace: Workspace) -> None:
    data = lines(event(1), event(2))
    captured = take(workspace, data, party=OTHER)
    assert counts(captured) == (Outcome.RECORDED, 2, 0, 0)
    assert (captured.importer, captured.first_seq) == ("ndjson", 0)
    entry = workspace.ledger.entry(1)
    assert (entry.party, entry.place, entry.document) == (OTHER, "line 2", captured.digest)
    assert json.loads(entry.body) == event(2)
    (registered,) = workspace.ledger.documents()
    assert (registered.name, registered.party, registered.entries, registered.size) == (
        "events.ndjson", OTHER, 2, len(data),
    )  # fmt: skip
    assert workspace.ledger.read_document(captured.digest).read() == data
    assert verify(workspace.ledger.stored(), workspace.public_key).ok


def test_the_index_knows_the_items_at_once_and_after_reopening(workspace: Workspace) -> None:
    take(workspace, lines(event(1), event(2), event(1, action="ADD")))
    with opened(workspace.directory) as again:
        for index in (workspace.index, again.index):
            (item,) = index.item_ids(["001PE050000001A7C0000001"])
            assert index.postings([item]).tolist() == [0, 2]


def test_rows_that_are_wrong_are_told_and_the_others_recorded(workspace: Workspace) -> None:
    captured = take(workspace, lines(event(1), event(2, action="LOOK", eventTime="x"), event(3)))
    assert counts(captured) == (Outcome.PARTLY, 2, 0, 1)
    assert [f.place.show() for f in captured.findings] == ["line 2 /action", "line 2 /eventTime"]
    (registered,) = workspace.ledger.documents()
    assert (registered.entries, registered.refused) == (2, 1)


def test_a_faulty_document_is_recorded_in_part_where_the_sender_chooses_so(workspace: Workspace) -> None:
    data = document(event(1), event(2, action="LOOK"), event(3))
    assert counts(take(workspace, data, "d.json")) == (Outcome.REFUSED, 0, 0, 1)
    assert counts(take(workspace, data, "d.json", on_error="proceed")) == (Outcome.PARTLY, 2, 0, 1)


# refused: no trace


@pytest.mark.parametrize(
    ("data", "name", "options"),
    [
        (document(event(1), event(2, action="LOOK")), "d.json", {}),
        (lines(event(1), event(2, action="LOOK")), "e.ndjson", {"on_error": "refuse"}),
        (lines(event(2, action="LOOK")), "e.ndjson", {}),
        (document(event(1))[:-10], "d.json", {}),
        (b'{"some": "json"}', "d.json", {}),
        (lines(event(1), event(2)), "e.ndjson", {"dry_run": True}),
        (lines(event(1), event(2, action="LOOK")), "e.ndjson", {"dry_run": True}),
    ],
)  # fmt: skip
def test_what_is_refused_or_only_tried_leaves_no_trace(
    workspace: Workspace, data: bytes, name: str, options: dict[str, Any]
) -> None:
    take(workspace, lines(event(9)))
    before = traces(workspace)
    captured = take(workspace, data, name, **options)
    assert traces(workspace) == before
    if not options.get("dry_run"):
        assert captured.outcome is Outcome.REFUSED
        assert captured.recorded == 0
        assert captured.first_seq is None


@pytest.mark.parametrize(
    ("data", "name", "error"),
    [
        (b"", "empty.xlsx", EmptyDocument),
        (b"%PDF-1.7", "certificate.pdf", NotRecognised),
        (b'<?xml version="1.0"?><a/>', "epcis.xml", NotRecognised),
        (document(*[event(n) for n in range(40_000)])[:-100], "long.json", CutOff),
    ],
)
def test_what_cannot_be_read_at_all_is_an_error_and_leaves_no_trace(
    workspace: Workspace, data: bytes, name: str, error: type[Exception]
) -> None:
    take(workspace, lines(event(9)))
    before = traces(workspace)
    with pytest.raises(error):
        take(workspace, data, name)
    assert traces(workspace) == before
    assert take(workspace, lines(event(10))).recorded == 1


def test_a_party_that_is_no_credit_code_is_told_before_anything_is_read(workspace: Workspace) -> None:
    from suyuan.terms.errors import SuyuanError

    with pytest.raises(SuyuanError):
        take(workspace, lines(event(1)), party="91350900587527783X")
    assert workspace.ledger.size == 0


# the same again


def test_the_same_document_again_is_answered_with_what_was_recorded_then(workspace: Workspace) -> None:
    first = take(workspace, lines(event(1), event(2, action="LOOK")))
    before = traces(workspace)
    again = take(workspace, lines(event(1), event(2, action="LOOK")), "renamed.ndjson")
    assert traces(workspace) == before
    assert counts(again) == (Outcome.UNCHANGED, 0, 1, 0)
    assert (again.first_seq, again.before and again.before.name) == (first.first_seq, "events.ndjson")


def test_an_event_on_record_is_not_recorded_again(workspace: Workspace) -> None:
    take(workspace, lines(event(1), event(2, eventID="urn:uuid:2"), event(3)))
    captured = take(workspace, lines(event(4), event(3), event(2, eventID="urn:uuid:2")))
    assert counts(captured) == (Outcome.RECORDED, 1, 2, 0)
    assert json.loads(workspace.ledger.entry(3).body) == event(4)
    nothing = take(workspace, lines(event(3), event(1)))
    assert counts(nothing) == (Outcome.UNCHANGED, 0, 2, 0)
    assert len(list(workspace.ledger.documents())) == 2


def test_an_event_twice_in_one_document_is_recorded_once(workspace: Workspace) -> None:
    one, other_order = event(1), dict(reversed(event(1).items()))
    captured = take(
        workspace, lines(one, event(2, eventID="urn:uuid:2"), other_order, event(2, eventID="urn:uuid:2"))
    )
    assert counts(captured) == (Outcome.RECORDED, 2, 2, 0)


@pytest.mark.parametrize("together", [True, False])
def test_the_same_statement_under_another_prefix_or_in_another_zone_is_the_same(
    workspace: Workspace, together: bool
) -> None:
    one = event(1, **{"@context": [STANDARD, {"a": SY}], "a:position": "floor"})
    other = event(1, **{"@context": [STANDARD, {"b": SY}], "b:position": "floor"}) | {
        "eventTime": "2026-05-01T00:00:00Z", "epcList": one["epcList"],
    }  # fmt: skip
    if together:
        assert counts(take(workspace, lines(one, other))) == (Outcome.RECORDED, 1, 1, 0)
    else:
        take(workspace, lines(one))
        assert counts(take(workspace, lines(other))) == (Outcome.UNCHANGED, 0, 1, 0)


@pytest.mark.parametrize("together", [True, False])
def test_another_event_under_a_given_id_is_recorded_and_so_is_an_error_declaration(
    workspace: Workspace, together: bool
) -> None:
    first = event(1, eventID="urn:uuid:1")
    others = [
        event(2, eventID="urn:uuid:1"),
        {
            **first,
            "errorDeclaration": {"declarationTime": "2026-05-02T00:00:00Z", "reason": "incorrect_data"},
        },
    ]
    if together:
        assert counts(take(workspace, lines(first, *others))) == (Outcome.RECORDED, 3, 0, 0)
    else:
        take(workspace, lines(first))
        assert counts(take(workspace, lines(*others))) == (Outcome.RECORDED, 2, 0, 0)
        assert counts(take(workspace, lines(*others, first))) == (Outcome.UNCHANGED, 0, 3, 0)


def test_an_event_sent_again_with_its_hash_as_its_id_is_the_same(workspace: Workspace) -> None:
    from suyuan.events.event_hash import event_hash

    take(workspace, lines(event(1)))
    captured = take(workspace, lines(event(1, eventID=event_hash(event(1)))))
    assert counts(captured) == (Outcome.UNCHANGED, 0, 1, 0)
    wrong = take(workspace, lines(event(2, eventID=event_hash(event(1)))))
    assert counts(wrong) == (Outcome.RECORDED, 1, 0, 0)


def test_master_data_are_recorded_once_for_each_party_that_says_them(workspace: Workspace) -> None:
    table = f"uscc,name,role\n{ACME},甲,recycler\n{OTHER},乙,outlet\n".encode()
    longer = table + b"91220101123998915" + b"9,,maker\n"
    assert counts(take(workspace, table, "p.csv")) == (Outcome.RECORDED, 2, 0, 0)
    again = take(workspace, longer, "p.csv")
    assert (again.recorded, again.unchanged) == (1, 2)
    assert take(workspace, longer, "p.csv", party=OTHER).recorded == 3
    with opened(workspace.directory) as other:
        other.index.clear()
    with opened(workspace.directory) as other:
        rows = table.replace(b"\n", b"\r\n")
        assert counts(take(other, rows, "p.csv")) == (Outcome.UNCHANGED, 0, 2, 0)


# findings


def test_findings_beyond_ten_thousand_are_counted(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FINDINGS_KEPT", 3)
    captured = take(workspace, lines(*[event(n, action="LOOK") for n in range(5)], event(9)))
    assert counts(captured) == (Outcome.PARTLY, 1, 0, 5)
    assert len(captured.findings) == 3


def test_several_faults_of_one_row_refuse_one_row() -> None:
    def at(severity: Severity = Severity.BLOCK, **place: Any) -> Finding:
        return Finding("r", Place(**place), Sentence(zh="", en=""), severity=severity)

    captured = Captured("x")
    captured.note([at(sheet="包", cell="B7"), at(sheet="包", cell="AC7"), at(sheet="包", cell="B8")])
    captured.note(
        [at(sheet="包", cell="C8"), at(sheet="芯", cell="C8"), at(Severity.HINT, sheet="芯", cell="C9")]
    )
    assert (captured.refused, captured.remarks) == (3, 1)
    captured.note([at(pointer="/epcisBody/eventList/3/action"), at(pointer="/epcisBody/eventList/3/ilmd/a")])
    captured.note([at(pointer="/epcisBody/eventList/30")])
    assert captured.refused == 5


def test_the_media_type_follows_the_name() -> None:
    assert media_type("a.NDJSON") == "application/x-ndjson"


# two writers, and a writer that died


def test_a_second_writer_is_told_at_once(workspace: Workspace) -> None:
    with exclusive(workspace.directory / INDEX_LOCK), pytest.raises(WriterBusy):
        take(workspace, lines(event(1)))
    with workspace.ledger.writing(), pytest.raises(WriterBusy):
        take(workspace, lines(event(1)))
    assert take(workspace, lines(event(1))).recorded == 1


def test_an_index_that_a_dead_writer_left_behind_is_brought_up_when_the_workspace_is_opened(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(workspace, lines(event(1)))
    monkeypatch.setattr(type(workspace.index), "commit", lambda self: self.rollback())
    take(workspace, lines(event(2), event(3, eventID="urn:uuid:3")))
    monkeypatch.undo()
    assert (workspace.ledger.size, workspace.index.position) == (3, 1)
    with opened(workspace.directory) as again:
        assert again.index.position == 3
        assert counts(take(again, lines(event(2), event(3, eventID="urn:uuid:3"), event(1)))) == (
            Outcome.UNCHANGED, 0, 3, 0,
        )  # fmt: skip
    assert take(workspace, lines(event(1), event(4))).recorded == 1
    assert workspace.index.position == 4


def test_a_killed_capture_leaves_nothing_and_the_next_one_goes_on(workspace: Workspace) -> None:
    script = (
        "import sys, os\n"
        "from pathlib import Path\n"
        "from suyuan.usecases.capture import capture\n"
        "from suyuan.usecases.workspace import opened\n"
        "seen = []\n"
        "def advance(done, total, events):\n"
        "    if events > 5000: os.kill(os.getpid(), 9)\n"
        "with opened(Path(sys.argv[1])) as workspace:\n"
        "    capture(workspace, open(sys.argv[2], 'rb'), 'e.ndjson', advance=advance)\n"
    )
    file = workspace.directory.parent / "e.ndjson"
    file.write_bytes(lines(*[event(n) for n in range(30_000)]))
    before = traces(workspace)
    done = subprocess.run(
        [sys.executable, "-c", script, str(workspace.directory), str(file)], check=False, capture_output=True
    )
    assert done.returncode == -9, done.stderr
    take(workspace, lines(event(1)))
    after = traces(workspace)
    assert (before[0], after[0], after[2]) == (0, 1, 1)
    assert len(after[3]) == 1  # type: ignore[arg-type]  # a tuple of unlike things
    assert verify(workspace.ledger.stored(), workspace.public_key).ok


# documents of others


def test_documents_that_must_be_accepted_are_recorded_whole(workspace: Workspace, conformance: Path) -> None:
    for path in sorted((conformance / "epcis" / "capture-valid").glob("*.json")):
        captured = take(workspace, path.read_bytes(), path.name)
        assert captured.refused == 0, path.name
        assert captured.outcome in (Outcome.RECORDED, Outcome.UNCHANGED), path.name
        events = json.loads(path.read_bytes())["epcisBody"]["eventList"]
        assert captured.recorded + captured.unchanged == len(events), path.name
    assert verify(workspace.ledger.stored(), workspace.public_key).ok


def test_documents_that_must_be_refused_leave_no_trace(workspace: Workspace, conformance: Path) -> None:
    before = traces(workspace)
    for path in sorted((conformance / "epcis" / "capture-invalid").glob("*.json")):
        captured = take(workspace, path.read_bytes(), path.name)
        assert captured.outcome is Outcome.REFUSED, path.name
        assert any(finding.place.pointer for finding in captured.findings), path.name
        assert traces(workspace) == before, path.name


def test_the_catena_x_file_is_recorded(workspace: Workspace, conformance: Path) -> None:
    path = conformance / "catena-x" / "trace-x-import-CML1.json"
    captured = take(workspace, path.read_bytes(), path.name)
    assert captured.outcome is Outcome.RECORDED
    assert captured.importer == "catena-x"
    assert captured.remarks > 0
