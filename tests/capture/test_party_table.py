"""Tables of parties, sites and models become master data; a faulty row is a finding with its line."""

import json
from datetime import date
from io import BytesIO

import openpyxl
import pytest

from suyuan.capture.importer import Context, NotRecognised
from suyuan.capture.party_table import PARTY_TABLE
from suyuan.capture.workbook.errors import DamagedWorkbook
from suyuan.terms.finding import Finding, Severity

SY = "https://w3id.org/suyuan/voc#"
CONTEXT = Context("91350900587527783P", "parties.csv")


def read(text: str, encoding: str = "utf-8") -> tuple[list[dict[str, object]], list[Finding]]:
    batches = list(PARTY_TABLE.read(BytesIO(text.encode(encoding)), CONTEXT))
    return (
        [json.loads(each.body) for batch in batches for each in batch.prepared],
        [finding for batch in batches for finding in batch.findings],
    )


def test_a_row_with_a_site_is_a_party_and_a_place() -> None:
    elements, findings = read(
        "uscc,name,role,area,gln,vendor_codes,wmi,lat,lon,site,site_kind,capacity_t_per_year,listed_from,listed_to\n"
        '91350900587527783P,甲公司,recycler,350900,,"001, 04q",LGW,26.66,119.55,plant-1,plant,20000,2022-01-01,\n'
    )
    assert findings == []
    assert elements == [
        {
            "type": "urn:epcglobal:epcis:vtype:Party",
            "id": "https://w3id.org/suyuan/party/91350900587527783P",
            "attributes": {
                SY + "name": "甲公司",
                SY + "role": "recycler",
                SY + "vendor_codes": "001,04Q",
                SY + "wmi": "LGW",
            },
            "validFrom": "1970-01-01",
        },
        {
            "type": "urn:epcglobal:epcis:vtype:Location",
            "id": "https://w3id.org/suyuan/loc/91350900587527783P/plant-1",
            "attributes": {
                SY + "name": "甲公司",
                SY + "role": "recycler",
                SY + "area": "350900",
                SY + "lat": 26.66,
                SY + "lon": 119.55,
                SY + "site_kind": "plant",
                SY + "capacity_t_per_year": 20000,
                SY + "listed_from": "2022-01-01",
            },
            "validFrom": "1970-01-01",
        },
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_headings_in_either_encoding_and_any_order(encoding: str) -> None:
    elements, findings = read(
        "名称\t角色\t统一社会信用代码\t生效日期\n乙\tdismantler\t91440300192317458F\t2026年4月1日\n", encoding
    )
    assert findings == []
    assert [(each["id"], each["validFrom"], each["attributes"]) for each in elements] == [
        (
            "https://w3id.org/suyuan/party/91440300192317458F",
            "2026-04-01",
            {SY + "name": "乙", SY + "role": "dismantler"},
        )
    ]


def test_faulty_rows_are_told_with_their_line_and_the_others_go_on() -> None:
    elements, findings = read(
        "uscc,name,lat,listed_from,gln\n"
        "91350900587527783P,甲,24,2026-01-01,\n"
        "\n"
        "91350900587527783X,乙,124,never,6901234567890\n"
        ",丙,,,\n"
        "91440300192317458F,丁,,,\n"
    )
    assert [each["attributes"][SY + "name"] for each in elements] == ["甲", "丁"]  # type: ignore[index]  # attributes are an object
    told = [(f.place.line, f.reason.en.split(":")[0], f.severity) for f in findings]
    assert told == [
        (4, "uscc", Severity.BLOCK),
        (4, "lat", Severity.BLOCK),
        (4, "listed_from", Severity.BLOCK),
        (4, "gln", Severity.BLOCK),
        (5, "uscc", Severity.BLOCK),
    ]
    assert findings[0].found == "91350900587527783X"


def test_a_column_that_is_not_known_is_a_remark() -> None:
    _, findings = read("uscc,name,role,colour\n91350900587527783P,甲,recycler,red\n")
    assert [(f.rule, f.found, f.severity) for f in findings] == [("column-unknown", "colour", Severity.HINT)]


def test_an_outlet_names_the_makers_that_it_works_for() -> None:
    (outlet, place), findings = read(
        "uscc,site,委托生产企业\n91350900587527783P,outlet-1,91440300192317458F、912201011239989159\n"
    )
    assert findings == []
    both = {SY + "serves": "91440300192317458F,912201011239989159"}
    assert (outlet["attributes"], place["attributes"]) == (both, both)
    _, findings = read("uscc,serves\n91350900587527783P,91440300192317458E\n")
    assert [finding.rule for finding in findings] == ["uscc-wrong-check-character"]


def test_models_carry_the_names_of_production() -> None:
    elements, findings = read(
        "sy:model,chemistry,ratedEnergy_kWh,额定容量（Ah）,mass_kg\nLFP 55/A,LFP,54.6,161,438.5\n"
    )
    assert findings == []
    assert elements == [
        {
            "type": SY + "Model",
            "id": "https://w3id.org/suyuan/model/91350900587527783P/LFP%2055%2FA",
            "attributes": {
                SY + "model": "LFP 55/A",
                SY + "chemistry": "LFP",
                SY + "ratedEnergy_kWh": 54.6,
                SY + "ratedCapacity_Ah": 161,
                SY + "mass_kg": 438.5,
                SY + "maker": "91350900587527783P",
            },
            "validFrom": "1970-01-01",
        }
    ]


def test_a_table_of_something_else_is_not_recognised() -> None:
    with pytest.raises(NotRecognised, match="no table of parties"):
        read("colour,size,uscc number\nred,1,2\n")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (
            "uscc,name\n91350900587527783P,甲".encode() + "公司\n".encode("gb18030"),
            "neither UTF-8 nor GB18030",
        ),
        (b"uscc,name\n91350900587527783P,a\0b\n", "zero bytes"),
        (b'uscc,name\n91350900587527783P,"' + b"x" * (2 << 20), "quotation mark left open"),
    ],
    ids=["two encodings", "zero bytes", "an open quotation mark"],
)
def test_what_cannot_be_read_to_its_end_is_told_and_not_guessed(data: bytes, told: str) -> None:
    with pytest.raises(DamagedWorkbook, match=told):
        list(PARTY_TABLE.read(BytesIO(data), CONTEXT))


