"""What any text on a label is: battery code, VIN, credit code, area code, GS1 key, Digital Link, EPC URN, or a URI.

Codes come as people and scanners deliver them, in lower case, with blanks, line breaks and full-width digits. Where a text can
be two things, the one of battery traceability is taken. A text that is nothing valid gets the diagnosis of what it most
resembles, with the code that was probably meant.

The keys by which items, parties and places are known are in `item_keys`.

>>> recognise("04qcb76836300 jbc40000903").fields["chemistry"].meaning.en
'lithium iron phosphate'
>>> recognise("jbc4000090304qcb76836300").diagnosis.suggestion
'04QCB76836300JBC40000903'
>>> recognise("9520123456788").kind, recognise("https://x.example/01/09520123456788").kind
('gtin', 'digital-link')
"""

import re
from collections.abc import Callable
from datetime import date
from urllib.parse import unquote

from suyuan.identifiers import (
    area,
    battery_code,
    code_fields,
    digital_link,
    element_string,
    epc_urn,
    gs1,
    uscc,
    vin,
)
from suyuan.identifiers.associations import associations
from suyuan.identifiers.diagnosis import Diagnosis, diagnosis
from suyuan.identifiers.digital_link import NotADigitalLink
from suyuan.identifiers.element_string import NotAnElementString
from suyuan.identifiers.item_keys import (
    code_in,
    item_key,
    item_kind,
    lot_material,
    party_key,
    place_key,
)
from suyuan.identifiers.recognised import ITEM_KINDS, Field, Recognised, field
from suyuan.identifiers.tidy import tidy
from suyuan.terms.sentence import Sentence

__all__ = [
    "Recognised",
    "item_key",
    "item_kind",
    "lot_material",
    "party_key",
    "place_key",
    "recognise",
]

OWN = "https://w3id.org/suyuan/"

_SCHEME = re.compile(r"(?:https?://|urn:|geo:|tag:|did:)", re.IGNORECASE)
# What scanners put before the data of carriers that are not GS1 element strings: EAN, Code 128, QR, Data Matrix.
_PLAIN_SYMBOLOGY = re.compile(r"\](?:E[04]|C0|Q[0-2]|d[01])")
_GRANULARITY = {
    ("01",): Sentence(zh="型号", en="model"),
    ("01", "10"): Sentence(zh="批次", en="batch"),
    ("01", "21"): Sentence(zh="单件", en="item"),
}


def recognise(text: str, today: date | None = None) -> Recognised:
    """What `text` is; with `today`, days of production that lie ahead are remarked upon."""
    bare = _PLAIN_SYMBOLOGY.sub("", text.strip())
    if _SCHEME.match(bare):
        return _uri(bare)
    if bare.startswith(("(", "^", "]")) or "\x1d" in bare:
        return _elements(bare)
    return _code(bare, today) or _nothing(bare)


def _code(text: str, today: date | None) -> Recognised | None:
    code = tidy(text).text
    if battery_code.is_valid(code):
        fields, remarks = code_fields.of_battery(code), battery_code.remarks(battery_code.parse(code), today)
        return Recognised(text, "battery-code", True, code, fields, None, remarks, code, item_kind(code))
    if vin.is_valid(code):
        return Recognised(text, "vin", True, code, code_fields.of_vin(code), item=code, item_kind="vehicle")
    if uscc.is_valid(code):
        return Recognised(text, "uscc", True, code, code_fields.of_uscc(code))
    if area.is_valid(code):
        return Recognised(text, "area-code", True, code, code_fields.of_area(code))
    kinds = (
        () if _like_party(code) else gs1.kinds(code)
    )  # a credit code typed wrong is not to pass as something else
    if kinds:
        key = gs1.parse(code)
        return Recognised(
            text, key.kind, True, key.value, code_fields.of_key(key, kinds[1:]), item=key.digital_link
        )
    return None


