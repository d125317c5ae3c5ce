"""Which item, party and place a URI names; what any text on a label is."""

import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.identifiers import battery_code, vin
from suyuan.identifiers.recognise import item_key, item_kind, lot_material, party_key, place_key, recognise

PACK = "001PE050000001A7C0000042"
MODULE = "001ME050000001A7C0000042"
REUSED_MODULE = "001CB24B3C0221953RM"
REUSED_26 = PACK + "RP"
VIN = "5GZCZ43D13S812715"
PARTY = "91350900587527783P"
OWN = "https://w3id.org/suyuan"


@pytest.mark.parametrize(
    ("uri", "key"),
    [
        (f"{OWN}/obj/{PACK}", PACK),
        (f"{OWN}/obj/{REUSED_MODULE}", REUSED_MODULE),
        (f"{OWN}/obj/{REUSED_26}", REUSED_26),
        (f"{OWN}/obj/{VIN}", VIN),
        (f"https://maker.example/gbt34014/obj/{PACK.lower()}", PACK),
        (f"https://maker.example/obj/{PACK}?from=qr&to=/x/{MODULE}", PACK),
        (f"https://maker.example/obj/{PACK}#/{MODULE}", PACK),
        (f"https://maker.example/obj/{PACK}/", PACK),
        ("https://maker.example/obj/%30" + PACK[1:], PACK),
        (f"urn:example:obj:{PACK}", PACK),
        (f"urn:example:epc:id:obj:{VIN.lower()}", VIN),
        (f"https://maker.example/01/09520123456788/21/{VIN}", VIN),
        (f"https://maker.example/8004/9520{VIN}", f"https://id.gs1.org/8004/9520{VIN}"),
        (f"urn:epc:id:sgtin:4012345.011111.{VIN}", VIN),
        ("urn:epc:id:sgtin:4012345.011111.9876", "https://id.gs1.org/01/04012345111118/21/9876"),
        (
            "https://maker.example/a/01/9520123456788/10/L/21/S?17=261231",
            "https://id.gs1.org/01/09520123456788/21/S",
        ),
        # a shipment whose digits would pass as a VIN is a shipment
        ("https://x.example/402/40123450000000115", "https://id.gs1.org/402/40123450000000115"),
        ("https://x.example/whatever", "https://x.example/whatever"),
        (f"{OWN}/obj/001PE050000001A2Y0000042", f"{OWN}/obj/001PE050000001A2Y0000042"),
        (f"{OWN}/obj/LGWEESK55SH210918", f"{OWN}/obj/LGWEESK55SH210918"),
        (f"{OWN}/class/black-mass/{PACK}", f"{OWN}/class/black-mass/{PACK}"),
        (PACK, PACK),
        ("", ""),
    ],
)
def test_a_uri_names_the_item_of_its_last_segment_whoever_owns_the_domain(uri: str, key: str) -> None:
    assert item_key(uri) == key
    assert item_key(key) == key


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        (PACK, "pack"),
        (MODULE, "module"),
        ("04QCB76836300JBC40000903", "cell"),
        (REUSED_MODULE, "reuse_module"),
        (REUSED_26, "reuse_pack"),
        (VIN, "vehicle"),
        (f"{OWN}/class/black-mass/B-7", "lot"),
        ("https://recycler.example/x/class/nickel-sulfate/2026-07", "lot"),
        ("urn:example:class:copper:7", "lot"),
        ("https://id.gs1.org/01/09520123456788", "lot"),
        ("https://id.gs1.org/01/09520123456788/10/L1", "lot"),
        ("https://id.gs1.org/01/09520123456788/21/S1", "other"),
        ("https://id.gs1.org/8003/04012345999990", "lot"),
        ("https://id.gs1.org/8003/04012345999990AB", "other"),
        ("https://x.example/whatever", "other"),
    ],
)
def test_an_item_is_of_the_kind_that_its_key_says(key: str, kind: str) -> None:
    assert item_kind(key) == kind


