"""Single events at speed: many who wait are recorded by one writer in one transaction, and answered after it.

    offer ──queue of its tenant──┐
    offer ──queue of its tenant──┼─ in turn ─▶ group ──▶ one commit, one checkpoint ──▶ deliver each its `Recorded`
    run   ──work on the record───┘

While one commit is on its way to disk the next group gathers, so that the wait for the disk is shared by all who come
meanwhile. Queues are bounded: whoever finds his own full has to wait (`TenantBusy`), whoever finds all of them full
finds the server busy (`ServerBusy`). Tenants take turns, so that one who floods delays himself.

The index is written down less often than the ledger (`linger_s`); until then `_fresh` knows what it does not. It follows
from the ledger, so a writer that dies in between loses nothing.
"""

import io
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from threading import Condition, Thread

from suyuan.events.prepared import Prepared
from suyuan.ledger.entry import Entry, Envelope, encode, encoder
from suyuan.ledger.merkle import leaf_hash
from suyuan.store.index import Index
from suyuan.store.ledger_port import Submission, Writing
from suyuan.store.lock import WriterBusy
from suyuan.store.service import ServiceStore
from suyuan.terms.errors import SuyuanError
from suyuan.usecases.sieve import is_on_record
from suyuan.usecases.workspace import Workspace

GROUP_MAX = 512
"""Events of one commit: beyond, the first of them would wait for the last."""
GATHER_STEPS, GATHER_STEP_S = 6, 0.001
WAITING_MAX = 4096
TENANT_MAX = 1024
INDEX_AFTER = 4096
"""Entries after which the index is written down even if nobody asks and nothing rests."""
LINGER_S = 0.25
PATIENCE_S = 5.0
"""How long to try while another process writes."""


class ServerBusy(SuyuanError):
    """More wait to be recorded than can be in reasonable time."""

    retry_after_s = 1


class TenantBusy(ServerBusy):
    """More of one tenant wait than is his share."""


class KeyReused(SuyuanError):
    """An Idempotency-Key under which something else was asked before."""


class Stopping(ServerBusy):
    """The server is on its way down and takes nothing new."""


@dataclass(frozen=True, slots=True)
class Single:
    """One event that is to be recorded for a party; `raw` as it was sent, `key` its Idempotency-Key."""

    prepared: Prepared
    raw: bytes
    party: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where an event stands on the record: the same for everybody who sends it again.

    `leaf` is the hash that proofs lead from; `fresh` says that it was this request that put it there.
    """

    seq: int
    event_id: str
    leaf: bytes
    recorded_at: datetime
    document: str
    fresh: bool


Outcome = Recorded | Exception
Deliver = Callable[[list[tuple[object, Outcome]]], None]
"""Hands each waiting token what became of its event; called from the writer's thread, a group at a time."""
Work = Callable[[Workspace], object]


