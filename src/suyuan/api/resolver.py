"""GS1 Digital Link resolver, and pages of codes that are no GS1 keys.

    /01/09520123456788/21/ABC                    307 ▶ /id/…, the page of the thing (gs1:pip, the default)
    …?linkType=gs1:epcis                         307 ▶ its events
    …?linkType=all, Accept: application/linkset+json    200, all its links (RFC 9264)
    /id/001PE050000001A7C0000042                 the page: for who may see it its life, for everybody what is public

A link is made of the code alone: whether there is anything behind it is told by the door it leads to, to who may know.

Source: GS1-Conformant resolver standard 1.1; RFC 9264.
"""

from typing import Any
from urllib.parse import quote

from litestar import Response, get

from suyuan.api.documented import asked, operation, problems
from suyuan.api.hall import hall_of
from suyuan.api.problems import Refused, wants_chinese
from suyuan.api.shapes import AnyRequest, json_response, query_pairs, segment
from suyuan.api.tagged import tagged, tagged_json
from suyuan.identifiers import digital_link
from suyuan.identifiers.application_identifiers import key_paths
from suyuan.render import public_html, trace_html
from suyuan.rights.words import Verb
from suyuan.terms.sentence import Lang, Sentence
from suyuan.usecases import seen

PRIMARY_KEYS = tuple(sorted({path[0] for path in key_paths()}))
VOC = "https://gs1.org/voc/"
LINKSET = "application/linkset+json"
DEFAULT = "gs1:pip"
_TITLES = {
    "gs1:pip": Sentence(zh="产品页面", en="page of the thing"),
    "gs1:traceability": Sentence(zh="追溯", en="trace"),
    "gs1:epcis": Sentence(zh="EPCIS 事件", en="EPCIS events"),
}


def links(uri: str, stem: str) -> dict[str, tuple[str, str]]:
    """Where a code leads, by link type: address and media type."""
    code = segment(uri)
    return {
        "gs1:pip": (f"{stem}/id/{code}", "text/html"),
        "gs1:traceability": (f"{stem}/api/v1/trace/{code}", "application/json"),
        "gs1:epcis": (f"{stem}/events?MATCH_anyEPC={code}", "application/json"),
    }


@get(
    [f"/{key}/{{rest:path}}" for key in PRIMARY_KEYS],
    name="resolve",
    responses=problems(404),
    operation_class=operation(asked("linkType"), answers=(LINKSET,)),
)
async def resolve(request: AnyRequest) -> Response[Any]:
    """Where a GS1 key leads."""
    stem = str(request.base_url).rstrip("/")
    path = request.scope["path"]
    given = dict(query_pairs(request))
    attributes = "&".join(f"{quote(name)}={quote(value)}" for name, value in given.items() if name.isdigit())
    written = quote(path, safe="/%") + (f"?{attributes}" if attributes else "")
    link = f"{digital_link.CANONICAL_STEM.rstrip('/')}{written}"
    digital_link.parse(link)  # says what is wrong with it
    uri = digital_link.canonical(link)
    found, wanted = links(uri, stem), given.get("linkType")
    headers = {"Link": f'<{stem}{quote(path, safe="/")}?linkType=all>; rel="linkset"; type="{LINKSET}"'}
    if wanted in ("all", "linkset") or LINKSET in request.headers.get("accept", ""):
        return tagged_json(request, _linkset(uri, found), headers, LINKSET)
    kind = f"gs1:{wanted.rsplit('/', 1)[-1].removeprefix('gs1:')}" if wanted else DEFAULT
    if kind == "gs1:defaultLink":
        kind = DEFAULT
    if kind not in found:
        raise Refused(
            404,
            f"there is no link of the type {wanted}; {', '.join(found)}",
            f"没有类型为 {wanted} 的链接；可用：{'、'.join(found)}",
        )
    return Response(b"", status_code=307, headers={**headers, "Location": found[kind][0]})


def _linkset(uri: str, found: dict[str, tuple[str, str]]) -> dict[str, Any]:
    said = {
        f"{VOC}{kind.removeprefix('gs1:')}": [
            {"href": href, "type": media_type, "title": _TITLES[kind].en, "title*": [
                {"value": _TITLES[kind].en, "language": "en"}, {"value": _TITLES[kind].zh, "language": "zh"}
            ]}
        ]
        for kind, (href, media_type) in found.items()
    }  # fmt: skip
    default = [{"href": found[DEFAULT][0], "title": _TITLES[DEFAULT].en}]
    return {"linkset": [{"anchor": uri, f"{VOC}defaultLink": default, **said}]}


@get("/.well-known/gs1resolver", responses=problems(), operation_class=operation())
async def well_known(request: AnyRequest) -> Response[dict[str, Any]]:
    """What the resolver can do."""
    stem = str(request.base_url).rstrip("/")
    said = {
        "name": "suyuan 溯源",
        "resolverRoot": stem,
        "supportedPrimaryKeys": list(PRIMARY_KEYS),
        "linkTypeDefaultCanBeLinkset": False,
        "supportedLinkTypes": [
            {"namespace": VOC, "prefix": "gs1:", "types": [kind.removeprefix("gs1:") for kind in _TITLES]}
        ],
    }
    return json_response(said)


@get(
    "/id/{code:str}",
    responses=problems(404, 409),
    operation_class=operation(answers=("text/html", "application/json")),
)
async def page(request: AnyRequest, code: str) -> Response[Any]:
    """The page of a code: its life as far as the caller may see it, else what is public."""
    hall = hall_of(request)
    principal = await hall.allowed(request, Verb.TRACE)
    said = await hall.ask(lambda workspace: seen.trace_for(workspace, principal, code))
    headers = {"Vary": "Accept, Accept-Language, Authorization"}
    if "application/json" in request.headers.get("accept", ""):
        return tagged_json(request, said, headers)
    lang: Lang = "zh" if wants_chinese(request) else "en"
    if said["trace"] is not None:
        text = trace_html.page(said["trace"], lang)
    else:
        text = public_html.page(code, said["public"], lang)
    return tagged(
        request,
        text.encode(),
        "text/html",
        {
            **headers,
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
        },
    )


HANDLERS = (resolve, well_known, page)
