"""What the binding's OpenAPI says beside what the code says by itself: problems by status, headers, query parameters."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import (
    OpenAPIHeader,
    OpenAPIMediaType,
    OpenAPIResponse,
    Operation,
    Parameter,
    RequestBody,
    Schema,
)
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType
from litestar.types import Method

from suyuan.api.gs1_headers import DISCOVERY
from suyuan.api.problems import PROBLEM, Problem
from suyuan.api.shapes import AnyRequest

TEXT = Schema(type=OpenAPIType.STRING)
VERSION = Schema(type=OpenAPIType.STRING, pattern=r"^\d+(\.\d+)*$")
COUNT = Schema(type=OpenAPIType.INTEGER, minimum=1)
TIME = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.DATE_TIME)

_WHY = {
    400: "what was sent, or asked, cannot be read or breaks the standard",
    401: "a key is needed, or the one given is none",
    403: "the role does not reach this",
    404: "there is no such thing",
    405: "the resource has no such method",
    406: "the versions or forms asked for are not spoken here",
    409: "there is one of that name",
    413: "more than is taken at once",
    415: "the media type is not taken",
    422: "the Idempotency-Key was used for something else",
    429: "too many of yours wait",
    503: "too many wait, or another process writes; try again",
    507: "the disk is full",
}


def problems(*statuses: int) -> dict[int, ResponseSpec]:
    """Problem documents of these statuses, beside those that every door has."""
    return {
        status: ResponseSpec(
            Problem, description=_WHY[status], media_type=cast(Any, PROBLEM), generate_examples=False
        )
        for status in sorted({400, 401, 403, 503, *statuses})
    }


def header(name: str, schema: Schema = TEXT) -> Parameter:
    """A header of a request."""
    return Parameter(name=name, param_in="header", schema=schema)


def asked(name: str, schema: Schema = TEXT) -> Parameter:
    """A parameter of the URL."""
    return Parameter(name=name, param_in="query", schema=schema)


ANSWERS = [header(name, VERSION) for name in ("GS1-EPCIS-Min", "GS1-EPCIS-Max", "GS1-CBV-Min", "GS1-CBV-Max")]
PAGING = [
    asked("perPage", Schema(type=OpenAPIType.INTEGER, minimum=1, maximum=1_000)),
    asked("nextPageToken"),
]
FORMS = [
    header(
        "GS1-EPC-Format",
        Schema(
            type=OpenAPIType.STRING, enum=["No_Preference", "Always_GS1_Digital_Link", "Never_Translates"]
        ),
    ),
    header("GS1-Extensions"),
]
SIMPLE_EVENT_QUERY = [
    *(asked(name, TIME) for name in ("GE_eventTime", "LT_eventTime", "GE_recordTime", "LT_recordTime")),
    *(
        asked(name)
        for name in (
            "eventType", "EQ_action", "EQ_bizStep", "EQ_disposition", "EQ_persistentDisposition_set",
            "EQ_persistentDisposition_unset", "EQ_readPoint", "WD_readPoint", "EQ_bizLocation", "WD_bizLocation",
            "EQ_transformationID", "MATCH_epc", "MATCH_parentID", "MATCH_inputEPC", "MATCH_outputEPC", "MATCH_anyEPC",
            "MATCH_epcClass", "MATCH_inputEPCClass", "MATCH_outputEPCClass", "MATCH_anyEPCClass", "EQ_eventID",
            "EXISTS_errorDeclaration", "EQ_errorReason", "EQ_correctiveEventID", "orderBy", "orderDirection",
            "eventCountLimit", "maxEventCount", "EQ_type", "EQ_deviceID", "EQ_stringValue", "EQ_booleanValue",
        )
    ),
]  # fmt: skip


def operation(
    *parameters: Parameter,
    body: RequestBody | None = None,
    empty: bool = False,
    headers: Iterable[str] = (),
    answers: Iterable[str] = (),
) -> type[Operation]:
    """An operation with parameters that are read by hand; `empty`: answers without a body; `headers` and media types (`answers`) of good ones."""
    said, sent, answered, media_types = list(parameters), body, list(headers), list(answers)

    @dataclass
    class Documented(Operation):
        def __post_init__(self) -> None:
            names = {(each.name, each.param_in) for each in said}
            kept = [
                each
                for each in self.parameters or []
                if (getattr(each, "name", ""), getattr(each, "param_in", "")) not in names
            ]
            self.parameters = [*kept, *said]
            if sent is not None:
                self.request_body = sent
            for status, good in (self.responses or {}).items():
                if status.startswith("2") and isinstance(good, OpenAPIResponse):
                    good.content = None if empty else good.content
                    if media_types:
                        good.content = {each: OpenAPIMediaType(schema=TEXT) for each in media_types}
                    good.headers = {
                        **(good.headers or {}),
                        **{name: OpenAPIHeader(schema=TEXT) for name in answered},
                    }

    return Documented


def body(*media_types: str, schema: Schema | None = None) -> RequestBody:
    """A body that is read by hand."""
    shape = schema or Schema(type=OpenAPIType.OBJECT)
    return RequestBody(content={each: OpenAPIMediaType(schema=shape) for each in media_types}, required=True)


def discovery(path: str, allow: Iterable[str], extra: dict[str, str] | None = None) -> HTTPRouteHandler:
    """`OPTIONS` of a path: what it allows, and which versions and limits hold."""
    from litestar import Response

    allowed = ", ".join(["OPTIONS", *allow])
    headers = {"Allow": allowed, **DISCOVERY, **(extra or {})}

    async def tell(request: AnyRequest) -> Response[None]:
        """What the resource allows."""
        return Response(None, status_code=204, headers=headers)

    method: Method = "OPTIONS"
    return HTTPRouteHandler(
        path,
        http_method=method,
        status_code=204,
        name=f"OPTIONS {path}",
        operation_class=operation(empty=True, headers=headers),
    )(tell)
