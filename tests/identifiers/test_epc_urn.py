"""EPC URNs and Digital Links are two ways to write the same keys."""

import json
from pathlib import Path

import pytest
from epcis_event_hash_generator.dl_normaliser import normaliser  # type: ignore[import-untyped]  # it has no types
from hypothesis import given
from hypothesis import strategies as st

from suyuan.identifiers import epc_urn
from suyuan.identifiers.epc_urn import NotAnEpcUrn, canonical, is_valid, parse, to_digital_link, to_urn

PAIRS = [
    ("urn:epc:id:sgtin:4012345.011111.98%22", "/01/04012345111118/21/98%22", 7),
    ("urn:epc:id:sgtin:415056789012.0.987654", "/01/04150567890128/21/987654", 12),
    (
        "urn:epc:id:sgtin:0614141.812345.6789%2F%26%25%22!%3F()",
        "/01/80614141123458/21/6789%2F%26%25%22%21%3F%28%29",
        7,
    ),
    ("urn:epc:id:sscc:4012345.3111111111", "/00/340123451111111111", 7),
    ("urn:epc:id:sgln:4012345.00005.122", "/414/4012345000054/254/122", 7),
    ("urn:epc:id:sgln:4012345.00005.0", "/414/4012345000054", 7),
    ("urn:epc:id:sgln:987659999999..0", "/414/9876599999992", 12),
    ("urn:epc:id:grai:4012345.00022.334455", "/8003/04012345000221334455", 7),
    ("urn:epc:id:giai:4012345.ABC345", "/8004/4012345ABC345", 7),
    ("urn:epc:id:gsrn:4012345.0000006765", "/8018/401234500000067657", 7),
    ("urn:epc:id:gsrnp:4012345.0000000007", "/8017/401234500000000074", 7),
    ("urn:epc:id:gdti:4012345.00009.PO-4711", "/253/4012345000092PO-4711", 7),
    ("urn:epc:id:gdti:987659999999..9", "/253/98765999999929", 12),
    (
        "urn:epc:id:cpi:0614141.11111111111111-A%23%2F.1234",
        "/8010/061414111111111111111-A%23%2F/8011/1234",
        7,
    ),
    ("urn:epc:id:sgcn:4012345.67890.04711", "/255/401234567890104711", 7),
    ("urn:epc:id:ginc:0614141.xyz47%2F11", "/401/0614141xyz47%2F11", 7),
    ("urn:epc:id:gsin:4012345.222333444", "/402/40123452223334442", 7),
    ("urn:epc:id:itip:4012345.011111.01.02.987", "/8006/040123451111180102/21/987", 7),
    (
        "urn:epc:id:upui:1234567.098765.51qIgY)%3C%26Jp3*j7'SDB",
        "/01/01234567987651/235/51qIgY%29%3C%26Jp3%2Aj7'SDB",
        7,
    ),
    ("urn:epc:id:pgln:4000001.00000", "/417/4000001000005", 7),
    ("urn:epc:id:pgln:999999999999.", "/417/9999999999994", 12),
    ("urn:epc:class:lgtin:4012345.012345.Lot987", "/01/04012345123456/10/Lot987", 7),
    ("urn:epc:idpat:sgtin:4012345.012345.*", "/01/04012345123456", 7),
    ("urn:epc:idpat:grai:4012345.99999.*", "/8003/04012345999990", 7),
    ("urn:epc:idpat:gdti:4012345.11111.*", "/253/4012345111118", 7),
    ("urn:epc:idpat:sgcn:4012345.22222.*", "/255/4012345222227", 7),
    ("urn:epc:idpat:cpi:4012345.AB12.*", "/8010/4012345AB12", 7),
    ("urn:epc:idpat:itip:4012345.012345.01.02.*", "/8006/040123451234560102", 7),
]


@pytest.mark.parametrize(("urn", "path", "company"), PAIRS)
def test_a_urn_is_a_link_and_the_link_is_the_urn(urn: str, path: str, company: int) -> None:
    link = "https://id.gs1.org" + path
    assert (to_digital_link(urn), canonical(urn), canonical(link)) == (link, link, link)
    assert to_urn(link, company) == urn


def test_a_pattern_of_unit_packs_is_their_gtin() -> None:
    assert canonical("urn:epc:idpat:upui:4012345.012345.*") == "https://id.gs1.org/01/04012345123456"


@pytest.mark.parametrize(
    "urn",
    [
        "urn:epc:id:sgtin:4012345.01111.9876",
        "urn:epc:id:sgtin:4012345.0111111.9876",
        "urn:epc:id:sgtin:40123.01111111.9876",
        "urn:epc:id:sgtin:4012345.011111",
        "urn:epc:id:sgtin:4012345.011111.",
        "urn:epc:id:sgtin:4012345.011111.A/B",
        "urn:epc:id:sgtin:4012345.011111.A%24B",
        "urn:epc:id:sgtin:4012345.011111.123456789012345678901",
        "urn:epc:id:sscc:4012345.31111111111",
        "urn:epc:id:giai:4012345.",
        "urn:epc:id:giai:4012345.ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "urn:epc:id:gid:95100000.12345.400",
        "urn:epc:idpat:sgtin:4012345.*.*",
        "urn:epc:id:sgtin",
        "urn:epcglobal:cbv:bt:4012345000009:ASN1099",
    ],
)
def test_what_is_no_key_stays_as_it_is(urn: str) -> None:
    assert (is_valid(urn), canonical(urn)) == (False, urn)
    with pytest.raises(NotAnEpcUrn):
        parse(urn)


def test_a_key_whose_prefix_length_is_impossible_has_no_urn() -> None:
    with pytest.raises(NotAnEpcUrn):
        to_urn("https://id.gs1.org/01/04012345111118/21/9876", 5)
    with pytest.raises(NotAnEpcUrn):
        to_urn("https://example.com/about", 7)


def test_the_event_hash_writes_every_published_identifier_so(conformance: Path) -> None:
    folder = conformance / "event-hash"
    document = json.loads((folder / "epclist_normalisation.jsonld").read_text("utf-8"))
    pre_image = (folder / "epclist_normalisation.prehashes").read_text("utf-8")
    epcs = document["epcisBody"]["eventList"][0]["epcList"]
    written = "".join("epc=" + epc for epc in sorted(epc_urn.canonical(epc) for epc in epcs))
    assert written in pre_image


COMPANIES = st.integers(6, 12).flatmap(lambda n: st.text(alphabet="0123456789", min_size=n, max_size=n))
SERIALS = st.text(alphabet="abcXYZ019-_.;=':!()*+,", min_size=1, max_size=16)


@given(COMPANIES, st.text(alphabet="0123456789", min_size=11, max_size=11), SERIALS, st.data())
def test_the_public_reference_writes_the_same_canonical_forms(
    company: str, digits: str, serial: str, data: st.DataObject
) -> None:
    scheme, total, tail = data.draw(
        st.sampled_from(
            [
                ("id:sgtin", 13, f".{serial}"),
                ("id:sscc", 17, ""),
                ("id:gsrn", 17, ""),
                ("id:gsrnp", 17, ""),
                ("id:gsin", 16, ""),
                ("id:pgln", 12, ""),
                ("id:sgln", 12, f".{serial}"),
                ("id:itip", 13, f".01.02.{serial}"),
                ("id:upui", 13, f".{serial}"),
                ("class:lgtin", 13, f".{serial}"),
                ("idpat:sgtin", 13, ".*"),
            ]
        )
    )
    urn = f"urn:epc:{scheme}:{company}.{digits[: total - len(company)]}{tail}"
    assert canonical(urn) == normaliser(urn)
