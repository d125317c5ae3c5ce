"""/queries: queries under names, and their events."""

from typing import Any

from litestar import Response, delete, get, post

from suyuan.api.documented import ANSWERS, FORMS, PAGING, body, header, operation, problems
from suyuan.api.epcis_events import answer, whole
from suyuan.api.gs1_headers import check_answer, check_body, content_type
from suyuan.api.hall import hall_of
from suyuan.api.paging import counted, token, token_number
from suyuan.api.problems import Refused
from suyuan.api.shapes import (
    AnyRequest,
    NamedQuery,
    QueryDocument,
    json_response,
    next_link,
    query_pairs,
    segment,
)
from suyuan.events.canonical import NotCanonicalisable, loads
from suyuan.rights.words import Verb
from suyuan.usecases.named_queries import Named

BODY_MAX = 1 << 20
NAME_MAX = 200


async def read_object(request: AnyRequest, most: int = BODY_MAX) -> dict[str, Any]:
    """The body as a JSON object. Raises Refused (400, 413, 415)."""
    content_type(request.headers, ("application/json", "application/ld+json"))
    raw = await whole(request, most)
    try:
        value = loads(raw)
    except NotCanonicalisable as wrong:
        said = wrong.finding().reason
        raise Refused(400, said.en, said.zh) from wrong
    if not isinstance(value, dict):
        raise Refused(400, "a JSON object is expected", "应为 JSON 对象")
    return value


@post(
    "/queries",
    status_code=201,
    responses=problems(406, 409, 413, 415),
    operation_class=operation(
        header("GS1-EPCIS-Version"),
        header("GS1-CBV-Version"),
        body=body("application/json"),
        empty=True,
        headers=("Location",),
    ),
)
async def make(request: AnyRequest) -> Response[bytes]:
    """Keep a query under a name."""
    check_body(request.headers)
    hall = hall_of(request)
    principal = await hall.allowed(request, Verb.QUERY)
    sent = await read_object(request)
    name, query = sent.get("name"), sent.get("query")
    if not isinstance(name, str) or not 0 < len(name) <= NAME_MAX or not name.isprintable() or "/" in name:
        raise Refused(
            400,
            f"name is a text of 1 to {NAME_MAX} characters without /",
            f"name 应为 1 至 {NAME_MAX} 个字符，不含 /",
        )
    if not isinstance(query, dict):
        raise Refused(
            400, "query is an object of parameters", "query 应为由参数组成的对象",
            type_="epcisException:QueryValidationException",
        )  # fmt: skip
    made = await hall.beside(lambda: hall.service.queries.make(principal.tenant, name, query))
    return Response(b"", status_code=201, headers={"Location": f"/queries/{segment(made.name)}"})


@get("/queries", responses=problems(406), operation_class=operation(*ANSWERS, *PAGING))
async def listed(request: AnyRequest) -> Response[list[NamedQuery]]:
    """The queries that the caller keeps."""
    check_answer(request.headers)
    hall = hall_of(request)
    principal = await hall.allowed(request, Verb.QUERY)
    given = dict(query_pairs(request))
    per_page, after = counted(given), token_number(hall, given) or 0
    found = await hall.beside(lambda: hall.service.queries.all(principal.tenant, per_page + 1, after))
    shown = found[:per_page]
    at = str(shown[-1].number) if len(found) > per_page else None
    return json_response([_shown(each) for each in shown], headers=next_link(request, at))


@get("/queries/{query_name:str}", responses=problems(404, 406), operation_class=operation(*ANSWERS))
async def one(request: AnyRequest, query_name: str) -> Response[NamedQuery]:
    """A query as it was kept."""
    check_answer(request.headers)
    return json_response(_shown(await named(request, query_name)))


@delete("/queries/{query_name:str}", status_code=204, responses=problems(404))
async def forget(request: AnyRequest, query_name: str) -> None:
    """Forget a query; its subscriptions end."""
    hall = hall_of(request)
    principal = await hall.allowed(request, Verb.QUERY)
    await hall.beside(lambda: hall.service.queries.delete(principal.tenant, query_name))


@get("/queries/{query_name:str}/events", responses=problems(404, 406, 413), operation_class=operation(*ANSWERS, *PAGING, *FORMS))  # fmt: skip
async def its_events(request: AnyRequest, query_name: str) -> Response[QueryDocument]:
    """The events that a kept query asks for now."""
    found = await named(request, query_name)
    given = dict(query_pairs(request))
    page = found.query.paged(per_page=counted(given), token=token(hall_of(request), given))
    return await answer(request, page, query_name)


async def named(request: AnyRequest, query_name: str, verb: Verb = Verb.QUERY) -> Named:
    """The caller's query of that name. Raises UnknownQuery, Forbidden."""
    hall = hall_of(request)
    principal = await hall.allowed(request, verb)
    return await hall.beside(lambda: hall.service.queries.named(principal.tenant, query_name))


def _shown(found: Named) -> NamedQuery:
    return NamedQuery(found.name, found.body)


HANDLERS = (make, listed, one, forget, its_events)
