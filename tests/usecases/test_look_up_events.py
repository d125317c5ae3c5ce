"""Looking at files of events: verdict and hashes."""

import json
from pathlib import Path
from typing import Any

import pytest

from suyuan.events.event_hash import event_hash
from suyuan.terms.finding import Place
from suyuan.usecases.look_up_events import NothingToLookAt, check_events, hash_events

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
EVENT: dict[str, Any] = {
    "@context": CONTEXT,
    "type": "ObjectEvent",
    "eventTime": "2026-05-01T08:00:00+08:00",
    "eventTimeZoneOffset": "+08:00",
    "epcList": ["https://id.example.cn/obj/001PE050000001A7C0000042"],
    "action": "OBSERVE",
}
OTHER = EVENT | {"action": "ADD"}
DOCUMENT = {
    "@context": CONTEXT,
    "type": "EPCISDocument",
    "schemaVersion": "2.0",
    "creationDate": "2026-05-01T08:00:00+08:00",
    "epcisBody": {"eventList": [EVENT, OTHER]},
}
HASHES = [event_hash(EVENT), event_hash(OTHER)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "events"


def lines(*values: Any) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


@pytest.mark.parametrize(
    "text",
    [
        lines(EVENT, OTHER),
        "\n\n" + lines(EVENT) + "\n" + lines(OTHER),
        "\ufeff" + lines(EVENT, OTHER).rstrip(),
        lines(DOCUMENT),
        json.dumps(DOCUMENT, indent=2),
        lines({**DOCUMENT, "epcisBody": {"eventList": [EVENT]}}, OTHER),
    ],
    ids=[
        "ndjson",
        "blank lines",
        "byte order mark",
        "document",
        "document over lines",
        "documents and events",
    ],
)
def test_each_way_of_writing_events_is_read(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    assert list(hash_events(file)) == HASHES
    verdict = check_events(file)
    assert (verdict.valid, verdict.events, verdict.rows("en")) == (True, 2, [])
    assert verdict.sentence("en") == "events: valid EPCIS 2.0, 2 events"
    assert verdict.sentence("zh") == "events：符合 EPCIS 2.0，共 2 个事件"


def test_hashes_of_the_public_documents_in_their_order(conformance: Path) -> None:
    for document in sorted((conformance / "event-hash").glob("*.jsonld")):
        expected = document.with_suffix(".hashes").read_text().split()
        assert list(hash_events(document)) == expected, document.name


def test_examples_of_the_standard_are_valid(conformance: Path) -> None:
    for document in sorted((conformance / "epcis" / "examples").glob("*.jsonld")):
        rules = {finding.rule for finding in check_events(document).findings}
        assert rules <= {"json-duplicate-key"}, document.name  # one example says an eventID twice


def test_what_is_wrong_is_told_with_line_and_place(file: Path) -> None:
    file.write_text(lines(EVENT, EVENT | {"action": "SEE"}) + '{"a": 1, "a": 2}\n')
    verdict = check_events(file)
    assert [finding.place for finding in verdict.findings] == [
        Place(line=2, pointer="/action"),
        Place(line=3, pointer="/a"),
    ]
    assert [row["place"] for row in verdict.rows("zh")] == ["line 2 /action", "line 3 /a"]
    told = verdict.json()
    assert (told["valid"], told["wrong"], told["events"]) == (False, 2, 1)
    assert set(told["findings"][0]["reason"]) == {"en", "zh"}


def test_a_document_that_ends_early_is_one_wrong_document(file: Path) -> None:
    file.write_text(json.dumps(DOCUMENT, indent=2)[:-20])
    assert [finding.rule for finding in check_events(file).findings] == ["json-cut-off"]


def test_fields_that_a_repository_asks_to_ignore_are_ignored(file: Path) -> None:
    context = [CONTEXT, {"r": "https://repository.example/"}]
    query = {
        "@context": context,
        "type": "EPCISQueryDocument",
        "epcisBody": {
            "queryResults": {
                "r:ignoreFields": ["r:hash"],
                "resultsBody": {"eventList": [EVENT | {"r:hash": "x"}]},
            }
        },
    }
    file.write_text(lines(query))
    assert list(hash_events(file)) == HASHES[:1]


def test_one_event_as_drafts_wrote_it(file: Path) -> None:
    file.write_text(lines({**DOCUMENT, "epcisBody": {"event": EVENT}}))
    assert list(hash_events(file)) == HASHES[:1]


@pytest.mark.parametrize("text", ["", " \n\n"])
def test_an_empty_file_is_refused(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(NothingToLookAt, match="nothing stands in"):
        check_events(file)


def test_a_file_that_is_not_there_is_told(file: Path) -> None:
    with pytest.raises(NothingToLookAt, match="cannot read"):
        list(hash_events(file))
