"""Element strings: the values of Application Identifiers, and which may stand beside which."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.identifiers import element_string
from suyuan.identifiers.application_identifiers import ai_lengths, key_paths, lookup, table
from suyuan.identifiers.associations import associations
from suyuan.identifiers.check_digit import SET_82, check_pair, has_check_pair
from suyuan.identifiers.element_string import NotAnElementString, parse, show


def data(text: str, permit_unknown: bool = False) -> str | None:
    try:
        return parse(text, permit_unknown=permit_unknown).data
    except NotAnElementString:
        return None


def test_every_published_element_string_gets_the_published_verdict(conformance: Path) -> None:
    cases = json.loads((conformance / "digital-link" / "ai_element_strings.json").read_text("utf-8"))["cases"]
    assert [data(case["bracketed_ais"]) for case in cases] == [case["element_data"] for case in cases]


@pytest.mark.parametrize(
    ("bracketed", "expected"),
    [
        ("(3100)123456(10)12345", "^31001234561012345"),
        ("(3900)12345(11)991225", "^390012345^11991225"),
        ("(10)12345\\(", "^1012345("),
        ("(10)(11)98765", None),
        ("(1A)12345", None),
        ("12345", None),
        ("(1)12345", None),
        ("(15", None),
        ("(", None),
        ("(10)12345^", None),
    ],
)
def test_brackets_mark_the_identifiers_and_a_backslash_makes_them_data(
    bracketed: str, expected: str | None
) -> None:
    assert data(bracketed) == expected


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("^991234", True),
        ("991234", False),
        ("^", False),
        ("", False),
        ("^891234", False),
        ("^99~ABC", False),
        ("^0112345678901231", True),
        ("^01A2345678901231", False),
        ("^0112345678901234", False),
        ("^011234567890123", False),
        ("^01123456789012312", False),
        ("^0112345678901231^", True),
        ("^011234567890123^", False),
        ("^01123456789012345^991234", False),
        ("^0112345678901231991234", True),
        ("^0112345678901231^991234", True),
        ("^2421", True),
        ("^242123456^10ABC123", True),
        ("^2421234567", False),
        ("^81111234", True),
        ("^8111123", False),
        ("^811112345", False),
        ("^800112341234512398", True),
        ("^80011234123451239", False),
        ("^800112341234512398^0112345678901231", True),
        ("^8001123412345123981^01123456789012312", False),
        ("^7007211225211231", True),
        ("^7007211225", True),
        ("^700721122521", False),
        ("^70072112252212311", False),
        ("^800302112345678900ABC", True),
        ("^800302112345678901ABC", False),
        ("^800302112345678900", True),
        ("^800302112345678900ABCDEFGHIJKLMNOPQ", False),
        ("^7230123", True),
        ("^723012", False),
        ("^423528528", True),
        ("^42352852", False),
        ("^423528528528528528", True),
        ("^4235285285285285285", False),
        ("]C10112345678901231\x1d10ABC", True),
        ("]d2010952012345678810ABC\x1d17261231", True),
    ],
)
def test_unbracketed_strings_are_cut_by_length_or_separator(text: str, valid: bool) -> None:
    assert element_string.is_valid(text) is valid


@pytest.mark.parametrize(
    ("bracketed", "problem"),
    [
        ("(00)A23456789012345675", "gs1-characters-N"),
        ("(10) ", "gs1-characters-X"),
        ("(8010)123456_", "gs1-characters-Y"),
        ("(8030)ABC:123", "gs1-characters-Z"),
        ("(8030)123=", "gs1-padding"),
        ("(00)123456789012345670", "gs1-check-digit"),
        ("(8013)123456ABXX", "gs1-check-pair"),
        ("(8013)A", "gs1-check-pair"),
        ("(401)123", "gs1-prefix-1"),
        ("(7023)12A4", "gs1-prefix-1"),
        ("(7040)1AB=", "gs1-importer-index"),
        ("(8001)12340000012311", "gs1-nonzero"),
        ("(8003)112345678901281234567890123456", "gs1-zero"),
        ("(8011)023456789012", "gs1-no-zero-prefix"),
        ("(4321)2", "gs1-flag"),
        ("(8001)12341234512321", "gs1-winding"),
        ("(426)987", "gs1-country"),
        ("(7030)987ABC", "gs1-country-999"),
        ("(4307)AA", "gs1-country-2"),
        ("(3910)9870", "gs1-currency"),
        ("(8007)FR1234", "gs1-iban"),
        ("(8007)FR12345678901234", "gs1-iban"),
        ("(8007)AB12345678901234", "gs1-iban"),
        ("(4326)201300", "gs1-date"),
        ("(4326)201200", "gs1-date"),
        ("(4324)2012252400", "gs1-hour-minute"),
        ("(4324)2012252360", "gs1-hour-minute"),
        ("(8008)201225230060", "gs1-second"),
        ("(8026)123456789012310099", "gs1-piece-of-total"),
        ("(8026)123456789012310100", "gs1-piece-of-total"),
        ("(8026)123456789012310302", "gs1-piece-of-total"),
        ("(4300)ABC%0g", "gs1-percent"),
        ("(7241)11", "gs1-media-type"),
        ("(7041)8X", "gs1-package-type"),
        ("(4309)18000000010000000000", "gs1-latitude"),
        ("(4309)00000000003600000001", "gs1-longitude"),
        ("(4330)000000X", "gs1-hyphen"),
        ("(7252)5", "gs1-sex"),
        ("(7258)111", "gs1-position"),
        ("(7258)0/3", "gs1-position"),
        ("(7258)2/1", "gs1-position"),
        ("(8014)1234567890123456789RM", "gs1-check-pair"),
        ("(01)95012345678903(11)131313", "gs1-date-day0"),
    ],
)
def test_a_value_that_breaks_its_rule_is_told_which(bracketed: str, problem: str) -> None:
    with pytest.raises(NotAnElementString) as wrong:
        parse(bracketed)
    assert wrong.value.diagnosis.id == problem
    assert wrong.value.show("zh") != wrong.value.show("en")


@pytest.mark.parametrize(
    "bracketed",
    [
        "(00)123456789012345675",
        "(01)95012345678903(3103)000123",
        "(8007)FR7630006000011234567890189",
        "(8007)MT90MALT011000012345MTLCAST001SABC",
        "(8013)1987654Ad4X4bL5ttr2310c2K",
        "(7241)10",
        "(7041)8",
        "(7030)999ABC",
        "(3910)1569",
        "(4309)09000000000000000000",
        "(11)260200",
        "(7258)9/9",
        "(8030)12=",
        "(8030)1==",
        "(8112)001234561234560123456",
        "(8112)061234567890121234569123456789012345",
        "(8110)012345612345611110123",
    ],
)
def test_a_value_that_keeps_its_rules_is_taken(bracketed: str) -> None:
    assert element_string.is_valid(bracketed)


@pytest.mark.parametrize(
    ("coupon", "valid"),
    [
        ("012345612345611110123", True),
        ("71234567890123", False),
        ("012345", False),
        ("0123456123456", False),
        ("01234561234560", False),
        ("0123456123456116123456", False),
        ("012345612345611115", False),
        ("01234561234561111012310110123012345", False),
        ("012345612345611110123101101230123456", True),
        ("01234561234561111012310110123" + "9", True),
        ("01234561234561111012321101239", True),
        ("0123456123456111101233200010", False),
        ("0123456123456111101233200110", True),
        ("01234561234561111012335006064500607", False),
        ("01234561234561111012335006074500606", True),
        ("012345612345611110123900000", False),
        ("01234561234561111012390000", True),
        ("01234561234561111012393000", False),
        ("01234561234561111012390002", False),
        ("012345612345611110123611234567", True),
        ("01234561234561111012350123456", True),
        ("0123456123456111101238", False),
    ],
)
def test_coupons_of_north_america_are_read_to_their_last_field(coupon: str, valid: bool) -> None:
    assert element_string.is_valid(f"(8110){coupon}") is valid


@pytest.mark.parametrize(("ai", "length"), [("89", 2), ("3999", 4), ("236", 3), ("419", 3)])
def test_an_identifier_not_yet_given_out_may_be_permitted(ai: str, length: int) -> None:
    assert lookup(ai) is None
    unknown = lookup(ai, permit_unknown=True)
    assert unknown is not None
    assert (unknown.ai, unknown.fixed, unknown.fits("1" * 13)) == (ai, ai == "419", True)


@pytest.mark.parametrize("ai", ["011", "800", "80", "399", "2367", "4199", "8", "12345", "", "8A"])
def test_an_identifier_that_could_be_mistaken_for_another_is_never_permitted(ai: str) -> None:
    assert lookup(ai, permit_unknown=True) is None


def test_identifiers_that_begin_alike_are_of_one_length_and_of_one_kind() -> None:
    assert all(len(ai) == ai_lengths()[ai[:2]] for ai in table())
    fixed = {ai[:2]: entry.fixed for ai, entry in table().items()}
    assert all(entry.fixed == fixed[ai[:2]] for ai, entry in table().items())
    assert len(table()) == 536


def test_the_paths_of_digital_links_are_those_of_the_standard() -> None:
    assert {path for path in key_paths() if path[0] in ("00", "01", "414", "8010", "8018")} == {
        ("00",),
        *[("01",), ("01", "22"), ("01", "10"), ("01", "21"), ("01", "22", "10"), ("01", "22", "21")],
        *[("01", "10", "21"), ("01", "22", "10", "21"), ("01", "235")],
        *[
            ("414",),
            ("414", "254"),
            ("414", "7040"),
            ("8010",),
            ("8010", "8011"),
            ("8018",),
            ("8018", "8019"),
        ],
    }


def wrong(bracketed: str) -> list[str]:
    return [one.id for one in associations(parse(bracketed, permit_unknown=True))]


@pytest.mark.parametrize(
    ("bracketed", "expected"),
    [
        ("(400)ABC(99)DEF(400)ABC", []),
        ("(400)ABC(400)AB", ["gs1-repeated"]),
        ("(89)ABC(89)XYZ(89)ABC", ["gs1-repeated"]),
        ("(01)12345678901231(37)123(00)123456789012345675", ["gs1-never-with", "gs1-needs-other"]),
        ("(01)12345678901231(255)5412345000150", ["gs1-never-with", "gs1-never-with"]),
        ("(01)12345678901231(21)ABC123(235)XYZ", ["gs1-never-with"]),
        ("(255)5412345000150(3940)1234(3941)9999", ["gs1-never-with", "gs1-never-with"]),
        ("(02)12345678901231", ["gs1-needs-other"]),
        ("(02)12345678901231(37)123(00)123456789012345675", []),
        ("(01)12345678901231(250)ABC123", ["gs1-needs-other"]),
        ("(01)12345678901231(21)XYZ999(250)ABC123", []),
        ("(01)12345678901231(3925)12599", ["gs1-needs-other"]),
        ("(01)12345678901231(3925)12599(3105)654321", []),
        ("(8030)DIGSIG(01)12345678901231", ["gs1-needs-other"]),
        ("(8030)DIGSIG(01)12345678901231(21)ABC123", []),
        ("(253)1234567890128(8030)ABC123", ["gs1-no-serial"]),
        ("(253)1234567890128X(8030)ABC123", []),
        ("(8003)01234567890128(8030)ABC123", ["gs1-no-serial"]),
    ],
)
def test_elements_are_held_against_each_other(bracketed: str, expected: list[str]) -> None:
    assert wrong(bracketed) == expected


@given(st.text(alphabet=SET_82, min_size=1, max_size=23))
def test_a_check_pair_proves_the_text_before_it(text: str) -> None:
    assert has_check_pair(text + check_pair(text))


VALUES = st.text(alphabet=SET_82, min_size=1, max_size=20)


@given(st.dictionaries(st.sampled_from(["10", "21", "240", "90", "400", "99"]), VALUES, min_size=1))
def test_what_is_shown_is_read_again(values: dict[str, str]) -> None:
    given_ = element_string.ElementString(
        tuple(element_string.element(ai, text) for ai, text in values.items())
    )
    assert parse(show(given_)) == given_
    assert parse(given_.data) == given_
