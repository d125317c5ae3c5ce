"""What is said over HTTP when something cannot be done: problem documents (RFC 9457) under the standard's names.

    {"type": "epcisException:ValidationException", "title": "…", "status": 400, "detail": "…", "errors": [{…}]}

Source: epcis-2.0 section 12.6 (its names and status codes). What the standard has no name for has the type `about:blank`.
"""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException

from suyuan.events.query_faults import QueryException, QueryTooComplexException, QueryTooLargeException
from suyuan.terms.errors import SuyuanError

PROBLEM = "application/problem+json"
BLANK = "about:blank"

VALIDATION = "epcisException:ValidationException"
SECURITY = "epcisException:SecurityException"
NO_SUCH = "epcisException:NoSuchResourceException"
NOT_ACCEPTABLE = "epcisException:NotAcceptableException"
UNSUPPORTED = "epcisException:UnsupportedMediaTypeException"
EXISTS = "epcisException:ResourceAlreadyExistsException"
CAPTURE_LIMIT = "epcisException:CaptureLimitExceededException"
URI_TOO_LONG = "epcisException:URITooLongException"
IMPLEMENTATION = "epcisException:ImplementationException"
QUERY_PARAMETER = "epcisException:QueryParameterException"
SUBSCRIPTION = "epcisException:SubscriptionControlsException"

_OF_STATUS = {
    400: VALIDATION, 401: SECURITY, 403: SECURITY, 404: NO_SUCH, 406: NOT_ACCEPTABLE, 409: EXISTS, 413: CAPTURE_LIMIT,
    414: URI_TOO_LONG, 415: UNSUPPORTED, 500: IMPLEMENTATION, 501: IMPLEMENTATION, 503: IMPLEMENTATION,
}  # fmt: skip

_BY_NAME = {
    "ServerBusy": 503, "Stopping": 503, "WriterBusy": 503, "DatabaseBusy": 503, "TenantBusy": 429, "DiskFull": 507,
    "ReadOnly": 503, "DiskFailed": 503, "KeyReused": 422, "UnknownJob": 404, "UnknownQuery": 404, "QueryExists": 409,
    "TooManyKept": 409, "NoSubscription": 400, "NoSchedule": 400, "NotToThere": 400, "NotOnRecord": 404, "Ambiguous": 409, "UnknownCase": 404, "NoSuchEntry": 404, "NoSuchTile": 404,
    "NoCheckpoint": 404, "NoSuchDocument": 404, "NotSignedIn": 401, "Forbidden": 403, "NoSuchReport": 404,
}  # fmt: skip
"""Statuses of errors by the name of their class; others are 400: the caller asked for what cannot be."""

log = logging.getLogger("suyuan.api")


class Problem(msgspec.Struct, omit_defaults=True):
    """A problem document. `errors` name what is wrong in what was sent, place by place."""

    type: str
    title: str
    status: int
    detail: str | None = None
    instance: str | None = None
    errors: list[dict[str, Any]] | None = None


class Refused(Exception):
    """A request that is not answered as asked."""

    def __init__(
        self,
        status: int,
        en: str,
        zh: str = "",
        *,
        type_: str | None = None,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[dict[str, Any]] | None = None,
    ) -> None:
        super().__init__(en)
        self.status, self.en, self.zh = status, en, zh or en
        self.type = type_ or _OF_STATUS.get(status, BLANK)
        self.headers = dict(headers or {})
        self.errors = list(errors) if errors is not None else None


def wants_chinese(request: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Does the reader read Chinese rather than English?"""
    said = request.headers.get("accept-language", "").lower()
    return said.startswith("zh")


def respond(request: Request[Any, Any, Any], wrong: Refused) -> Response[bytes]:
    """The problem document of a refusal."""
    data, headers = written(wrong, wants_chinese(request))
    return Response(data, status_code=wrong.status, media_type=PROBLEM, headers=headers)


def written(wrong: Refused, in_chinese: bool) -> tuple[bytes, dict[str, str]]:
    """The problem document of a refusal in bytes, and the headers that go with it."""
    problem = Problem(
        wrong.type,
        _title(wrong.status),
        wrong.status,
        wrong.zh if in_chinese else wrong.en,
        errors=wrong.errors,
    )
    headers = dict(wrong.headers)
    if wrong.status in (429, 503):
        headers.setdefault("Retry-After", "1")
    if wrong.status == 401:
        headers.setdefault("WWW-Authenticate", "Bearer")
    return msgspec.json.encode(problem), headers


def as_refused(wrong: Exception, path: str) -> Refused:
    """Whatever was raised as a refusal; our own mistakes are told in the log, never to the caller."""
    if isinstance(wrong, Refused):
        return wrong
    if isinstance(wrong, SuyuanError):
        return of_error(wrong)
    log.exception("unexpected", exc_info=wrong, extra={"path": path})
    return Refused(500, "the server made a mistake; it is in its log", "服务器内部错误，已记入日志")


def _title(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def of_error(wrong: SuyuanError) -> Refused:
    """A use case's error as a refusal."""
    en, zh = wrong.sentence.en, wrong.sentence.zh
    if isinstance(wrong, QueryTooLargeException | QueryTooComplexException):
        return Refused(413, en, zh, type_=wrong.type)
    if isinstance(wrong, QueryException):
        return Refused(400, en, zh, type_=wrong.type)
    if type(wrong).__name__ in ("NoSubscription", "NoSchedule", "NotToThere"):
        return Refused(400, en, zh, type_=SUBSCRIPTION)
    for kind in type(wrong).__mro__:
        if kind.__name__ in _BY_NAME:
            return Refused(_BY_NAME[kind.__name__], en, zh)
    return Refused(400, en, zh)


def on_refused(request: Request[Any, Any, Any], wrong: Refused) -> Response[bytes]:
    """Handler of our own refusals."""
    return respond(request, wrong)


def on_error(request: Request[Any, Any, Any], wrong: SuyuanError) -> Response[bytes]:
    """Handler of what use cases raise."""
    return respond(request, of_error(wrong))


def on_http(request: Request[Any, Any, Any], wrong: HTTPException) -> Response[bytes]:
    """Handler of what the framework raises: no such path, a method that is not there, a value that cannot be read."""
    headers = {key: value for key, value in (wrong.headers or {}).items() if key.lower() != "content-type"}
    status = 400 if wrong.status_code == 422 else wrong.status_code
    return respond(request, Refused(status, wrong.detail or _title(status), headers=headers))


def on_anything(request: Request[Any, Any, Any], wrong: Exception) -> Response[bytes]:
    """Handler of our own mistakes."""
    return respond(request, as_refused(wrong, request.scope["path"]))


HANDLERS: dict[type[Exception] | int, Any] = {
    Refused: on_refused, SuyuanError: on_error, HTTPException: on_http, Exception: on_anything
}  # fmt: skip