def test_a_table_cut_by_semicolons_keeps_commas_and_tells_the_line_behind_a_broken_cell() -> None:
    elements, findings = read('uscc;name\n91350900587527783P;"甲,\n乙"\n9135090058752778XX;丙\n')
    assert [each["attributes"] for each in elements] == [{SY + "name": "甲,\n乙"}]
    assert [finding.place.line for finding in findings] == [4]


def test_a_workbook_is_read_sheet_by_sheet_with_the_cells_of_its_faults() -> None:
    book = openpyxl.Workbook()
    notes, parties, models = book.active, book.create_sheet("主体"), book.create_sheet("型号")
    assert notes is not None
    notes.append(["how to fill this in"])
    parties.append(["统一社会信用代码", "名称", "角色", "行政区划代码", "列入日期"])
    parties.append(["91350900587527783P", "甲", "recycler", 350900, date(2022, 1, 1)])
    parties.append([None])
    parties.append(["91440300192317458F", "乙", "recycler", 999999, None])
    models.append(["型号", "额定能量（kWh）"])
    models.append(["M-1", 54.6])
    data = BytesIO()
    book.save(data)
    data.seek(0)
    batches = list(PARTY_TABLE.read(data, CONTEXT))
    elements = [json.loads(each.body)["attributes"] for batch in batches for each in batch.prepared]
    assert elements == [
        {SY + "name": "甲", SY + "role": "recycler", SY + "area": "350900", SY + "listed_from": "2022-01-01"},
        {SY + "model": "M-1", SY + "ratedEnergy_kWh": 54.6, SY + "maker": "91350900587527783P"},
    ]
    places = [each.place for batch in batches for each in batch.prepared]
    assert places == ["主体!A2", "型号!A2"]
    told = [finding.place.show() for batch in batches for finding in batch.findings]
    assert told == ["主体!D4"]
