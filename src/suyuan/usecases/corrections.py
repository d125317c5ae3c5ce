"""Corrections of two pairs of eyes: proposed by one account, held beside the ledger, on it once another has approved.

    propose ──▶ accounts.sqlite ──approve (another account)──▶ capture ──▶ error declaration with both accounts, and what stands instead

Decision notes 0009 (what a correction is) and 0022 (who may).
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from suyuan.events import canonical, writing
from suyuan.ledger.entry import Entry
from suyuan.rights.deciding import may
from suyuan.rights.principal import Principal, Thing
from suyuan.rights.words import Verb
from suyuan.standards.tables import table
from suyuan.terms.errors import SuyuanError
from suyuan.terms.instants import SHANGHAI, parse_instant
from suyuan.usecases.capture import Outcome, capture
from suyuan.usecases.factors import new_id
from suyuan.usecases.sieve import of_entry
from suyuan.usecases.workspace import Workspace

__all__ = [
    "CorrectionRefused",
    "NoSuchCorrection",
    "Proposal",
    "approve",
    "needs_approval",
    "pending",
    "propose",
    "refuse",
]


class NoSuchCorrection(SuyuanError):
    """There is no such proposal or entry, or it is decided already (or it is none of the asker's business)."""


class CorrectionRefused(SuyuanError):
    """What is proposed could not be recorded: a reason that is no word of the list, an event that is none."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A correction that waits. `event` is declared wrong for `reason`; `instead` are the events to stand in its place."""

    id: str
    entry: int
    event_id: str
    tenant: str
    reason: str
    instead: tuple[Mapping[str, Any], ...]
    proposed_by: str
    proposed_at: datetime


def needs_approval(event: Mapping[str, Any]) -> bool:
    """Does an event declare another wrong? Then a door of a firm does not capture it, but proposes it."""
    return event.get("errorDeclaration") is not None


def propose(
    workspace: Workspace,
    by: Principal,
    entry: int,
    *,
    reason: str,
    instead: tuple[Mapping[str, Any], ...] = (),
) -> Proposal:
    """Propose that the event of an entry is declared wrong. Raises Forbidden, NoSuchCorrection, CorrectionRefused."""
    now = workspace.clock()
    may(by, Verb.PROPOSE_CORRECTION, None, now).required()
    found = _entry(workspace, entry)
    if not may(by, Verb.PROPOSE_CORRECTION, Thing(tenant=found.party), now).allowed:
        raise _no_entry(entry)  # whether it is there is none of their business
    wrong = of_entry(found)
    if found.kind != "event" or wrong.declares_error:
        raise CorrectionRefused(
            f"entry {entry} is no event that can be declared wrong; say master data again instead",
            f"条目 {entry} 不是可声明错误的事件；主数据请重新报送",
        )
    _check(reason, instead)
    name, body = new_id(), json.dumps(list(instead), ensure_ascii=False)
    workspace.accounts.journal.propose(
        name, found.party, entry, wrong.event_id, reason, body, by.account, now
    )
    return Proposal(name, entry, wrong.event_id, found.party, reason, tuple(instead), by.account, now)


def pending(workspace: Workspace, by: Principal) -> list[Proposal]:
    """What waits for approval and may be seen by `by`, oldest first: by those who may propose or approve. Raises Forbidden."""
    now = workspace.clock()
    may(by, Verb.PROPOSE_CORRECTION, None, now).required()
    return [
        proposal
        for row in workspace.accounts.journal.proposals()
        if may(by, Verb.PROPOSE_CORRECTION, Thing(tenant=(proposal := _proposal(row)).tenant), now).allowed
    ]


def approve(workspace: Workspace, by: Principal, proposal: str) -> int:
    """Put it on the ledger with both accounts in it; returns the entry of the declaration. Raises Forbidden, NoSuchCorrection."""
    held = _held(workspace, by, proposal)
    thing = Thing(tenant=held.tenant, begun_by=held.proposed_by)
    may(by, Verb.APPROVE_CORRECTION, thing, workspace.clock()).required()
    # who approved is noted first: cut off and done again, the same bytes are written, which the ledger then knows
    row = workspace.accounts.journal.approve(proposal, by.account, workspace.clock())
    if row is None:
        raise _no_proposal(proposal)
    declaration = _declaration(workspace, held, row["approved_by"], parse_instant(row["approved_at"]))
    body = b"".join(
        json.dumps(event, ensure_ascii=False).encode() + b"\n" for event in (declaration, *held.instead)
    )
    recorded = capture(
        workspace, io.BytesIO(body), f"correction-{proposal}.ndjson", party=held.tenant, on_error="refuse"
    )
    if recorded.outcome is Outcome.REFUSED or recorded.first_seq is None:
        raise CorrectionRefused(
            f"the ledger refuses the correction: {_first(recorded.findings, 'en')}; propose it again",
            f"账本拒绝该更正：{_first(recorded.findings, 'zh')}；请重新提出",
        )
    workspace.accounts.journal.drop(proposal)
    return recorded.first_seq


def refuse(workspace: Workspace, by: Principal, proposal: str) -> None:
    """Drop it; who proposed may do so too. Raises Forbidden, NoSuchCorrection."""
    held = _held(workspace, by, proposal)
    if held.proposed_by != by.account:
        may(
            by,
            Verb.APPROVE_CORRECTION,
            Thing(tenant=held.tenant, begun_by=held.proposed_by),
            workspace.clock(),
        ).required()
    workspace.accounts.journal.drop(proposal)


def _declaration(workspace: Workspace, held: Proposal, approved_by: str, at: datetime) -> dict[str, Any]:
    entry = _entry(workspace, held.entry)
    event = canonical.loads(entry.body)
    assert isinstance(event, dict), "an event on record is no object"
    declared = writing.declared_wrong(
        {**event, "eventID": held.event_id},
        reason=held.reason,
        corrective_ids=[str(each["eventID"]) for each in held.instead if each.get("eventID")],
        at=at.astimezone(SHANGHAI).replace(tzinfo=None),
    )
    accounts = {"sy:proposedBy": held.proposed_by, "sy:approvedBy": approved_by}
    return {**declared, "errorDeclaration": {**declared["errorDeclaration"], **accounts}}


def _check(reason: str, instead: tuple[Mapping[str, Any], ...]) -> None:
    words = table("error-reason").newest
    if reason not in words:
        raise CorrectionRefused(
            f"reason {reason!r}: choose one of {', '.join(words)}",
            f"理由 {reason!r}：请选 {'、'.join(words)} 之一",
        )
    if not all(isinstance(event, dict) for event in instead):
        raise CorrectionRefused("what stands instead are no events", "替代内容不是事件")
    for event in instead:
        if needs_approval(event):
            raise CorrectionRefused(
                "what stands instead declares an error itself; propose that of its own",
                "替代事件本身又声明错误；请单独提出",
            )


def _held(workspace: Workspace, by: Principal, proposal: str) -> Proposal:
    now = workspace.clock()
    may(by, Verb.PROPOSE_CORRECTION, None, now).required()
    row = workspace.accounts.journal.proposal(proposal)
    if row is None or not may(by, Verb.PROPOSE_CORRECTION, Thing(tenant=row["tenant"]), now).allowed:
        raise _no_proposal(proposal)
    return _proposal(row)


def _proposal(row: Any) -> Proposal:
    return Proposal(
        row["id"],
        row["entry"],
        row["event_id"],
        row["tenant"],
        row["reason"],
        tuple(json.loads(row["instead"])),
        row["proposed_by"],
        parse_instant(row["proposed_at"]),
    )


def _entry(workspace: Workspace, entry: int) -> Entry:
    if not 0 <= entry < workspace.ledger.size:
        raise _no_entry(entry)
    return workspace.ledger.entry(entry)


def _no_entry(entry: int) -> NoSuchCorrection:
    return NoSuchCorrection(f"there is no entry {entry} of yours", f"没有属于你的条目 {entry}")


def _no_proposal(proposal: str) -> NoSuchCorrection:
    return NoSuchCorrection(
        f"no correction {proposal!r} waits: it is decided already, or there is none",
        f"没有待批准的更正 {proposal!r}：已处理或不存在",
    )


def _first(findings: list[Any], lang: str) -> str:
    return str(findings[0].reason.show(lang)) if findings else ""
