"""Which thing a URI names, whoever's domain it came under.

    https://w3id.org/suyuan/obj/001PE050000001A7C0000042        the pack 001PE050000001A7C0000042
    https://maker.example/01/09520123456788/21/LNBSCB3F0DD130955 the vehicle LNBSCB3F0DD130955
    urn:epc:id:sgtin:4012345.011111.9876                        https://id.gs1.org/01/04012345111118/21/9876
    https://w3id.org/suyuan/class/black-mass/B-7                itself, a lot of black-mass

The keys stand on the hot path of capture: the common case is one cut, one search for a mark and one regular expression.

Source: how events name things, docs/vocabulary.md; GS1 Digital Link; EPC Tag Data Standard.

>>> item_key("https://id.example.cn/gbt34014/obj/001pe050000001a7c0000042?from=qr")
'001PE050000001A7C0000042'
>>> item_kind("001PE050000001A7C0000042"), item_kind("https://w3id.org/suyuan/class/black-mass/B-7")
('pack', 'lot')
>>> party_key("https://w3id.org/suyuan/party/91350900587527783p")
'91350900587527783P'
>>> place_key("https://w3id.org/suyuan/loc/91350900587527783P/plant-2")
'91350900587527783P/plant-2'
"""

import re
from functools import lru_cache
from urllib.parse import unquote

from suyuan.identifiers import epc_urn, uscc, vin
from suyuan.identifiers.battery_form import is_code
from suyuan.identifiers.canonical_link import CANONICAL_STEM

_MEMORY = 65_536

_KINDS = {"P": "pack", "M": "module", "C": "cell"}
_LOT = re.compile(
    r"(?:.*/class/(?P<material>[^/?#]+)/[^/?#]+|urn:(?!epc:).*:class:(?P<word>[^:/?#]+):[^:?#]+)", re.DOTALL
)
_PLACE = re.compile(
    r"(?:.*/loc/([^/?#]+)/([^/?#]+)|urn:(?!epc:).*:loc:([^:/?#]+):([^:?#]+))(?:[?#].*)?", re.DOTALL
)
# a key of a class of things rather than of one: without serial number
_CLASS_KEY = re.compile(
    re.escape(CANONICAL_STEM)
    + r"/(?:01/[0-9]{14}(?:/10/[^/]+)?|8006/[0-9]{18}(?:/10/[^/]+)?|8010/[^/]+|25[35]/[0-9]{13}|8003/[0-9]{14})"
)

# a GIAI whose asset reference has the length of a code; no code is made of digits alone
_ASSET = re.compile(
    re.escape(CANONICAL_STEM) + r"/8004/[0-9]{6,12}((?=[^/]*[A-Za-z])(?:[^/]{17}|[^/]{19}|[^/]{24}))"
)


def item_key(uri: str) -> str:
    """The identity of the item that `uri` names.

    A valid battery code or VIN in the last segment, wherever; else the canonical form of a GS1 key; else `uri`.
    """
    segment = uri[uri.rfind("/") + 1 :]
    if is_code(segment) and "/class/" not in uri and "?" not in uri and "#" not in uri:
        return segment
    return _item_key(uri)


@lru_cache(_MEMORY)
def _item_key(uri: str) -> str:
    if "class" in uri and _LOT.fullmatch(uri):  # a class is an amount, even where a lot is named after a pack
        return uri
    code = code_in(_last_segment(uri)) or _code_in_fragment(uri)
    if code is None:
        key = epc_urn.canonical(uri)
        return _code_in_asset(key) or key
    if code.isdigit():  # a GS1 key of 17 digits looks like a VIN that has no letters
        key = epc_urn.canonical(uri)
        if key.startswith(CANONICAL_STEM) and "/21/" not in key:
            return key
    return code


def _last_segment(uri: str) -> str:
    """The last piece of the path, or of a URN, with its escapes undone; of EPC URNs the serial number."""
    bare = uri.partition("#")[0].partition("?")[0].rstrip("/")
    segment = bare[max(bare.rfind("/"), bare.rfind(":")) + 1 :]
    if bare[:8].lower() == "urn:epc:":
        segment = segment.rpartition(".")[2]
    return unquote(segment)


def _code_in_fragment(uri: str) -> str | None:
    """The code of a URI that names things behind a hash, `…/batteries#<code>`."""
    fragment = uri.partition("#")[2]
    return code_in(unquote(fragment[fragment.rfind("/") + 1 :])) if fragment else None


def _code_in_asset(key: str) -> str | None:
    """The code that is the asset reference of a GIAI: the URN separates it from the company prefix, the link does not.

    >>> item_key("https://id.gs1.org/8004/6901234LNBSCB3F0DD130955"), item_key("urn:epc:id:giai:6901234.LNBSCB3F0DD130955")
    ('LNBSCB3F0DD130955', 'LNBSCB3F0DD130955')
    """
    found = _ASSET.fullmatch(key)
    return code_in(unquote(found[1])) if found else None


def code_in(segment: str) -> str | None:
    """The battery code or VIN that a segment is, in upper case; None where it is neither."""
    text = segment.upper() if segment.isascii() else segment
    return text if is_code(text) or vin.is_valid(text) else None


@lru_cache(_MEMORY)
def item_kind(key: str) -> str:
    """What an item key names: pack, module, cell, reuse_pack, reuse_module, reuse_cell, vehicle, lot or other."""
    if is_code(key):
        return _KINDS[key[3]] if len(key) == 24 else f"reuse_{_KINDS[key[-1]]}"
    if vin.is_valid(key):
        return "vehicle"
    return "lot" if _LOT.fullmatch(key) or _CLASS_KEY.fullmatch(key) else "other"


@lru_cache(_MEMORY)
def lot_material(key: str) -> str | None:
    """The material of a lot, `<material>` of `…/class/<material>/<lot>`; None where the key is no such lot.

    >>> lot_material("https://w3id.org/suyuan/class/lithium-carbonate/2026-07"), lot_material("urn:x:class:copper:7")
    ('lithium-carbonate', 'copper')
    """
    found = _LOT.fullmatch(key)
    return unquote(found["material"] or found["word"]) if found else None


@lru_cache(_MEMORY)
def party_key(uri: str) -> str:
    """The identity of a party: its credit code where the last segment is a valid one, else canonical GS1 form, else `uri`."""
    code = _last_segment(uri).upper()
    return code if uscc.is_valid(code) else epc_urn.canonical(uri)


@lru_cache(_MEMORY)
def place_key(uri: str) -> str:
    """The identity of a place: `<credit code>/<site>`, else canonical GS1 form, else `uri`."""
    found = _PLACE.fullmatch(uri)
    if found:
        code, site = (unquote(piece) for piece in found.groups() if piece is not None)
        if uscc.is_valid(code.upper()):
            return f"{code.upper()}/{site}"
    return epc_urn.canonical(uri)
