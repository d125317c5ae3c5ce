"""Corrections of two pairs of eyes: proposed by one account, held beside the ledger, on it once another has approved.

Decision notes 0009 (what a correction is) and 0022 (who may).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from suyuan.rights.principal import Principal
from suyuan.terms.errors import SuyuanError
from suyuan.usecases.workspace import Workspace


class NoSuchCorrection(SuyuanError):
    """There is no such proposal, or it is decided already (or it is none of the asker's business)."""


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


def propose(
    workspace: Workspace,
    by: Principal,
    entry: int,
    *,
    reason: str,
    instead: tuple[Mapping[str, Any], ...] = (),
) -> Proposal:
    """Propose that the event of an entry is declared wrong. Raises Forbidden, NoSuchCorrection."""
    raise NotImplementedError


def pending(workspace: Workspace, by: Principal) -> list[Proposal]:
    """What waits for approval and may be seen by `by`, oldest first. Raises Forbidden."""
    raise NotImplementedError


def approve(workspace: Workspace, by: Principal, proposal: str) -> int:
    """Put it on the ledger with both accounts in it; returns the entry of the declaration. Raises Forbidden, NoSuchCorrection."""
    raise NotImplementedError


def refuse(workspace: Workspace, by: Principal, proposal: str) -> None:
    """Drop it; who proposed may do so too. Raises Forbidden, NoSuchCorrection."""
    raise NotImplementedError
