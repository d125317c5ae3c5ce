"""Judging: the rules in force over what is on record, on a day; findings, and cases of findings with one root.

    brought up ─▶ columns ─▶ stages ─▶ findings ─▶ cases

The rules run over what new entries touched where nothing else changed since; over everything where law, calendar, code or day did.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from hashlib import sha256
from typing import Any

import msgspec
import pyarrow as pa

from suyuan.reports.findings import at_least, in_words
from suyuan.rules import judging
from suyuan.rules.calendar import calendar_of
from suyuan.rules.catalogue import RULES
from suyuan.rules.facts import ASKED
from suyuan.rules.law import law, row_id
from suyuan.rules.rule import FAMILIES, Rule
from suyuan.standards.documents import register
from suyuan.store.derived import Derived
from suyuan.store.judged import Besides, Judged
from suyuan.terms.errors import SuyuanError
from suyuan.terms.instants import SHANGHAI
from suyuan.terms.sentence import Lang, Sentence
from suyuan.usecases.standards import InForce, replacements, with_replacements
from suyuan.usecases.workspace import Workspace

PLAN = "judging.json"
META = pa.schema(
    [(name, pa.string()) for name in ("rule", "severity", "family", "owner")] + [("verified", pa.bool_())]
)
Advance = Callable[[int, int], None]


@contextmanager
def judged(
    workspace: Workspace,
    *,
    day: date | None = None,
    any_day: bool = False,
    advance: Advance = lambda done, total: None,
) -> Iterator[Judged]:
    """Findings brought up to the ledger's head, as of a day (today in Shanghai where none is given).

    `any_day`: for who reads tables that do not depend on the day judged on; the day judged on last will do.
    Raises DatabaseBusy where another process has the columns open.
    """
    day = day or workspace.clock().astimezone(SHANGHAI).date()
    derived = Derived(workspace.directory, workspace.ledger, workspace.index)
    try:
        with derived.reading_columns(lambda done, total: advance(done, 2 * total)) as (duck, size):
            found = Judged(duck)
            day = (found.state[1] if any_day else None) or day
            told = replacements(duck.execute, workspace)
            besides = _besides(workspace, day, with_replacements(told))
            planned = kept_plan(workspace, PLAN, judging.planned)
            found.judge(planned, besides, size, lambda done, total: advance(total + done, 2 * total))
            yield found
    finally:
        derived.close()


def kept_plan(workspace: Workspace, name: str, word: Callable[[], judging.Judging]) -> judging.Judging:
    """What is asked; kept in a file, as wording it takes longer than judging what a month touched."""
    kept = workspace.directory / name
    try:
        planned = msgspec.json.decode(kept.read_bytes(), type=judging.Judging)
        if planned.mark == judging.fingerprint():
            return planned
    except (OSError, msgspec.MsgspecError):
        pass  # none yet, or one that an older suyuan wrote: made anew
    planned = word()
    with suppress(OSError):  # a workspace that may only be read is judged all the same
        kept.write_bytes(msgspec.json.encode(planned))
    return planned


def _besides(workspace: Workspace, day: date, rows: InForce) -> Besides:
    replaced = frozenset(row_id(name, row) for name, row in rows.replaced)
    tables = {
        "law": law(rows.tables, replaced),
        "calendar": calendar_of(rows.tables["prc-holiday"].rows, rows.tables["prc-statutory-day"].rows),
        "asked": pa.table({"day": [day], "operator": [workspace.config.operator]}, schema=ASKED),
    }
    digest = sha256(judging.fingerprint().encode() + workspace.config.operator.encode())
    for name in ("law", "calendar"):
        for column in tables[name].columns:
            digest.update(repr(column.to_pylist()).encode())
    return Besides(tables, _meta(), day, digest.hexdigest(), judging.adjust)


def _meta() -> pa.Table:
    documents = register()
    rows = [
        {
            "rule": rule.id, "severity": rule.severity.value, "family": rule.family, "owner": rule.owner,
            "verified": all(documents[cited.partition("#")[0]].mark.verified for cited in rule.cites),
        }
        for rule in RULES.values()
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=META)


@dataclass(frozen=True, slots=True)
class Found:
    """Findings in words, and one sentence about all of them."""

    rows: list[dict[str, Any]]
    day: date
    entries: int
    sentence: Sentence


def findings(
    workspace: Workspace,
    *,
    day: date | None = None,
    party: str | None = None,
    subject: str | None = None,
    rule: str | None = None,
    severity: str = "note",
    lang: Lang = "zh",
    advance: Advance = lambda done, total: None,
) -> Found:
    """Findings of at least a severity, the most serious first. Raises UnknownRule."""
    if rule is not None and rule not in RULES:
        raise UnknownRule(
            f"no rule {rule!r}{_near(rule, 'en')}; all of them: suyuan judge --rules",
            f"没有规则“{rule}”{_near(rule, 'zh')}；全部规则：suyuan judge --rules",
        )
    with judged(workspace, day=day, advance=advance) as brought_up:
        entries, on, _mark = brought_up.state
        rows = brought_up.findings(party=party, subject=subject, rule=rule, severities=at_least(severity))
        names = brought_up.names()
        latest = brought_up.latest_day()
    assert on is not None, "judged on a day"
    told = list(in_words(rows, names, lang))
    return Found(told, on, entries, _about(told, on, entries, latest))


def _near(text: str, lang: Lang) -> str:
    """Rules whose name is like the text, or has a word of it, or whose title has it."""
    wanted = text.strip().lower()
    near = get_close_matches(wanted, list(RULES), n=NEAR, cutoff=0.5)
    words = [word for word in re.split(r"[^a-z]+", wanted) if len(word) > 2]
    near += [name for name in RULES if words and all(word in name for word in words)]
    near += [
        name for name, rule in RULES.items() if wanted and wanted in rule.title.zh + rule.title.en.lower()
    ]
    found = list(dict.fromkeys(near))[:NEAR]
    if not found:
        return ""
    return f"；是否为 {'、'.join(found)}？" if lang == "zh" else f"; perhaps {', '.join(found)}?"


def rules() -> list[Rule]:
    """All rules, by family and name."""
    return sorted(RULES.values(), key=lambda rule: (FAMILIES.index(rule.family), rule.id))


NEAR = 3
"""How many rules are named where somebody asked for one that there is not."""
QUIET_DAYS = 60
"""Where nothing happened for so long before the day judged on, the day is likely not the one that was meant."""


def _about(rows: list[dict[str, Any]], day: date, entries: int, latest: date | None) -> Sentence:
    parties, cases = len({row["party"] for row in rows}), len({row["case"] for row in rows})
    quiet = latest is not None and (day - latest).days > QUIET_DAYS
    en = (
        f"Judged {entries:,} entries as of {day}: {len(rows):,} findings, {cases:,} cases, {parties:,} parties."
        + (f" The last event is of {latest}; to judge as of then: --day {latest}." if quiet else "")
    )
    zh = (
        f"已按 {day} 有效的规则核查 {entries:,} 条账本条目：{len(rows):,} 条发现，{cases:,} 宗案件，涉及 {parties:,} 家主体。"
        + (f"最近的事件发生于 {latest}；如需按当日核查：--day {latest}。" if quiet else "")
    )
    return Sentence(zh=zh, en=en)


class UnknownRule(SuyuanError):
    """A rule that there is not."""
