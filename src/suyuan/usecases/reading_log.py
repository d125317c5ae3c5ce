"""The reading log: who looked at whose data, when, through which door; entries of the ledger, so that it can be proven.

    note ──▶ accounts.sqlite (at once) ──write, a batch at a time──▶ capture ──▶ one `sy:reading` event a party looked at

A line is (hour, account, reader's tenant, verb, count): opaque ids and credit codes, never codes of things. Each party has events
of its own, so that the receipt of one tells nothing of others. Lines of a batch are added up by hour, account and verb.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from suyuan.events import canonical, writing
from suyuan.events.uris import party_uri
from suyuan.identifiers.item_keys import item_key
from suyuan.ledger.receipt import Receipt
from suyuan.rights.deciding import may, role
from suyuan.rights.principal import Principal, Thing
from suyuan.rights.words import Scope, Verb
from suyuan.terms.instants import SHANGHAI, parse_instant, show_instant
from suyuan.usecases.capture import capture
from suyuan.usecases.factors import rule
from suyuan.usecases.workspace import Workspace

__all__ = ["Reading", "looked_at", "note", "receipt", "write"]

STEP = "sy:reading"


@dataclass(frozen=True, slots=True)
class Reading:
    """One line of who looked at us. `at` is the hour; `entry` proves it (`suyuan receipt`)."""

    at: datetime
    account: str
    tenant: str
    verb: Verb
    of: str
    count: int
    entry: int


def note(workspace: Workspace, by: Principal, verb: Verb, seen: Mapping[str, int]) -> None:
    """Remember that `by` saw so many entries (or findings, …) of these tenants; durable at once, on the ledger with `write`.

    Its own things a tenant may see without a line; an auditor's reading always is one. Returns quickly: rows in a small file.
    """
    own = by.names if not role(by.role).time_boxed else frozenset[str]()
    at = show_instant(workspace.clock())
    lines = [
        (at, by.account, by.tenant, verb.value, of, count)
        for of, count in sorted(seen.items())
        if of and count and of not in own
    ]
    if lines:
        workspace.accounts.journal.note(lines)


def write(workspace: Workspace, *, at_least: int = 1) -> int:
    """Put what was gathered on the ledger if that is `at_least` lines; returns how many. Raises WriterBusy: try again later.

    A batch that was cut off is written again with the same bytes, which the ledger then knows.
    """
    journal, done = workspace.accounts.journal, 0
    while journal.waiting() >= max(at_least, 1):
        number, lines = journal.batch(rule("reading-batch"))
        body = b"".join(
            json.dumps(event, ensure_ascii=False).encode() + b"\n"
            for event in _events([dict(line) for line in lines])
        )
        capture(workspace, io.BytesIO(body), f"readings-{number}.ndjson")
        journal.written(number)
        done += len(lines)
    return done


def _events(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One event a party that was looked at, at the moment of the last line of the batch."""
    moment = max(parse_instant(line["at"]) for line in lines).astimezone(SHANGHAI).replace(tzinfo=None)
    summed: dict[str, dict[tuple[str, str, str, str], int]] = {}
    for line in lines:
        hour = show_instant(parse_instant(line["at"]).replace(minute=0, second=0, microsecond=0))
        key = (hour, line["account"], line["tenant"], line["verb"])
        of = summed.setdefault(line["of"], {})
        of[key] = of.get(key, 0) + line["count"]
    return [
        {
            # the number makes two batches of the same readings two happenings
            **writing.read_by(
                party=party_uri(of),
                readings=[
                    {"hour": hour, "account": account, "reader": reader, "verb": verb, "count": count}
                    for (hour, account, reader, verb), count in sorted(counts.items())
                ],
                at=moment,
            ),
            "eventID": f"urn:x-suyuan:reading:{lines[0]['batch']}:{of}",
        }
        for of, counts in sorted(summed.items())
    ]


def looked_at(
    workspace: Workspace, by: Principal, tenant: str, *, since: datetime | None = None
) -> list[Reading]:
    """Who looked at `tenant`, newest first; what waits is written first where no other writer is at work. Raises Forbidden."""
    may(by, Verb.READING_LOG, Thing(tenant=tenant), workspace.clock()).required()
    index = workspace.index
    seqs = index.postings(index.item_ids([item_key(party_uri(tenant))])).tolist()
    found = [reading for seq in seqs for reading in _readings(workspace, seq, tenant)]
    if since is not None:
        found = [reading for reading in found if reading.at >= since]
    return sorted(found, key=lambda reading: (reading.at, reading.entry), reverse=True)


def receipt(workspace: Workspace, by: Principal, entry: int) -> Receipt:
    """The receipt of an entry of the reading log, for whom it is about. Raises Forbidden."""
    parties = {reading.of for reading in _readings(workspace, entry, None)}
    decision = may(by, Verb.READING_LOG, Thing(about=frozenset(parties)), workspace.clock())
    if decision.required() is not Scope.ALL:
        assert parties <= by.names, "an event of the reading log is about one party"
    return workspace.ledger.receipt(entry)


def _readings(workspace: Workspace, seq: int, tenant: str | None) -> list[Reading]:
    """The lines of one entry, if it is an event of the reading log that the operator wrote."""
    entry = workspace.ledger.entry(seq)
    if entry.kind != "event" or entry.party != workspace.config.operator:
        return []  # others may write such an event too; it is no reading of ours
    event = canonical.loads(entry.body)
    if not isinstance(event, dict) or event.get("bizStep") != STEP:
        return []
    items = event.get("epcList")
    of = str(items[0]).rpartition("/")[2] if isinstance(items, list) and items else ""
    lines: Any = event.get("sy:readings")
    return [
        Reading(
            parse_instant(line["sy:hour"]),
            line["sy:account"],
            line["sy:reader"],
            Verb(line["sy:verb"]),
            of,
            int(line["sy:count"]),
            seq,
        )
        for line in lines
        if tenant in (None, of)
    ]
