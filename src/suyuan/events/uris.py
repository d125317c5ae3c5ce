"""Own URIs: what things, places, parties, documents and runs are called in the events we write.

    https://w3id.org/suyuan/obj/<code or VIN>            an item
    https://w3id.org/suyuan/class/<material>/<lot>       an amount without single codes
    https://w3id.org/suyuan/loc/<USCC>/<site>            a place
    https://w3id.org/suyuan/party/<USCC>                 a party
    https://w3id.org/suyuan/bt/<USCC>/<kind>/<number>    a document
    https://w3id.org/suyuan/xform/<USCC>/<batch>         a process run

This is only what is written; on reading, URIs of any domain are understood (`identifiers.recognise`).

>>> document_uri("91350900587527783P", "delivery", "D 17/3")
'https://w3id.org/suyuan/bt/91350900587527783P/delivery/D%2017%2F3'
"""

from urllib.parse import quote

BASE = "https://w3id.org/suyuan"
NAMESPACE = f"{BASE}/voc#"
PREFIX = "sy"
CONTEXT_URL = f"{BASE}/context.jsonld"
STANDARD_CONTEXT_URL = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"


def _uri(kind: str, *segments: str) -> str:
    # a slash inside a lot or document number must not look like another level
    return "/".join((BASE, kind, *(_quoted(segment) for segment in segments)))


def _quoted(segment: str) -> str:
    # most are codes, of which nothing is quoted; to ask is quicker than to look
    return segment if segment.isascii() and segment.isalnum() else quote(segment, safe="")


def item_uri(code: str) -> str:
    """The URI of a pack, module, cell, reuse product (battery code) or vehicle (VIN)."""
    return _uri("obj", code)


def lot_uri(material: str, lot: str) -> str:
    """The URI of a lot of a material (`black-mass`, `lithium-carbonate`, …), for quantity lists."""
    return _uri("class", material, lot)


def place_uri(uscc: str, site: str) -> str:
    """The URI of a site of a party."""
    return _uri("loc", uscc, site)


def party_uri(uscc: str) -> str:
    """The URI of the party with this credit code."""
    return _uri("party", uscc)


def document_uri(uscc: str, kind: str, number: str) -> str:
    """The URI of a business document, as its issuer numbers it."""
    return _uri("bt", uscc, kind, number)


def run_uri(uscc: str, batch: str) -> str:
    """The URI of a process run; it joins the several events of one batch."""
    return _uri("xform", uscc, batch)


def case_uri(case: str) -> str:
    """The URI of a case of findings."""
    return _uri("case", case)
