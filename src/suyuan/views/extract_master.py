"""Master data as rows: an attribute of a party, a place or a model, valid from a day."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import unquote

from suyuan.identifiers.recognise import party_key, place_key
from suyuan.views.reading_words import as_json, last_segment, text

_KINDS = {
    "party": "party",
    "sourcedest": "party",
    "location": "location",
    "readpoint": "location",
    "businesslocation": "location",
    "model": "model",
}
_OWN_OR_CBV = (
    "sy:",
    "https://w3id.org/suyuan/voc#",
    "urn:epcglobal:cbv:mda",
    "https://ref.gs1.org/cbv/mda",
    "cbvmda:",
)

MasterRow = tuple[int, str, str, str | None, str | None, date | None]


def master_rows(seq: int, body: Mapping[str, Any]) -> Iterator[MasterRow]:
    """The rows of one element of master data."""
    kind = _KINDS.get(last_segment(body["type"]).lower(), "other")
    key = _key(kind, body["id"])
    valid_from = _day(body.get("validFrom"))
    attributes = body.get("attributes") or {}
    if not attributes:
        yield seq, kind, key, None, None, valid_from
    for name, value in attributes.items():
        yield seq, kind, key, attribute_word(name), text(value), valid_from
    if body.get("children"):
        yield seq, kind, key, "children", as_json(body["children"]), valid_from
        yield from _of_children(seq, kind, body, attributes)


def _of_children(
    seq: int, kind: str, body: Mapping[str, Any], attributes: Mapping[str, Any]
) -> Iterator[MasterRow]:
    """The parts of a site are its firm's; undated, so that what is said of a part itself comes first."""
    firm = next((text(value) for name, value in attributes.items() if attribute_word(name) == "uscc"), None)
    if kind == "location" and firm is not None and isinstance(body["children"], list):
        for child in body["children"]:
            yield seq, kind, _key(kind, str(child)), "uscc", firm, None


def _key(kind: str, given: str) -> str:
    if kind == "party":
        return party_key(given)
    if kind == "location":
        return place_key(given)
    if kind == "model":
        return model_key(given)
    return given


def model_key(given: str) -> str:
    """A model's name: of a URI the last segment, else the text itself.

    >>> model_key("https://w3id.org/suyuan/model/91350900587527783P/LFP%2055%2FA"), model_key("LFP-55-A ")
    ('LFP 55/A', 'LFP-55-A')
    """
    return unquote(last_segment(given)) if "://" in given or given.startswith("urn:") else given.strip()


def attribute_word(name: str) -> str:
    """The name of an attribute as rows have it: own words and CBV's bare."""
    return last_segment(name) if name.startswith(_OWN_OR_CBV) else name


def _day(given: Any) -> date | None:
    try:
        return date.fromisoformat(str(given)[:10])
    except ValueError:
        return None
