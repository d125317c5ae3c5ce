"""Events and documents come in over HTTP, and what was answered is on record."""

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

from tests.api.served import Server, document, event, serving

from suyuan.ledger.merkle import leaf_hash
from suyuan.usecases.verify import verify_workspace
from suyuan.usecases.workspace import init, opened


def test_an_event_is_on_record_when_it_is_answered(server: Server) -> None:
    answer = server.post("/events", event(1))
    assert answer.status == 201
    seq = int(answer.headers["suyuan-entry"])
    with opened(server.directory) as workspace:
        entry = workspace.ledger.entry(seq)
        receipt = workspace.ledger.receipt(seq)
        assert json.loads(entry.body) == event(1)
        assert leaf_hash(receipt.entry).hex() == answer.headers["suyuan-leaf"]
        receipt.verify(workspace.public_key)


def test_the_answer_is_the_event_with_its_id_and_when_it_was_recorded(server: Server) -> None:
    answer = server.post("/events", event(2))
    told = answer.json
    assert told == {
        **event(2),
        "eventID": told["eventID"],
        "recordTime": answer.headers["suyuan-recorded-at"],
    }
    assert told["eventID"].startswith("ni:///sha-256;")


def test_the_same_event_again_has_the_same_place(server: Server) -> None:
    once, again = server.post("/events", event(3)), server.post("/events", event(3))
    assert [again.headers[name] for name in PLACE] == [once.headers[name] for name in PLACE]
    assert again.json == once.json


def test_the_same_event_written_otherwise_has_the_same_place(server: Server) -> None:
    once = server.post("/events", event(4))
    other = json.dumps(dict(reversed(event(4).items())), indent=2).encode()
    assert server.post("/events", other).headers["suyuan-entry"] == once.headers["suyuan-entry"]


PLACE = ("location", "suyuan-entry", "suyuan-leaf", "suyuan-recorded-at")


def test_a_key_used_again_for_the_same_gives_the_same_and_for_another_is_refused(server: Server) -> None:
    key = {"Idempotency-Key": "5f0c"}
    once, again = server.post("/events", event(5), key), server.post("/events", event(5), key)
    assert again.headers["suyuan-leaf"] == once.headers["suyuan-leaf"]
    assert server.post("/events", event(6), key).status == 422


