"""/api/v1, answers: trace, where-used, findings, cases, duties, reports, bundles, standards.

Whoever does not see everything names whom he asks about (`party`): a firm itself, an authority a firm of its area.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, cast, get_args

from litestar import Response, get, post

from suyuan.api.documented import asked, body, operation, problems
from suyuan.api.epcis_queries import read_object
from suyuan.api.hall import hall_of
from suyuan.api.problems import Refused, wants_chinese
from suyuan.api.shapes import AnyRequest, query_pairs
from suyuan.api.tagged import tagged, tagged_json
from suyuan.identifiers import uscc
from suyuan.reports.report import Report
from suyuan.rights.principal import Principal, Thing
from suyuan.rights.words import Verb
from suyuan.terms.sentence import Lang
from suyuan.usecases import bundle, cases, duties, judge, report, seen, standards, where_used
from suyuan.usecases.report_files import Form, rendered
from suyuan.usecases.workspace import Workspace

CODES_MAX = 10_000
MEDIA_TYPES = {
    "json": "application/json",
    "csv": "text/csv",
    "html": "text/html",
    "pdf": "application/pdf",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Given = dict[str, str]
STATES = ("open", "explained", "corrected", "confirmed", "dismissed")
DAY, PARTY = asked("day"), asked("party")


def _lang(request: AnyRequest) -> Lang:
    return "zh" if wants_chinese(request) else "en"


def _day(given: Given, name: str = "day") -> date | None:
    said = given.get(name)
    if said is None:
        return None
    try:
        return date.fromisoformat(said)
    except ValueError as wrong:
        raise Refused(
            400,
            f"{name} is a day like 2026-05-31, not {said}",
            f"{name} 应为 2026-05-31 形式的日期，而不是 {said}",
        ) from wrong


async def _about(request: AnyRequest, verb: Verb, given: Given) -> str | None:
    """Whom it is about, if the caller may ask that; None: everybody. Raises Forbidden, NotAUscc."""
    hall = hall_of(request)
    principal = await hall.allowed(request, verb)
    party = uscc.parse(given["party"]).code if "party" in given else None
    if hall.sees_all(principal, verb):
        return party
    party = party or principal.tenant
    await hall.allowed(request, verb, about(party))
    return party


def about(party: str) -> Thing:
    """A firm as rights see it: its area stands in its credit code."""
    return Thing(tenant=party, areas=frozenset({party[2:8]}) if len(party) == 18 else frozenset())


@get("/api/v1/trace/{code:str}", responses=problems(404, 409), operation_class=operation(asked("as_of")))
async def trace(request: AnyRequest, code: str) -> Response[Any]:
    """One battery, vehicle or lot: `trace` as far as the caller sees it, `public` what everybody may know."""
    hall = hall_of(request)
    principal = await hall.allowed(request, Verb.TRACE)
    as_of = _day(dict(query_pairs(request)), "as_of")
    return tagged_json(
        request, await hall.ask(lambda workspace: seen.trace_for(workspace, principal, code, as_of=as_of))
    )


@post("/api/v1/where-used", status_code=200, responses=problems(413, 415), operation_class=operation(body=body("application/json")))  # fmt: skip
async def used(request: AnyRequest) -> Response[Any]:
    """What `codes` reached: vehicles, holders, lots. For who sees everything."""
    hall = hall_of(request)
    principal = await hall.allowed(request, Verb.TRACE)
    _all_or_nothing(hall.sees_all(principal, Verb.TRACE))
    codes = (await read_object(request)).get("codes")
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise Refused(400, 'codes is a list of texts: {"codes": ["…"]}', "codes 应为文本列表")
    if len(codes) > CODES_MAX:
        raise Refused(413, f"at most {CODES_MAX:,} codes at once", f"一次最多 {CODES_MAX:,} 个代码")
    return tagged_json(request, await hall.ask(lambda workspace: where_used.where_used(workspace, codes)))


def _all_or_nothing(sees_all: bool) -> None:
    if not sees_all:
        raise Refused(403, "this answer is for who may see everything", "此项仅供可见全部数据者")


@get("/api/v1/findings", responses=problems(404), operation_class=operation(DAY, PARTY, asked("rule")))
async def findings(request: AnyRequest) -> Response[Any]:
    """What cannot be true, or was not done, with clause and entries."""
    given, hall, lang = dict(query_pairs(request)), hall_of(request), _lang(request)
    party = await _about(request, Verb.FINDINGS, given)
    day, rule = _day(given), given.get("rule")

    def question(workspace: Workspace) -> dict[str, Any]:
        found = judge.findings(workspace, day=day, rule=rule, party=party, lang=lang)
        return {"said": found.sentence.show(lang), "findings": found.rows}

    return tagged_json(request, await hall.ask(question))


@get("/api/v1/cases", responses=problems(), operation_class=operation(DAY, PARTY, asked("state")))
async def listed_cases(request: AnyRequest) -> Response[Any]:
    """Cases, the most serious first."""
    given, hall = dict(query_pairs(request)), hall_of(request)
    party = await _about(request, Verb.SEE_CASE, given)
    day, state = _day(given), given.get("state")
    return tagged_json(
        request,
        await hall.ask(lambda workspace: cases.listed(workspace, day=day, party=party, state=state)),
    )


@get("/api/v1/cases/{case:str}", responses=problems(404), operation_class=operation(DAY))
async def one_case(request: AnyRequest, case: str) -> Response[Any]:
    """One case with its findings and everything that was said of it."""
    hall, lang, day = hall_of(request), _lang(request), _day(dict(query_pairs(request)))
    principal = await hall.allowed(request, Verb.SEE_CASE)
    found = await hall.ask(lambda workspace: cases.whole(workspace, case, lang, day=day))
    await _of_this_case(request, principal, Verb.SEE_CASE, found)
    return tagged_json(request, found)


async def _of_this_case(request: AnyRequest, principal: Principal, verb: Verb, found: dict[str, Any]) -> None:
    hall = hall_of(request)
    if not hall.sees_all(principal, verb):
        await hall.allowed(request, verb, about(str(found["party"] or "")))


@post("/api/v1/cases/{case:str}/decisions", status_code=201, responses=problems(404, 413, 415), operation_class=operation(body=body("application/json")))  # fmt: skip
async def decide(request: AnyRequest, case: str) -> Response[Any]:
    """Explain or decide a case: {"state": …, "reason": …}. What is said is an event on the record."""
    hall, sent = hall_of(request), await read_object(request)
    state, reason = sent.get("state"), sent.get("reason")
    if state not in STATES or not isinstance(reason, str) or not reason.strip():
        raise Refused(
            400,
            f"state is one of {', '.join(STATES)}, reason a sentence",
            f"state 应为 {'、'.join(STATES)} 之一，reason 应为一句话",
        )
    verb = Verb.EXPLAIN_CASE if state == "explained" else Verb.DECIDE_CASE
    principal = await hall.allowed(request, verb)
    lang = _lang(request)
    found = await hall.ask(lambda workspace: cases.whole(workspace, case, lang))
    await _of_this_case(request, principal, verb, found)
    party = principal.tenant
    seq = await hall.ask(
        lambda workspace: cases.decide(workspace, case, state=str(state), reason=reason, party=party)
    )
    return Response({"case": case, "state": state, "entry": seq}, status_code=201)


@get("/api/v1/duties", responses=problems(), operation_class=operation(DAY, PARTY, asked("status")))
async def listed_duties(request: AnyRequest) -> Response[Any]:
    """Who owes which report; what is missing or late."""
    given, hall, lang = dict(query_pairs(request)), hall_of(request), _lang(request)
    party = await _about(request, Verb.DUTIES, given)
    day, status = _day(given), given.get("status")
    if status is not None and status not in duties.STATUSES:
        raise Refused(
            400,
            f"status is one of {', '.join(duties.STATUSES)}",
            f"status 应为 {'、'.join(duties.STATUSES)} 之一",
        )
    found = await hall.ask(
        lambda workspace: duties.duties(workspace, party=party, day=day, status=status, lang=lang)
    )
    return tagged_json(request, {"said": found.sentence.show(lang), "duties": found.rows})


# -- reports --------------------------------------------------------------------------------------


def _need(given: Given, name: str) -> str:
    if name not in given:
        raise Refused(400, f"{name} is missing", f"缺少 {name}")
    return given[name]


Made = Callable[[Workspace], Report]


def _made(kind: str, given: Given, party: str | None) -> Made:
    day = _day(given)
    if kind == "province":
        area, since = given.get("area"), _day(given, "since")
        return lambda workspace: report.of_province(workspace, area=area, day=day, since=since)
    if kind in ("party", "dossier"):
        if party is None:
            raise Refused(400, "party is missing: a credit code", "缺少 party：统一社会信用代码")
        of = report.of_party if kind == "party" else report.dossier_of_party
        return lambda workspace: of(workspace, party, day=day)
    if kind == "item":
        code = _need(given, "code")
        return lambda workspace: report.dossier_of_item(workspace, code, day=day)
    if kind == "filing":
        role, period = _need(given, "role"), _need(given, "period")
        return lambda workspace: report.of_filing(workspace, role=role, period=period, uscc=party, day=day)
    if kind == "flows":
        period = _need(given, "period")
        return lambda workspace: report.of_flows(workspace, period=period, day=day)
    if kind in get_args(report.Account):
        account, of_period, area = cast(report.Account, kind), given.get("period"), given.get("area")
        return lambda workspace: report.of_account(
            workspace, account, uscc=party, period=of_period, area=area, day=day
        )
    raise Refused(
        404, f"there is no report {kind}; {', '.join(KINDS)}", f"没有报告 {kind}；可用：{'、'.join(KINDS)}"
    )


KINDS = ("province", "party", "item", "dossier", "filing", "flows", *get_args(report.Account))
ONE_PARTY = ("party", "dossier", "filing", *get_args(report.Account))
"""Reports that can be about one firm alone: who does not see everything may have his own."""


@get(
    "/api/v1/reports/{kind:str}",
    responses=problems(404, 409),
    operation_class=operation(
        DAY,
        PARTY,
        *(asked(name) for name in ("format", "area", "since", "code", "role", "period")),
        answers=MEDIA_TYPES.values(),
    ),
)
async def made_report(request: AnyRequest, kind: str) -> Response[Any]:
    """A report: province, party, item, dossier, filing, flows, responsibility, recovery, balance; as json, csv, xlsx, parquet, html, pdf."""
    given, hall, lang = dict(query_pairs(request)), hall_of(request), _lang(request)
    verb = Verb.ACCOUNTS if kind in get_args(report.Account) else Verb.REPORTS
    party = await _about(request, verb, given)
    if kind not in ONE_PARTY:
        _all_or_nothing(hall.sees_all(await hall.allowed(request, verb), verb))
    form = given.get("format", "json")
    if form not in MEDIA_TYPES:
        raise Refused(
            400, f"format is one of {', '.join(MEDIA_TYPES)}", f"format 应为 {'、'.join(MEDIA_TYPES)} 之一"
        )
    make = _made(kind, given, party)
    data = await hall.ask(lambda workspace: rendered(make(workspace), cast(Form, form), lang))
    return tagged(request, data, MEDIA_TYPES[form])


@get(
    "/api/v1/bundles",
    responses=problems(404),
    operation_class=operation(DAY, PARTY, asked("case"), asked("item"), answers=("application/zip",)),
)
async def made_bundle(request: AnyRequest) -> Response[Any]:
    """One signed zip file about a party, a case or an item, to be checked without the ledger."""
    given, hall, lang = dict(query_pairs(request)), hall_of(request), _lang(request)
    named = [name for name in ("party", "case", "item") if name in given]
    if len(named) != 1:
        raise Refused(400, "say what it is about: one of party, case, item", "请指明 party、case、item 之一")
    party = await _about(request, Verb.BUNDLES, given)
    if named != ["party"]:
        _all_or_nothing(hall.sees_all(await hall.allowed(request, Verb.BUNDLES), Verb.BUNDLES))
    wanted = bundle.Asked(
        party if named == ["party"] else None, given.get("case"), given.get("item"), None, _day(given)
    )
    made = await hall.ask(lambda workspace: bundle.make(workspace, wanted, lang))
    headers = {"Content-Disposition": 'attachment; filename="bundle.zip"'}
    return tagged(request, made.data, "application/zip", headers)


# -- standards ------------------------------------------------------------------------------------


@get("/api/v1/standards", responses=problems(), operation_class=operation())
async def tables(request: AnyRequest) -> Response[Any]:
    """Tables of law and codes: rows, how many are not verified or replaced, documents."""
    hall = hall_of(request)
    await hall.allowed(request, Verb.SEE_STANDARDS)
    return tagged_json(request, await hall.ask(standards.listed))


@get("/api/v1/standards/{name:str}", responses=problems(404), operation_class=operation(DAY, asked("key")))
async def rows(request: AnyRequest, name: str) -> Response[Any]:
    """The rows of a table, each with its document, clause, dates and mark."""
    hall, given = hall_of(request), dict(query_pairs(request))
    await hall.allowed(request, Verb.SEE_STANDARDS)
    day, key = _day(given), given.get("key")
    return tagged_json(
        request, await hall.ask(lambda workspace: standards.rows_of(workspace, name, key=key, day=day))
    )


HANDLERS = (
    trace, used, findings, listed_cases, one_case, decide, listed_duties, made_report, made_bundle, tables, rows,
)  # fmt: skip
