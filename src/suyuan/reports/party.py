"""A firm as the authority sees it: what it owes, what was found about it, what it holds, its batches and balances, what to do next.

Made for the firm itself: the same figures that `province` weighs, each with the entries behind it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
from ibis import _

from suyuan.reports import accounts
from suyuan.reports import reading as r
from suyuan.reports.duties import STATUSES, duties_on, listed
from suyuan.reports.findings import clause, in_words
from suyuan.reports.reading import Reading, Row
from suyuan.reports.report import Cell, Report, Section, table
from suyuan.rules.catalogue import RULES
from suyuan.rules.reckoned import FIGURE
from suyuan.rules.rule import Severity
from suyuan.terms.sentence import Sentence
from suyuan.views.masses import in_kg

LISTED = 50
"""So many duties and findings are listed one by one; sums stand above them."""
CASE_STATES: Mapping[str, Sentence] = {
    "open": Sentence(zh="待处理", en="open"), "explained": Sentence(zh="已说明", en="explained"),
    "corrected": Sentence(zh="已更正", en="corrected"), "confirmed": Sentence(zh="已认定", en="confirmed"),
    "dismissed": Sentence(zh="已排除", en="dismissed"),
}  # fmt: skip
KINDS: Mapping[str, Sentence] = {
    "pack": Sentence(zh="电池包", en="packs"), "module": Sentence(zh="模块", en="modules"), "cell": Sentence(zh="单体", en="cells"),
    "reuse_pack": Sentence(zh="梯次利用电池包", en="reuse packs"), "reuse_module": Sentence(zh="梯次利用模块", en="reuse modules"),
    "reuse_cell": Sentence(zh="梯次利用单体", en="reuse cells"), "lot": Sentence(zh="批料", en="lots"),
    "vehicle": Sentence(zh="车辆", en="vehicles"), "other": Sentence(zh="其他物项", en="other items"),
}  # fmt: skip
ORDER = ("serious", "warning", "note")


def report(reading: Reading, uscc: str) -> Report:
    """Everything of a firm that judging knows, in the order in which it matters to the firm."""
    return Report(
        title=Sentence(zh="监管视角下的本单位", en="What the authority sees about us"),
        about=about(reading, uscc),
        sections=(
            *standing(reading, uscc),
            held(reading, uscc),
            batches(reading, uscc),
            *balances(reading, uscc),
        ),
        made_from=reading.made_from,
    )


def standing(reading: Reading, uscc: str) -> tuple[Section, ...]:
    """Who it is, what to do next, duties and findings."""
    told = findings(reading, uscc)
    return (
        who(reading, uscc), next_steps(reading, uscc, told), duty_sums(reading, uscc), duty_list(reading, uscc),
        cases(reading, uscc), finding_list(told),
    )  # fmt: skip


def about(reading: Reading, uscc: str) -> Sentence:
    """Name and credit code."""
    name = reading.name(uscc)
    return Sentence(zh=f"{name}（{uscc}）" if name else uscc, en=f"{name} ({uscc})" if name else uscc)


def who(reading: Reading, uscc: str) -> Section:
    """Roles, area and sites on record, as master data give them."""
    party, roles, site = reading["party"], reading["party_role"], reading["site"]
    columns = (
        r.text("what", "项目", "what"), r.text("value", "内容", "value"), r.code("entry", "账本条目", "entry"),
    )  # fmt: skip
    known = [
        (what, value, row["master_seq"])
        for row in reading.rows(party.filter(_.party == uscc))
        for what, value in (
            (Sentence(zh="名称", en="name"), row["name"] or ""), (Sentence(zh="地区", en="area"), r.place(row["area"])),
            *((Sentence(zh="角色", en="role"), r.role_name(each["role"])) for each in reading.rows(roles.filter(_.party == uscc).order_by("role"))),
        )
    ]  # fmt: skip
    sites = reading.rows(site.filter(_.party == uscc).order_by("site"))
    known += [(Sentence(zh="场地", en="site"), row["site"], row["master_seq"]) for row in sites]
    lines = [[what, value, r.figure(str(seq), [seq])] for what, value, seq in known]
    none = Sentence(zh="账本中没有该主体的登记信息；可用 suyuan party import 登记。", en="No master data about this party are on record; suyuan party import records them.")  # fmt: skip
    return Section(
        Sentence(zh="登记信息", en="On record as"), () if lines else (none,), table(columns, lines)
    )


# -- duties ----------------------------------------------------------------------------------------


def duty_sums(reading: Reading, uscc: str) -> Section:
    """Duties by row of law: how many stand how, and the share of those fallen due that was reported."""
    told = duties_on(reading.day, uscc)

    def of(*statuses: str) -> ibis.Deferred:
        return _.status.isin([*statuses])

    columns = (
        r.text("what", "责任", "duty"), r.count("duties", "应报", "duties"), r.count("due", "未到期", "not due yet"),
        r.count("on_time", "按时", "on time"), r.count("late", "迟报", "late"), r.count("overdue", "逾期未报", "overdue"),
        r.number("complete", "已到期中已报占比", "reported of those fallen due", "%", 1), r.day("oldest", "最早逾期期限", "oldest day missed"),
        r.text("clause", "依据", "clause"), r.code("row", "依据行", "row of law"),
    )  # fmt: skip
    states = {"due": ("due-in",), "on_time": ("on-time",), "late": ("late",), "overdue": ("overdue",)}
    sums = told.group_by("duty", "row").agg(
        duties=_.count(), duties_entries=_behind(None), oldest=_.due.min(where=of("overdue")),
        **{name: _.count(where=of(*some)) for name, some in states.items()},
        **{f"{name}_entries": _behind(of(*some)) for name, some in states.items()},
        complete_entries=_behind(~of("due-in")),
    )  # fmt: skip
    law = reading["law"].filter(_.table == "duty").group_by(law_row="row").agg(
        zh=_.text.max(where=_.field == "zh"), en=_.text.max(where=_.field == "en"), cites=_.cites.min(), verified=_.verified.all()
    )  # fmt: skip
    rows = reading.rows(
        sums.left_join(law, [("row", "law_row")]).order_by(
            ibis.desc("overdue"), ibis.desc("late"), "duty", "row"
        )
    )
    lines = []
    for row in rows:
        fallen = row["duties"] - row["due"]
        share = 100 * (row["on_time"] + row["late"]) / fallen if fallen else None
        numbers = [r.figure(row[name], row[f"{name}_entries"]) for name in ("duties", *states)]
        lines.append(
            [Sentence(zh=row["zh"] or row["duty"], en=row["en"] or row["duty"]), *numbers,
             r.figure(share, row["complete_entries"] if fallen else (), row=row["row"], verified=bool(row["verified"])), row["oldest"],
             clause_of(row["cites"]), row["row"]]
        )  # fmt: skip
    none = Sentence(zh="没有报送责任。", en="It owes no reports.")
    return Section(Sentence(zh="报送责任", en="Duties to report"), () if lines else (none,), table(columns, lines))  # fmt: skip


def _behind(where: ibis.Deferred | None) -> Any:
    """What founded a duty, and what fulfilled it."""
    pair = ibis.array([_.trigger_seq, _.fulfilled_seq])
    return pair.collect(where=where).flatten().unique().sort()


def clause_of(cites: str | None) -> Sentence | str:
    """A clause in both languages."""
    return Sentence(zh=clause(cites, "zh"), en=clause(cites, "en")) if cites else ""


def duty_list(reading: Reading, uscc: str) -> Section:
    """What is overdue and what falls due next, one by one."""
    columns = (
        r.code("item", "编码", "item"), r.text("what", "责任", "duty"), r.day("since", "起算日", "since"), r.day("due", "期限", "due"),
        r.text("status", "状态", "status"), r.count("days", "天数", "days"), r.text("clause", "依据", "clause"),
    )  # fmt: skip
    wanted = listed(reading.day, uscc, ["overdue", "due-in"])
    rows = reading.rows(wanted.limit(LISTED + 1))
    lines = [
        [row["item"], Sentence(zh=row["zh"] or row["duty"], en=row["en"] or row["duty"]), row["trigger_day"], row["due"],
         STATUSES[row["status"]], r.figure(row["days"], [row["trigger_seq"]], row=row["row"], verified=bool(row["verified"])),
         clause_of(row["cites"])]
        for row in rows[:LISTED]
    ]  # fmt: skip
    said = (
        [Sentence(zh="没有逾期或将到期的事项。", en="Nothing is overdue or falls due.")] if not rows else []
    )
    if len(rows) > LISTED:
        said.append(
            Sentence(
                zh=f"此处列出最紧迫的 {LISTED} 项；全部：suyuan duties --party {uscc} --format csv",
                en=f"The {LISTED} most pressing; all of them: suyuan duties --party {uscc} --format csv",
            )
        )
    return Section(
        Sentence(zh="逾期与将到期", en="Overdue, and due next"), tuple(said), table(columns, lines)
    )


# -- findings and cases ----------------------------------------------------------------------------


def findings(reading: Reading, uscc: str | None = None, subject: str | None = None) -> list[dict[str, Any]]:
    """Findings of a party or about a subject in words of both languages, the most serious first."""
    told = reading["told"]
    if uscc is not None:
        told = told.filter(_.party == uscc)
    if subject is not None:
        told = told.filter(_.subject == subject)
    weight = ibis.cases(*((told.severity == name, n) for n, name in enumerate(ORDER)), else_=9)
    ordered = told.mutate(n=weight).order_by("n", "day", "rule", "subject", "id").drop("n")
    rows = reading.rows(ordered)
    both = zip(in_words(rows, reading.names, "zh"), in_words(rows, reading.names, "en"), strict=True)
    return [
        {**row, **{name: Sentence(zh=zh[name], en=en[name]) for name in ("sentence", "remedy")}, "title": RULES[row["rule"]].title}
        for row, (zh, en) in zip(rows, both, strict=True)
    ]  # fmt: skip


def finding_list(told: Sequence[Row], listed_most: int = LISTED) -> Section:
    """Findings one by one."""
    columns = (
        r.day("day", "日期", "day"), r.code("subject", "对象", "subject"), r.text("severity", "程度", "severity"),
        r.text("sentence", "说明", "what was found"), r.text("clause", "依据", "clause"), r.code("row", "依据行", "row of law"),
        r.code("case", "案件", "case"), r.count("entries", "证据条目数", "entries behind it"),
    )  # fmt: skip
    lines = [
        [row["day"], row["subject"], Severity(row["severity"]).words, row["sentence"],
         r.joined([Sentence(zh=clause(cited, "zh"), en=clause(cited, "en")) for cited in RULES[row["rule"]].cites]), row["row"] or "",
         row["case_id"], r.figure(len(row["entries"]), row["entries"], row=row["row"], verified=bool(row["verified"]))]
        for row in told[:listed_most]
    ]  # fmt: skip
    said = [] if told else [Sentence(zh="没有发现。", en="Nothing was found.")]
    if len(told) > listed_most:
        more = len(told) - listed_most
        said.append(
            Sentence(
                zh=f"另有 {more:,} 条：suyuan judge --format csv",
                en=f"{more:,} more: suyuan judge --format csv",
            )
        )
    return Section(Sentence(zh="发现", en="Findings"), tuple(said), table(columns, lines))


def cases(reading: Reading, uscc: str) -> Section:
    """Cases with their state, and until when they are to be answered."""
    case = reading["case"].filter(_.party == uscc)
    behind = reading["told"].group_by(of="case_id").agg(entries=r.lists(_.entries))
    met = case.left_join(behind, [("case_id", "of")])
    weight = ibis.cases(*((met.severity == name, n) for n, name in enumerate(ORDER)), else_=9)
    rows = reading.rows(met.mutate(n=weight).order_by("n", "due", "case_id"))
    columns = (
        r.code("case", "案件", "case"), r.text("severity", "程度", "severity"), r.text("state", "状态", "state"),
        r.text("what", "事由", "what"), r.code("root", "起因", "root"), r.count("findings", "发现数", "findings"),
        r.day("since", "自", "since"), r.day("due", "答复期限", "to be answered by"),
    )  # fmt: skip
    lines = [
        [row["case_id"], Severity(row["severity"]).words if row["severity"] else "", CASE_STATES.get(row["state"], row["state"]),
         r.joined([RULES[rule].title for rule in row["rules"] or () if rule in RULES]), row["root"] or "",
         r.figure(row["findings"], row["entries"], verified=row["verified"] is not False), row["since"], row["due"]]
        for row in rows
    ]  # fmt: skip
    none = Sentence(zh="没有案件。", en="There are no cases.")
    return Section(Sentence(zh="案件", en="Cases"), () if lines else (none,), table(columns, lines))


def next_steps(reading: Reading, uscc: str, told: Sequence[Row]) -> Section:
    """What to do, the most serious first: the remedy of each rule that found something, and the reports that are missing."""
    by_rule: dict[str, list[Row]] = {}
    for row in told:
        by_rule.setdefault(row["rule"], []).append(row)
    columns = (
        r.text("do", "待办", "what to do"),
        r.count("count", "事项数", "how many"),
        r.text("severity", "程度", "severity"),
    )
    lines: list[Sequence[Any]] = [
        [rows[0]["remedy"], r.figure(len(rows), [seq for row in rows for seq in row["entries"]]), Severity(rows[0]["severity"]).words]
        for rows in by_rule.values()
    ]  # fmt: skip
    sums = duties_on(reading.day, uscc, ["overdue"]).aggregate(n=_.count(), entries=r.seqs(_.trigger_seq))
    (late,) = reading.rows(sums)
    if late["n"]:
        chase = f"suyuan chase --party {uscc} -o FILE.xlsx"
        lines.insert(
            sum(rows[0]["severity"] == "serious" for rows in by_rule.values()),
            [Sentence(zh=f"补报逾期信息；预填的表格：{chase}", en=f"report what is overdue; the form, filled in as far as known: {chase}"),
             r.figure(late["n"], late["entries"]), Sentence(zh="逾期未报", en="overdue")],
        )  # fmt: skip
    none = Sentence(zh="没有待办事项。", en="Nothing to do.")
    return Section(Sentence(zh="下一步", en="What to do next"), () if lines else (none,), table(columns, lines))  # fmt: skip


# -- what it holds, its batches and balances -------------------------------------------------------


def held(reading: Reading, uscc: str) -> Section:
    """What the firm holds, and what it sent that nobody has received: things with kWh and kg as declared, lots with kg as told."""
    custody, thing = reading["custody"], reading["thing"]
    mine = custody.filter(_.until.isnull() & _.kind.isin(["party", "in_transit"]))
    mine = mine.filter(ibis.ifelse(_.kind == "party", _.holder == uscc, _.answerable == uscc))
    # lots that were used up, and packs that went missing in a vehicle, are nobody's any more (`views.custody.fates`)
    now = reading["holder_now"].select(now_item="item", now_kind="kind")
    mine = mine.semi_join(now, [mine.item == now.now_item, mine.kind == now.now_kind])
    # what is inside a whole is held with it
    mine = mine.filter(_.inside.isnull()).select("item", "kind", "entries")
    known = thing.select("made_seq", "kwh", "kg", of="item", thing="kind")
    met = mine.inner_join(known, [mine.item == known.of]).drop("of")
    lots = (
        reading["effective_event_item"]
        .filter(_.kind == "lot")
        .select("seq", "item", lot_kg=in_kg(_.quantity, _.uom))
    )
    lots = (
        lots.semi_join(mine, "item")
        .group_by(lot="item")
        .agg(lot_kg=_.lot_kg.max(), lot_seq=_.seq.argmax(_.lot_kg))
    )
    met = met.left_join(lots, [met.item == lots.lot]).drop("lot")
    met = met.mutate(
        kg=ibis.ifelse(_.thing == "lot", _.lot_kg, _.kg),
        said=ibis.ifelse(_.thing == "lot", _.lot_seq, _.made_seq),
    )
    met = met.mutate(behind=met.entries.concat(ibis.array([met.said])))
    sums = met.group_by("kind", "thing").agg(
        items=_.item.nunique(), items_entries=r.lists(_.entries), kwh=_.kwh.sum(),
        kwh_entries=_.behind.collect(where=_.kwh.notnull()).flatten().unique().sort(), kg=_.kg.sum(),
        kg_entries=_.behind.collect(where=_.kg.notnull()).flatten().unique().sort(),
        unweighed=_.count(where=_.kg.isnull()), unweighed_entries=_.entries.collect(where=_.kg.isnull()).flatten().unique().sort(),
    )  # fmt: skip
    rows = {(row["kind"], row["thing"]): row for row in reading.rows(sums)}
    columns = (
        r.text("where", "状态", "where"), r.text("kind", "类别", "kind"), r.count("items", "数量", "count"),
        r.number("kwh", "电量", "energy", "kWh", 1), r.number("kg", "质量", "mass", "kg", 1),
        r.count("unweighed", "质量未知", "of unknown mass"),
    )  # fmt: skip
    where = {
        "party": Sentence(zh="持有", en="held"),
        "in_transit": Sentence(zh="在途（尚未有接收记录）", en="sent, not received on record"),
    }
    lines = [
        [where[kind], KINDS.get(thing, thing), *(r.figure(row[name] or 0, row[f"{name}_entries"]) for name in ("items", "kwh", "kg", "unweighed"))]
        for kind in where for thing in KINDS if (row := rows.get((kind, thing)))
    ]  # fmt: skip
    none = Sentence(zh="账本中没有由其持有的物项。", en="Nothing on record is held by it.")
    said = Sentence(zh="电量和质量为制造企业申报值；总成内的模块和单体随总成计入，不另计数。", en="Energy and mass as makers declared them; what is inside a whole is held with it and not counted beside it.")  # fmt: skip
    return Section(Sentence(zh="当前持有", en="Held now"), (said if lines else none,), table(columns, lines))


def batches(reading: Reading, uscc: str) -> Section:
    """Process runs of the firm: what went in, what came out."""
    event = reading["effective_event"]
    runs = event.filter(event.run.notnull() & (event.actor == uscc)).group_by("run").agg(
        process=_.biz_step.max(), first=_.local_day.min(), last=_.local_day.max()
    )  # fmt: skip
    fed, made = reading["run_input"], reading["run_output"]
    went = fed.group_by(of="run").agg(
        things=_.count(where=_.kind != "lot"), things_entries=_.entries.collect(where=_.kind != "lot").flatten().unique().sort(),
        kg=_.kg.sum(), kg_entries=_.entries.collect(where=_.kg.notnull()).flatten().unique().sort(),
    )  # fmt: skip
    came = made.group_by(of_made="run").agg(
        **{name: _.kg.sum(where=_.stands == name) for name in STANDS},
        **{f"{name}_entries": _.entries.collect(where=(_.stands == name) & _.kg.notnull()).flatten().unique().sort() for name in STANDS},
    )  # fmt: skip
    met = runs.inner_join(
        went.outer_join(came, [("of", "of_made")]).mutate(of=ibis.coalesce(_.of, _.of_made)), [("run", "of")]
    )
    rows = reading.rows(met.order_by(ibis.desc("last"), "run").limit(LISTED))
    columns = (
        r.code("run", "批次", "run"), r.text("process", "工序", "process"), r.day("first", "始", "first day"), r.day("last", "止", "last day"),
        r.count("things", "投入物项", "things fed"), r.number("kg", "投入质量", "mass fed", "kg", 1),
        *(r.number(name, zh, en, "kg", 1) for name, (zh, en) in STANDS.items()),
    )  # fmt: skip
    names = ("things", "kg", *STANDS)
    lines = [
        [row["run"], (row["process"] or "").removeprefix("sy:"), row["first"], row["last"],
         *(r.figure(row[name] or 0, row[f"{name}_entries"]) for name in names)]
        for row in rows
    ]  # fmt: skip
    none = Sentence(zh="没有工序批次。", en="It ran no batches.")
    return Section(Sentence(zh="批次", en="Batches"), () if lines else (none,), table(columns, lines))


STANDS = {"product": ("产品", "products"), "intermediate": ("中间品", "intermediates"), "residue": ("残余物", "residues")}  # fmt: skip


def balances(reading: Reading, uscc: str) -> tuple[Section, ...]:
    """The mass balance of the firm's latest month that has one."""
    figure = reading[FIGURE]
    latest = figure.filter((_.account == "balance") & (_.party == uscc)).aggregate(period=_.period.max())
    period = next((row["period"] for row in reading.rows(latest)), None)
    if period is None:
        return ()
    told = accounts.report(reading, "balance", party=uscc, period=period)
    return tuple(section for section in told.sections if section.table is not None)


__all__ = ["Cell", "report"]
