"""The application: which doors there are, what holds for all of them, and what happens at the beginning and the end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import unquote_to_bytes

import msgspec
from litestar import Litestar, Response, Router, get
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.openapi.config import OpenAPIConfig
from litestar.types import Receive, Scope, Send

from suyuan import __version__
from suyuan.api import (
    epcis_capture,
    epcis_events,
    epcis_queries,
    epcis_resources,
    epcis_subscriptions,
    own_answers,
    own_record,
    resolver,
    watched,
)
from suyuan.api.documented import discovery
from suyuan.api.gs1_headers import ANSWER_HEADERS, CAPTURE_BYTES_MAX, CAPTURE_DISCOVERY, EVENT_BYTES_MAX
from suyuan.api.hall import Connection, Hall
from suyuan.api.problems import (
    HANDLERS,
    PROBLEM,
    URI_TOO_LONG,
    Problem,
    Refused,
    as_refused,
    wants_chinese,
    written,
)
from suyuan.api.shapes import AnyRequest
from suyuan.usecases.settings import Settings

SLASH = "\ue000"
"""Stands for a slash that came escaped, in a segment of a path: an EPC is one segment, with the slashes that it has."""
URL_MAX = 16_384

_READ = ("GET",)
_PATHS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("/", _READ),
    ("/capture/{capture_id:str}", _READ),
    ("/events", ("GET", "POST")),
    ("/events/{event_id:str}", _READ),
    *((f"/{kind}{end}", _READ) for kind in epcis_resources.ASKED for end in ("", "/{value:str}", "/{value:str}/events")),
    ("/queries", ("GET", "POST")),
    ("/queries/{query_name:str}", ("GET", "DELETE")),
    ("/queries/{query_name:str}/events", _READ),
    ("/queries/{query_name:str}/subscriptions", ("GET", "POST")),
    ("/queries/{query_name:str}/subscriptions/{subscription_id:str}", ("GET", "DELETE")),
)  # fmt: skip


def binding() -> Router:
    """The EPCIS 2.0 REST binding."""
    return Router(
        "/",
        route_handlers=[
            # before the others of a path: the framework makes an OPTIONS of its own where it finds none
            *(discovery(path, allow) for path, allow in _PATHS),
            discovery("/capture", ("GET", "POST"), CAPTURE_DISCOVERY),
            *epcis_resources.HANDLERS, *epcis_capture.HANDLERS, *epcis_events.HANDLERS, *epcis_queries.HANDLERS,
            *epcis_subscriptions.HANDLERS,
        ],
        response_headers=ANSWER_HEADERS,
        before_request=slashes_back,
        tags=["EPCIS 2.0"],
    )  # fmt: skip


def own() -> Router:
    """Our own API, and what those who run the server ask."""
    handlers = [*own_record.HANDLERS, *own_answers.HANDLERS, *resolver.HANDLERS, *watched.HANDLERS]
    return Router("/", route_handlers=handlers, before_request=slashes_back, tags=["suyuan"])


def made(settings: Settings) -> Litestar:
    """The application for one process."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        hall = Hall(settings, epcis_subscriptions.document)
        app.state.hall = hall
        hall.service.start()
        try:
            yield
        finally:
            await hall.beside(hall.close)

    return Litestar(
        [binding(), own(), openapi],
        exception_handlers=HANDLERS,
        lifespan=[lifespan],
        openapi_config=OpenAPIConfig("suyuan 溯源", __version__, render_plugins=[], path="/api/schema"),
        request_max_body_size=CAPTURE_BYTES_MAX,
        logging_config=None,
    )


@get("/openapi.json", include_in_schema=False)
async def openapi(request: AnyRequest) -> Response[bytes]:
    """The OpenAPI 3.1 of all doors."""
    said = msgspec.json.encode(openapi_of(request.app))
    return Response(said, media_type="application/json")


def openapi_of(app: Litestar) -> dict[str, Any]:
    """The OpenAPI of an application, made once."""
    if "openapi" not in app.state:
        app.state.openapi = app.openapi_schema.to_schema()
    found: dict[str, Any] = app.state.openapi
    return found


def slashes_back(request: AnyRequest) -> None:
    """Path parameters as they were meant: with the slashes that came escaped."""
    given = request.scope["path_params"]
    for name, value in given.items():
        if isinstance(value, str) and SLASH in value:
            given[name] = value.replace(SLASH, "/")


async def _too_long(send: Send) -> None:
    said = Problem(URI_TOO_LONG, "URI Too Long", 414, f"an address has at most {URL_MAX} characters here")
    headers = [(b"content-type", PROBLEM.encode())]
    await send({"type": "http.response.start", "status": 414, "headers": headers})
    await send({"type": "http.response.body", "body": msgspec.json.encode(said), "more_body": False})


class Front:
    """Before the application: escaped slashes in segments of paths, addresses too long, and the door most used.

    `POST /events` is answered here, by what its handler does: the way through the framework takes longer than the event.
    """

    def __init__(self, app: Litestar) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a connection."""
        if scope["type"] in ("http", "websocket"):
            raw = scope.get("raw_path") or b""
            if len(raw) + len(scope["query_string"]) > URL_MAX and scope["type"] == ScopeType.HTTP:
                await _too_long(send)
                return
            if scope["path"] == "/events" and scope["type"] == ScopeType.HTTP and scope["method"] == "POST":
                await self._record(scope, receive, send)
                return
            if b"%2f" in raw.lower():
                kept = raw.split(b"?")[0].replace(b"%2F", SLASH.encode()).replace(b"%2f", SLASH.encode())
                scope["path"] = unquote_to_bytes(kept).decode("utf-8", "replace")
        await self._app(scope, receive, send)

    async def _record(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection: Connection = ASGIConnection(scope, receive, send)
        try:
            raw = await _body(receive, EVENT_BYTES_MAX)
            data, headers = await epcis_events.recorded(self._app.state.hall, connection, raw)
            status, media_type = 201, b"application/json"
        except Exception as wrong:
            refused = as_refused(wrong, "/events")
            data, headers = written(refused, wants_chinese(connection))
            status, media_type = refused.status, PROBLEM.encode()
        said = [
            (name.lower().encode(), value.encode("latin-1", "replace")) for name, value in headers.items()
        ]
        said += [*_SPOKEN, (b"content-type", media_type), (b"content-length", b"%d" % len(data))]
        await send({"type": "http.response.start", "status": status, "headers": said})
        await send({"type": "http.response.body", "body": data, "more_body": False})


_SPOKEN = [(str(each.name).lower().encode(), str(each.value).encode()) for each in ANSWER_HEADERS]


async def _body(receive: Receive, most: int) -> bytes:
    """The body. Raises Refused (413); 400 where the sender hangs up."""
    parts, size = list[bytes](), 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Refused(400, "the body ended before its end", "请求正文不完整")
        parts.append(message["body"])
        size += len(parts[-1])
        if size > most:
            raise epcis_events.too_long(most)
        if not message["more_body"]:
            return parts[0] if len(parts) == 1 else b"".join(parts)
