"""Which firms of an area to look at, why, since when, by which clause; what was found of what kind and where; what changed since a day.

A firm's points add up from what stands open against it, by rows of `threshold` (`attention.…`) that a user can replace:

    serious cases × weight  +  warnings × weight, at most so much  +  notes × weight, at most so much
    +  weight × the share of its duties that are overdue, as low as chance allows (Wilson)

A case whose clause nobody has looked up counts a part. The most that warnings, notes and duties can give together lies below one
certain serious case. Equal points are one place; among them whoever has waited longest stands first.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import ibis
from ibis import _

from suyuan.reports import reading as r
from suyuan.reports.duties import duties_on
from suyuan.reports.findings import clause
from suyuan.reports.reading import Reading, Row
from suyuan.reports.report import Cell, Report, Section, Value, table
from suyuan.rules.catalogue import RULES
from suyuan.rules.rule import FAMILIES, Severity
from suyuan.terms.sentence import Sentence

FIRMS = 5
REASONS = 3
"""So many rules, and so many duties, are told as reasons."""
CHANGED_DAYS = 30
"""What changed is told of so many days where no day is given."""
STANDING = ("open", "explained", "confirmed")
"""States of cases that count; what was corrected or dismissed does not."""
WEIGHTS = (
    "attention.serious", "attention.warning", "attention.warnings-most", "attention.note", "attention.notes-most",
    "attention.not-verified", "attention.overdue", "attention.overdue-z",
)  # fmt: skip


def weights(reading: Reading) -> list[dict[str, Any]]:
    """The rows of `threshold` that weigh, as in force on the day judged on: key, value, unit, row, cites, verified."""
    law = reading["law"]
    rows = law.filter((law.table == "threshold") & law.key.isin([*WEIGHTS]) & (law.field == "value"))
    rows = rows.filter((rows.since <= reading.day) & (rows.until.isnull() | (rows.until >= reading.day)))
    latest = rows.group_by("key").agg(**{name: rows[name].argmax(rows.since) for name in ("value", "unit", "row", "cites", "verified")})  # fmt: skip
    return reading.rows(latest.order_by("key"))


def firms(reading: Reading, area: str | None) -> ibis.Table:
    """party, name, area of every firm on record in an area (all where none is named), the operator's authorities left out."""
    party = reading["party"]
    found = party.select("party", "name", "area")
    if area:
        found = found.filter(found.area.startswith(area))
    authorities = reading["party_role"].filter(_.role == "regulator").select("party").distinct()
    return found.anti_join(authorities, "party")


def standing(reading: Reading) -> ibis.Table:
    """case_id, party, severity, verified, since, worst, entries of every case that stands, and who knows what of it."""
    case, told = reading["case"], reading["told"]
    open_cases = case.filter(case.state.isin([*STANDING]) & case.party.notnull() & case.severity.notnull())
    behind = told.group_by(of="case_id").agg(entries=r.lists(_.entries))
    return open_cases.inner_join(behind, [open_cases.case_id == behind.of]).select(
        "case_id", "party", "severity", "verified", "since", "worst", "first_seen", "entries"
    )


def scores(reading: Reading, area: str | None) -> ibis.Table:
    """One row a firm of the area against which something stands: counts, points, and the entries behind each."""
    points = {str(row["key"]).removeprefix("attention."): float(row["value"]) for row in weights(reading)}
    found = firms(reading, area)
    cases = standing(reading)
    certain = cases.verified.fill_null(False).ifelse(1.0, points["not-verified"])
    cases = cases.mutate(part=certain)

    def of(severity: Severity) -> ibis.Deferred:
        return _.severity == severity.value

    sums = cases.group_by("party").agg(
        **{each.value: _.count(where=of(each)) for each in Severity},
        **{f"{each.value}_part": _.part.sum(where=of(each)).fill_null(0.0) for each in Severity},
        **{
            f"{each.value}_entries": _.entries.collect(where=of(each)).flatten().unique().sort()
            for each in Severity
        },
        since=_.since.min(),
        case_entries=r.lists(_.entries),
    )
    owed = _owed(reading, points["overdue-z"])
    met = found.left_join(sums, "party").drop("party_right")
    met = met.left_join(owed, "party").drop("party_right")
    zero = {name: met[name].fill_null(0) for name in ("note", "warning", "serious", "overdue", "due")}
    met = met.mutate(**zero, share_least=met.share_least.fill_null(0.0))
    met = met.mutate(
        points=met.serious_part.fill_null(0.0) * points["serious"]
        + ibis.least(met.warning_part.fill_null(0.0) * points["warning"], points["warnings-most"])
        + ibis.least(met.note_part.fill_null(0.0) * points["note"], points["notes-most"])
        + met.share_least * points["overdue"],
        since=ibis.least(met.since, met.oldest_due),
    ).filter(_.points > 0)
    place = ibis.window(order_by=ibis.desc("points"))
    return met.mutate(place=(ibis.rank().over(place) + 1).cast("int64"))