@pytest.mark.parametrize(
    ("key", "material"),
    [
        (f"{OWN}/class/lithium-carbonate/2026-07", "lithium-carbonate"),
        ("https://recycler.example/x/class/nickel%20salt/1", "nickel salt"),
        ("urn:example:class:copper:7", "copper"),
        ("urn:epc:class:lgtin:4012345.012345.Lot987", None),
        (f"{OWN}/class/black-mass", None),
        (PACK, None),
    ],
)
def test_a_lot_is_of_the_material_in_its_key(key: str, material: str | None) -> None:
    assert lot_material(key) == material


@pytest.mark.parametrize(
    ("uri", "key"),
    [
        (f"{OWN}/party/{PARTY}", PARTY),
        (f"https://other.example/who/{PARTY.lower()}?x=1", PARTY),
        (f"urn:example:party:{PARTY}", PARTY),
        ("urn:epc:id:pgln:4000001.00000", "https://id.gs1.org/417/4000001000005"),
        ("https://x.example/417/4000001000005", "https://id.gs1.org/417/4000001000005"),
        (f"{OWN}/party/91350900587527783A", f"{OWN}/party/91350900587527783A"),
        (PARTY, PARTY),
    ],
)
def test_a_party_is_its_credit_code_or_its_gln(uri: str, key: str) -> None:
    assert party_key(uri) == key


@pytest.mark.parametrize(
    ("uri", "key"),
    [
        (f"{OWN}/loc/{PARTY}/plant-2", f"{PARTY}/plant-2"),
        (f"https://other.example/a/loc/{PARTY.lower()}/1%E5%8F%B7?x=1", f"{PARTY}/1号"),
        (f"urn:example:loc:{PARTY}:7", f"{PARTY}/7"),
        ("urn:epc:id:sgln:4012345.00005.0", "https://id.gs1.org/414/4012345000054"),
        ("https://x.example/414/4012345000054/254/12", "https://id.gs1.org/414/4012345000054/254/12"),
        ("geo:30.25,120.15", "geo:30.25,120.15"),
        (f"{OWN}/loc/91350900587527783A/1", f"{OWN}/loc/91350900587527783A/1"),
    ],
)
def test_a_place_is_a_site_of_a_party_or_a_gln(uri: str, key: str) -> None:
    assert place_key(uri) == key


@pytest.mark.parametrize(
    ("text", "kind", "normalised"),
    [
        ("04qcb76836300 jbc40000903", "battery-code", "04QCB76836300JBC40000903"),
        ("０４ＱＣＢ７６８３６３００ＪＢＣ４００００９０３", "battery-code", "04QCB76836300JBC40000903"),
        (VIN.lower(), "vin", VIN),
        (PARTY, "uscc", PARTY),
        ("610500", "area-code", "610500"),
        ("9520123456788", "gtin", "09520123456788"),
        ("006141411234567890", "sscc", "006141411234567890"),
        ("]E09520123456788", "gtin", "09520123456788"),
        ("]d104QCB76836300JBC40000903", "battery-code", "04QCB76836300JBC40000903"),
        ("]C10109520123456788", "element-string", "(01)09520123456788"),
        ("^010952012345678810A", "element-string", "(01)09520123456788(10)A"),
        ("https://x.example/01/09520123456788", "digital-link", "https://id.gs1.org/01/09520123456788"),
        ("https://x.example/01/9520123456788", "digital-link", "https://id.gs1.org/01/09520123456788"),
        ("urn:epc:id:pgln:4000001.00000", "epc-urn", "https://id.gs1.org/417/4000001000005"),
        (f"{OWN}/loc/{PARTY}/7", "own-uri", f"{OWN}/loc/{PARTY}/7"),
        (f"{OWN}/obj/wind-blade-7", "own-uri", f"{OWN}/obj/wind-blade-7"),
        ("https://x.example/about", "uri", "https://x.example/about"),
    ],
)
def test_a_text_is_recognised_as_what_it_is(text: str, kind: str, normalised: str) -> None:
    found = recognise(text)
    assert (found.kind, found.valid, found.normalised) == (kind, True, normalised)


