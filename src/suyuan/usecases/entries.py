"""Single entries of the record: shown with their envelope, proven, and for whom they are there."""

import base64
from typing import Any

from suyuan.events.canonical import loads
from suyuan.rights.sight import Sight
from suyuan.store.ledger_port import NoSuchEntry
from suyuan.terms.instants import show_instant
from suyuan.usecases.event_query_columns import asking
from suyuan.usecases.workspace import Workspace


def shown(workspace: Workspace, seq: int) -> dict[str, Any]:
    """An entry as plain values. Raises NoSuchEntry."""
    entry = workspace.ledger.entry(seq)
    return {
        "seq": entry.seq, "kind": entry.kind, "party": entry.party, "document": entry.document, "place": entry.place,
        "recorded_at": show_instant(entry.recorded_at), "body": loads(entry.body),
    }  # fmt: skip


def may_read(workspace: Workspace, seq: int, sight: Sight) -> None:
    """Raises NoSuchEntry where the entry is not there, or not for who looks: it sounds the same."""
    with asking(workspace, sight) as columns:
        if not columns.seen([seq]):
            raise NoSuchEntry(f"there is no entry {seq}", f"没有第 {seq} 条")


def consistency(workspace: Workspace, old: int, new: int | None) -> dict[str, Any]:
    """The proof that one log begins with another. Raises NoCheckpoint."""
    ledger = workspace.ledger
    size = ledger.size if new is None else new
    path = ledger.consistency(old, size)
    return {"old": old, "new": size, "path": [base64.b64encode(node).decode() for node in path]}
