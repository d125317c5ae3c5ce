"""/events: one event recorded while the sender waits, and SimpleEventQuery.

POST event ──check──▶ queue of the writer ──commit──▶ 201, Location, where it stands on the record
GET ?EQ_bizStep=… ──▶ EPCISQueryDocument, Link: rel="next"
"""

from datetime import UTC, datetime
from typing import Any

from litestar import Response, delete, get, post

from suyuan.api.documented import (
    ANSWERS,
    FORMS,
    PAGING,
    SIMPLE_EVENT_QUERY,
    body,
    header,
    operation,
    problems,
)  # fmt: skip
from suyuan.api.gs1_headers import (
    EVENT_BYTES_MAX,
    as_links,
    check_answer,
    check_body,
    content_type,
    epc_format,
    extensions,
)  # fmt: skip
from suyuan.api.hall import Connection, Hall, hall_of
from suyuan.api.paging import spent, token
from suyuan.api.problems import Refused
from suyuan.api.shapes import (
    AnyRequest,
    QueryBody,
    QueryDocument,
    QueryResults,
    ResultsBody,
    encoded,
    json_response,
    next_link,
    query_pairs,
    segment,
)  # fmt: skip
from suyuan.events.event_hash import event_hash
from suyuan.events.prepared import Prepared, prepare_line
from suyuan.events.query import Query, from_url
from suyuan.events.uris import STANDARD_CONTEXT_URL
from suyuan.rights.words import Verb
from suyuan.terms.finding import Place
from suyuan.terms.instants import show_instant
from suyuan.usecases import event_query
from suyuan.usecases.capture_jobs import told_finding
from suyuan.usecases.recorder import Recorded, Single
from suyuan.usecases.workspace import Workspace

KEY_MAX = 255


@post(
    "/events",
    status_code=201,
    responses=problems(406, 413, 415, 422, 429, 507),
    operation_class=operation(
        header("GS1-EPCIS-Version"), header("GS1-CBV-Version"), header("Idempotency-Key"),
        body=body("application/json", "application/ld+json"),
        headers=("Location", "Suyuan-Entry", "Suyuan-Leaf", "Suyuan-Recorded-At"),
    ),
)  # fmt: skip
async def record(request: AnyRequest) -> Response[dict[str, Any]]:
    """Record one bare event; it is on disk under a signed checkpoint before the answer."""
    raw = await whole(request, EVENT_BYTES_MAX)
    data, headers = await recorded(hall_of(request), request, raw)
    return encoded(data, 201, headers)


async def recorded(hall: Hall, connection: Connection, raw: bytes) -> tuple[bytes, dict[str, str]]:
    """Record one event: the event as recorded, and where it stands. Raises Refused and what `Hall.record` raises."""
    check_body(connection.headers)
    content_type(connection.headers, ("application/json", "application/ld+json"))
    party = await hall.submitter(connection)
    key = connection.headers.get("idempotency-key")
    if key is not None and not 0 < len(key) <= KEY_MAX:
        raise Refused(
            400, f"an Idempotency-Key has 1 to {KEY_MAX} characters", f"幂等键长度应为 1 至 {KEY_MAX} 个字符"
        )
    prepared = prepare_line(raw, Place())
    if not isinstance(prepared, Prepared):
        first = prepared[0]
        raise Refused(
            400, f"{first.place.show()} {first.reason.en}".strip(), f"{first.place.show()} {first.reason.zh}".strip(),
            errors=[told_finding(finding) for finding in prepared[:100]],
        )  # fmt: skip
    place = await hall.record(Single(prepared, raw, party, key))
    location = f"/events/{segment(place.event_id)}"
    return as_recorded(prepared, place), {"Location": location, **receipt_headers(place)}


async def whole(request: AnyRequest, most: int) -> bytes:
    """The body. Raises Refused (413)."""
    parts, size = list[bytes](), 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise too_long(most)
        parts.append(part)
    return b"".join(parts)


def too_long(most: int) -> Refused:
    """More than one event may have."""
    return Refused(413, f"one event has at most {most:,} bytes", f"单个事件最多 {most:,} 字节")


