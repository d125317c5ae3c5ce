"""/, /eventTypes, /epcs, /bizSteps, /bizLocations, /readPoints, /dispositions: what can be asked for, and its events."""

from collections.abc import Callable
from typing import Any, get_args

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from suyuan.api.documented import ANSWERS, FORMS, PAGING, SIMPLE_EVENT_QUERY, operation, problems
from suyuan.api.epcis_events import answer, asked
from suyuan.api.gs1_headers import check_answer, epc_format, extensions
from suyuan.api.hall import hall_of
from suyuan.api.paging import counted, token
from suyuan.api.problems import Refused
from suyuan.api.shapes import (
    AnyRequest,
    Collection,
    QueryDocument,
    collection,
    json_response,
    next_link,
    query_pairs,
)
from suyuan.events.check_events import EVENTS
from suyuan.events.query import Query, from_body
from suyuan.events.query_faults import QueryException
from suyuan.rights.words import Verb
from suyuan.usecases import event_query
from suyuan.usecases.event_query import Resource

TOP = (
    "events", "eventTypes", "epcs", "bizSteps", "bizLocations", "readPoints", "dispositions", "capture", "queries"
)  # fmt: skip
ASKED: dict[Resource, str] = {
    "eventTypes": "eventType",
    "epcs": "MATCH_anyEPC",
    "bizSteps": "EQ_bizStep",
    "bizLocations": "EQ_bizLocation",
    "readPoints": "EQ_readPoint",
    "dispositions": "EQ_disposition",
}
"""The parameter of a query that each resource is short for."""


@get("/", responses=problems(406), operation_class=operation(*ANSWERS))
async def top(request: AnyRequest) -> Response[Collection]:
    """The resources of the binding."""
    check_answer(request.headers)
    return json_response(collection(list(TOP)))


def _handlers(kind: Resource) -> list[HTTPRouteHandler]:
    @get(
        f"/{kind}", name=f"list {kind}", operation_id=f"list_{kind}", responses=problems(406),
        operation_class=operation(*ANSWERS, *PAGING, *FORMS),
    )  # fmt: skip
    async def listed(request: AnyRequest) -> Response[Collection]:
        """The values on record."""
        check_answer(request.headers)
        epc_format(request.headers)
        hall = hall_of(request)
        principal = await hall.allowed(request, Verb.QUERY)
        given = dict(query_pairs(request))
        per_page, at = counted(given), token(hall, given)
        if kind == "eventTypes":
            return json_response(collection(list(EVENTS)))
        sight = hall.sight(principal, Verb.QUERY)
        found = await hall.ask(
            lambda workspace: event_query.resources(workspace, kind, per_page=per_page, token=at, sight=sight)
        )
        return json_response(collection(list(found.values)), headers=next_link(request, found.next_token))

    @get(
        f"/{kind}/{{value:str}}", name=f"one of {kind}", operation_id=f"one_of_{kind}", responses=problems(404, 406),
        operation_class=operation(*ANSWERS),
    )  # fmt: skip
    async def one(request: AnyRequest, value: str) -> Response[Collection]:
        """What there is of a value: its events."""
        check_answer(request.headers)
        query = _of(kind, value).paged(per_page=1)
        hall = hall_of(request)
        principal = await hall.allowed(request, Verb.QUERY)
        if kind != "eventTypes":
            sight = hall.sight(principal, Verb.QUERY)
            page = await hall.ask(lambda workspace: event_query.events(workspace, query, sight=sight))
            if not page.events:
                raise _unknown(kind, value)
        return json_response(collection(["events"]))

    @get(
        f"/{kind}/{{value:str}}/events", name=f"events of {kind}", operation_id=f"events_of_{kind}",
        responses=problems(404, 406, 413), operation_class=operation(*ANSWERS, *PAGING, *FORMS, *SIMPLE_EVENT_QUERY),
    )  # fmt: skip
    async def its_events(request: AnyRequest, value: str) -> Response[QueryDocument]:
        """The events of a value, and of what else the URL asks for."""
        return await answer(request, asked(request).also(_of(kind, value, extensions(request.headers))))

    return [listed, one, its_events]


def _of(kind: Resource, value: str, prefixes: dict[str, str] | None = None) -> Query:
    try:
        return from_body({ASKED[kind]: [value]}, prefixes)
    except QueryException as wrong:
        raise _unknown(kind, value) from wrong


def _unknown(kind: str, value: str) -> Refused:
    return Refused(404, f"nothing is known of {value} in /{kind}", f"/{kind} 中没有 {value}")


HANDLERS: tuple[Any, ...] = (top, *(each for kind in get_args(Resource) for each in _handlers(kind)))
Handler = Callable[..., Any]
