"""Our own API: files with their findings, proofs that others can check, answers by party, tags of content."""

import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from tests.api.served import Server, event, serving
from tests.worlds import steps

from suyuan.ledger import checkpoint, receipt
from suyuan.ledger.merkle import extends, leaf_hash
from suyuan.ledger.tiles import unpack
from suyuan.render import template
from suyuan.simulate.as_rows import by_form
from suyuan.standards import forms
from suyuan.usecases.workspace import opened

PACK = "001PE050000001A7C0000001"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with 300 events: more than one bundle."""
    with serving(tmp_path_factory.mktemp("own") / "ws") as server:
        lines = b"".join(json.dumps(event(n)).encode() + b"\n" for n in range(299))
        sent = server.post("/capture", lines, {"Content-Type": "application/x-ndjson"})
        server.job(sent.headers["location"])
        server.post("/events", event(299, epcList=[f"https://id.example.cn/gbt34014/obj/{PACK}"]))
        yield server


def finished(server: Server, location: str) -> dict[str, object]:
    found: dict[str, object] = server.job(location.replace("/api/v1/jobs/", "/capture/"))
    assert found["captureID"] == location.rsplit("/", 1)[1]
    return dict(server.get(location).json)


def test_a_receipt_over_http_proves_its_entry(filled: Server) -> None:
    text = filled.get("/api/v1/entries/7/receipt").body.decode()
    twin = filled.get("/api/v1/entries/7/receipt", {"Accept": "application/json"}).body.decode()
    with opened(filled.directory) as workspace:
        for each in (text, twin):
            proof = receipt.parse(each)
            assert proof.verify(workspace.public_key).size == 300
            assert proof.entry == workspace.ledger.receipt(7).entry


def test_tiles_hold_the_entries_and_their_hashes(filled: Server) -> None:
    entries = unpack(filled.get("/tile/entries/000").body)
    hashes = filled.get("/tile/0/000").body
    assert [leaf_hash(each) for each in entries] == [hashes[n : n + 32] for n in range(0, len(hashes), 32)]
    assert len(unpack(filled.get("/tile/entries/001.p/44").body)) == 44
    assert filled.get("/tile/0/002").status == 404
    assert filled.get("/tile/nonsense").status == 404
    assert "immutable" in filled.get("/tile/0/000").headers["cache-control"]


def test_the_log_is_shown_to_have_only_grown(filled: Server) -> None:
    note = filled.get("/checkpoint").body.decode()
    with opened(filled.directory) as workspace:
        head = checkpoint.opened(note, workspace.public_key)
        old = checkpoint.opened(filled.get("/checkpoint?size=299").body.decode(), workspace.public_key)
    said = filled.get("/api/v1/consistency?old=299&new=300").json
    path = [base64.b64decode(node) for node in said["path"]]
    assert extends(old.size, head.size, old.root, head.root, path)
    assert filled.get("/api/v1/consistency?old=301").status == 404
    assert filled.get("/api/v1/consistency?old=-1").status == 400


def test_who_has_an_answer_already_is_spared_it(filled: Server) -> None:
    answer = filled.get("/api/v1/entries/3")
    again = filled.get("/api/v1/entries/3", {"If-None-Match": answer.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert filled.get("/api/v1/entries/4", {"If-None-Match": answer.headers["etag"]}).status == 200


def test_a_workbook_comes_back_with_its_faulty_cells_noted(filled: Server, tmp_path: Path) -> None:
    made = [step for step in steps(41, 3) if step.kind == "made"][:1]
    (packs,) = (content for role, content in by_form(made).items() if role == "battery-maker")
    rows = {sheet: [row.cells for row in told] for sheet, told in packs.items()}
    rows["packs"][0] = {**rows["packs"][0], "produced_on": "2026-02-31"}
    template.write(forms.form("battery-maker"), tmp_path / "maker.xlsx", rows=rows)
    headers = {"Content-Type": "application/octet-stream", "Suyuan-Party": made[0].by.uscc}
    sent = filled.post("/api/v1/uploads?name=maker.xlsx", (tmp_path / "maker.xlsx").read_bytes(), headers)
    assert sent.status == 202, sent.body
    job = finished(filled, sent.headers["location"])
    assert (job["state"], job["party"]) == ("failed", made[0].by.uscc)
    findings = job["findings"]
    assert isinstance(findings, list)
    cell = next(each for each in findings if each["found"] and "2026-02-31" in each["found"])
    back = filled.get(f"{sent.headers['location']}/file")
    noted = load_workbook(io.BytesIO(back.body))[cell["sheet"]][cell["cell"]]
    assert noted.comment is not None


def test_an_upload_tried_dry_records_nothing(filled: Server) -> None:
    size = filled.get("/ready").json["entries"]
    sent = filled.post(
        "/api/v1/uploads?name=x.ndjson&dry_run=true", event(900), {"Content-Type": "application/octet-stream"}
    )
    job = finished(filled, sent.headers["location"])
    assert (job["state"], job["recorded"]) == ("done", 1)
    assert filled.get("/ready").json["entries"] == size


def test_file_names_that_lead_elsewhere_are_names_alone(filled: Server) -> None:
    sent = filled.post("/api/v1/uploads?name=../../etc/passwd.ndjson", event(901))
    assert finished(filled, sent.headers["location"])["name"] == "passwd.ndjson"
    assert filled.post("/api/v1/uploads?name=..", event(902)).status == 400


def test_a_pack_is_traced_and_what_is_not_on_record_is_not(filled: Server) -> None:
    said = filled.get(f"/api/v1/trace/{PACK}").json
    assert said["trace"]["code"] == PACK
    assert [each["seq"] for each in said["trace"]["timeline"]] == [299]
    assert filled.get("/api/v1/trace/001PE050000001A7C0000009").status == 404
    used = filled.post("/api/v1/where-used", {"codes": [PACK, "nobody"]}).json
    assert used["unknown"] == ["nobody"]


def test_standards_are_rows_with_their_clauses(filled: Server) -> None:
    tables = {each["table"] for each in filled.get("/api/v1/standards").json}
    assert "battery-type" in tables
    assert all(each["cites"] for each in filled.get("/api/v1/standards/battery-type").json)
    assert filled.get("/api/v1/standards/nonsense").status == 400


def test_the_process_tells_how_it_is(filled: Server) -> None:
    assert filled.get("/health").json == {"status": "ok"}
    assert filled.get("/ready").json["status"] == "ready"
    said = filled.get("/metrics").body.decode()
    assert 'suyuan_http_requests_total{method="POST",status="201"} 1' in said
    assert "suyuan_ledger_entries" in said


def test_the_openapi_names_every_door(filled: Server) -> None:
    said = filled.get("/openapi.json").json
    assert said["openapi"].startswith("3.1")
    assert {
        "/events",
        "/capture",
        "/api/v1/uploads",
        "/checkpoint",
        "/queries/{query_name}/subscriptions",
    } <= set(said["paths"])
