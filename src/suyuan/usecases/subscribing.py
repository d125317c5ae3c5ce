"""Subscriptions kept: who is told of what, when it is due, again where it was not taken.

    every quarter of a second:  streams, if the record grew · schedules that are due · what failed, after a while
    each ──query, since the last entry told──▶ pages ──signed POST──▶ taken: go on from there · not taken: later

Nothing is lost and nothing skipped: how far a subscriber was told stands on disk, and moves only when he took it. He may be
told of something twice, if the process dies between his answer and our note of it.
"""

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Any

from suyuan.events.query import Query, from_body
from suyuan.rights.principal import Principal
from suyuan.rights.sight import Sight, visible
from suyuan.rights.words import Role, Verb
from suyuan.store.lock import WriterBusy
from suyuan.terms.errors import SuyuanError
from suyuan.terms.instants import parse_instant, show_instant
from suyuan.usecases import callbacks, event_query
from suyuan.usecases.named_queries import NamedQueries, Subscription, UnknownQuery
from suyuan.usecases.schedules import Schedule
from suyuan.usecases.workspace import Workspace

TICK_S = 0.25
AT_ONCE = 100
"""Events of one call."""
RETRY_S = (1, 5, 30, 120, 600, 3600)
"""How long to wait before a call that was not taken is made again."""
CALLERS = 4

log = logging.getLogger("suyuan.subscriptions")

Ask = Callable[[Callable[[Workspace], event_query.Page]], "Future[event_query.Page]"]
Document = Callable[[list[dict[str, Any]], str, str], bytes]
"""Events, name of the query, id of the subscription → the document that is sent."""


class NoSubscription(SuyuanError):
    """A subscription that cannot be kept as it was asked for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a subscription asks for, read and checked. `secret` signs; `schedule` None is a stream."""

    dest: str
    secret: str
    schedule: Schedule | None
    report_if_empty: bool
    since: datetime | None


def wanted(body: Mapping[str, Any]) -> Wanted:
    """A subscription as it was sent. Raises NoSubscription, NoSchedule."""
    dest, secret = body.get("dest"), body.get("signatureToken", body.get("secret", ""))
    if not isinstance(dest, str) or not dest:
        raise NoSubscription("dest is missing: the address that is called", "缺少 dest：回调地址")
    if not isinstance(secret, str):
        raise NoSubscription("signatureToken is a text", "signatureToken 应为文本")
    schedule, stream = body.get("schedule"), body.get("stream")
    if (schedule is None) == (stream is not True):
        raise NoSubscription(
            'either a schedule or "stream": true is expected, and not both',
            '应给出 schedule 或 "stream": true，且只给其一',
        )
    if schedule is not None and not isinstance(schedule, dict):
        raise NoSubscription("schedule is an object of fields", "schedule 应为对象")
    empty = body.get("reportIfEmpty", False)
    if not isinstance(empty, bool):
        raise NoSubscription("reportIfEmpty is true or false", "reportIfEmpty 应为 true 或 false")
    since = body.get("initialRecordTime")
    if since is not None and not isinstance(since, str):
        raise NoSubscription("initialRecordTime is an instant", "initialRecordTime 应为时间")
    return Wanted(
        dest, secret, Schedule.read(schedule) if schedule is not None else None, empty,
        parse_instant(since) if since else None,
    )  # fmt: skip


def kept(body: Mapping[str, Any], by: Principal) -> dict[str, Any]:
    """A subscription as it is kept: with whom it is for, so that he is told of no more than he may see."""
    who = {
        "tenant": by.tenant, "role": by.role.value, "account": by.account, "area": by.area, "also": sorted(by.also),
        "until": show_instant(by.until) if by.until else None,
    }  # fmt: skip
    return {**body, "principal": who}


def _principal(body: Mapping[str, Any]) -> Principal:
    said = body["principal"]
    return Principal(
        said["tenant"], Role(said["role"]), said["account"], said["area"],
        parse_instant(said["until"]) if said["until"] else None, frozenset(said["also"]),
    )  # fmt: skip