def _elements(text: str) -> Recognised:
    try:
        value = element_string.parse(text)
    except NotAnElementString as wrong:
        return Recognised(text, "element-string", False, text, diagnosis=wrong.diagnosis)
    fields, remarks = code_fields.of_elements(value.elements), associations(value)
    item = None
    try:
        item = item_key(digital_link.build(element_string.show(value)))
        fields["canonical"] = field("canonical", digital_link.build(element_string.show(value)))
    except NotADigitalLink:
        pass  # no key among them, or one that may not stand in a link: still a good element string
    shown = element_string.show(value)
    return Recognised(
        text, "element-string", True, shown, fields, None, remarks, item, item and item_kind(item)
    )


def _uri(uri: str) -> Recognised:
    if uri[:8].lower() == "urn:epc:":
        return _urn(uri)
    if uri.startswith(OWN):
        return _own(uri)
    try:
        link = digital_link.parse(uri, permit_zero_suppressed=True)
    except NotADigitalLink as wrong:
        if wrong.diagnosis.id in ("dl-no-key", "dl-not-a-link"):
            return _other(uri)
        return Recognised(uri, "digital-link", False, uri, diagnosis=wrong.diagnosis)
    fields = {"stem": field("stem", link.stem), **code_fields.of_elements(link.elements.elements)}
    path = tuple(one.ai.ai for one in link.path if one.ai.ai != "22")
    meaning = _GRANULARITY.get((path[0], path[-1]) if len(path) > 1 else path)
    if meaning:
        fields["granularity"] = field("granularity", "+".join(path), meaning)
    return _naming(uri, "digital-link", fields, associations(link.elements))


def _urn(urn: str) -> Recognised:
    try:
        pairs = epc_urn.parse(urn)
    except epc_urn.NotAnEpcUrn as wrong:
        return Recognised(urn, "epc-urn", False, urn, diagnosis=wrong.diagnosis)
    elements = [element_string.element(ai, value) for ai, value in pairs]
    return _naming(urn, "epc-urn", code_fields.of_elements(elements))


def _naming(uri: str, kind: str, fields: dict[str, Field], remarks: tuple[Diagnosis, ...] = ()) -> Recognised:
    """A URI that names an item: what and of which kind, and the fields of its code if it has one."""
    key = item_key(uri)
    canonical = epc_urn.canonical(uri)
    if canonical.startswith(digital_link.CANONICAL_STEM):
        fields["canonical"] = field("canonical", canonical)
    of_what = item_kind(key)
    fields["item"] = field("item", key)
    fields["item_kind"] = field("item_kind", of_what, ITEM_KINDS[of_what])
    if vin.is_valid(key):
        fields |= code_fields.of_vin(key)
    elif battery_code.is_valid(key):
        fields |= code_fields.of_battery(key)
    return Recognised(uri, kind, True, canonical, fields, None, remarks, key, of_what)


def _other(uri: str) -> Recognised:
    if re.search(r"[\s<>\"{}|\\^`]", uri):
        wrong = diagnosis(
            "uri-characters",
            f"{uri!r} holds characters that no URI may hold",
            f"{uri!r} 含有 URI 不允许的字符",
        )
        return Recognised(uri, "uri", False, uri, diagnosis=wrong)
    return _naming(uri, "uri", {})


# How own URIs are made: names of the segments after the first.
_OWN_SHAPES = {
    "obj": ("item",),
    "class": ("material", "lot"),
    "loc": ("party", "site"),
    "party": ("party",),
    "bt": ("party", "document_kind", "number"),
    "xform": ("party", "batch"),
}


