"""EPCIS SimpleEventQuery over a workspace: a page of events, one event, and the resources on record.

    query = from_url(pairs, prefixes)            events/query.py; or from_body(body)
    page = events(workspace, query)              page.events, page.next_token
    next = events(workspace, query.paged(token=page.next_token))

    query ──index──▶ few entries ──────────────────────────┐
          └─columns─▶ candidates, most of them sure ──text──┴▶ page

Events come as they were recorded, with `recordTime` set to the moment of recording here. All pages of a query speak of the
entries that were there when the first one was asked for.
"""

from dataclasses import dataclass
from typing import Any, Literal

from msgspec.json import decode

from suyuan.events.event_hash import event_hash
from suyuan.events.query import Query
from suyuan.events.query_criteria import Below, Described, Matches
from suyuan.rights.sight import Sight
from suyuan.usecases import event_query_token as tokens
from suyuan.usecases.event_query_columns import asking
from suyuan.usecases.event_query_entries import entries_of
from suyuan.usecases.event_query_page import Page, Paging, as_recorded
from suyuan.usecases.workspace import Workspace

__all__ = ["Page", "Resource", "Values", "event", "events", "resources"]

Event = dict[str, Any]
Resource = Literal["eventTypes", "epcs", "bizSteps", "bizLocations", "readPoints", "dispositions"]

FEW = 2_000
"""Entries that are rather read one by one than found by the columns."""


@dataclass(frozen=True, slots=True)
class Values:
    """Some resources in order, and how to ask for the next ones (None: no more)."""

    values: tuple[str, ...]
    next_token: str | None


def events(workspace: Workspace, query: Query, *, sight: Sight | None = None, since: int = 0) -> Page:
    """A page of the events that the query asks for, as far as `sight` lets see (None: everything).

    `since`: only entries from this sequence number on (subscriptions). Raises QueryParameterException for a token that is
    none, QueryTooLargeException, QueryTooComplexException; DatabaseBusy where another process holds the columns.
    """
    cursor = None if query.token is None else tokens.read(query.token, query.digest)
    sight = None if sight is None or sight.everything else sight
    few = None if sight is not None else _few(workspace, query)
    if few is not None:
        size = workspace.index.position
        upto = size if cursor is None else cursor.upto
        return Paging(workspace.ledger, query, cursor, since, size, upto).of_few(few)
    with asking(workspace, sight) as columns:
        upto = columns.rows_seen() if cursor is None else cursor.upto
        return Paging(workspace.ledger, query, cursor, since, columns.size, upto).of_columns(columns)


def _few(workspace: Workspace, query: Query) -> list[int] | None:
    """The entries that name what a criterion asks for, where these are few; None where columns should be asked."""
    if any(isinstance(one, Below | Described) for one in query.criteria):
        return None
    index, best = workspace.index, None
    for one in query.criteria:
        if isinstance(one, Matches) and not one.patterns and len(one.keys) <= FEW:
            ids = [int(item) for item in index.item_ids(sorted(one.keys)) if item >= 0]
            found = index.postings(ids).tolist() if ids else []
            if len(found) <= FEW and (best is None or len(found) < len(best)):
                best = [int(seq) for seq in found]
    return best


def event(workspace: Workspace, event_id: str, *, sight: Sight | None = None) -> Event | None:
    """The event of that id (its sender's, else the event hash) recorded first; None where there is none."""
    try:
        (seqs,) = workspace.index.seqs_of_events([event_id])
    except UnicodeEncodeError:  # half a character: no id that is on record
        return None
    if sight is not None and not sight.everything and seqs:
        with asking(workspace, sight) as columns:
            seqs = columns.seen(seqs)
    for _, entry in entries_of(workspace.ledger, sorted(seqs)):
        if entry.kind == "event":
            body = decode(entry.body)
            if (body.get("eventID") or event_hash(body)) == event_id:
                return as_recorded(entry)
    return None


def resources(
    workspace: Workspace,
    kind: Resource,
    *,
    per_page: int = 30,
    token: str | None = None,
    sight: Sight | None = None,
) -> Values:
    """The distinct values on record, in order: words bare or as URI, EPCs and places in canonical form.

    Raises QueryParameterException for a token that is none.
    """
    after = None if token is None else tokens.decoded(token)
    if after is not None and (len(after) != 2 or after[0] != kind or not isinstance(after[1], str)):
        raise tokens.wrong()
    sight = None if sight is None or sight.everything else sight
    with asking(workspace, sight) as columns:
        found = columns.values(kind, None if after is None else str(after[1]), per_page + 1)
    shown = found[:per_page]
    more = len(found) > per_page
    return Values(
        tuple(uri for _, uri in shown), tokens.encoded([kind, shown[-1][0]]) if more and shown else None
    )
