"""Single events: what was answered is on record, once; who floods waits, others do not; nothing accepted is lost."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from suyuan.events.prepared import Prepared, prepare_line
from suyuan.store.service import ServiceStore
from suyuan.terms.finding import Place
from suyuan.usecases import recorder as recorder_
from suyuan.usecases.recorder import (
    KeyReused,
    Outcome,
    Recorded,
    Recorder,
    ServerBusy,
    Single,
    Stopping,
    TenantBusy,
)
from suyuan.usecases.verify import verify_workspace
from suyuan.usecases.workspace import init, open_workspace, opened

ONE, OTHER = "91610500MA6TEST00X", "91110000MA01TEST0Y"


def single(number: int, party: str = ONE, key: str | None = None) -> Single:
    raw = json.dumps(
        {
            "@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", "type": "ObjectEvent",
            "eventTime": "2026-05-01T08:00:00+08:00", "eventTimeZoneOffset": "+08:00", "action": "OBSERVE",
            "epcList": [f"urn:x:{number}"],
        }
    ).encode()  # fmt: skip
    prepared = prepare_line(raw, Place())
    assert isinstance(prepared, Prepared)
    return Single(prepared, raw, party, key)


def deliver(pairs: list[tuple[object, Outcome]]) -> None:
    for token, outcome in pairs:
        assert isinstance(token, Future)
        token.set_result(outcome)


@contextmanager
def recording(directory: Path, *, started: bool = True, **limits: int) -> Iterator[Recorder]:
    if not (directory / "workspace.toml").exists():
        init(directory, demo=True)
    store = ServiceStore(directory)
    made = Recorder(lambda: open_workspace(directory), store, deliver, **limits)
    if started:
        made.start()
    try:
        yield made
    finally:
        made.close()
        store.close()


def offered(to: Recorder, each: Single) -> "Future[Outcome]":
    future: Future[Outcome] = Future()
    to.offer(future, each)
    return future


def recorded(future: "Future[Outcome]") -> Recorded:
    outcome = future.result(20)
    assert isinstance(outcome, Recorded), outcome
    return outcome


def test_the_same_event_in_one_group_is_recorded_once_and_told_to_both(tmp_path: Path) -> None:
    with recording(tmp_path / "w", started=False) as made:
        futures = [offered(made, single(n % 3)) for n in range(9)]
        made.start()
        places = [recorded(each) for each in futures]
    assert [each.seq for each in places] == [0, 1, 2] * 3
    assert [each.fresh for each in places] == [True] * 3 + [False] * 6
    with opened(tmp_path / "w") as workspace:
        assert workspace.ledger.size == 3
        assert verify_workspace(workspace).ok


def test_an_event_sent_again_after_a_restart_has_its_place(tmp_path: Path) -> None:
    with recording(tmp_path / "w") as made:
        first = recorded(offered(made, single(1)))
    with recording(tmp_path / "w") as made:
        again = recorded(offered(made, single(1)))
    assert (again.seq, again.leaf, again.recorded_at) == (first.seq, first.leaf, first.recorded_at)
    assert not again.fresh


def test_each_party_of_a_group_has_a_document_of_its_own(tmp_path: Path) -> None:
    with recording(tmp_path / "w", started=False) as made:
        futures = [offered(made, single(n, (ONE, OTHER)[n % 2])) for n in range(6)]
        made.start()
        for each in futures:
            recorded(each)
    with opened(tmp_path / "w") as workspace:
        documents = list(workspace.ledger.documents())
        assert sorted((each.party, each.entries) for each in documents) == [(OTHER, 3), (ONE, 3)]
        assert {entry.party for entry in workspace.ledger.entries()} == {ONE, OTHER}


def test_a_key_used_for_something_else_keeps_only_that_one_out(tmp_path: Path) -> None:
    with recording(tmp_path / "w") as made:
        recorded(offered(made, single(1, key="k")))
    with recording(tmp_path / "w", started=False) as made:
        same, other, without = (
            offered(made, each) for each in (single(1, key="k"), single(2, key="k"), single(3))
        )
        made.start()
        assert recorded(same).seq == 0
        assert isinstance(other.result(20), KeyReused)
        assert recorded(without).seq == 1


def test_who_floods_is_told_and_others_still_get_their_turn(tmp_path: Path) -> None:
    with recording(tmp_path / "w", started=False, tenant_max=600, waiting_max=700) as made:
        flood = [offered(made, single(n)) for n in range(600)]
        with pytest.raises(TenantBusy):
            made.offer(Future(), single(600))
        modest = offered(made, single(9000, OTHER))
        made.start()
        assert recorded(modest).seq < recorder_.GROUP_MAX  # in the first group, beside the flood
        assert len({recorded(each).seq for each in flood}) == 600


def test_when_all_wait_nobody_is_let_in_and_nothing_of_what_was_is_lost(tmp_path: Path) -> None:
    with recording(tmp_path / "w", started=False, tenant_max=10, waiting_max=15) as made:
        futures = [offered(made, single(n)) for n in range(10)]
        futures += [offered(made, single(100 + n, OTHER)) for n in range(5)]
        with pytest.raises(ServerBusy) as busy:
            made.offer(Future(), single(200, OTHER))
        assert not isinstance(busy.value, TenantBusy)
        made.start()
        assert sorted(recorded(each).seq for each in futures) == list(range(15))


def test_what_was_accepted_before_the_end_is_recorded_and_nothing_is_taken_after(tmp_path: Path) -> None:
    with recording(tmp_path / "w") as made:
        futures = [offered(made, single(n)) for n in range(200)]
        made.close()
        assert sorted(recorded(each).seq for each in futures) == list(range(200))
        with pytest.raises(Stopping):
            made.offer(Future(), single(1))


def test_while_another_process_writes_events_wait_and_are_recorded_then(tmp_path: Path) -> None:
    init(tmp_path / "w", demo=True)
    with recording(tmp_path / "w") as made, opened(tmp_path / "w") as workspace:
        with workspace.recording():
            future = offered(made, single(1))
            with suppress(TimeoutError):
                future.result(0.3)
            assert not future.done()
        assert recorded(future).seq == 0


def test_the_index_knows_what_was_answered_when_it_is_asked_to(tmp_path: Path) -> None:
    with recording(tmp_path / "w") as made:
        place = recorded(offered(made, single(1)))
        settled = made.settled()
        if settled is not None:
            settled.result(10)
        with opened(tmp_path / "w") as workspace:
            assert workspace.index.seqs_of_events([place.event_id]) == [[0]]


def test_many_threads_at_once_lose_and_double_nothing(tmp_path: Path) -> None:
    seqs: list[int] = []
    with recording(tmp_path / "w") as made:

        def send(first: int) -> None:
            seqs.extend(recorded(offered(made, single(n % 300))).seq for n in range(first, first + 50))

        threads = [threading.Thread(target=send, args=(25 * n,)) for n in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(seqs) == 600
    assert len(set(seqs)) == 300
    with opened(tmp_path / "w") as workspace:
        assert workspace.ledger.size == 300
        assert verify_workspace(workspace).ok
