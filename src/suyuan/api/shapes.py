"""Shapes of the binding's answers, as its OpenAPI tells them."""

from typing import Any, Literal
from urllib.parse import quote, urlencode

import msgspec
from litestar import Request, Response

from suyuan.api.problems import Problem
from suyuan.events.uris import STANDARD_CONTEXT_URL
from suyuan.terms.instants import show_instant
from suyuan.usecases.capture_jobs import Job

JSON = "application/json"
AnyRequest = Request[Any, Any, Any]


class Collection(msgspec.Struct):
    """A list of resources."""

    context: str = msgspec.field(name="@context")
    type: Literal["Collection"]
    member: list[str]


class CaptureJob(msgspec.Struct, omit_defaults=True, rename={"capture_id": "captureID", "created_at": "createdAt", "finished_at": "finishedAt", "capture_error_behaviour": "captureErrorBehaviour"}):  # fmt: skip
    """How a capture stands: (running, success) as the standard's table says."""

    capture_id: str
    created_at: str
    running: bool
    success: bool
    capture_error_behaviour: str
    errors: list[Problem]
    finished_at: str | None = None


class ResultsBody(msgspec.Struct, rename="camel"):
    """The events of an answer."""

    event_list: list[dict[str, Any]]


class QueryResults(msgspec.Struct, rename="camel"):
    """The answer to a query."""

    query_name: str
    results_body: ResultsBody


class QueryBody(msgspec.Struct, rename="camel"):
    """The body of a query document."""

    query_results: QueryResults


class QueryDocument(msgspec.Struct, rename="camel"):
    """An EPCISQueryDocument."""

    context: list[Any] = msgspec.field(name="@context")
    type: Literal["EPCISQueryDocument"]
    schema_version: str
    creation_date: str
    epcis_body: QueryBody


class NamedQuery(msgspec.Struct):
    """A query under its name."""

    name: str
    query: dict[str, Any]


def collection(member: list[str]) -> Collection:
    """A list of resources."""
    return Collection(STANDARD_CONTEXT_URL, "Collection", member)


def capture_job(job: Job) -> CaptureJob:
    """A job as the binding shows it."""
    return CaptureJob(
        job.id, show_instant(job.created_at), job.running, job.success, job.asked.behaviour,
        [] if job.success else [_error(each) for each in job.errors],
        show_instant(job.finished_at) if job.finished_at else None,
    )  # fmt: skip


def _error(said: dict[str, Any]) -> Problem:
    place = f"{said['place']}: " if said.get("place") else ""
    kept = {name: value for name, value in said.items() if value is not None}
    return Problem(
        "epcisException:ValidationException", str(said["rule"]), 400, place + str(said["en"]), errors=[kept]
    )


def json_response(
    value: Any, status: int = 200, headers: dict[str, str] | None = None, media_type: str = JSON
) -> Response[Any]:
    """An answer in JSON."""
    return encoded(msgspec.json.encode(value), status, headers, media_type)


def encoded(
    data: bytes, status: int = 200, headers: dict[str, str] | None = None, media_type: str = JSON
) -> Response[Any]:
    """An answer that is JSON already; what it holds, whoever answers tells the OpenAPI by the type of its own answer."""
    return Response(data, status_code=status, media_type=media_type, headers=headers or {})


def segment(text: str) -> str:
    """A value as one segment of a path."""
    return quote(text, safe="")


def next_link(request: AnyRequest, token: str | None) -> dict[str, str]:
    """The header that leads to the next page; none behind the last."""
    if token is None:
        return {}
    kept = [(name, value) for name, value in query_pairs(request) if name != "nextPageToken"]
    path = request.scope.get("raw_path", b"").split(b"?")[0].decode("ascii", "replace") or request.url.path
    asked = urlencode([*kept, ("nextPageToken", token)], safe="|:")
    return {"Link": f'<{path}?{asked}>; rel="next"'}


def query_pairs(request: AnyRequest) -> list[tuple[str, str]]:
    """Names and values of the URL, in order, also those without a value."""
    from urllib.parse import parse_qsl

    text = request.scope["query_string"].decode("latin-1")
    return parse_qsl(text, keep_blank_values=True, max_num_fields=1000)
