"""/api/v1, the record: files sent as they are, jobs, entries with their proofs, checkpoints and tiles.

    POST /api/v1/uploads?name=2026-05.xlsx ──202──▶ /api/v1/jobs/{id} ──▶ findings · /api/v1/jobs/{id}/file: the same file back
    GET /api/v1/entries/{seq}/receipt    tlog-proof; application/json its twin
    GET /checkpoint, /tile/…             as C2SP tlog-tiles has them, for any tile client

A receipt and a tile of entries show the entries themselves: who may read an entry may have its receipt, who may read all the
tiles of entries. Hashes are everybody's who may have checkpoints.
"""

from typing import Any

from litestar import Response, get, post

from suyuan.api.documented import PAGING, asked, body, header, operation, problems
from suyuan.api.epcis_capture import may_see, spooled
from suyuan.api.gs1_headers import CAPTURE_BYTES_MAX
from suyuan.api.hall import Hall, hall_of
from suyuan.api.paging import counted, token_number
from suyuan.api.problems import Refused, wants_chinese
from suyuan.api.shapes import AnyRequest, json_response, next_link, query_pairs
from suyuan.api.tagged import tagged, tagged_json
from suyuan.capture.importer import HEAD, choose
from suyuan.ledger.tiles import WIDTH, tile_at
from suyuan.rights.principal import Principal
from suyuan.rights.words import Verb
from suyuan.terms.instants import show_instant
from suyuan.terms.sentence import Lang
from suyuan.usecases import entries
from suyuan.usecases.capture import readable
from suyuan.usecases.capture_jobs import Asked, Behaviour, Job

NAME_MAX = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Value = dict[str, Any]


@post(
    "/api/v1/uploads",
    status_code=202,
    responses=problems(413, 422, 429, 507),
    operation_class=operation(
        asked("name"), asked("on_error"), asked("dry_run"), header("Idempotency-Key"), header("Suyuan-Party"),
        body=body("application/octet-stream"), headers=("Location",),
    ),
)  # fmt: skip
async def upload(request: AnyRequest) -> Response[Value]:
    """Send a file of any kind that suyuan reads: workbook, CSV, JSON-LD, NDJSON, XML. `name` is its name."""
    hall = hall_of(request)
    party = await hall.submitter(request)
    given = dict(query_pairs(request))
    name = readable(given.get("name", "upload")).replace("\\", "/").rsplit("/", 1)[-1]
    if not 0 < len(name) <= NAME_MAX or not name.isprintable() or name in (".", ".."):
        raise Refused(
            400,
            f"name is a file name of 1 to {NAME_MAX} characters",
            f"name 应为 1 至 {NAME_MAX} 个字符的文件名",
        )
    spool, digest = await spooled(request, CAPTURE_BYTES_MAX)
    try:
        importer = choose(name, spool.head(HEAD))
        behaviour = _behaviour(given.get("on_error"), importer.on_error)
    except BaseException:
        spool.discard()
        raise
    lang: Lang = "zh" if wants_chinese(request) else "en"
    job = Asked(party, name, behaviour, dry_run=given.get("dry_run") == "true", back=lang)
    key = request.headers.get("idempotency-key")
    made = await hall.beside(
        lambda: hall.service.jobs.accept(spool, party, job, kind="upload", key=key, digest=digest)
    )
    location = f"/api/v1/jobs/{made}"
    return json_response({"job": made, "status": location}, 202, {"Location": location})


def _behaviour(said: str | None, by_default: str) -> Behaviour:
    chosen = said or by_default
    if chosen not in ("refuse", "rollback", "proceed"):
        raise Refused(
            400,
            f"on_error is refuse or proceed, not {chosen}",
            f"on_error 应为 refuse 或 proceed，而不是 {chosen}",
        )
    return "proceed" if chosen == "proceed" else "rollback"


@get("/api/v1/jobs", responses=problems(), operation_class=operation(*PAGING, asked("kind")))
async def jobs(request: AnyRequest) -> Response[list[Value]]:
    """Jobs, the newest first; `kind` is upload (default) or capture."""
    hall = hall_of(request)
    principal = await hall.allowed(request, Verb.CAPTURE)
    tenant = None if hall.sees_all(principal, Verb.CAPTURE) else principal.tenant
    given = dict(query_pairs(request))
    per_page, before, kind = counted(given), token_number(hall, given), given.get("kind", "upload")
    found = await hall.beside(lambda: hall.service.jobs.jobs(tenant, per_page + 1, before, kind=kind))
    shown = found[:per_page]
    token = str(shown[-1].number) if len(found) > per_page else None
    return json_response([_shown(each) for each in shown], headers=next_link(request, token))


@get("/api/v1/jobs/{job_id:str}", responses=problems(404), operation_class=operation())
async def job(request: AnyRequest, job_id: str) -> Response[Value]:
    """How a job stands, and what it came to: counts and findings with place, reason and suggestion."""
    return tagged_json(request, _shown(await _job(request, job_id)))