def _owed(reading: Reading, z: float) -> ibis.Table:
    """party, due (whose last day is past), overdue, oldest_due, share_least (Wilson's lower bound), entries."""
    duty = duties_on(reading.day).filter(_.due < reading.day)
    sums = duty.group_by("party").agg(
        due=_.count(),
        overdue=_.count(where=_.status == "overdue"),
        oldest_due=_.due.min(where=_.status == "overdue"),
        overdue_entries=_.trigger_seq.collect(where=_.status == "overdue", distinct=True).sort(),
        due_entries=_.trigger_seq.collect(distinct=True).sort(),
    )
    n, share = sums.due.cast("float64"), sums.overdue / sums.due
    least = (share + z * z / (2 * n) - z * (share * (1 - share) / n + z * z / (4 * n * n)).sqrt()) / (
        1 + z * z / n
    )
    return sums.mutate(share_least=ibis.ifelse(sums.overdue > 0, ibis.greatest(least, 0.0), 0.0))


def _chosen(reading: Reading, area: str | None, count: int) -> list[dict[str, Any]]:
    """The firms in the first so many places; whoever shares the last of them is among them."""
    told = scores(reading, area).filter(_.place <= count)
    return reading.rows(told.order_by("place", "since", "party"))


def report(
    reading: Reading, area: str | None = None, *, since: date | None = None, firms: int = FIRMS
) -> Report:
    """Who to look at in an area, and what is known of all of it."""
    since = since or reading.day - timedelta(days=CHANGED_DAYS)
    chosen = _chosen(reading, area, firms)
    name = r.place(area.ljust(6, "0")) if area else Sentence(zh="全部地区", en="everywhere")
    about = name if isinstance(name, Sentence) else Sentence(zh=name, en=name)
    return Report(
        title=Sentence(zh="监管关注清单", en="Where to look"),
        about=about,
        sections=(
            _firms(reading, chosen),
            _why(reading, chosen),
            _weights(reading),
            _families(reading, area),
            _prefectures(reading, area),
            _changes(reading, area, since),
        ),
        made_from=reading.made_from,
        remarks=_remarks(reading, area),
    )


# -- the firms -------------------------------------------------------------------------------------


def _firms(reading: Reading, chosen: Sequence[Row]) -> Section:
    columns = (
        r.count("place", "名次", "place"), r.code("party", "主体", "party"), r.text("name", "名称", "name"), r.text("area", "地区", "area"),
        r.number("points", "分值", "points", places=1), r.count("serious", "严重案件", "serious cases"),
        r.count("warning", "存疑案件", "warnings"), r.count("note", "提示", "notes"), r.count("overdue", "逾期未报", "overdue duties"),
        r.count("due", "到期应报", "duties fallen due"), r.day("since", "自", "since"), r.text("why", "主要原因", "why"),
    )  # fmt: skip
    reasons = _reasons(reading, [str(row["party"]) for row in chosen])
    lines = []
    for row in chosen:
        told = [_sentence(reason) for reason in reasons.get(str(row["party"]), ())]
        every = [*(row["case_entries"] or ()), *(row["due_entries"] or ())]
        lines.append(
            [row["place"], row["party"], row["name"] or "", r.place(row["area"]), r.figure(row["points"], every),
             r.figure(row["serious"], row["serious_entries"]), r.figure(row["warning"], row["warning_entries"]),
             r.figure(row["note"], row["note_entries"]), r.figure(row["overdue"], row["overdue_entries"]),
             r.figure(row["due"], row["due_entries"]), row["since"], r.joined(told)]
        )  # fmt: skip
    empty = Sentence(zh="没有需要关注的企业：没有未结案件，也没有逾期未报事项。", en="No firm to look at: no case stands, no duty is overdue.")  # fmt: skip
    about = Sentence(
        zh="名次按分值；分值相同并列。分值只看未结案件与逾期未报，与企业规模和业务量无关。",
        en="Places go by points; equal points share a place. Points come from cases that stand and duties overdue alone, whatever a firm's size or trade.",
    )
    return Section(
        Sentence(zh="重点关注企业", en="Firms to look at"),
        (about,) if lines else (empty,),
        table(columns, lines),
    )


