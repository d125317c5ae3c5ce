"""/queries/{name}/subscriptions: who is called back, and the same by websocket on /queries/{name}/events.

POST {dest, signatureToken, stream | schedule} ──201──▶ signed POSTs of query documents
GET …/events, Upgrade: websocket, ?stream=true | ?minute=0/5 ──101──▶ query documents as text messages
"""

import asyncio
import contextlib
from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import Response, WebSocket, delete, get, post, websocket
from litestar.exceptions import WebSocketDisconnect

from suyuan.api.documented import ANSWERS, PAGING, body, header, operation, problems
from suyuan.api.epcis_events import query_document
from suyuan.api.epcis_queries import named, read_object
from suyuan.api.gs1_headers import check_answer, check_body
from suyuan.api.hall import Hall, hall_of
from suyuan.api.paging import counted, token_number
from suyuan.api.problems import Refused, as_refused
from suyuan.api.shapes import AnyRequest, json_response, next_link, query_pairs, segment
from suyuan.events.event_hash import event_hash
from suyuan.events.query import Query
from suyuan.rights.principal import Principal
from suyuan.rights.words import Verb
from suyuan.terms.errors import SuyuanError
from suyuan.terms.instants import parse_instant, show_instant
from suyuan.usecases import callbacks, event_query, subscribing
from suyuan.usecases.named_queries import Named, Subscription
from suyuan.usecases.schedules import Schedule
from suyuan.usecases.workspace import Workspace

AnySocket = WebSocket[Any, Any, Any]
TICK_S = 0.1
AT_ONCE = 100
CLOSE_REFUSED, CLOSE_FAILED = 4400, 1011
SCHEDULE = ("second", "minute", "hour", "dayOfMonth", "month", "dayOfWeek")


class Subscribed(msgspec.Struct, omit_defaults=True, rename={"subscription_id": "subscriptionID", "created_at": "createdAt", "last_notified_at": "lastNotifiedAt", "report_if_empty": "reportIfEmpty", "initial_record_time": "initialRecordTime"}):  # fmt: skip
    """A subscription as it is shown: without its secret."""

    subscription_id: str
    dest: str
    created_at: str
    last_notified_at: str | None = None
    report_if_empty: bool = False
    initial_record_time: str | None = None
    schedule: dict[str, Any] | None = None
    stream: bool = False


@post(
    "/queries/{query_name:str}/subscriptions",
    status_code=201,
    responses=problems(404, 406, 409, 413, 415),
    operation_class=operation(
        header("GS1-EPCIS-Version"), body=body("application/json"), headers=("Location",)
    ),
)
async def subscribe(request: AnyRequest, query_name: str) -> Response[Subscribed]:
    """Have an address called with what the query finds from now on."""
    check_body(request.headers)
    hall = hall_of(request)
    principal = await hall.allowed(request, Verb.SUBSCRIBE)
    query = await named(request, query_name, Verb.SUBSCRIBE)
    sent = await read_object(request)
    asked = subscribing.wanted(sent)
    await hall.beside(lambda: callbacks.destination(asked.dest, hall.service.settings.callbacks))
    head = 0 if asked.since else await hall.look(lambda workspace: workspace.ledger.size)
    made = await hall.beside(
        lambda: hall.service.queries.subscribe(query, subscribing.kept(sent, principal), head)
    )
    location = f"/queries/{segment(query_name)}/subscriptions/{made.id}"
    return json_response(_shown(made), 201, {"Location": location})


@get(
    "/queries/{query_name:str}/subscriptions",
    responses=problems(404, 406),
    operation_class=operation(*ANSWERS, *PAGING),
)
async def listed(request: AnyRequest, query_name: str) -> Response[list[Subscribed]]:
    """Who is told of what the query finds."""
    check_answer(request.headers)
    hall = hall_of(request)
    query = await named(request, query_name, Verb.SUBSCRIBE)
    given = dict(query_pairs(request))
    per_page, after = counted(given), token_number(hall, given) or 0
    found = await hall.beside(lambda: hall.service.queries.subscriptions(query, per_page + 1, after))
    at = str(found[per_page - 1].number) if len(found) > per_page else None
    return json_response([_shown(each) for each in found[:per_page]], headers=next_link(request, at))


@get(
    "/queries/{query_name:str}/subscriptions/{subscription_id:str}",
    responses=problems(404, 406),
    operation_class=operation(*ANSWERS),
)
async def one(request: AnyRequest, query_name: str, subscription_id: str) -> Response[Subscribed]:
    """One subscription."""
    check_answer(request.headers)
    hall = hall_of(request)
    query = await named(request, query_name, Verb.SUBSCRIBE)
    found = await hall.beside(lambda: hall.service.queries.subscription(query, subscription_id))
    return json_response(_shown(found))