class Teller:
    """Tells subscribers; a thread of its own, and some that wait for answers. Of several processes one tells (`alone`)."""

    def __init__(
        self,
        queries: NamedQueries,
        ask: Ask,
        document: Document,
        *,
        head: Callable[[], int],
        alone: Callable[[], AbstractContextManager[object]],
        let_through: tuple[str, ...] = (),
    ) -> None:
        self._queries, self._ask, self._document, self._head = queries, ask, document, head
        self._alone, self._let_through = alone, let_through
        self._due: dict[str, datetime] = {}
        self._retry: dict[str, float] = {}
        self._busy: set[str] = set()
        self._stopped = Event()
        self._callers = ThreadPoolExecutor(CALLERS, "calling")
        self._thread = Thread(target=self._run, name="teller", daemon=True)

    def start(self) -> None:
        """Begin to tell."""
        self._thread.start()

    def close(self) -> None:
        """Stop; calls on their way are waited for."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()
        self._callers.shutdown(cancel_futures=True)

    def _run(self) -> None:
        while not self._stopped.wait(TICK_S):
            try:
                with self._alone():
                    self._run_alone()
            except WriterBusy:
                pass  # another process of this server tells; where it ends, one of the others goes on

    def _run_alone(self) -> None:
        while not self._stopped.wait(TICK_S):
            try:
                self._tick(datetime.now(UTC))
            except Exception:  # the next tick may fare better
                log.exception("telling subscribers")

    def _tick(self, now: datetime) -> None:
        head = self._head()
        for subscription in self._queries.subscriptions():
            if subscription.id not in self._busy and self._is_due(subscription, now, head):
                self._busy.add(subscription.id)
                self._callers.submit(self._tell, subscription)

    def _is_due(self, subscription: Subscription, now: datetime, head: int) -> bool:
        if subscription.id in self._retry:
            return time.monotonic() >= self._retry[subscription.id]
        schedule = wanted(subscription.body).schedule
        if schedule is None:
            return head > subscription.told_up_to
        due = self._due.get(subscription.id)
        if due is None:
            due = self._due[subscription.id] = schedule.next_after(now)
        if now < due:
            return False
        self._due[subscription.id] = schedule.next_after(now)
        return True

    def _tell(self, subscription: Subscription) -> None:
        try:
            self._tell_all(subscription)
            self._retry.pop(subscription.id, None)
        except UnknownQuery:  # it was forgotten meanwhile
            self._retry.pop(subscription.id, None)
        except Exception as wrong:
            if not isinstance(wrong, SuyuanError):
                log.exception("subscription %s", subscription.id)
            failures = self._queries.failed(subscription)
            wait_s = RETRY_S[min(failures, len(RETRY_S)) - 1]
            self._retry[subscription.id] = time.monotonic() + wait_s
        finally:
            self._busy.discard(subscription.id)

    def _tell_all(self, subscription: Subscription) -> None:
        named = self._queries.numbered(subscription.query)
        asked = wanted(subscription.body)
        by = _principal(subscription.body)
        query = with_start(named.query, asked.since).paged(per_page=AT_ONCE)
        sight = visible(by, Verb.QUERY, datetime.now(UTC))
        said, since = False, subscription.told_up_to
        while True:
            page = self._page(query, sight, since)
            if page.events or (asked.report_if_empty and not said and asked.schedule):
                to = callbacks.destination(asked.dest, self._let_through)
                body = self._document(list(page.events), named.name, subscription.id)
                callbacks.send(to, body, asked.secret, datetime.now(UTC))
                said = True
            if page.next_token is None:
                self._queries.told(subscription, page.reached, at=datetime.now(UTC) if said else None)
                return
            query = query.paged(per_page=AT_ONCE, token=page.next_token)

    def _page(self, query: Query, sight: Sight, since: int) -> event_query.Page:
        seen = None if sight.everything else sight
        return self._ask(
            lambda workspace: event_query.events(workspace, query, sight=seen, since=since)
        ).result(60)


def with_start(query: Query, since: datetime | None) -> Query:
    """The query, of what was recorded from an instant on."""
    return query if since is None else query.also(from_body({"GE_recordTime": show_instant(since)}))