def _reasons(reading: Reading, parties: Sequence[str]) -> Mapping[str, list[Row]]:
    """Of each of these parties its heaviest rules and overdue duties: rule or duty, cases, since, row, cites, verified, entries."""
    found: dict[str, list[Row]] = {party: [] for party in parties}
    told = reading["told"].filter(_.party.isin([*parties]))
    cases = standing(reading).select("case_id")
    order = ibis.cases(*((told.severity == each.value, n) for n, each in enumerate(Severity)), else_=0)
    rules = told.mutate(weight=order).semi_join(cases, "case_id").group_by("party", "rule", "severity", "weight").agg(
        cases=_.case_id.nunique(), since=_.day.min(), row=_.row.max(), row_cites=_.row_cites.max(), verified=_.verified.all(),
        entries=r.lists(_.entries),
    )  # fmt: skip
    for row in reading.rows(rules.order_by("party", ibis.desc("weight"), ibis.desc("cases"), "rule")):
        found[row["party"]].append(
            {**row, "what": RULES[row["rule"]].title, "cites": RULES[row["rule"]].cites}
        )
    kept = {party: rows[:REASONS] for party, rows in found.items()}
    for late in _overdue(reading, parties):
        if sum("duty" in each for each in kept[late["party"]]) < REASONS:
            kept[late["party"]].append(late)
    return kept


def _overdue(reading: Reading, parties: Sequence[str]) -> list[Row]:
    duty = duties_on(reading.day, statuses=["overdue"]).filter(_.party.isin([*parties]))
    sums = duty.group_by("party", "duty", "row").agg(
        cases=_.count(), since=_.due.min(), entries=r.seqs(_.trigger_seq)
    )
    law = reading["law"].filter(_.table == "duty")
    words = law.group_by(law_row="row").agg(
        zh=_.text.max(where=_.field == "zh"), en=_.text.max(where=_.field == "en"), cites=_.cites.min(), verified=_.verified.all()
    )  # fmt: skip
    rows = reading.rows(
        sums.left_join(words, [("row", "law_row")]).order_by("party", ibis.desc("cases"), "duty", "row")
    )
    return [{**row, "what": Sentence(zh=row["zh"] or row["duty"], en=row["en"] or row["duty"]), "cites": (row["cites"],)} for row in rows]  # fmt: skip


def _sentence(reason: Row) -> Sentence:
    n, what = reason["cases"], reason["what"]
    if "duty" in reason:
        return Sentence(zh=f"{what.zh}：逾期未报 {n:,} 项", en=f"{what.en}: {n:,} overdue")
    many = "case" if n == 1 else "cases"
    return Sentence(zh=f"{what.zh}：{n:,} 宗", en=f"{what.en}: {n:,} {many}")


def _why(reading: Reading, chosen: Sequence[Row]) -> Section:
    columns = (
        r.code("party", "主体", "party"), r.text("name", "名称", "name"), r.text("what", "原因", "what"), r.text("severity", "程度", "severity"),
        r.count("cases", "案件或事项", "cases or duties"), r.day("since", "自", "since"), r.text("clause", "依据", "clause"),
        r.code("row", "依据行", "row of law"),
    )  # fmt: skip
    reasons = _reasons(reading, [str(row["party"]) for row in chosen])
    lines: list[list[Cell | Sentence | str | date | None]] = []
    for party, rows in reasons.items():
        for row in rows:
            weight = (
                Severity(row["severity"]).words
                if "severity" in row
                else Sentence(zh="逾期未报", en="overdue")
            )
            verified = bool(row["verified"])
            lines.append(
                [party, reading.name(party), row["what"], weight,
                 r.figure(row["cases"], row["entries"], row=row["row"], verified=verified), row["since"],
                 Cell(_clauses([cited for cited in row["cites"] if cited])), row["row"] or ""]
            )  # fmt: skip
    return Section(Sentence(zh="原因与依据", en="Why, and by which clause"), (), table(columns, lines))


def _clauses(cites: Sequence[str]) -> Sentence:
    return r.joined([Sentence(zh=clause(cited, "zh"), en=clause(cited, "en")) for cited in cites])


