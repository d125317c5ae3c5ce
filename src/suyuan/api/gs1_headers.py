"""The headers with which EPCIS 2.0 clients and servers agree on versions and forms.

    asked for                           answered with
    GS1-EPCIS-Min/-Max, GS1-CBV-…       GS1-EPCIS-Version: 2.0.0, GS1-CBV-Version: 2.0.0 if they lie between, else 406
    GS1-EPCIS-Version (of a body)       406 if it is none that is read
    GS1-EPC-Format                      as recorded, or EPC URNs as GS1 Digital Links (the default)
    GS1-Extensions: prefix=namespace    prefixes of names in queries

EPC URNs are not made of Digital Links: that needs the length of the company's prefix, and a guess would be wrong at times.

Source: epcis-2.0 section 12.5.
"""

from collections.abc import Mapping
from typing import Any

from litestar.datastructures import ResponseHeader

from suyuan import __version__
from suyuan.api.problems import Refused
from suyuan.identifiers import epc_urn
from suyuan.terms.errors import SuyuanError

EPCIS_VERSION, CBV_VERSION = "2.0.0", "2.0.0"
EPCIS_MIN, CBV_MIN = "2.0.0", "2.0.0"
CAPTURE_EVENTS_MAX = 10_000_000
CAPTURE_BYTES_MAX = 4 << 30
EVENT_BYTES_MAX = 4 << 20

ANSWER_HEADERS = (
    ResponseHeader(name="GS1-EPCIS-Version", value=EPCIS_VERSION),
    ResponseHeader(name="GS1-CBV-Version", value=CBV_VERSION),
)
"""On every answer of the binding."""

DISCOVERY = {
    "GS1-EPCIS-Version": EPCIS_VERSION, "GS1-EPCIS-Min": EPCIS_MIN, "GS1-EPCIS-Max": EPCIS_VERSION,
    "GS1-CBV-Version": CBV_VERSION, "GS1-CBV-Min": CBV_MIN, "GS1-CBV-Max": CBV_VERSION,
    "GS1-EPC-Format": "Always_GS1_Digital_Link",
    "GS1-Vendor-Version": f"suyuan-{__version__}",
}  # fmt: skip
"""What OPTIONS tells, beside `Allow`."""

CAPTURE_DISCOVERY = {
    "GS1-EPCIS-Capture-Limit": str(CAPTURE_EVENTS_MAX),
    "GS1-EPCIS-Capture-File-Size-Limit": str(CAPTURE_BYTES_MAX),
    "GS1-Capture-Error-Behaviour": "all",
}

_FORMATS = ("No_Preference", "Always_GS1_Digital_Link", "Always_EPC_URN", "Never_Translates")
_XML_FORMATS = ("No_Preference", "Always_Web_URI", "Always_URN", "Never_Translates")
JSON_TYPES = ("application/json", "application/ld+json", "application/*", "*/*")

Headers = Mapping[str, str]


def check_answer(headers: Headers, *, accepts: tuple[str, ...] = JSON_TYPES) -> None:
    """Whether what would be answered is what the client takes. Raises Refused (406)."""
    _between(headers, "gs1-epcis", EPCIS_VERSION)
    _between(headers, "gs1-cbv", CBV_VERSION)
    accept = headers.get("accept", "*/*") or "*/*"
    if not any(_media_range(part) in accepts for part in accept.split(",")):
        raise Refused(
            406, f"answers are application/json, not {accept}", f"仅以 application/json 答复，不支持 {accept}"
        )


def check_body(headers: Headers) -> None:
    """Whether what is sent claims to be a version that is read. Raises Refused (406)."""
    for name, version in (("gs1-epcis-version", EPCIS_VERSION), ("gs1-cbv-version", CBV_VERSION)):
        said = headers.get(name)
        if said is not None and _numbers(said)[:2] != _numbers(version)[:2]:
            raise Refused(
                406, f"{name}: {said} is not read; send {version}", f"{name}：不支持 {said}；请使用 {version}"
            )