class Recorder:
    """The only writer of a process. `open_workspace` opens a workspace of the writer's own."""

    def __init__(
        self,
        open_workspace: Callable[[], Workspace],
        store: ServiceStore,
        deliver: Deliver,
        *,
        linger_s: float = LINGER_S,
        waiting_max: int = WAITING_MAX,
        tenant_max: int = TENANT_MAX,
    ) -> None:
        self._open = open_workspace
        self._store = store
        self._deliver = deliver
        self._linger_s, self._waiting_max, self._tenant_max = linger_s, waiting_max, tenant_max
        self._woken = Condition()
        self._queues: OrderedDict[str, deque[tuple[object, Single]]] = OrderedDict()
        self._waiting = self._expected = 0
        self._work: deque[tuple[Future[object], Work]] = deque()
        self._stopping = self._settle_asked = False
        self._settled: list[Future[None]] = []
        self._unsettled = 0
        self._thread = Thread(target=self._run, name="recorder", daemon=True)
        self.commits = self.events = 0

    def start(self) -> None:
        """Begin to record."""
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many events wait."""
        return self._waiting

    @property
    def keeps_up(self) -> bool:
        """Is there room for more?"""
        return self._waiting < self._waiting_max // 2 and not self._stopping

    def offer(self, token: object, single: Single) -> None:
        """Put an event in the queue. Raises ServerBusy, TenantBusy, Stopping: then it is not there."""
        with self._woken:
            if self._stopping:
                raise Stopping(
                    "the server is shutting down; try again in a moment", "服务正在停止；请稍后重试"
                )
            if self._waiting >= self._waiting_max:
                raise ServerBusy(
                    f"{self._waiting} events wait to be recorded; try again in a second",
                    f"有 {self._waiting} 个事件等待记录；请一秒后重试",
                )
            queue = self._queues.get(single.party)
            if queue is None:
                queue = self._queues[single.party] = deque()
            if len(queue) >= self._tenant_max:
                raise TenantBusy(
                    f"{len(queue)} of your events wait to be recorded; wait for their answers before you send more",
                    f"贵方有 {len(queue)} 个事件等待记录；请待其答复后再发送",
                )
            queue.append((token, single))
            self._waiting += 1
            self._woken.notify()

    def run(self, work: Work) -> Future[object]:
        """Have work done that writes, between two groups, by the writer's thread with its workspace. Raises Stopping."""
        future: Future[object] = Future()
        with self._woken:
            if self._stopping:
                raise Stopping("the server is shutting down", "服务正在停止")
            self._work.append((future, work))
            self._woken.notify()
        return future

    def settled(self) -> Future[None] | None:
        """When the index knows everything that was answered so far; None if it does now."""
        with self._woken:
            if not self._unsettled:
                return None
            future: Future[None] = Future()
            self._settled.append(future)
            self._woken.notify()
            return future

    def close(self) -> None:
        """Record what was accepted, take nothing new, and end."""
        with self._woken:
            self._stopping = True
            self._woken.notify()
        if self._thread.is_alive():
            self._thread.join()

    # -- the writer's thread ----------------------------------------------------------------------

    def _run(self) -> None:
        workspace = self._open()
        writer = _Writer(workspace, self._store)
        try:
            while True:
                group, work, settled = self._next(writer)
                if group:
                    self._record(writer, group)
                if work:
                    writer.settle()
                    _do(work, workspace)
                if settled or writer.unsettled >= INDEX_AFTER or not self._linger_s:
                    writer.settle()
                self._unsettled = writer.unsettled
                for each in settled:
                    each.set_result(None)
                if not (group or work or settled) and self._stopping:
                    return
        finally:
            writer.settle()
            workspace.close()

    def _next(
        self, writer: "_Writer"
    ) -> tuple[list[tuple[object, Single]], tuple[Future[object], Work] | None, list[Future[None]]]:
        with self._woken:
            while not (self._waiting or self._work or self._settled or self._stopping):
                if not self._woken.wait(self._linger_s if writer.unsettled else None):
                    writer.settle()
                    self._unsettled = 0
        self._gather()
        with self._woken:
            settled, self._settled = self._settled, []
            return self._take(), self._work.popleft() if self._work else None, settled

    def _gather(self) -> None:
        """Where many were answered together they come again together: a moment's wait makes one commit of them."""
        for _ in range(GATHER_STEPS):
            if not 0 < self._waiting < self._expected or self._stopping:
                break
            time.sleep(GATHER_STEP_S)
        # who comes alone is not kept waiting for a crowd that has gone
        self._expected = max(self._waiting, self._expected // 2)

    def _take(self) -> list[tuple[object, Single]]:
        """Who comes next: one of each tenant, in turn."""
        group: list[tuple[object, Single]] = []
        while self._waiting and len(group) < GROUP_MAX:
            tenant, queue = next(iter(self._queues.items()))
            group.append(queue.popleft())
            self._waiting -= 1
            if queue:
                self._queues.move_to_end(tenant)
            else:
                del self._queues[tenant]
        return group

    def _record(self, writer: "_Writer", group: list[tuple[object, Single]]) -> None:
        until = time.monotonic() + PATIENCE_S
        outcomes: list[Outcome]
        while True:
            try:
                outcomes = writer.record([single for _, single in group])
                break
            except WriterBusy as busy:
                if time.monotonic() < until:
                    time.sleep(0.01)
                    continue
                outcomes = [busy] * len(group)
                break
            except (
                Exception
            ) as wrong:  # whatever it is, they wait for an answer, and the next group may fare better
                outcomes = [wrong] * len(group)
                break
        self.commits += 1
        self.events += len(group)
        self._unsettled = writer.unsettled
        self._deliver([(token, outcome) for (token, _), outcome in zip(group, outcomes, strict=True)])


def _do(job: tuple[Future[object], Work], workspace: Workspace) -> None:
    future, work = job
    try:
        future.set_result(work(workspace))
    except BaseException as wrong:
        future.set_exception(wrong)


class _Writer:
    """Records groups, and holds the index between them."""

    def __init__(self, workspace: Workspace, store: ServiceStore) -> None:
        self._workspace = workspace
        self._store = store
        self._held = ExitStack()
        self._index: Index | None = None
        self._fresh: dict[str, list[int]] = {}

    @property
    def unsettled(self) -> int:
        """Events that the index on disk does not know."""
        return len(self._fresh)

    def settle(self) -> None:
        """Write the index down and let go of it."""
        self._fresh.clear()
        self._index = None
        self._held.close()

    def _holding(self) -> Index:
        if self._index is None:
            self._index = self._held.enter_context(self._workspace.recording())
        return self._index

    def record(self, singles: list[Single]) -> list[Outcome]:
        """What becomes of each. Raises WriterBusy, DiskFull and the like: then none of them is on record."""
        index = self._holding()
        outcomes: list[Outcome | None] = list(self._refused(singles))
        with self._workspace.ledger.writing() as transaction:
            if not self._fresh:
                self._workspace.bring_up_recording()
            by_party: dict[str, list[int]] = {}
            on_record = index.seqs_of_events([single.prepared.event_id for single in singles])
            for n, single in enumerate(singles):
                seqs = [*on_record[n], *self._fresh.get(single.prepared.event_id, ())]
                outcomes[n] = outcomes[n] or self._known(single, seqs)
                if outcomes[n] is None:
                    by_party.setdefault(single.party, []).append(n)
            added = self._append(transaction, singles, by_party, outcomes)
        for first, prepared in added:
            index.add(first, prepared)
            for seq, each in enumerate(prepared, first):
                self._fresh.setdefault(each.event_id, []).append(seq)
        return [_certain(outcome) for outcome in outcomes]

    def _refused(self, singles: list[Single]) -> Iterable[Outcome | None]:
        keyed = [
            (single.party, single.key, sha256(single.prepared.body).digest())
            for single in singles
            if single.key
        ]
        before = iter(zip(keyed, self._store.claim(keyed), strict=True))
        for single in singles:
            if single.key is None:
                yield None
                continue
            (_, key, digest), known = next(before)
            yield None if known in (None, digest) else key_reused(key)

    def _known(self, single: Single, seqs: list[int]) -> Recorded | None:
        for seq in seqs:
            entry = self._workspace.ledger.entry(seq)
            if is_on_record(single.prepared, entry, single.party):
                return receipt_of(entry, single.prepared.event_id)
        return None

    def _append(
        self,
        transaction: Writing,
        singles: list[Single],
        by_party: dict[str, list[int]],
        outcomes: list[Outcome | None],
    ) -> list[tuple[int, list[Prepared]]]:
        """Put what is new behind the last entry, a document a party; what was added, by its first number."""
        added = []
        for party, numbers in by_party.items():
            # the same event twice in one group is recorded once, and both are told where
            firsts: dict[tuple[str, bytes], int] = {}
            for n in numbers:
                firsts.setdefault((singles[n].prepared.event_id, singles[n].prepared.body), n)
            kept = transaction.keep(io.BytesIO(b"".join(one_line(singles[n].raw) for n in firsts.values())))
            envelope = Envelope(kept.digest, party, _as_written(self._workspace.clock()))
            prepared = [
                singles[n].prepared._replace(place=f"line {line}")
                for line, n in enumerate(firsts.values(), 1)
            ]
            start = transaction.append(envelope, prepared).start
            transaction.register(
                Submission(kept.digest, NAME, MEDIA_TYPE, kept.size, party, envelope.recorded_at)
            )
            added.append((start, prepared))
            places = _places(envelope, prepared, start)
            for n in numbers:
                body = singles[n].prepared.event_id, singles[n].prepared.body
                outcomes[n] = replace(places[body], fresh=firsts[body] == n)
        return added


def _places(envelope: Envelope, prepared: list[Prepared], start: int) -> dict[tuple[str, bytes], Recorded]:
    """Where each stands, by its id and body."""
    encoded = encoder(envelope)
    return {
        (each.event_id, each.body): Recorded(
            seq, each.event_id, leaf_hash(encoded(each.kind, each.body, each.place)), envelope.recorded_at,
            envelope.document, True,
        )
        for seq, each in enumerate(prepared, start)
    }  # fmt: skip


def _as_written(moment: datetime) -> datetime:
    """The moment as entries write it: to the millisecond, so that it is told the same now and when it is read back."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


NAME, MEDIA_TYPE = "events.ndjson", "application/x-ndjson"
"""How the documents are registered that single events of one commit and party make together."""


def one_line(raw: bytes) -> bytes:
    r"""An event as a line of a document: between the tokens of JSON a line break is as good as a blank.

    >>> one_line(b'{"type":\r\n "ObjectEvent"}')
    b'{"type":   "ObjectEvent"}\n'
    """
    return raw.strip().replace(b"\r", b" ").replace(b"\n", b" ") + b"\n"


def receipt_of(entry: Entry, event_id: str) -> Recorded:
    """What stands on record already."""
    envelope = Envelope(entry.document, entry.party, entry.recorded_at)
    data = encode(envelope, entry.kind, entry.body, entry.place)
    return Recorded(entry.seq, event_id, leaf_hash(data), entry.recorded_at, entry.document, False)


def key_reused(key: str) -> KeyReused:
    """What is said to who asks something else under an old key."""
    return KeyReused(
        f"something else was sent under the Idempotency-Key {key}; use a new key for a new request",
        f"该幂等键 {key} 已用于另一请求；新请求请使用新的键",
    )


def _certain(outcome: Outcome | None) -> Outcome:
    assert outcome is not None, "an event of a group without an outcome"
    return outcome