def _weights(reading: Reading) -> Section:
    columns = (
        r.text("key", "行", "row"), r.number("value", "数值", "value"), r.text("unit", "单位", "unit"), r.text("meaning", "含义", "meaning"),
        r.code("row", "依据行", "row of law"),
    )  # fmt: skip
    lines: list[Sequence[Cell | Value]] = [
        [str(row["key"]), Cell(row["value"], (), str(row["row"]), bool(row["verified"])), str(row["unit"]), MEANINGS[str(row["key"])], str(row["row"])]
        for row in weights(reading)
    ]  # fmt: skip
    about = Sentence(
        zh="分值 = 严重案件 + 存疑案件（封顶）+ 提示（封顶）+ 逾期未报占比（取置信下限，避免以一两项判断）。各数值可由本工作区替换。",
        en="Points = serious cases + warnings (up to a most) + notes (up to a most) + the share of duties overdue (its lower confidence bound, so that one or two duties do not decide). Each number can be replaced in this workspace.",
    )
    return Section(
        Sentence(zh="分值如何得出", en="How the points come about"), (about,), table(columns, lines)
    )


MEANINGS: Mapping[str, Sentence] = {
    f"attention.{key}": Sentence(zh=zh, en=en)
    for key, zh, en in (
        ("serious", "一宗严重案件的分值", "points of a serious case"),
        ("warning", "一宗存疑案件的分值", "points of a warning"),
        ("warnings-most", "存疑案件合计最多", "most that warnings give together"),
        ("note", "一宗提示的分值", "points of a note"),
        ("notes-most", "提示合计最多", "most that notes give together"),
        (
            "not-verified",
            "依据未核实的案件计入的比例",
            "part that a case counts whose clause nobody has looked up",
        ),
        ("overdue", "全部到期事项均逾期未报时的分值", "points where all duties fallen due are overdue"),
        (
            "overdue-z",
            "逾期占比置信下限的标准差倍数",
            "standard deviations of the lower bound of the share overdue",
        ),
    )
}

# -- all of it -------------------------------------------------------------------------------------

FAMILY_NAMES: Mapping[str, Sentence] = {
    key: Sentence(zh=zh, en=en)
    for key, zh, en in (
        ("identity", "身份与编码", "identity"), ("lifecycle", "生命周期", "lifecycle"), ("custody", "持有与移交", "custody"),
        ("assembly", "装配", "assembly"), ("scrapping", "报废拆解", "scrapping"), ("outlets", "回收网点", "outlets"),
        ("recycling", "再生利用", "recycling"), ("reporting", "报送", "reporting"), ("producers", "生产者责任", "producers"),
    )
}  # fmt: skip
SEVERITIES = (
    r.count("serious", "严重", "serious"), r.count("warning", "存疑", "warnings"), r.count("note", "提示", "notes"),
)  # fmt: skip


def _told(reading: Reading, area: str | None) -> ibis.Table:
    told = reading["told"]
    where = firms(reading, area).select(firm="party", firm_area="area")
    met = told.left_join(where, [told.party == where.firm]) if area is None else told.inner_join(where, [told.party == where.firm])  # fmt: skip
    return met.drop("firm")


def _by_severity(told: ibis.Table, key: str) -> ibis.Table:
    return told.group_by(key).agg(
        **{each.value: _.count(where=_.severity == each.value) for each in Severity},
        **{f"{each.value}_entries": _.entries.collect(where=_.severity == each.value).flatten().unique().sort() for each in Severity},
        firms=_.party.nunique(), all_entries=r.lists(_.entries), unread=_.count(where=~_.verified),
        unread_entries=_.entries.collect(where=~_.verified).flatten().unique().sort(),
    )  # fmt: skip


def _numbers(row: Row) -> list[Cell]:
    counts = [r.figure(row[each.key], row[f"{each.key}_entries"]) for each in SEVERITIES]
    return [
        *counts,
        r.figure(row["firms"], row["all_entries"]),
        r.figure(row["unread"], row["unread_entries"]),
    ]


MORE = (r.count("firms", "涉及主体", "parties"), r.count("unread", "依据未核实", "clause not verified"))


def _families(reading: Reading, area: str | None) -> Section:
    columns = (r.text("family", "类别", "family"), *SEVERITIES, *MORE)
    rows = {row["family"]: row for row in reading.rows(_by_severity(_told(reading, area), "family"))}
    lines: list[Sequence[Cell | Value]] = [
        [FAMILY_NAMES[name], *_numbers(rows[name])] for name in FAMILIES if name in rows
    ]
    about = Sentence(zh="按规则类别统计的发现数。", en="Findings by family of rules.")
    return Section(
        Sentence(zh="分类合计", en="By family"), (about,) if lines else (NOTHING,), table(columns, lines)
    )


