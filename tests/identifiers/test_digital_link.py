"""Digital Links are judged, taken apart and built as GS1's own engine does it."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.identifiers import digital_link
from suyuan.identifiers.check_digit import SET_82, check_digit
from suyuan.identifiers.digital_link import NotADigitalLink, build, canonical, parse
from suyuan.identifiers.element_string import NotAnElementString

GTIN = "https://a/01/12312312312333"


def options(settings: dict[str, bool]) -> dict[str, bool]:
    """The options of `parse` for the settings of the engine in a published case."""
    return {
        "permit_zero_suppressed": settings.get("PermitZeroSuppressedGTINinDLuris", False),
        "permit_unknown": settings.get("PermitUnknownAIs", False),
        "unknown_attributes": not settings.get("gs1_encoder_vUNKNOWN_AI_NOT_DL_ATTR", True),
    }


def data(uri: str, **wanted: bool) -> str | None:
    try:
        return parse(uri, **wanted).data
    except NotADigitalLink:
        return None


def built(elements: str, stem: str | None = "https://example.com", **wanted: bool) -> str | None:
    try:
        return build(elements, stem, **wanted)
    except (NotADigitalLink, NotAnElementString):
        return None


def cases_of(conformance: Path, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((conformance / "digital-link" / name).read_text("utf-8"))[
        "cases"
    ]
    return found


def test_every_published_link_gets_the_published_element_data(conformance: Path) -> None:
    cases = cases_of(conformance, "digital_link_parse.json")
    assert [data(case["uri"], **options(case.get("settings", {}))) for case in cases] == [
        case["element_data"] for case in cases
    ]


def test_every_published_element_string_becomes_the_published_link(conformance: Path) -> None:
    for case in cases_of(conformance, "digital_link_generate.json"):
        wanted = options(case.get("settings", {}))
        wanted.pop("permit_zero_suppressed")
        assert built(case["bracketed_ais"], case["stem"], **wanted) == case["uri"], case


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("HTTP://a/00/006141411234567890", "^00006141411234567890"),
        ("HTTPS://a/00/006141411234567890", "^00006141411234567890"),
        ("ftp://a/00/006141411234567890", None),
        ("http:///00/006141411234567890", None),
        ("https://00/006141411234567890", None),
        ("https://xn--fsq.xn--0zwm56d/01/12312312312333", "^0112312312312333"),
        ("https://a:65535/01/12312312312333", "^0112312312312333"),
        ("https://3232235777/01/12312312312333", "^0112312312312333"),
        ("https://[fe80::1%25lo]/01/12312312312333", None),
        ("https://a$/006141411234567890", None),
        ("https://user@a/01/12312312312333", None),
        ("https://a/00/faux/00/006141411234567890", "^00006141411234567890"),
        ("https://a/sscc/006141411234567890", "^00006141411234567890"),
        ("https://a/01/2112345678900", None),
        ("https://a/8004/9520614141234567?01=2112345678900", None),
        ("https://a/253/1231231231232TEST56789012345678", None),
        ("https://a/stem/00/006141411234567890/", None),
        (f"{GTIN}?99=ABC&999=faux", None),
        (f"{GTIN}/22/ABC+123?99=ABC&98=XYZ%2f987", "^011231231231233322ABC+123^99ABC^98XYZ/987"),
        (f"{GTIN}?99=A%20B", None),
        (f"{GTIN}/22/test/10/abc/21/xyz#", "^011231231231233322test^10abc^21xyz"),
        (f"{GTIN}/10/abc/22/test", None),
        (f"{GTIN}/10/abc/235/test", None),
        (f"{GTIN}/235/XYZ?10=ABC123", "^0112312312312333235XYZ^10ABC123"),
        (f"{GTIN}/235/XYZ?21=ABC123", None),
        (f"{GTIN}/10/ABC123?10=ABC123", None),
        (f"{GTIN}/89/ABC123?99=XYZ", None),
        (f"{GTIN}?22=A", None),
        (f"{GTIN}?8200=http", None),
        (f"{GTIN}/10/ABC%5E", None),
        (f"{GTIN}/10/ABC%4", "^011231231231233310ABC%4"),
        (f"{GTIN}/10/ABC^", None),
        (f"{GTIN}/10/ABC|", None),
        (f"{GTIN}/10/ABC ", None),
        (f'{GTIN}/10/ABC"', None),
        (f"{GTIN}/10/电池", None),
        (f"{GTIN}/10/ABC?=x&&", "^011231231231233310ABC"),
        (
            "https://id.gs1.org/01/09520123456788/10/ABC1/21/12345?17=180426",
            "^010952012345678810ABC1^2112345^17180426",
        ),
        ("https://a/8004/12A4", None),
        ("https://a/415/9520123456788/8020/REF", "^41595201234567888020REF"),
        ("https://a/8003/09520123456788X/extra", None),
        ("https://a/01/1231231231233%33", "^0112312312312333"),
        (f"{GTIN}/10/%00ABC", None),
        (f"{GTIN}?" + "&".join(f"x{n}=1" for n in range(63)), "^0112312312312333"),
        (f"{GTIN}?" + "&".join(f"x{n}=1" for n in range(64)), None),
    ],
)
def test_a_link_is_taken_apart_or_refused(uri: str, expected: str | None) -> None:
    assert data(uri) == expected


@pytest.mark.parametrize(
    ("uri", "rule"),
    [
        ("https://a/01/1231231231233{", "dl-characters"),
        ("a/01/12312312312333", "dl-not-a-link"),
        ("https://a_b/01/12312312312333", "dl-domain"),
        ("https://a/zzz/12312312312333", "dl-no-key"),
        ("https://a/01/12312312312334", "gs1-check-digit"),
        (f"{GTIN}/10/A/22/B", "dl-sequence"),
        (f"{GTIN}?89=A", "dl-unknown-ai"),
        (f"{GTIN}?99=A&99=A", "dl-twice"),
        (f"{GTIN}?10=A", "dl-belongs-in-path"),
        (f"{GTIN}/10/B?235=A", "dl-no-attribute"),
    ],
)
def test_a_refusal_says_why_in_both_languages(uri: str, rule: str) -> None:
    with pytest.raises(NotADigitalLink) as wrong:
        parse(uri)
    assert wrong.value.diagnosis.id == rule
    assert wrong.value.show("zh") != wrong.value.show("en")


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        (
            "(01)12312312312326(22)ABC(10)DEF(21)GHI(95)INT",
            "https://example.com/01/12312312312326/22/ABC/10/DEF/21/GHI?95=INT",
        ),
        (
            "(98)ABC(253)9526064000028000001(99)000001(8017)795260646688514634",
            "https://example.com/253/9526064000028000001?98=ABC&99=000001&8017=795260646688514634",
        ),
        (
            "(01)12312312312326(01)12312312312326(10)ABC123(99)XYZ789",
            "https://example.com/01/12312312312326/10/ABC123?99=XYZ789",
        ),
        ("(01)12312312312326(99)000001(8200)http://example.com(95)INT", None),
        ("(01)12312312312326(22)ABC(10)DEF(99)000001(235)TPX9526064(95)INT", None),
        ("(10)ABC", None),
        ("(01)12312312312327", None),
    ],
)
def test_elements_become_a_link_or_are_refused(elements: str, expected: str | None) -> None:
    assert built(elements) == expected


def test_unknown_identifiers_stand_in_the_query_only_where_both_are_permitted() -> None:
    elements = "(01)12312312312326(99)000001(89)XXX(95)INT"
    assert built(elements) is None
    assert built(elements, permit_unknown=True) is None
    assert (
        built(elements, permit_unknown=True, unknown_attributes=True)
        == "https://example.com/01/12312312312326?99=000001&89=XXX&95=INT"
    )


SERIALS = st.text(alphabet=SET_82, min_size=1, max_size=20)
GTINS = st.text(alphabet="0123456789", min_size=13, max_size=13).map(
    lambda digits: digits + check_digit(digits)
)


@given(GTINS, SERIALS, SERIALS, st.sampled_from([None, "https://example.com/shop/", "http://10.0.0.1:80"]))
def test_what_is_built_is_read_again(gtin: str, serial: str, lot: str, stem: str | None) -> None:
    uri = build([("21", serial), ("01", gtin), ("10", lot), ("99", serial)], stem)
    link = parse(uri)
    assert [(one.ai.ai, one.value) for one in link.path] == [("01", gtin), ("10", lot), ("21", serial)]
    assert [(one.ai.ai, one.value) for one in link.attributes] == [("99", serial)]
    assert link.stem == (stem or digital_link.CANONICAL_STEM).rstrip("/")


@given(GTINS, SERIALS)
def test_the_canonical_form_of_a_canonical_form_is_itself(gtin: str, serial: str) -> None:
    once = canonical(build([("01", gtin), ("21", serial)], "https://example.com/x"))
    assert once.startswith(f"https://id.gs1.org/01/{gtin}/21/")
    assert canonical(once) == once


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("https://id.gs1.org/gtin/09780345418913", "/01/09780345418913"),
        ("https://example.com/gtin/09780345418913/21/765tz?abc=211121", "/01/09780345418913/21/765tz"),
        ("http://example.de/gtin-8/01/97803111", "/01/00000097803111"),
        ("http://us-company-with-UPC.com/01/001122334455/ser/GHB", "/01/00001122334455/21/GHB"),
        ("https://ean-13.de/gtin/4012345123456/ser/ABC524", "/01/04012345123456/21/ABC524"),
        ("https://id.gs1.org/gtin/9780345418913/cpv/344/lot/1223/ser/765tz", "/01/09780345418913/21/765tz"),
        ("https://id.gs1.org/gtin/9780345418913/cpv/344", "/01/09780345418913"),
        ("http://example.de/01/040123451234/cpv/344/lot/ABD", "/01/00040123451234/10/ABD"),
        ("https://id.gs1.org/itip/123456789101100190/cpv/ABCD", "/8006/123456789101100190"),
        (
            "https://fashion-corp.com/8006/040123451234560102/22/AB/21/443322",
            "/8006/040123451234560102/21/443322",
        ),
        ("https://fashion-corp.com/8006/040123451234560102/10/Lot-123/21/s", "/8006/040123451234560102/21/s"),
        ("https://gs1.test.example.org/01/9780345418913/10/1223", "/01/09780345418913/10/1223"),
        ("https://id.gs1.org/00/340123453111111115", "/00/340123453111111115"),
        ("https://example.co.uk/party/4226350800008", "/417/4226350800008"),
        ("https://id.gs1.org/414/4280000000002/254/12", "/414/4280000000002/254/12"),
        ("https://id.gs1.org/8003/03870585000552987", "/8003/03870585000552987"),
        ("https://id.gs1.org/253/4602443000331XYZ", "/253/4602443000331XYZ"),
        ("https://id.gs1.org/8010/0628165987/8011/9876", "/8010/0628165987/8011/9876"),
        ("https://x.org/01/04012345123456/21/a%2fb(c)", "/01/04012345123456/21/a%2Fb%28c%29"),
    ],
)
def test_the_hash_keeps_the_finest_level_of_a_key(uri: str, expected: str) -> None:
    assert canonical(uri) == "https://id.gs1.org" + expected


@pytest.mark.parametrize(
    "uri",
    [
        "http://example.org/123/4012345ABC987/456/4711",
        "http://id.gs1.org/99/9780345418913",
        "http://id.gs1.org/01/9780345418913/99/utfgf",
        "http://example.de/abc/9780345418913",
        "http://example.de/01/97803",
        "https://id.gs1.org/8006/04012345123456/22/ABCD/10/XYZ",
        "https://w3id.org/suyuan/loc/91350900587527783P/01",
        "geo:30.1,120.2",
        "42",
        "Hello World!",
    ],
)
def test_what_is_no_gs1_key_stays_as_it_is(uri: str) -> None:
    assert canonical(uri) == uri