def content_type(headers: Headers, taken: tuple[str, ...]) -> str:
    """The media type of the body. Raises Refused (415) for one that is not taken."""
    said = _media_range(headers.get("content-type", ""))
    if said not in taken:
        raise Refused(
            415, f"{said or 'no media type'} is not taken; send {', '.join(taken)}",
            f"不接受 {said or '未注明的媒体类型'}；请发送 {'、'.join(taken)}",
        )  # fmt: skip
    return said


def epc_format(headers: Headers) -> str:
    """In which form EPCs are wanted. Raises Refused (406) for URNs, which cannot be made."""
    wanted = headers.get("gs1-epc-format", "Always_GS1_Digital_Link")
    if wanted not in _FORMATS:
        raise Refused(
            406,
            f"GS1-EPC-Format: {wanted} is none of {', '.join(_FORMATS)}",
            f"GS1-EPC-Format：{wanted} 无效",
        )
    if wanted == "Always_EPC_URN":
        raise Refused(
            406,
            "EPC URNs cannot be made of Digital Links without the lengths of company prefixes; ask for Never_Translates",
            "没有厂商前缀长度无法由数字链接生成 EPC URN；请使用 Never_Translates",
        )
    cbv = headers.get("gs1-cbv-xml-format", "No_Preference")
    if cbv not in _XML_FORMATS:
        raise Refused(
            406, f"GS1-CBV-XML-Format: {cbv} is none that is known", f"GS1-CBV-XML-Format：{cbv} 无效"
        )
    return wanted


def extensions(headers: Headers) -> dict[str, str]:
    """Prefixes that the client binds: `ex=https://ns.example.com/,other=…`."""
    bound = {}
    for part in headers.get("gs1-extensions", "").split(","):
        prefix, equals, namespace = part.strip().partition("=")
        if equals and prefix and namespace:
            bound[prefix] = namespace
    return bound


_LISTS = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
_QUANTITIES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")


def as_links(event: dict[str, Any]) -> dict[str, Any]:
    """The event with EPC URNs as Digital Links; what has no such form stays as it is."""
    found = dict(event)
    if isinstance(parent := found.get("parentID"), str):
        found["parentID"] = _link(parent)
    for name in _LISTS:
        if name in found:
            found[name] = [_link(each) for each in found[name]]
    for name in _QUANTITIES:
        if name in found:
            found[name] = [{**each, "epcClass": _link(each["epcClass"])} for each in found[name]]
    for name in ("readPoint", "bizLocation"):
        if isinstance(place := found.get(name), dict) and isinstance(place.get("id"), str):
            found[name] = {**place, "id": _link(place["id"])}
    return found


def _link(uri: str) -> str:
    if not uri.startswith("urn:epc:"):
        return uri
    try:
        return epc_urn.to_digital_link(uri)
    except (SuyuanError, ValueError):
        return uri


def _between(headers: Headers, stem: str, version: str) -> None:
    ours = _numbers(version)
    least, most = headers.get(f"{stem}-min"), headers.get(f"{stem}-max")
    if (least is not None and _numbers(least) > ours) or (most is not None and _numbers(most) < ours):
        raise Refused(
            406, f"{stem}: {version} is spoken here, which is not between {least or '…'} and {most or '…'}",
            f"{stem}：此处使用 {version}，不在 {least or '…'} 与 {most or '…'} 之间",
        )  # fmt: skip


def _numbers(version: str) -> tuple[int, ...]:
    parts = version.strip().split(".")
    if not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
        raise Refused(
            406, f"{version!r} is no version; write it like 2.0.0", f"{version!r} 不是版本号；应写作 2.0.0"
        )
    return tuple(map(int, [*parts, "0", "0"][:3]))


def _media_range(text: str) -> str:
    return text.split(";", 1)[0].strip().lower()
