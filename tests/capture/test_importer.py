"""Which importer a document goes to, told by its content and then by its name."""

import time
from pathlib import Path

import pytest

from suyuan.capture.importer import HEAD, EmptyDocument, NotRecognised, choose, top_keys
from suyuan.capture.party_table import is_header

EVENT = (
    b'{"@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", "type": "ObjectEvent"}'
)


@pytest.mark.parametrize(
    ("name", "head", "importer"),
    [
        ("events.ndjson", EVENT + b"\n" + EVENT + b"\n", "ndjson"),
        ("events.txt", EVENT + b"\n" + EVENT, "ndjson"),
        ("events.txt", EVENT + b"  \r\n\r\n" + EVENT, "ndjson"),
        ("one.ndjson", EVENT, "ndjson"),
        ("one.json", EVENT, "epcis"),
        ("one", b"\xef\xbb\xbf \n" + EVENT, "epcis"),
        ("doc.json", b'{\n "type": "EPCISDocument",\n "epcisBody": {"eventList": [{"assets": 1}]}}', "epcis"),
        ("any.json", b'{"a": 1}', "epcis"),
        ("list.json", b"[1, 2]", "epcis"),
        ("x.json", b'{"assets": [', "catena-x"),
        ("x.json", b'[{"assetMetaInfo": {}, "submodels": []}]', "catena-x"),
        ("x.json", b'{"productType": "pack", "tractionBatteryCode": "X12MCPM27KLPCLX2M2382320"}', "catena-x"),
        ("broken.json", b"type: ObjectEvent", "epcis"),
        ("a.xlsx", b"PK\x03\x04\x14\x00", "workbook"),
        ("a.json", b"PK\x03\x04\x14\x00", "workbook"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "workbook"),
        ("a.csv", "动力电池编码,型号\n".encode("gb18030"), "workbook"),
        ("parties.csv", "统一社会信用代码,名称,角色\n".encode(), "parties"),
        ("parties.csv", "统一社会信用代码,名称,角色\n".encode("gb18030"), "parties"),
        ("parties.tsv", b"uscc\tname\trole\tarea\nX\tY\tZ\t1", "parties"),
        ("models.csv", b"model,chemistry,ratedEnergy_kWh\n", "parties"),
    ],
)
def test_a_document_goes_to_the_importer_that_its_content_asks_for(
    name: str, head: bytes, importer: str
) -> None:
    assert choose(name, head).name == importer


def test_a_table_of_a_submission_is_no_table_of_parties() -> None:
    assert not is_header("电池编码,型号,电池类型,统一社会信用代码,出库日期\n".encode())


@pytest.mark.parametrize("head", [b"", b" \n\t ", b"\xef\xbb\xbf"])
def test_an_empty_file_is_told(head: bytes) -> None:
    with pytest.raises(EmptyDocument, match=r"a\.xlsx is empty"):
        choose("a.xlsx", head)


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n\x00", "image"),
        (b"<!DOCTYPE html><html><body>EPCISDocument</body></html>", "XML or HTML"),
        (b'<?xml version="1.0"?><Invoice><EPCISDocument/></Invoice>', "without EPCIS"),
        (b"\xff\xfe{\x00", "UTF-16"),
        ('{"a": 1}'.encode("utf-16-le"), "UTF-16"),
        (b"\x7fELF\x02\x01\x01\x00\x00\x00\x00", "no text"),
    ],
)
def test_what_nothing_here_reads_is_called_by_its_name(head: bytes, told: str) -> None:
    with pytest.raises(NotRecognised, match=told):
        choose("thing", head)


def test_keys_of_strings_and_inner_objects_are_not_taken_for_keys_of_the_document() -> None:
    text = rb'{"a": "x\": {", "b": {"c": [{"d": 1}]}, "e": "f"}'
    assert top_keys(text) == {"a", "b", "e"}


def test_every_reference_document_is_recognised(conformance: Path) -> None:
    def importers(pattern: str) -> set[str]:
        return {choose(path.name, path.read_bytes()[:HEAD]).name for path in conformance.glob(pattern)}

    assert importers("epcis/examples/*.jsonld") == {"epcis"}
    assert importers("epcis/capture-*/*.json") == {"epcis"}
    assert importers("event-hash/*.jsonld") == {"epcis"}
    assert importers("catena-x/trace-x*.json") == {"catena-x"}
    assert importers("catena-x/traction_battery_code-2.0.0/TractionBatteryCode.json") == {"catena-x"}


def test_a_text_without_an_end_is_looked_at_once() -> None:
    head = b'{"@context": "' + b'\\"' * 32_000
    start = time.process_time()
    assert choose("a.json", head).name == "epcis"
    assert time.process_time() - start < 1.0