NOTHING = Sentence(zh="没有发现。", en="Nothing was found.")


def _prefectures(reading: Reading, area: str | None) -> Section:
    columns = (r.code("code", "地区代码", "area (code)"), r.text("area", "地区", "area"), *SEVERITIES, *MORE)
    told = _told(reading, area)
    told = told.mutate(
        prefecture=ibis.ifelse(told.firm_area.isnull(), "", told.firm_area.substr(0, 4) + "00")
    )
    rows = reading.rows(
        _by_severity(told, "prefecture").order_by(ibis.desc("serious"), ibis.desc("warning"), "prefecture")
    )
    unknown = Sentence(zh="主体地区未知", en="area of the party unknown")
    lines = [[row["prefecture"], r.place(row["prefecture"]) or unknown, *_numbers(row)] for row in rows]
    about = Sentence(zh="按被发现主体所在地级行政区统计的发现数。", en="Findings by the prefecture of the party that has to answer.")  # fmt: skip
    return Section(
        Sentence(zh="分地区合计", en="By prefecture"),
        (about,) if lines else (NOTHING,),
        table(columns, lines),
    )


# -- what changed ----------------------------------------------------------------------------------


def _changes(reading: Reading, area: str | None, since: date) -> Section:
    columns = (
        r.text("what", "变化", "what changed"),
        r.count("count", "数量", "how many"),
        r.count("firms", "涉及主体", "parties"),
    )
    start = ibis.date(str(since))
    inside = firms(reading, area).select("party")

    def among(rows: ibis.Table) -> ibis.Table:
        return rows if area is None else rows.semi_join(inside, "party")

    cases = reading["case"]
    seen = (cases.first_seen.cast("timestamp") + ibis.interval(hours=8)).date()
    told = reading["told"].group_by("case_id").agg(entries=r.lists(_.entries))
    fresh = among(cases.filter(seen >= start)).select("case_id", "party").inner_join(told, "case_id")
    said = reading["decision"]
    decided_on = (said.decided_at.cast("timestamp") + ibis.interval(hours=8)).date()
    whose = cases.select("case_id", case_party="party")
    decided = said.filter(decided_on >= start).inner_join(whose, "case_id")
    decided = among(decided.select("case_id", "state", party="case_party", entries=ibis.array([_.seq])))
    duty = among(duties_on(reading.day, statuses=["overdue"]).filter(_.due >= start))
    late = duty.select("party", entries=ibis.array([_.trigger_seq]))
    lines = [_change(reading, fresh, Sentence(zh="新出现的案件", en="cases first seen"))]
    for state, name in DECIDED.items():
        lines.append(_change(reading, decided.filter(_.state == state), name))
    lines.append(_change(reading, late, Sentence(zh="新逾期的报送事项", en="duties fallen overdue")))
    about = Sentence(zh=f"自 {since} 起。案件以其证据入账之日为准。", en=f"Since {since}. A case is of the day on which its evidence was recorded.")  # fmt: skip
    return Section(Sentence(zh="变化", en="What changed"), (about,), table(columns, lines))


DECIDED: Mapping[str, Sentence] = {
    "explained": Sentence(zh="主体已说明的案件", en="cases explained"),
    "confirmed": Sentence(zh="已认定的案件", en="cases confirmed"),
    "corrected": Sentence(zh="已更正的案件", en="cases corrected"),
    "dismissed": Sentence(zh="已排除的案件", en="cases dismissed"),
}


def _change(reading: Reading, rows: ibis.Table, name: Sentence) -> list[Cell | Sentence]:
    (row,) = reading.rows(rows.aggregate(n=_.count(), firms=_.party.nunique(), entries=r.lists(_.entries)))  # fmt: skip
    return [name, r.figure(row["n"], row["entries"]), r.figure(row["firms"], row["entries"])]


def _remarks(reading: Reading, area: str | None) -> tuple[Sentence, ...]:
    if area is None:
        return ()
    (row,) = reading.rows(reading["party"].filter(_.area.isnull()).aggregate(n=_.count()))
    if not row["n"]:
        return ()
    return (
        Sentence(
            zh=f"{row['n']:,} 家主体没有登记地区，不在任何地区的清单中。",
            en="One party has no area on record and stands in no area's report."
            if row["n"] == 1
            else f"{row['n']:,} parties have no area on record and stand in no area's report.",
        ),
    )