def test_many_at_once_each_get_their_own_place(server: Server) -> None:
    places: dict[int, int] = {}

    def send(first: int) -> None:
        for number in range(first, first + 20):
            places[number] = int(server.post("/events", event(number)).headers["suyuan-entry"])

    threads = [threading.Thread(target=send, args=(1000 + 20 * n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(places.values())) == len(places) == 320
    with opened(server.directory) as workspace:
        for number, seq in list(places.items())[::17]:
            assert json.loads(workspace.ledger.entry(seq).body) == event(number)


def test_a_wrong_event_is_refused_with_its_places(server: Server) -> None:
    answer = server.post("/events", event(7, bizStep="comissioning", action="ADDED"))
    assert (answer.status, answer.problem) == (400, "epcisException:ValidationException")
    assert {each["pointer"] for each in answer.json["errors"]} == {"/bizStep", "/action"}
    assert "commissioning" in {each["suggestion"] for each in answer.json["errors"]}


def test_a_document_becomes_a_job_and_its_events_are_on_record(server: Server) -> None:
    answer = server.post("/capture", document(event(20), event(21)))
    assert (answer.status, answer.body) == (202, b"")
    job = server.job(answer.headers["location"])
    assert (job["running"], job["success"], job["errors"]) == (False, True, [])
    with opened(server.directory) as workspace:
        assert {"pack0000020", "pack0000021"} <= _things(workspace.ledger.entries())


def _things(entries: object) -> set[str]:
    found: set[str] = set()
    for entry in entries:  # type: ignore[attr-defined]
        found |= {epc.rsplit("/", 1)[1] for epc in json.loads(entry.body).get("epcList", ())}
    return found


def test_rollback_takes_nothing_of_a_document_with_a_wrong_event(server: Server) -> None:
    sent = document(event(30), event(31, action="ADDED"))
    job = server.job(server.post("/capture", sent).headers["location"])
    assert (job["success"], job["captureErrorBehaviour"]) == (False, "rollback")
    assert "/epcisBody/eventList/1/action" in job["errors"][0]["detail"]
    with opened(server.directory) as workspace:
        assert "pack0000030" not in _things(workspace.ledger.entries())


def test_proceed_takes_the_events_that_are_right(server: Server) -> None:
    sent = document(event(40), event(41, action="ADDED"))
    headers = {"GS1-Capture-Error-Behaviour": "proceed"}
    job = server.job(server.post("/capture", sent, headers).headers["location"])
    assert job["success"] is False
    with opened(server.directory) as workspace:
        assert _things(workspace.ledger.entries()) & {"pack0000040", "pack0000041"} == {"pack0000040"}


def test_lines_of_events_are_taken_on(server: Server) -> None:
    lines = b"".join(json.dumps(event(50 + n)).encode() + b"\n" for n in range(5))
    answer = server.post("/capture", lines, {"Content-Type": "application/x-ndjson"})
    assert server.job(answer.headers["location"])["success"]


def test_a_document_under_a_key_is_one_job(server: Server) -> None:
    key = {"Idempotency-Key": "document-1"}
    once = server.post("/capture", document(event(60)), key)
    again = server.post("/capture", document(event(60)), key)
    assert again.headers["location"] == once.headers["location"]
    assert server.post("/capture", document(event(61)), key).status == 422


def test_jobs_are_listed_page_by_page_the_newest_first(server: Server) -> None:
    made = [server.post("/capture", document(event(70 + n))).headers["location"] for n in range(3)]
    seen, path = list[str](), "/capture?perPage=2"
    while path:
        answer = server.get(path)
        assert len(answer.json) <= 2
        seen += [f"/capture/{each['captureID']}" for each in answer.json]
        link = answer.headers.get("link", "")
        path = link[1 : link.index(">")] if 'rel="next"' in link else ""
    assert seen[:3] == made[::-1]
    assert len(seen) == len(set(seen))


def test_media_types_and_versions_that_are_not_read_are_refused(server: Server) -> None:
    pdf = server.post("/capture", b"%PDF-1.7", {"Content-Type": "application/pdf"})
    assert (pdf.status, pdf.problem) == (415, "epcisException:UnsupportedMediaTypeException")
    old = server.post("/events", event(8), {"GS1-EPCIS-Version": "1.2"})
    assert (old.status, old.problem) == (406, "epcisException:NotAcceptableException")
    future = server.get("/", {"GS1-EPCIS-Min": "3.0.0"})
    assert (future.status, future.problem) == (406, "epcisException:NotAcceptableException")
    image = server.get("/eventTypes", {"Accept": "image/png"})
    assert image.status == 406


def test_options_tell_what_is_allowed_and_spoken(server: Server) -> None:
    for path in (
        "/",
        "/events",
        "/capture",
        "/queries",
        "/epcs",
        "/epcs/urn%3Ax/events",
        "/queries/a/events",
    ):
        answer = server.ask("OPTIONS", path)
        assert (answer.status, answer.body) == (204, b""), path
        assert "OPTIONS, GET" in answer.headers["allow"], path
        assert answer.headers["gs1-epcis-version"] == "2.0.0", path
    assert int(server.ask("OPTIONS", "/capture").headers["gs1-epcis-capture-limit"]) > 0


def test_what_is_not_there_is_a_problem_document(server: Server) -> None:
    assert server.get("/nothing").problem == "epcisException:NoSuchResourceException"
    wrong = server.ask("DELETE", "/events")
    assert wrong.status == 405
    assert set(wrong.headers["allow"].split(", ")) == {"GET", "POST", "OPTIONS"}
    assert server.get("/capture/0").status == 404
    long = server.get("/events?EQ_eventID=" + "a" * 20_000)
    assert (long.status, long.problem) == (414, "epcisException:URITooLongException")


def test_problems_are_told_in_chinese_where_it_is_read(server: Server) -> None:
    answer = server.post("/events", b"{", {"Accept-Language": "zh-CN,zh;q=0.9"})
    assert answer.status == 400
    assert any("\u4e00" <= letter <= "\u9fff" for letter in answer.json["detail"])


def test_what_was_accepted_outlives_the_process(tmp_path: Path) -> None:
    directory = tmp_path / "ws"
    with serving(directory) as server:
        recorded = [int(server.post("/events", event(n)).headers["suyuan-entry"]) for n in range(5)]
        many = document(*(event(100 + n) for n in range(3000)))
        location = server.post("/capture", many).headers["location"]
        server.stop(signal.SIGKILL)
    with serving(directory) as server:
        assert server.job(location)["success"]
        again = [int(server.post("/events", event(n)).headers["suyuan-entry"]) for n in range(5)]
        server.post("/events", event(4000))
        assert server.stop() == 0  # told to, it ends in order
    assert again == recorded
    with opened(directory) as workspace:
        assert workspace.index.position == workspace.ledger.size == 3006
        assert verify_workspace(workspace).ok


def test_a_server_without_keys_stays_on_this_machine(tmp_path: Path) -> None:
    init(tmp_path / "ws", demo=True)
    command = [
        sys.executable,
        "-m",
        "suyuan",
        "serve",
        "-w",
        str(tmp_path / "ws"),
        "--open",
        "--host",
        "0.0.0.0",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "127.0.0.1 alone" in done.stderr
