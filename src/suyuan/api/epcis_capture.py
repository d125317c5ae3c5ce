"""/capture: documents taken on, recorded as jobs; /capture/{id}: how they stand.

POST bytes ──▶ spool on disk ──▶ job ──202, Location──▶ the writer records it in its turn
"""

import hashlib

from litestar import Response, get, post

from suyuan.api.documented import ANSWERS, PAGING, body, header, operation, problems
from suyuan.api.gs1_headers import CAPTURE_BYTES_MAX, check_answer, check_body, content_type
from suyuan.api.hall import hall_of
from suyuan.api.paging import counted, token_number
from suyuan.api.problems import Refused
from suyuan.api.shapes import AnyRequest, CaptureJob, capture_job, json_response, next_link, query_pairs
from suyuan.capture.importer import HEAD, choose
from suyuan.rights.words import Verb
from suyuan.terms.errors import SuyuanError
from suyuan.usecases.capture_jobs import Asked, Behaviour, Job, Spool

ENDINGS = {
    "application/json": "json",
    "application/ld+json": "jsonld",
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/xml": "xml",
    "text/xml": "xml",
}


@post(
    "/capture",
    status_code=202,
    responses=problems(406, 413, 415, 422, 429, 507),
    operation_class=operation(
        header("GS1-EPCIS-Version"), header("GS1-CBV-Version"), header("GS1-Capture-Error-Behaviour"),
        header("Idempotency-Key"), body=body(*ENDINGS), empty=True, headers=("Location",),
    ),
)  # fmt: skip
async def capture(request: AnyRequest) -> Response[bytes]:
    """Take a document on: EPCIS in JSON-LD, one event or document a line (NDJSON), or XML."""
    check_body(request.headers)
    ending = ENDINGS[content_type(request.headers, tuple(ENDINGS))]
    behaviour = _behaviour(request)
    hall = hall_of(request)
    party = await hall.submitter(request)
    spool, digest = await spooled(request, CAPTURE_BYTES_MAX)
    try:
        name = f"capture.{ending}"
        _recognised(spool, name)
    except BaseException:
        spool.discard()
        raise
    asked = Asked(party, name, behaviour)
    key = request.headers.get("idempotency-key")
    made = await hall.beside(lambda: hall.service.jobs.accept(spool, party, asked, key=key, digest=digest))
    return Response(b"", status_code=202, headers={"Location": f"/capture/{made}"})


def _behaviour(request: AnyRequest) -> Behaviour:
    said = request.headers.get("gs1-capture-error-behaviour", "rollback").strip()
    if said == "rollback":
        return "rollback"
    if said == "proceed":
        return "proceed"
    raise Refused(
        400, f"GS1-Capture-Error-Behaviour is rollback or proceed, not {said}",
        f"GS1-Capture-Error-Behaviour 应为 rollback 或 proceed，而不是 {said}",
    )  # fmt: skip


async def spooled(request: AnyRequest, most: int) -> tuple[Spool, bytes]:
    """The body on disk, piece by piece, and its digest. Raises Refused (413, 400 for an empty one)."""
    length = request.headers.get("content-length", "0")
    if length.isdigit() and int(length) > most:
        raise _too_long(most)
    hall = hall_of(request)
    spool, digest = hall.service.jobs.spool(), hashlib.sha256()
    try:
        async for part in request.stream():
            if spool.size + len(part) > most:
                raise _too_long(most)
            digest.update(part)
            spool.write(part)
        if not spool.size:
            raise Refused(400, "the body is empty", "请求正文为空")
    except BaseException:
        spool.discard()
        raise
    return spool, digest.digest()


def _too_long(most: int) -> Refused:
    return Refused(413, f"at most {most:,} bytes are taken at once", f"一次最多接受 {most:,} 字节")


def _recognised(spool: Spool, name: str) -> None:
    """What cannot be a document is refused at once. Raises Refused."""
    try:
        choose(name, spool.head(HEAD))
    except SuyuanError as wrong:
        raise Refused(400, wrong.sentence.en, wrong.sentence.zh) from wrong


@get(
    "/capture/{capture_id:str}",
    responses=problems(404, 406),
    operation_class=operation(*ANSWERS),
)
async def job(request: AnyRequest, capture_id: str) -> Response[CaptureJob]:
    """How a capture stands."""
    check_answer(request.headers)
    hall = hall_of(request)
    found = await hall.beside(lambda: hall.service.jobs.job(capture_id))
    await may_see(request, found)
    return json_response(capture_job(found))


async def may_see(request: AnyRequest, found: Job) -> None:
    """Whether the job is any business of the caller's. Raises Forbidden, NotSignedIn."""
    from suyuan.rights.principal import Thing

    await hall_of(request).allowed(request, Verb.CAPTURE, Thing(tenant=found.tenant))


@get(
    "/capture",
    responses=problems(406),
    operation_class=operation(*ANSWERS, *PAGING),
)
async def jobs(request: AnyRequest) -> Response[list[CaptureJob]]:
    """Captures, the newest first."""
    check_answer(request.headers)
    hall = hall_of(request)
    principal = await hall.allowed(request, Verb.CAPTURE)
    tenant = None if hall.sees_all(principal, Verb.CAPTURE) else principal.tenant
    asked = dict(query_pairs(request))
    per_page, before = counted(asked), token_number(hall, asked)
    found = await hall.beside(lambda: hall.service.jobs.jobs(tenant, per_page + 1, before))
    shown = found[:per_page]
    token = str(shown[-1].number) if len(found) > per_page else None
    return json_response([capture_job(each) for each in shown], headers=next_link(request, token))


HANDLERS = (capture, job, jobs)
