"""EPCIS SimpleEventQuery over a workspace: a page of events, one event, and the resources on record.

    query = from_url(pairs, prefixes)            events/query.py; or from_body(body)
    page = events(workspace, query)              page.events, page.next_token
    next = events(workspace, query.paged(token=page.next_token))

Events come as they were recorded, with `recordTime` set to the moment of recording here.
"""

from dataclasses import dataclass
from typing import Any, Literal

from suyuan.events.query import Query
from suyuan.rights.sight import Sight
from suyuan.usecases.workspace import Workspace

Event = dict[str, Any]
Resource = Literal["eventTypes", "epcs", "bizSteps", "bizLocations", "readPoints", "dispositions"]


@dataclass(frozen=True, slots=True)
class Page:
    """Some events in the order asked for, their sequence numbers, and how to ask for the next ones (None: no more).

    `reached`: entries before this number were looked at; a subscription goes on from there (`since`).
    """

    seqs: tuple[int, ...]
    events: tuple[Event, ...]
    next_token: str | None
    reached: int


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
    raise NotImplementedError


def event(workspace: Workspace, event_id: str, *, sight: Sight | None = None) -> Event | None:
    """The event of that id (its sender's, else the event hash) recorded first; None where there is none."""
    raise NotImplementedError


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
    raise NotImplementedError
