"""What an inspection bundle says in words: findings, the case, the life of an item, and every entry that is in the bundle.

Rows come in as judging and tracing give them; each becomes a line that opens to its entries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from suyuan.reports.charts import Moment, Timeline
from suyuan.reports.findings import in_words
from suyuan.reports.report import Cell, Column, Kind, Section, table
from suyuan.terms.sentence import Sentence

Row = Mapping[str, Any]

DAY = Column("day", Sentence("日期", "day"), Kind.DAY)
SUBJECT = Column("subject", Sentence("对象", "subject"), Kind.CODE)
WEIGHTS = {
    "serious": Sentence("严重", "serious"),
    "warning": Sentence("警示", "warning"),
    "note": Sentence("提示", "note"),
}
STATES = {
    "open": Sentence("待处理", "open"),
    "explained": Sentence("已说明", "explained"),
    "corrected": Sentence("已更正", "corrected"),
    "confirmed": Sentence("已确认", "confirmed"),
    "dismissed": Sentence("已撤销（误报）", "dismissed (a false alarm)"),
}
NOTHING = Sentence("没有发现。", "Nothing was found.")
COUNTED = Sentence("{n} 条发现。", "{n} findings.")
TITLE = Sentence("检查材料", "Inspection bundle")


@dataclass(frozen=True, slots=True)
class Step:
    """One step in the life of an item, in words; `lane`: whose line it stands on."""

    day: date
    what: Sentence
    lane: str
    where: str
    beside: str
    seq: int


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of the bundle, as its own bytes tell it."""

    seq: int
    recorded_at: datetime
    party: str
    what: str
    happened_at: str
    things: str
    document: str
    place: str


def _both(sentence: Sentence, **facts: object) -> Sentence:
    return Sentence(sentence.zh.format(**facts), sentence.en.format(**facts))


def findings(rows: Sequence[Row], names: Mapping[str, str]) -> Section:
    """Findings (rows of `told`) with their clause and the row of law that decided."""
    pairs = zip(rows, in_words(rows, names, "zh"), in_words(rows, names, "en"), strict=True)
    columns = (
        DAY,
        Column("severity", Sentence("程度", "severity")),
        SUBJECT,
        Column("found", Sentence("发现", "what was found")),
        Column("clause", Sentence("依据", "clause")),
        Column("remedy", Sentence("如何改正", "what to do")),
        Column("case", Sentence("案件", "case"), Kind.CODE),
    )
    lines = [
        (
            row["day"], WEIGHTS[row["severity"]], row["subject"],
            Cell(Sentence(zh["sentence"], en["sentence"]), tuple(row["entries"]), row["row"] or "", row["verified"]),
            Sentence("；".join(zh["clauses"]), "; ".join(en["clauses"])), Sentence(zh["remedy"], en["remedy"]), row["case_id"],
        )
        for row, zh, en in pairs
    ]  # fmt: skip
    said = _both(COUNTED, n=f"{len(lines):,}") if lines else NOTHING
    return Section(Sentence("发现", "Findings"), (said,), table(columns, lines) if lines else None)


def cases(rows: Sequence[Row]) -> Section:
    """Cases (rows of `case`): state, weight, when an answer is due."""
    columns = (
        Column("case", Sentence("案件", "case"), Kind.CODE),
        Column("state", Sentence("状态", "state")),
        Column("severity", Sentence("程度", "severity")),
        Column("root", Sentence("起因", "root"), Kind.CODE),
        Column("findings", Sentence("发现", "findings"), Kind.NUMBER),
        Column("due", Sentence("应答复日", "answer by"), Kind.DAY),
    )
    lines = [
        (row["case_id"], STATES.get(row["state"], row["state"]), WEIGHTS.get(row["severity"], row["severity"]), row["root"], row["findings"], row["due"])
        for row in rows
    ]  # fmt: skip
    return Section(Sentence("案件", "Cases"), (), table(columns, lines))


def history(rows: Sequence[Row]) -> Section:
    """What was said of a case, entry by entry (rows of `decision`)."""
    columns = (
        Column("said_by", Sentence("主体", "by"), Kind.CODE),
        Column("state", Sentence("状态", "state")),
        Column("reason", Sentence("理由", "reason")),
    )
    lines = [
        (row["decided_by"], Cell(STATES.get(row["state"], row["state"]), (row["seq"],)), row["reason"])
        for row in sorted(rows, key=lambda row: int(row["seq"]))
    ]
    return Section(Sentence("处理经过", "What was said of it"), (), table(columns, lines))


def life(code: str, steps: Sequence[Step], found: Sequence[Row]) -> Section:
    """The life of an item, step by step, with what was found about it on the line of who answers for it."""
    columns = (
        DAY,
        Column("what", Sentence("环节", "step")),
        Column("who", Sentence("主体", "who")),
        Column("where", Sentence("地点", "where")),
        Column("beside", Sentence("关联编码", "with"), Kind.CODE),
    )
    lines = [(step.day, Cell(step.what, (step.seq,)), step.lane, step.where, step.beside) for step in steps]
    moments = [
        Moment(Sentence(step.lane, step.lane), step.what, step.day, entries=(step.seq,)) for step in steps
    ]
    alarms = Sentence("发现", "findings")
    moments += [
        Moment(
            alarms, Sentence(row["rule"], row["rule"]), row["day"], alarm=True, entries=tuple(row["entries"])
        )
        for row in found
        if row["day"] is not None
    ]
    return Section(
        Sentence(f"{code} 的履历", f"Life of {code}"),
        (),
        table(columns, lines),
        Timeline(Sentence(code, code), moments),
    )


def entries(rows: Sequence[Listed]) -> Section:
    """Every entry that is in the bundle; its own bytes are in entries.ndjson."""
    columns = (
        Column("entry", Sentence("条目", "entry"), Kind.NUMBER),
        Column("recorded_at", Sentence("记录时间", "recorded at")),
        Column("party", Sentence("提交人", "submitted by"), Kind.CODE),
        Column("what", Sentence("内容", "what")),
        Column("happened_at", Sentence("发生时间", "happened at"), Kind.CODE),
        Column("things", Sentence("物项", "things"), Kind.CODE),
        Column("document", Sentence("文件", "document"), Kind.CODE),
        Column("place", Sentence("位置", "place")),
    )
    lines = [
        (Cell(row.seq, (row.seq,)), row.recorded_at, row.party, row.what, row.happened_at, row.things, row.document[:12], row.place)
        for row in rows
    ]  # fmt: skip
    said = Sentence(
        f"本材料含 {len(rows):,} 条账本条目；原始字节在 entries.ndjson，证明在 proof.json。",
        f"{len(rows):,} entries of the ledger are in this bundle; their own bytes are in entries.ndjson, the proof in proof.json.",
    )
    return Section(Sentence("账本条目", "Entries"), (said,), table(columns, lines))
