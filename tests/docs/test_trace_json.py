"""The page on the JSON of a trace names exactly the keys that a trace has."""

import io
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from tests.docs.pages import ROOT

from suyuan.usecases.capture import capture
from suyuan.usecases.trace import trace
from suyuan.usecases.workspace import init, opened

PAGE = ROOT / "docs" / "reference" / "trace-json.md"
OBJ, CLASS = "https://w3id.org/suyuan/obj/", "https://w3id.org/suyuan/class/"
PACK, NEW, CELL, CAR = (
    "9B1PE050000001G510000001", "9B1PE050000001G510000002", "9B1CE050000001G510000101", "LTCEV0005TA001935",
)  # fmt: skip


def _event(day: int, type_: str, biz_step: str, **fields: Any) -> dict[str, Any]:
    return {
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"sy": "https://w3id.org/suyuan/voc#"}],
        "type": type_, "eventTime": f"2026-05-{day:02}T08:00:00+08:00", "eventTimeZoneOffset": "+08:00", "bizStep": biz_step, **fields,
    }  # fmt: skip


def _with(child: str, parent: str, action: str) -> dict[str, Any]:
    return {"parentID": OBJ + parent, "childEPCs": [OBJ + child], "action": action}


LIFE = [
    _event(1, "ObjectEvent", "commissioning", epcList=[OBJ + PACK, OBJ + NEW], action="ADD"),
    _event(2, "AssociationEvent", "assembling", **_with(CELL, PACK, "ADD")),
    _event(3, "AssociationEvent", "installing", **_with(PACK, CAR, "ADD")),
    _event(4, "AssociationEvent", "removing", **_with(PACK, CAR, "DELETE"), **{"sy:repairOrder": "W-1"}),
    _event(4, "AssociationEvent", "replacing", **_with(NEW, CAR, "ADD"), **{"sy:repairOrder": "W-1"}),
    _event(
        9, "TransformationEvent", "sy:crushing", transformationID="https://w3id.org/suyuan/xform/91610100TEH00002XE/B-1",
        inputEPCList=[OBJ + PACK], outputQuantityList=[{"epcClass": CLASS + "black-mass/BM-1", "quantity": 165, "uom": "KGM"}],
        **{"sy:assay": [{"sy:lot": CLASS + "black-mass/BM-1", "sy:share": {"sy:Ni": 0.17}}]},
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    place = tmp_path_factory.mktemp("trace") / "ledger"
    init(place, operator="91610100TEB000010E")
    with opened(place) as workspace:
        lines = "".join(json.dumps(event) + "\n" for event in LIFE)
        assert capture(workspace, io.BytesIO(lines.encode()), "life.ndjson").refused == 0
    with opened(place) as workspace:
        return [trace(workspace, code) for code in (PACK, CELL)]


def _told() -> dict[str, list[str]]:
    """Keys that the page names, by the heading above them."""
    told: dict[str, list[str]] = {}
    for section in PAGE.read_text("utf-8").split("\n## ")[1:]:
        told[section.partition("\n")[0]] = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    return told


def _keys(rows: Iterable[Mapping[str, Any] | None]) -> set[str]:
    return {key for row in rows if row for key in row}


def test_the_object_has_the_keys_that_the_page_names(answers: list[dict[str, Any]]) -> None:
    assert sorted(_keys(answers)) == sorted(_told()["The object"])


@pytest.mark.parametrize("part", ["as_of", "ledger", "state", "holder"])
def test_each_object_in_it_too(answers: list[dict[str, Any]], part: str) -> None:
    assert sorted(_keys(answer[part] for answer in answers)) == sorted(_told()[part])


@pytest.mark.parametrize("part", ["inside", "timeline", "custody", "related", "became", "materials"])
def test_each_row_too(answers: list[dict[str, Any]], part: str) -> None:
    rows = [row for answer in answers for row in answer[part]]
    assert sorted(_keys(rows)) == sorted(_told()[part])


def test_each_field_of_the_code_and_each_node_of_the_family_too(answers: list[dict[str, Any]]) -> None:
    fields = [field for answer in answers for field in answer["identity"].values()]
    nodes = [node for answer in answers for side in answer["family"].values() for node in side]
    assert sorted(_keys(fields)) == sorted(_told()["identity"])
    assert sorted(_keys(nodes)) == sorted(_told()["family"])