@pytest.mark.parametrize(
    ("text", "kind", "rule"),
    [
        ("A765101015", "battery-code", "code-too-short"),
        ("jbc4000090304qcb76836300", "battery-code", "code-halves-swapped"),
        ("1.23E+23", "battery-code", "code-mangled-by-spreadsheet"),
        ("9.13501E+17", "uscc", "uscc-mangled-by-spreadsheet"),
        ("LGWEESK55SH210918", "vin", "vin-wrong-check-digit"),
        ("91350900587527783A", "uscc", "uscc-wrong-check-character"),
        ("91350900587527783", "uscc", "uscc-too-short"),
        ("619900", "area-code", "area-unknown-prefecture"),
        ("9520123456789", "gtin", "gs1-check-digit"),
        ("006141411234567891", "sscc", "gs1-check-digit"),
        ("(01)09520123456789", "element-string", "gs1-check-digit"),
        ("https://x.example/01/09520123456789", "digital-link", "gs1-check-digit"),
        ("urn:epc:id:pgln:4000001.0000", "epc-urn", "epc-urn"),
        (f"{OWN}/party/91350900587527783A", "own-uri", "uscc-wrong-check-character"),
        (f"{OWN}/obj/001PE050000001A2Y0000042", "own-uri", "code-impossible-date"),
        (f"{OWN}/class/black-mass", "own-uri", "own-uri-shape"),
        ("https://x.example/a b", "digital-link", "dl-characters"),
        ("", "unknown", "empty"),
        ("hello", "unknown", "not-recognised"),
    ],
)
def test_a_text_that_is_nothing_valid_gets_the_diagnosis_of_what_it_resembles(
    text: str, kind: str, rule: str
) -> None:
    found = recognise(text)
    assert found.diagnosis is not None
    assert (found.kind, found.valid, found.diagnosis.id) == (kind, False, rule)


def test_fields_carry_their_meaning_in_both_languages() -> None:
    fields = recognise("04QCB76836300JBC40000903").json()["fields"]
    assert fields["chemistry"] == {"value": "B", "zh": "磷酸铁锂", "en": "lithium iron phosphate"}
    assert fields["day"]["value"] == "2021-12-04"


def test_a_link_tells_its_key_its_granularity_and_the_vehicle_in_it() -> None:
    found = recognise(f"https://maker.example/01/09520123456788/21/{VIN}")
    assert (found.item, found.item_kind) == (VIN, "vehicle")
    assert found.json()["fields"]["granularity"] == {"value": "01+21", "zh": "单件", "en": "item"}
    assert [name for name in found.fields if name.isdigit()] == ["01", "21"]


def test_a_code_of_tomorrow_is_valid_but_remarked_upon() -> None:
    found = recognise(PACK, today=date(2010, 1, 1))
    assert (found.valid, [one.id for one in found.remarks]) == (True, ["code-date-ahead"])


@given(st.text(max_size=60))
def test_any_text_gets_an_answer_that_can_be_written_down(text: str) -> None:
    found = recognise(text)
    assert found.valid == (found.diagnosis is None)
    assert found.json()["text"] in text


@given(st.text(alphabet=string.ascii_letters + string.digits + "/:.%?#-()", max_size=60))
def test_the_key_of_a_key_is_itself(uri: str) -> None:
    key = item_key(uri)
    assert item_key(key) == key


@given(
    st.sampled_from([PACK, MODULE, VIN, REUSED_MODULE]),
    st.sampled_from(["https://a.cn/", "urn:x:", "http://b/c/d/"]),
)
def test_what_is_a_key_is_a_code(code: str, stem: str) -> None:
    key = item_key(stem + code)
    assert key == code
    assert battery_code.is_valid(key) or vin.is_valid(key)


@pytest.mark.parametrize(
    ("code", "name", "en"),
    [
        ("91610100TEB000010E", "department", "market regulation (not verified)"),
        ("91610100TEB000010E", "organisation_kind", "enterprise (not verified)"),
        ("LSVAU033182D00001", "model_year", "2038 (not verified)"),
        ("LSVAU033182D00001", "wmi", "SAIC-VW (not verified)"),
        ("91610100TEB000010E", "area", "Xi'an, Shaanxi"),
    ],
)
def test_a_meaning_that_nobody_has_looked_up_says_so(code: str, name: str, en: str) -> None:
    meaning = recognise(code).fields[name].meaning
    assert meaning is not None
    assert meaning.en == en