def as_recorded(prepared: Prepared, recorded: Recorded) -> bytes:
    """The event as it stands on record: with its id and the moment of recording."""
    added = f',"recordTime":"{show_instant(recorded.recorded_at)}"'.encode()
    if not prepared.given_id:
        added = b',"eventID":"' + prepared.event_id.encode() + b'"' + added
    if b'"recordTime"' in prepared.body:
        return prepared.body  # told by the sender: it stands in the entry
    return prepared.body[:-1] + added + b"}"


def receipt_headers(recorded: Recorded) -> dict[str, str]:
    """Where the event stands: the same for everybody who sends it again."""
    return {
        "Suyuan-Entry": str(recorded.seq),
        "Suyuan-Leaf": recorded.leaf.hex(),
        "Suyuan-Recorded-At": show_instant(recorded.recorded_at),
    }


@get("/events", responses=problems(406, 413), operation_class=operation(*ANSWERS, *PAGING, *FORMS, *SIMPLE_EVENT_QUERY))  # fmt: skip
async def events(request: AnyRequest) -> Response[QueryDocument]:
    """SimpleEventQuery: what the URL asks for."""
    return await answer(request, asked(request))


@get("/events/{event_id:str}", responses=problems(404, 406), operation_class=operation(*ANSWERS, *FORMS))
async def event(request: AnyRequest, event_id: str) -> Response[QueryDocument]:
    """One event."""
    check_answer(request.headers)
    form = epc_format(request.headers)
    hall = hall_of(request)
    principal = await hall.allowed(request, Verb.READ_EVENT)
    sight = hall.sight(principal, Verb.READ_EVENT)
    found = await hall.ask(lambda workspace: event_query.event(workspace, event_id, sight=sight))
    if found is None:
        raise Refused(404, f"there is no event {event_id}", f"没有事件 {event_id}")
    return document([found], form)


def asked(request: AnyRequest) -> Query:
    """The query of a URL. Raises QueryException."""
    return from_url(query_pairs(request), extensions(request.headers))


async def answer(
    request: AnyRequest, query: Query, name: str = "SimpleEventQuery"
) -> Response[QueryDocument]:
    """A page of what a query asks for."""
    check_answer(request.headers)
    form = epc_format(request.headers)
    hall = hall_of(request)
    principal = await hall.allowed(request, Verb.QUERY)
    sight = hall.sight(principal, Verb.QUERY)
    if query.token is not None:
        token(hall, {"nextPageToken": query.token})

    def question(workspace: Workspace) -> event_query.Page:
        return event_query.events(workspace, query, sight=sight)

    page = await hall.ask(question)
    return document(list(page.events), form, name, next_link(request, page.next_token))


def document(
    found: list[dict[str, Any]],
    form: str,
    name: str = "SimpleEventQuery",
    headers: dict[str, str] | None = None,
) -> Response[QueryDocument]:
    """Events as a query document."""
    named = [each if "eventID" in each else {**each, "eventID": event_hash(each)} for each in found]
    shown = [as_links(each) for each in named] if form == "Always_GS1_Digital_Link" else named
    said = query_document(shown, name)
    return json_response(said, headers=headers)


def query_document(shown: list[dict[str, Any]], name: str) -> QueryDocument:
    """An EPCISQueryDocument of these events, made now."""
    results = QueryResults(name, ResultsBody(shown))
    return QueryDocument(
        [STANDARD_CONTEXT_URL],
        "EPCISQueryDocument",
        "2.0",
        show_instant(datetime.now(UTC)),
        QueryBody(results),
    )


@delete("/nextPageToken/{page_token:str}", status_code=204, responses=problems())
async def give_back(request: AnyRequest, page_token: str) -> None:
    """Give a page's token back before it was used."""
    hall = hall_of(request)
    await hall.allowed(request, Verb.QUERY)
    await hall.beside(
        lambda: hall.service.store.write("INSERT OR IGNORE INTO spent_token VALUES (?)", spent(page_token))
    )


HANDLERS = (record, events, event, give_back)