def _own(uri: str) -> Recognised:
    kind, *values = uri.removeprefix(OWN).partition("#")[0].partition("?")[0].split("/")
    names = _OWN_SHAPES.get(kind)
    if names is None or len(names) != len(values) or not all(values):
        shapes = ", ".join(
            f"{word}/" + "/".join(f"<{name}>" for name in parts) for word, parts in _OWN_SHAPES.items()
        )
        wrong = diagnosis(
            "own-uri-shape", f"{uri!r} is none of the forms {shapes}", f"{uri!r} 不是下列形式之一：{shapes}"
        )
        return Recognised(uri, "own-uri", False, uri, diagnosis=wrong)
    fields = {name: field(name, unquote(value)) for name, value in zip(names, values, strict=True)}
    problem = _own_problem(kind, fields)
    if problem is not None:
        return Recognised(uri, "own-uri", False, uri, fields, problem)
    if kind in ("obj", "class"):
        return _naming(uri, "own-uri", fields)
    code = fields["party"].value.upper()
    fields |= code_fields.of_uscc(code)
    return Recognised(uri, "own-uri", True, uri, fields)


def _own_problem(kind: str, fields: dict[str, Field]) -> Diagnosis | None:
    if "party" in fields:
        return None if uscc.is_valid(fields["party"].value.upper()) else uscc.diagnose(fields["party"].value)
    if kind == "obj" and code_in(fields["item"].value) is None:
        # other things than batteries and vehicles have codes of other makes: only what looks like these is judged
        code = tidy(fields["item"].value).text
        if code.isascii() and code.isalnum() and (len(code) == 17 or 19 <= len(code) <= 26):
            return vin.diagnose(code) if len(code) == 17 else battery_code.diagnose(code)
    return None


_Diagnose = Callable[[str], Diagnosis | None]


def _nothing(text: str) -> Recognised:
    """The diagnosis of what the text most resembles."""
    code = tidy(text).text
    if not code:
        return _unknown(text, diagnosis("empty", "nothing there", "内容为空"))
    if not re.search(r"[0-9]", code) or not 5 <= len(code) <= 64:
        return _unknown(
            text, diagnosis("not-recognised", f"{text!r} is no code known here", f"{text!r} 不是可识别的代码")
        )
    found = [
        (kind, wrong) for kind, diagnose in _likeliest(text, code) if (wrong := diagnose(text)) is not None
    ]
    kind, wrong = next((one for one in found if one[1].suggestion), found[0])
    return Recognised(text, kind, False, code, diagnosis=wrong)


def _unknown(text: str, wrong: Diagnosis) -> Recognised:
    return Recognised(text, "unknown", False, text, diagnosis=wrong)


def _likeliest(text: str, code: str) -> list[tuple[str, _Diagnose]]:
    """What the text may have been meant as, the likeliest first; each gives its diagnosis."""
    battery: tuple[str, _Diagnose] = ("battery-code", battery_code.diagnose)
    vehicle: tuple[str, _Diagnose] = ("vin", vin.diagnose)
    party: tuple[str, _Diagnose] = ("uscc", uscc.diagnose)
    place: tuple[str, _Diagnose] = ("area-code", area.diagnose)
    key: tuple[str, _Diagnose] = ("sscc" if len(code) == 18 else "gtin", gs1.diagnose)
    rounded = re.fullmatch(r"\s*[0-9][.,]?[0-9]*[eE]\+?([0-9]+)\s*", text)
    if rounded:
        digits = int(rounded[1]) + 1
        return [battery if digits > 18 else party if digits == 18 else key]
    if _like_party(code):
        return [party]
    if code.isdigit():
        if len(code) == 6:
            return [place]
        if len(code) == 18 and code.startswith(("1", "5", "9")):
            return [party, key]
        return [key if len(code) <= 18 else battery]
    return {16: [vehicle], 17: [vehicle, party], 18: [party, vehicle, battery]}.get(len(code), [battery])


def _like_party(code: str) -> bool:
    """Whether it begins as credit codes do: department, kind, the area of a province."""
    return 15 <= len(code) <= 19 and code[0] in "159" and code[2:8].isdigit() and area.is_valid(code[2:8])