@delete(
    "/queries/{query_name:str}/subscriptions/{subscription_id:str}",
    status_code=204,
    responses=problems(404),
)
async def end(request: AnyRequest, query_name: str, subscription_id: str) -> None:
    """End a subscription."""
    hall = hall_of(request)
    query = await named(request, query_name, Verb.SUBSCRIBE)
    await hall.beside(lambda: hall.service.queries.unsubscribe(query, subscription_id))


def _shown(found: Subscription) -> Subscribed:
    said = found.body
    return Subscribed(
        found.id, str(said["dest"]), show_instant(found.created_at),
        show_instant(found.notified_at) if found.notified_at else None, bool(said.get("reportIfEmpty", False)),
        said.get("initialRecordTime"), said.get("schedule"), said.get("stream") is True,
    )  # fmt: skip


def document(events: list[dict[str, Any]], query_name: str, subscription_id: str) -> bytes:
    """What a subscriber is sent."""
    shown = [each if "eventID" in each else {**each, "eventID": event_hash(each)} for each in events]
    said = msgspec.to_builtins(query_document(shown, query_name))
    said["epcisBody"]["queryResults"]["subscriptionID"] = subscription_id
    return msgspec.json.encode(said)


# -- websocket ------------------------------------------------------------------------------------


@websocket("/queries/{query_name:str}/events")
async def live(socket: AnySocket, query_name: str) -> None:
    """Query documents as they come, until either side hangs up."""
    hall = hall_of(socket)
    await socket.accept()
    try:
        principal = await hall.allowed(socket, Verb.SUBSCRIBE)
        query = await hall.beside(lambda: hall.service.queries.named(principal.tenant, query_name))
        schedule, since, empty = _controls(socket)
    except (SuyuanError, Refused) as wrong:
        await socket.close(CLOSE_REFUSED, str(wrong)[:120])
        return
    telling = asyncio.create_task(_tell(socket, hall, principal, query, schedule, since, empty))
    listening = asyncio.create_task(_hung_up(socket))
    try:
        await asyncio.wait({telling, listening}, return_when=asyncio.FIRST_COMPLETED)
        hung_up = listening.done()
        listening.cancel()  # a close is not sent while somebody listens
        if telling.done() and not hung_up:
            # who is not told any more has to know it
            error = telling.exception()
            refused = as_refused(error, query_name) if isinstance(error, Exception) else None
            await socket.close(CLOSE_FAILED, str(refused or "")[:120])
    finally:
        telling.cancel()
        listening.cancel()
        await asyncio.gather(telling, listening, return_exceptions=True)


async def _hung_up(socket: AnySocket) -> None:
    """Wait until the other side hangs up; what it says is not needed."""
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            await socket.receive_data(mode="text")


def _controls(socket: AnySocket) -> tuple[Schedule | None, datetime | None, bool]:
    """How it is wanted: by headers GS1-Query-…, or by parameters of the same names where a browser cannot set headers."""
    given: dict[str, str] = {name: str(value) for name, value in socket.query_params.items()}

    def control(name: str) -> str | None:
        return given.get(name) or socket.headers.get(f"gs1-query-{name.lower()}")

    fields = {name: said for name in SCHEDULE if (said := control(name)) is not None}
    stream = control("stream")
    if bool(fields) == (stream == "true"):
        raise Refused(400, "either a schedule or stream=true is expected", "应给出计划或 stream=true")
    since = control("initialRecordTime")
    return (
        Schedule.read(fields) if fields else None,
        parse_instant(since) if since else None,
        control("reportIfEmpty") == "true",
    )


async def _tell(
    socket: AnySocket, hall: Hall, principal: Principal, named_query: Named,
    schedule: Schedule | None, since: datetime | None, empty: bool,
) -> None:  # fmt: skip
    query = subscribing.with_start(named_query.query, since).paged(per_page=AT_ONCE)
    up_to = 0 if since else await hall.look(lambda workspace: workspace.ledger.size)
    while True:
        if schedule is not None:
            now = datetime.now(UTC)
            await asyncio.sleep((schedule.next_after(now) - now).total_seconds())
        elif hall.head() <= up_to:
            await asyncio.sleep(TICK_S)
            continue
        said, asked = False, query
        while True:
            page = await hall.ask(_question(asked, hall, principal, up_to))
            if page.events or (empty and schedule and not said):
                await socket.send_data(document(list(page.events), named_query.name, ""), mode="text")
                said = True
            if page.next_token is None:
                break
            asked = query.paged(per_page=AT_ONCE, token=page.next_token)
        up_to = max(page.reached, up_to)


def _question(query: Query, hall: Hall, principal: Principal, since: int) -> Any:
    sight = hall.sight(principal, Verb.QUERY)

    def question(workspace: Workspace) -> event_query.Page:
        return event_query.events(workspace, query, sight=sight, since=since)

    return question


HANDLERS = (subscribe, listed, one, end, live)