@get("/api/v1/jobs/{job_id:str}/file", responses=problems(404), operation_class=operation(answers=(XLSX,)))
async def file(request: AnyRequest, job_id: str) -> Response[bytes]:
    """The same workbook back, its faulty cells coloured and noted."""
    found = await _job(request, job_id)
    hall = hall_of(request)
    back = await hall.beside(lambda: hall.service.jobs.given_back(found.id))
    if back is None:
        raise Refused(
            404,
            "there is no file to give back: no finding is about a cell",
            "没有可返回的文件：没有针对单元格的发现",
        )
    headers = {"Content-Disposition": 'attachment; filename="checked.xlsx"'}
    return Response(back, media_type=XLSX, headers=headers)


async def _job(request: AnyRequest, job_id: str) -> Job:
    hall = hall_of(request)
    found = await hall.beside(lambda: hall.service.jobs.job(job_id))
    await may_see(request, found)
    return found


def _shown(found: Job) -> Value:
    state = "running" if found.running else "done" if found.success else "failed"
    return {
        "id": found.id, "state": state, "name": found.asked.name, "party": found.asked.party,
        "created_at": show_instant(found.created_at),
        "finished_at": show_instant(found.finished_at) if found.finished_at else None,
        **found.counts, "findings": found.errors,
    }  # fmt: skip


# -- entries and proofs ---------------------------------------------------------------------------


@get("/api/v1/entries/{seq:int}", responses=problems(404), operation_class=operation())
async def entry(request: AnyRequest, seq: int) -> Response[Value]:
    """One entry of the record, with its envelope."""
    hall = hall_of(request)
    principal = await hall.allowed(request, Verb.READ_EVENT)
    await _may_read(hall, principal, Verb.READ_EVENT, seq)
    return tagged_json(request, await hall.look(lambda workspace: entries.shown(workspace, seq)))


@get(
    "/api/v1/entries/{seq:int}/receipt",
    responses=problems(404),
    operation_class=operation(answers=("text/plain", "application/json")),
)
async def receipt(request: AnyRequest, seq: int) -> Response[Any]:
    """Proof that the entry is in the log, under the last checkpoint: tlog-proof as text, or its JSON twin."""
    hall = hall_of(request)
    principal = await hall.allowed(request, Verb.PROOFS)
    await _may_read(hall, principal, Verb.PROOFS, seq)
    found = await hall.look(lambda workspace: workspace.ledger.receipt(seq))
    if "json" in request.headers.get("accept", ""):
        return tagged(request, found.json().encode(), "application/json")
    return tagged(request, found.show().encode(), "text/plain")


async def _may_read(hall: Hall, principal: Principal, verb: Verb, seq: int) -> None:
    """Raises NoSuchEntry where the entry is not there, or none of his business: it sounds the same."""
    sight = hall.sight(principal, verb)
    if sight is not None:
        await hall.ask(lambda workspace: entries.may_read(workspace, seq, sight))


@get("/api/v1/consistency", responses=problems(404), operation_class=operation(asked("old"), asked("new")))
async def consistency(request: AnyRequest) -> Response[Value]:
    """The nodes that prove that the log of `new` entries begins with that of `old`."""
    hall = hall_of(request)
    await hall.allowed(request, Verb.CHECKPOINTS)
    given = dict(query_pairs(request))
    old, new = (_number(given, name) for name in ("old", "new"))
    if old is None:
        raise Refused(400, "old is the size of the smaller log", "old 为较小账本的条数")
    return tagged_json(request, await hall.look(lambda workspace: entries.consistency(workspace, old, new)))


def _number(given: dict[str, str], name: str) -> int | None:
    said = given.get(name)
    if said is None:
        return None
    if not (said.isascii() and said.isdigit() and len(said) < 16):
        raise Refused(400, f"{name} is a number of entries, not {said}", f"{name} 应为条数，而不是 {said}")
    return int(said)


@get(
    "/checkpoint", responses=problems(404), operation_class=operation(asked("size"), answers=("text/plain",))
)
async def checkpoint(request: AnyRequest) -> Response[Any]:
    """The last checkpoint as signed; with `size` the last one of exactly so many entries."""
    hall = hall_of(request)
    await hall.allowed(request, Verb.CHECKPOINTS)
    size = _number(dict(query_pairs(request)), "size")
    note = await hall.look(lambda workspace: workspace.ledger.checkpoint_note(size))
    return tagged(request, note.encode(), "text/plain")


@get(
    "/tile/{path:path}",
    responses=problems(404),
    operation_class=operation(answers=("application/octet-stream",)),
)
async def tile(request: AnyRequest, path: str) -> Response[Any]:
    """A tile of hashes or entries."""
    wanted = tile_at(f"tile/{path.lstrip('/')}")
    hall = hall_of(request)
    if wanted.level is None:
        principal = await hall.allowed(request, Verb.READ_EVENT)
        if not hall.sees_all(principal, Verb.READ_EVENT):
            raise Refused(
                403, "tiles of entries are for who may read all of them", "条目分块仅供可读全部条目者"
            )
    else:
        await hall.allowed(request, Verb.CHECKPOINTS)
    data = await hall.look(lambda workspace: workspace.ledger.tile(wanted))
    cached = "private, max-age=31536000, immutable" if wanted.width == WIDTH else "no-cache"
    return tagged(request, data, "application/octet-stream", {"Cache-Control": cached})


HANDLERS = (upload, jobs, job, file, entry, receipt, consistency, checkpoint, tile)
