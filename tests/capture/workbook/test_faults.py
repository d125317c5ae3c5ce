"""Every kind of fault is found in its cell, with its rule and how far it reaches, and nothing else is."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.capture.workbook.filled import fill, module, pack, vins

from suyuan.capture.workbook.cells import address
from suyuan.standards.forms import form

GOLDEN = Path(__file__).parent / "golden"
OTHER = "912201011239989159"
RECEIVER = "91440300192317458F"
B, W, H = "block", "warn", "hint"

# column, what stands there instead, rule, severity, suggestion where one is named
Fault = tuple[str, Any, str, str]

PACKS: list[Fault] = [
    ("pack_code", "001PE050000001G51000007", "code-too-short", B),
    ("pack_code", "001PE050000001G5100000O7", "code-confused-letters", B),
    ("pack_code", "001PE050000001G2Y0000007", "code-impossible-date", B),
    ("pack_code", "001ME050000001G510000007", "code-of-other-kind", B),
    ("pack_code", 1.23e23, "code-mangled-by-spreadsheet", B),
    ("pack_code", "001PE050000001G51000000七", "code-illegal-character", B),
    ("pack_code", "0000001G51000000700PE05", "code-too-short", B),
    ("pack_code", "0AAPE05G510000001RP", "code-of-reuse", W),
    ("pack_code", "001pe05 0000001g51 0008888", "code-normalised", H),
    ("pack_code", "００１PE050000001G510008889", "code-normalised", H),
    ("pack_code", "00IPE050000001G510008890", "code-doubtful-letters", W),
    ("pack_code", pack(1), "row-twice", B),
    ("pack_code", None, "required-missing", B),
    ("pack_code", "#N/A", "cell-error", B),
    ("model", None, "required-missing", B),
    ("model", "x" * 300, "text-too-long", B),
    ("model", 12345678901234567890.0, "text-mangled", B),
    ("order_no", "11010519491231002X", "personal-id", B),
    ("produced_on", "someday", "date-unreadable", B),
    ("produced_on", "2026-02-30", "date-impossible", B),
    ("produced_on", "5/1/2026", "date-ambiguous", B),
    ("produced_on", "26/5/1", "date-ambiguous", B),
    ("produced_on", "2026-05", "date-incomplete", B),
    ("produced_on", "1926-05-01", "date-too-early", B),
    ("produced_on", "2226-05-01", "date-too-late", B),
    ("produced_on", "46143", "date-serial", H),
    ("produced_on", "2026-05-02", "date-contradicts-code", W),
    ("delivered_on", "2026-12-31", "date-in-future", W),
    ("delivered_on", "2026-04-30", "dates-out-of-order", W),
    ("delivered_on", None, "required-here", B),
    ("rated_energy_kwh", "many", "number-unreadable", B),
    ("rated_energy_kwh", "54.6 bar", "number-unit", B),
    ("rated_energy_kwh", -54.6, "number-out-of-range", B),
    ("rated_energy_kwh", 0, "number-zero", B),
    ("rated_capacity_ah", 1.61, "energy-contradicts-capacity", W),
    ("mass_kg", 0.4385, "mass-implausible", W),
    ("mass_kg", "438.5千克", "number-with-unit", H),
    ("mass_kg", True, "number-unreadable", B),
    ("chemistry", "磷酸铁", "choice-unknown", B),
    ("chemistry", "LFP", "chemistry-contradicts-code", B),
    ("receiver_uscc", "91440300192317458", "uscc-too-short", B),
    ("receiver_uscc", "91440300192317458A", "uscc-wrong-check-character", B),
    ("receiver_uscc", "91350900587527783P", "handover-to-oneself", W),
    ("site", "Halle 7", "text-form", B),
]


def sheet_of(
    role: str, key: str, faults: list[Fault], fresh: Mapping[str, Any]
) -> tuple[list[Any], list[Any]]:
    """Rows of a form, each with one fault, and where each is to be found."""
    good = json.loads((GOLDEN / f"{role}.json").read_text("utf-8"))["rows"][key][0]
    sheet = form(role).sheet(key)
    names = [column.key for column in sheet.columns]
    rows, expected = [{**good, **{column: make(1) for column, make in fresh.items()}}], []
    for number, (column, value, rule, severity) in enumerate(faults, 2):
        row = {**good, **{name: make(number) for name, make in fresh.items()}, column: value}
        rows.append({name: cell for name, cell in row.items() if cell is not None})
        expected.append((f"{sheet.zh}!{address(number + 1, names.index(column))}", rule, severity))
    return rows, expected


def told(role: str, key: str, faults: list[Fault], **fresh: Any) -> tuple[list[Any], list[Any]]:
    rows, expected = sheet_of(role, key, faults, fresh)
    result = fill(role, **{key: rows})
    return [(f.place.show(), f.rule, str(f.severity)) for f in result.findings], expected


def test_faults_of_packs_are_found_in_their_cells() -> None:
    found, expected = told("battery-maker", "packs", PACKS, pack_code=pack)
    assert found == expected


def test_a_faulty_row_is_kept_out_and_the_others_go_on() -> None:
    rows, _ = sheet_of("battery-maker", "packs", PACKS, {"pack_code": pack})
    made = [e for e in fill("battery-maker", packs=rows).events if e["bizStep"] == "commissioning"]
    assert len(made) == 1 + sum(severity != B for _, _, _, severity in PACKS)


def test_suggestions_name_what_would_be_accepted() -> None:
    rows, _ = sheet_of("battery-maker", "packs", PACKS, {"pack_code": pack})
    suggested = {f.rule: f.suggestion for f in fill("battery-maker", packs=rows).findings if f.suggestion}
    assert suggested == {
        "code-confused-letters": "001PE050000001G510000007",
        "code-normalised": "001PE050000001G510008889",
        "code-doubtful-letters": "001PE050000001G510008890",
        "date-serial": "2026-05-01",
        "date-contradicts-code": "2026-05-01",
        "energy-contradicts-capacity": "161",
        "mass-implausible": "438.5",
        "number-with-unit": "438.5",
        "choice-unknown": "磷酸铁锂",
        "chemistry-contradicts-code": "三元",
        "text-form": "Halle-7",
    }


def test_an_identity_number_is_never_repeated() -> None:
    rows, _ = sheet_of(
        "battery-maker", "packs", [("order_no", "编号 11010519491231002X", "", "")], {"pack_code": pack}
    )
    (finding,) = fill("battery-maker", packs=rows).findings
    assert (finding.rule, finding.found, finding.suggestion) == ("personal-id", None, None)


def test_faults_of_vehicles_are_found_in_their_cells() -> None:
    numbers = vins()
    faults: list[Fault] = [
        ("vin", "LNBSCB3F1DD130955", "vin-wrong-check-digit", B),
        ("vin", "LNBSCB3F0DD13095", "vin-too-short", B),
        ("vin", " lnbscb3f0dd130955", "vin-normalised", H),
        ("pack_codes", None, "required-here", B),
        ("pack_codes", f"{pack(900)}、{pack(901)[:-1]}", "code-too-short", B),
        ("pack_codes", f"{pack(902)}、{module(1)}", "code-of-other-kind", B),
        ("pack_codes", f"{pack(903)},{pack(903)}", "code-twice-in-cell", H),
        ("pack_codes", f"{pack(1)}", "pack-in-two-vehicles", B),
        ("certificate_on", "2026-05-01", "dates-out-of-order", W),
        ("swap_type", "maybe", "choice-unknown", B),
    ]
    found, expected = told(
        "vehicle-maker-production",
        "vehicles",
        faults,
        vin=lambda _: next(numbers),
        pack_codes=lambda n: [pack(n)],
    )
    assert found == expected


def test_faults_of_sales_are_found_in_their_cells() -> None:
    numbers = vins()
    faults: list[Fault] = [
        ("sale_area", "616600", "area-unknown-prefecture", B),
        ("sale_area", "渭南市", "area-by-name", H),
        ("sale_area", "nowhere", "area-not-six-digits", B),
        ("buyer_kind", "单位", "required-here", B),
        ("buyer_uscc", OTHER, "buyer-person-with-uscc", W),
        ("buyer_uscc", "11010519491231002X", "personal-id", B),
    ]
    found, expected = told("vehicle-maker-sale", "sales", faults, vin=lambda _: next(numbers))
    expected[3] = ("销售!E7", "required-here", B)  # the cell that is missing, not the one that asks for it
    assert found == expected


def test_faults_of_replacements_are_found_in_their_cells() -> None:
    faults: list[Fault] = [
        ("new_code", module(4), "kinds-differ", B),
        ("battery_kind", "模块", "kind-contradicts-code", B),
        ("whereabouts_uscc", None, "required-missing", B),
        ("old_code", "", "required-missing", B),
    ]
    found, expected = told(
        "replacement", "replacements", faults, old_code=pack, new_code=lambda n: pack(n + 500)
    )
    assert found == expected
    same = {"old_code": pack(7), "new_code": pack(7)}
    rows, _ = sheet_of("replacement", "replacements", [("vin", "LNBSCB3F0DD130955", "", "")], {})
    assert fill("replacement", replacements=[{**rows[0], **same}]).told() == [
        ("更换记录!D3", "code-replaces-itself")
    ]


def test_faults_at_the_end_of_life_are_found_in_their_cells() -> None:
    numbers = vins()
    faults: list[Fault] = [
        ("pack_codes", None, "required-here", B),
        ("battery_present", "no", "battery-presence-contradicts", B),
        ("dismantled_on", "2026-10-30", "dates-out-of-order", W),
    ]
    found, expected = told("dismantler", "vehicles", faults, vin=lambda _: next(numbers))
    assert found == expected
    reuse: list[Fault] = [
        ("product_code", pack(7), "code-not-of-reuse", B),
        ("product_code", "0AAME05G5R0000009RM", "kind-contradicts-code", B),
        ("intended_use", "电动自行车", "use-forbidden", W),
        ("source_codes", ["0AAPE05G5R0000005RP"], "product-is-source", B),
    ]
    rows, expected = sheet_of(
        "echelon",
        "products",
        reuse,
        {"product_code": lambda n: f"0AAPE05G5R{n:07}RP", "source_codes": lambda n: [module(n)]},
    )
    expected[1] = ("梯次产品!C5", "kind-contradicts-code", B)
    expected[3] = ("梯次产品!B7", "product-is-source", B)
    result = fill("echelon", products=rows)
    assert [(f.place.show(), f.rule, str(f.severity)) for f in result.findings] == expected


FED = {
    "batch_no": "B1",
    "process": "破碎分选",
    "fed_on": "2026-11-18",
    "lot_no": "L1",
    "material": "黑粉",
    "mass_kg": 100,
}
OUT = {"batch_no": "B1", "finished_on": "2026-11-19", "material": "铜", "lot_no": "C1", "mass_kg": 60}


def test_faults_of_inputs_are_found_in_their_cells() -> None:
    result = fill(
        "recycler-batch",
        inputs=[
            FED,
            {**FED, "lot_no": "L2", "process": "湿法冶炼"},
            {**FED, "lot_no": "L 3"},
            {k: v for k, v in FED.items() if k != "lot_no"},
            {k: v for k, v in FED.items() if k != "material"} | {"lot_no": "L4"},
        ],
    )
    assert [(f.place.show(), f.rule, str(f.severity)) for f in result.findings] == [
        ("投料!B4", "batch-of-two-processes", B),
        ("投料!E5", "text-form", B),
        ("投料!D6", "required-here", B),
        ("投料!F7", "required-here", B),
    ]


def test_faults_of_outputs_are_found_in_their_cells() -> None:
    result = fill(
        "recycler-batch",
        inputs=[FED],
        outputs=[
            OUT,
            {**OUT, "lot_no": "C2", "cu_percent": 98, "al_percent": 7},
            {**OUT, "lot_no": "C3"},
            {**OUT, "lot_no": "C4", "batch_no": "B2"},
            {**OUT, "lot_no": "C5", "batch_no": "B3", "process": "火法冶炼"},
            {**OUT, "lot_no": "C6", "process": "火法冶炼"},
            {**OUT, "lot_no": "C7", "cu_percent": 120},
        ],
    )
    assert [(f.place.show(), f.rule, str(f.severity)) for f in result.findings] == [
        ("产出!K4", "assay-over-100", B),
        ("产出!F5", "batch-output-exceeds-input", W),
        ("产出!B6", "batch-without-process", B),
        ("产出!A7", "batch-not-fed-here", H),
        ("产出!B8", "batch-of-two-processes", B),
        ("产出!K9", "number-out-of-range", B),
    ]


def test_a_refused_input_is_one_fault_and_not_two() -> None:
    out = {**OUT, "mass_kg": 160}
    result = fill("recycler-batch", inputs=[FED, {**FED, "lot_no": "L2", "mass_kg": "many"}], outputs=[out])
    assert result.told() == [("投料!G4", "number-unreadable")]
    assert [event["bizStep"] for event in result.events] == ["sy:crushing"] * 2


def test_a_module_whose_pack_is_elsewhere_is_only_a_hint() -> None:
    result = fill(
        "battery-maker",
        packs=[
            {"pack_code": pack(1), "model": "A", "produced_on": date(2026, 5, 1), "rated_energy_kwh": 54.6}
        ],
        modules=[
            {"module_code": module(1), "pack_code": pack(1)},
            {"module_code": module(2), "pack_code": pack(9)},
        ],
    )
    assert [(f.place.show(), f.rule, str(f.severity)) for f in result.findings] == [
        ("模块!B4", "parent-not-here", H)
    ]
    assert len(result.events) == 5


def test_hints_of_one_kind_are_told_fifty_times_and_then_counted() -> None:
    rows = [
        {
            "pack_code": pack(n).lower(),
            "model": "A",
            "produced_on": date(2026, 5, 1),
            "rated_energy_kwh": 54.6,
        }
        for n in range(1, 61)
    ]
    result = fill("battery-maker", packs=rows)
    assert len(result.events) == 60
    assert [f.rule for f in result.findings] == ["code-normalised"] * 50 + ["more-of-this"]
    assert result.findings[-1].reason.en.startswith("10 more")


def test_at_least_twenty_five_kinds_of_fault_are_known() -> None:
    assert len({rule for _, _, rule, _ in PACKS}) >= 25


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_reason_is_told_in_both_languages(lang: str) -> None:
    rows, _ = sheet_of("battery-maker", "packs", PACKS, {"pack_code": pack})
    findings = fill("battery-maker", packs=rows).findings
    reasons = [
        getattr(f.reason, lang).replace(f.found or "-", "").replace("电池包!", "").replace("七", "")
        for f in findings
    ]
    chinese = [any("\u4e00" <= c <= "\u9fff" for c in reason) for reason in reasons]
    assert chinese == [lang == "zh"] * len(reasons)
