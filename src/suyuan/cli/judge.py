"""Commands that judge: findings by the rules in force, and the cases that they make."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from suyuan.cli.options import Common, credit_code
from suyuan.cli.output import Format, as_json, console, progress, remark, show_rows
from suyuan.rules.rule import Rule
from suyuan.terms.errors import SuyuanError
from suyuan.terms.sentence import Lang
from suyuan.usecases import cases as cases_
from suyuan.usecases import judge as judge_

OK, FAULTS = 0, 3
SHOWN = 20

Severity = Literal["note", "warning", "serious"]
State = Literal["open", "explained", "corrected", "confirmed", "dismissed"]


def judge(
    *,
    day: date | None = None,
    party: str | None = None,
    subject: str | None = None,
    rule: str | None = None,
    rules: bool = False,
    severity: Severity = "warning",
    format: Annotated[Format, Parameter(alias="-f")] = "table",  # noqa: A002  # the option's name
    json: bool = False,
    common: Common | None = None,
) -> int:
    """Judge what is on record by the rules in force: what cannot be true, who owes what, where things vanish.

    Exit code 3 where something is found.

    Parameters
    ----------
    day
        Judge as of that day (YYYY-MM-DD, Asia/Shanghai); today where left out.
    party
        Findings of this party alone (credit code).
    subject
        Findings about this code, run or site alone.
    rule
        Findings of this rule alone.
    rules
        List the rules that there are, and judge nothing.
    severity
        Findings that weigh at least so much: note, warning, serious.
    format
        table, json, ndjson, csv or parquet.
    json
        Short for --format json.
    """
    common = common or Common()
    lang = common.language
    form: Format = "json" if json else format
    if rules:
        show_rows([_rule(each, lang, form) for each in judge_.rules()], form)
        return OK
    with common.opened() as workspace, progress("judge") as advance:
        remark(workspace.remarks(), lang)
        found = judge_.findings(
            workspace, day=day, party=credit_code("--party", party), subject=subject, rule=rule, severity=severity, lang=lang,
            advance=lambda done, total: advance(done, total, done),
        )  # fmt: skip
    if form == "table":
        _summary(found, lang)
    else:
        show_rows(found.rows, form)
    return FAULTS if found.rows else OK


def _rule(told: Rule, lang: Lang, form: Format) -> dict[str, object]:
    """A rule as one line: for people in their language, for programs by keys."""
    if form != "table":
        return {
            "rule": told.id,
            "family": told.family,
            "severity": told.severity.value,
            "title": told.title.show(lang),
        }
    zh = lang == "zh"
    return {
        ("规则" if zh else "rule"): told.id,
        ("程度" if zh else "severity"): told.severity.words.show(lang),
        ("含义" if zh else "what"): told.title.show(lang),
    }


def _summary(found: judge_.Found, lang: str) -> None:
    zh = lang == "zh"
    out = console()
    out.print(found.sentence.show("zh" if zh else "en"), markup=False)
    if not found.rows:
        return
    counts = Counter((row["rule"], row["title"], row["severity"]) for row in found.rows)
    show_rows(
        [
            {("规则" if zh else "rule"): name, ("含义" if zh else "what"): title, ("程度" if zh else "severity"): weight, ("发现" if zh else "findings"): n}
            for (name, title, weight), n in counts.most_common()
        ],
        "table",
    )  # fmt: skip
    show_rows([_line(row, zh) for row in found.rows[:SHOWN]], "table")
    if len(found.rows) > SHOWN:
        more = len(found.rows) - SHOWN
        out.print(
            f"另有 {more:,} 条；全部：--format csv" if zh else f"and {more:,} more; all of them: --format csv"
        )


def _line(row: dict[str, Any], zh: bool) -> dict[str, object]:
    mark = "" if row["verified"] else ("（依据未核实）" if zh else " (clause not verified)")
    return {
        ("日期" if zh else "day"): row["day"],
        ("对象" if zh else "subject"): row["subject"],
        ("说明" if zh else "what was found"): row["sentence"] + mark,
        ("依据" if zh else "clause"): "；".join(row["clauses"]) if zh else "; ".join(row["clauses"]),
        ("案件" if zh else "case"): row["case"],
    }


cases = App(
    name="case", help="Cases: findings of one party with one root, and what is decided of them. / 案件"
)


@cases.command(name="list")
def list_(
    *,
    day: date | None = None,
    party: str | None = None,
    state: State | None = None,
    format: Annotated[Format, Parameter(alias="-f")] = "table",  # noqa: A002  # the option's name
    common: Common | None = None,
) -> int:
    """List cases, the most serious first.

    Parameters
    ----------
    day
        As of that day; today where left out.
    party
        Cases of this party alone (credit code).
    state
        open, explained, corrected, confirmed or dismissed.
    format
        table, json, ndjson, csv or parquet.
    """
    common = common or Common()
    with common.opened() as workspace, progress("judge") as advance:
        rows = cases_.listed(
            workspace, day=day, party=credit_code("--party", party), state=state, advance=lambda done, total: advance(done, total, done)
        )  # fmt: skip
    empty = "没有案件" if common.language == "zh" else "no cases"
    show_rows(
        [cases_.line(row, common.language) for row in rows] if format == "table" else rows,
        format,
        empty=empty,
    )
    return OK


@cases.command
def show(case: str, *, day: date | None = None, common: Common | None = None) -> int:
    """Show one case: its findings, clauses, entries and history, as JSON.

    Parameters
    ----------
    case
        The id of the case.
    day
        As of that day; today where left out.
    """
    common = common or Common()
    with common.opened() as workspace:
        print(as_json(cases_.whole(workspace, case, common.language, day=day)))
    return OK


@cases.command
def decide(
    case: str,
    *,
    state: State,
    reason: str,
    evidence: Path | None = None,
    party: str | None = None,
    day: date | None = None,
    common: Common | None = None,
) -> int:
    """Explain or decide a case. What is said goes on the ledger.

    Parameters
    ----------
    case
        The id of the case.
    state
        explained (by the party), corrected, confirmed, dismissed (a false alarm) or open (again).
    reason
        Why, in a sentence.
    evidence
        A file that shows it: its digest goes on the ledger, the file stays with you.
    party
        Who says so (credit code); the operator where left out.
    day
        As of that day; today where left out.
    """
    common = common or Common()
    if not reason.strip():
        raise SuyuanError('say why: --reason "…"', "请说明理由：--reason “…”")
    with common.opened() as workspace:
        entry = cases_.decide(
            workspace, case, state=state, reason=reason, evidence=evidence, party=credit_code("--party", party), day=day
        )  # fmt: skip
    console().print(
        f"案件 {case}：{state}（账本条目 {entry}）"
        if common.language == "zh"
        else f"case {case}: {state} (entry {entry})"
    )
    return OK


@cases.command
def alarms(
    *,
    format: Annotated[Format, Parameter(alias="-f")] = "table",  # noqa: A002  # the option's name
    day: date | None = None,
    common: Common | None = None,
) -> int:
    """How often each rule was wrong: of its decided cases the share that was dismissed.

    Parameters
    ----------
    format
        table, json, ndjson, csv or parquet.
    day
        As of that day; today where left out.
    """
    common = common or Common()
    with common.opened() as workspace:
        rows = cases_.alarms(workspace, day=day)
    empty = "没有发现" if common.language == "zh" else "nothing was found"
    show_rows(rows, format, empty=empty)
    return OK
