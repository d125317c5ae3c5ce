"""Dossiers: everything about an item (its life, findings, duties, entries to be proven), or about a party.

The life of an item is handed in as its trace tells it (`usecases.trace`); the rest is what judging keeps.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import ibis
from ibis import _

from suyuan.reports import party as party_
from suyuan.reports import reading as r
from suyuan.reports.charts import Moment, Timeline
from suyuan.reports.duties import STATUSES, duties_on
from suyuan.reports.filing import STEPS
from suyuan.reports.reading import Reading
from suyuan.reports.report import Report, Section, table
from suyuan.terms.sentence import Sentence

Answer = Mapping[str, Any]
"""What the trace of an item answers."""
ALL = 10**6


def of_party(reading: Reading, uscc: str) -> Report:
    """Everything about a party: what it sees itself, all findings, and the documents in which it reported."""
    told = party_.findings(reading, uscc)
    return Report(
        title=Sentence(zh="主体档案", en="Dossier of a party"),
        about=party_.about(reading, uscc),
        sections=(
            party_.who(reading, uscc),
            party_.cases(reading, uscc),
            party_.finding_list(told, ALL),
            party_.duty_sums(reading, uscc),
            party_.duty_list(reading, uscc),
            party_.held(reading, uscc),
            party_.batches(reading, uscc),
            *party_.balances(reading, uscc),
            _documents(reading, uscc),
        ),
        made_from=reading.made_from,
    )


def _documents(reading: Reading, uscc: str) -> Section:
    """What the party submitted, document by document."""
    event = reading["effective_event"]
    sums = event.filter(event.submitter == uscc).group_by("document").agg(
        n=_.seq.nunique(), recorded_at=_.recorded_at.min(), first=_.local_day.min(), last=_.local_day.max(),
        first_entry=_.seq.min(), last_entry=_.seq.max(), entries=r.seqs(_.seq),
    )  # fmt: skip
    rows = reading.rows(sums.order_by(ibis.desc("recorded_at"), "document"))
    columns = (
        r.code("document", "文件摘要（SHA-256）", "document (SHA-256)"), r.day("recorded_at", "入账时间", "recorded at"),
        r.count("n", "有效事件", "events that count"), r.day("first", "首日", "first day"), r.day("last", "末日", "last day"),
        r.code("from_entry", "自条目", "from entry"), r.code("to_entry", "至条目", "to entry"),
    )  # fmt: skip
    lines = [
        [row["document"], row["recorded_at"], r.figure(row["n"], row["entries"]), row["first"], row["last"], str(row["first_entry"]), str(row["last_entry"])]
        for row in rows
    ]  # fmt: skip
    none = Sentence(zh="该主体没有提交过事件。", en="It submitted no events.")
    return Section(Sentence(zh="提交的文件", en="Documents submitted"), () if lines else (none,), table(columns, lines))  # fmt: skip


def of_item(reading: Reading, answer: Answer) -> Report:
    """Everything about an item."""
    code = str(answer["code"])
    told = party_.findings(reading, subject=code)
    kind = party_.KINDS.get(answer["kind"] or "", Sentence(zh=str(answer["kind"]), en=str(answer["kind"])))
    return Report(
        title=Sentence(zh="物项档案", en="Dossier of an item"),
        about=Sentence(zh=f"{kind.zh} {code}", en=f"{kind.en}: {code}"),
        sections=(
            _now(reading, answer),
            _life(reading, answer),
            _family(answer),
            _became(reading, code),
            party_.finding_list(told, ALL),
            _duties(reading, code),
            _entries(reading, answer, [seq for row in told for seq in row["entries"]]),
        ),
        made_from=reading.made_from,
    )


def _now(reading: Reading, answer: Answer) -> Section:
    columns = (r.text("what", "项目", "what"), r.text("value", "内容", "value"))
    state, holder = answer["state"], answer["holder"]
    lines: list[Sequence[Any]] = [[Sentence(zh="编码", en="code"), str(answer["code"])]]
    if state:
        lines.append([Sentence(zh="状态", en="state"), str(state["state"])])
        lines.append([Sentence(zh="自", en="since"), str(state["since"])])
    if holder and holder.get("holder"):
        lines.append([Sentence(zh="持有人", en="held by"), _who(reading, holder["holder"])])
    if holder and holder.get("answerable"):
        lines.append([Sentence(zh="责任人", en="answers for it"), _who(reading, holder["answerable"])])
    if answer["place"]:
        lines.append([Sentence(zh="位置", en="where it is"), str(answer["place"])])
    for name, field in (answer["identity"] or {}).items():
        meaning = Sentence(zh=_field(field, "zh"), en=_field(field, "en"))
        lines.append([Sentence(zh=field["label_zh"] or name, en=field["label_en"] or name), meaning])
    return Section(Sentence(zh="现状与编码", en="What it is"), (), table(columns, lines))


def _field(field: Mapping[str, Any], lang: str) -> str:
    value, meaning = field["value"] or "", field[lang] or ""
    return f"{value} {meaning}".strip()


def _who(reading: Reading, party: str | None) -> str:
    return f"{reading.name(party)} {party or ''}".strip()


def _life(reading: Reading, answer: Answer) -> Section:
    columns = (
        r.day("day", "日期", "day"), r.text("step", "环节", "step"), r.text("by", "主体", "by"), r.text("giver", "交出方", "from"),
        r.text("taker", "接收方", "to"), r.text("with", "关联编码", "with"), r.code("entry", "账本条目", "entry"),
    )  # fmt: skip
    lines, moments = [], []
    for row in answer["timeline"]:
        step = STEPS.get(row["step"]) or Sentence(zh=str(row["step"]), en=str(row["step"]))
        day = date.fromisoformat(row["day"])
        lines.append(
            [r.figure(day, [row["seq"]]), step, _who(reading, row["actor"]), _who(reading, row["giver"]), _who(reading, row["taker"]),
             row["with"], str(row["seq"])]
        )  # fmt: skip
        lane = reading.name(row["actor"]) or row["actor"] or ""
        moments.append(Moment(Sentence(zh=lane, en=lane), step, day, entries=(row["seq"],)))
    chart = Timeline(Sentence(zh="履历", en="its life"), moments) if moments else None
    return Section(Sentence(zh="履历", en="Its life"), (), table(columns, lines), chart)


def _family(answer: Answer) -> Section:
    columns = (
        r.text("way", "关系", "relation"),
        r.code("code", "编码", "code"),
        r.text("kind", "类别", "kind"),
    )
    inside = Sentence(zh="所在总成", en="inside")
    ways = {
        "made_of": Sentence(zh="组成与来源", en="made of"),
        "went_into": Sentence(zh="去向", en="went into"),
    }
    members = [(inside, each) for each in answer["inside"]]
    members += [(words, node) for key, words in ways.items() for node in _nodes(answer["family"][key])]
    lines = [
        [words, each["code"], party_.KINDS.get(each.get("kind") or "", each.get("kind") or "")] for words, each in members
    ]  # fmt: skip
    return Section(Sentence(zh="族谱", en="Family"), (), table(columns, lines))


def _nodes(grown: Any) -> list[Mapping[str, Any]]:
    """The members of a family tree, each once, in the order in which the trace tells them."""
    found: dict[str, Mapping[str, Any]] = {}
    waiting = [grown]
    while waiting:
        each = waiting.pop(0)
        if isinstance(each, Mapping):
            if isinstance(each.get("code"), str):
                found.setdefault(each["code"], each)
            waiting += [value for value in each.values() if isinstance(value, Mapping | list)]
        elif isinstance(each, list):
            waiting += each
    return list(found.values())


def _became(reading: Reading, code: str) -> Section:
    won = reading["recovered"]
    won = won.filter(won.item == code)
    fed = reading["run_input"].filter(_.item == code).aggregate(fed=r.lists(_.entries))
    made = reading["run_output"].group_by(of="item").agg(made=r.lists(_.entries))
    assayed = reading["effective_event_assay"].group_by(of_lot="lot").agg(assayed=r.seqs(_.seq))
    met = won.left_join(made, [("lot", "of")]).left_join(assayed, [("lot", "of_lot")])
    none = ibis.literal([], type="array<int64>")
    met = met.mutate(behind=met.made.fill_null(none).concat(met.assayed.fill_null(none)))
    sums = met.group_by("metal", "stands").agg(
        kg=_.kg.sum(), lots=_.lot.collect(distinct=True).sort(), entries=r.lists(_.behind)
    )
    rows = reading.rows(sums.cross_join(fed).order_by("metal", "stands"))
    columns = (
        r.text("metal", "金属", "metal"), r.text("stands", "去处", "in"), r.number("kg", "质量", "mass", "kg", 3), r.code("lots", "批料", "lots"),
    )  # fmt: skip
    lines = [
        [row["metal"], Sentence(*party_.STANDS[row["stands"]]) if row["stands"] in party_.STANDS else row["stands"] or "",
         r.figure(row["kg"], [*(row["fed"] or ()), *row["entries"]]), ", ".join(row["lots"])]
        for row in rows
    ]  # fmt: skip
    empty = Sentence(zh="没有再生金属记录。", en="No metal recovered from it is on record.")
    said = Sentence(zh="按投料分摊到该物项。", en="The item's part, allocated by what was fed.")
    return Section(Sentence(zh="再生出的金属", en="Metal recovered from it"), (said if lines else empty,), table(columns, lines))  # fmt: skip


def _duties(reading: Reading, code: str) -> Section:
    duty = duties_on(reading.day).filter(_.item == code)
    law = reading["law"].filter(_.table == "duty").group_by(law_row="row").agg(
        zh=_.text.max(where=_.field == "zh"), en=_.text.max(where=_.field == "en"), cites=_.cites.min(), verified=_.verified.all()
    )  # fmt: skip
    rows = reading.rows(duty.left_join(law, [("row", "law_row")]).order_by("trigger_day", "duty", "party"))
    columns = (
        r.text("what", "责任", "duty"), r.text("party", "主体", "party"), r.day("since", "起算日", "since"), r.day("due", "期限", "due"),
        r.text("status", "状态", "status"), r.count("days", "天数", "days"), r.text("clause", "依据", "clause"), r.code("row", "依据行", "row of law"),
    )  # fmt: skip
    lines = [
        [Sentence(zh=row["zh"] or row["duty"], en=row["en"] or row["duty"]), _who(reading, row["party"]), row["trigger_day"], row["due"],
         STATUSES[row["status"]], r.figure(row["days"], [row["trigger_seq"], row["fulfilled_seq"]], row=row["row"], verified=bool(row["verified"])),
         party_.clause_of(row["cites"]), row["row"]]
        for row in rows
    ]  # fmt: skip
    none = Sentence(zh="没有与其有关的报送责任。", en="No duty to report is about it.")
    return Section(Sentence(zh="报送责任", en="Duties to report"), () if lines else (none,), table(columns, lines))  # fmt: skip


def _entries(reading: Reading, answer: Answer, more: Sequence[int]) -> Section:
    """Every entry named here, with who submitted it, when, in which document: `suyuan receipt` proves each."""
    wanted = sorted({int(row["seq"]) for row in answer["timeline"]} | {*more})
    event = reading["effective_event"]
    rows = reading.rows(event.filter(event.seq.isin(wanted)).order_by("seq")) if wanted else []
    columns = (
        r.code("entry", "账本条目", "entry"), r.day("recorded_at", "入账时间", "recorded at"), r.text("party", "提交人", "submitted by"),
        r.code("event_id", "事件标识", "event id"), r.code("document", "文件摘要（SHA-256）", "document (SHA-256)"),
    )  # fmt: skip
    lines = [
        [r.figure(str(row["seq"]), [row["seq"]]), row["recorded_at"], _who(reading, row["submitter"]), row["event_id"] or "", row["document"]]
        for row in rows
    ]  # fmt: skip
    said = Sentence(
        zh="每条均可出具存在证明：suyuan receipt 条目号；整份证据包：suyuan bundle make --item 编码。",
        en="Each can be proven: suyuan receipt ENTRY; all of them as one file: suyuan bundle make --item CODE.",
    )
    return Section(Sentence(zh="证据条目", en="Entries to be proven"), (said,), table(columns, lines))
