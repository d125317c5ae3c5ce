"""Cases: listed, shown whole, and decided; a decision is an event on the ledger."""

import io
import json
from collections.abc import Callable
from datetime import date
from hashlib import file_digest
from pathlib import Path
from typing import Any

from suyuan.events import writing
from suyuan.events.uris import case_uri
from suyuan.reports.findings import in_words
from suyuan.store.judged import Judged
from suyuan.terms.errors import SuyuanError
from suyuan.terms.instants import SHANGHAI
from suyuan.terms.sentence import Lang
from suyuan.usecases.capture import capture
from suyuan.usecases.judge import judged
from suyuan.usecases.workspace import Workspace

Advance = Callable[[int, int], None]
Row = dict[str, Any]
ORDER = ("serious", "warning", "note", None)


class UnknownCase(SuyuanError):
    """A case that there is not."""


def listed(
    workspace: Workspace,
    *,
    day: date | None = None,
    party: str | None = None,
    state: str | None = None,
    advance: Advance = lambda done, total: None,
) -> list[Row]:
    """Cases, the most serious first, then those due first."""
    with judged(workspace, day=day, advance=advance) as found:
        rows = found.table("case").to_pylist()
        names = found.names()
    wanted = [
        {**row, "party_name": names.get(row["party"] or "", "")}
        for row in rows
        if (party is None or row["party"] == party) and (state is None or row["state"] == state)
    ]
    return sorted(wanted, key=lambda row: (ORDER.index(row["severity"]), str(row["due"]), row["case_id"]))


def line(row: Row, lang: Lang) -> Row:
    """A case as one line for people."""
    zh = lang == "zh"
    return {
        ("案件" if zh else "case"): row["case_id"],
        ("状态" if zh else "state"): row["state"],
        ("程度" if zh else "severity"): row["severity"],
        ("主体" if zh else "party"): row["party_name"] or row["party"],
        ("起因" if zh else "root"): row["root"],
        ("规则" if zh else "rules"): ", ".join(row["rules"] or ()),
        ("发现" if zh else "findings"): row["findings"],
        ("应答复日" if zh else "answer by"): row["due"],
    }


def whole(workspace: Workspace, case: str, lang: Lang, *, day: date | None = None) -> Row:
    """One case with its findings in words and everything that was said of it. Raises UnknownCase."""
    with judged(workspace, day=day) as found:
        row = _case(found, case)
        told = list(in_words(found.findings(case=case), found.names(), lang))
        history = [each for each in found.table("decision").to_pylist() if each["case_id"] == case]
    return {**row, "findings": told, "history": sorted(history, key=lambda each: each["seq"])}


def decide(
    workspace: Workspace,
    case: str,
    *,
    state: str,
    reason: str,
    evidence: Path | None = None,
    party: str | None = None,
    day: date | None = None,
) -> int:
    """Put a decision on the ledger; returns its sequence number. Raises UnknownCase, and what `capture` raises."""
    with judged(workspace, day=day) as found:
        rules = _case(found, case)["rules"]
    event = writing.case_decided(
        case=case_uri(case), state=state, reason=reason, rules=rules, evidence=_digest(evidence),
        at=workspace.clock().astimezone(SHANGHAI).replace(tzinfo=None),
    )  # fmt: skip
    body = json.dumps(event, ensure_ascii=False).encode() + b"\n"
    recorded = capture(workspace, io.BytesIO(body), f"case-{case}.ndjson", party=party)
    assert recorded.first_seq is not None, "a decision that was just written is recorded"
    return recorded.first_seq


def _digest(evidence: Path | None) -> str | None:
    if evidence is None:
        return None
    try:
        with evidence.open("rb") as file:
            return f"{evidence.name} sha256:{file_digest(file, 'sha256').hexdigest()}"
    except OSError as error:
        raise SuyuanError(
            f"cannot read {evidence}: {error.strerror}", f"无法读取 {evidence}：{error.strerror}"
        ) from error


def _case(found: Judged, case: str) -> Row:
    rows = [row for row in found.table("case").to_pylist() if row["case_id"] == case]
    if not rows:
        raise UnknownCase(
            f"no case {case!r}; suyuan case list names them (what was corrected on record before anything was said of it is no case any more)",
            f"没有案件“{case}”；请用 suyuan case list 查看（账上已改正、且从未有过说明或处理的案件不再列出）",
        )
    return rows[0]


def alarms(workspace: Workspace, *, day: date | None = None) -> list[Row]:
    """Each rule with what it found, and how many of its decided cases were dismissed."""
    with judged(workspace, day=day) as found:
        return sorted(found.table("false_alarm").to_pylist(), key=lambda row: row["rule"])
