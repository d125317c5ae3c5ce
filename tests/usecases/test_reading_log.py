"""Who looked at us: gathered at once, on the ledger in batches, provable, and telling nothing beyond that."""

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.usecases.lives import MAKER, OEM, PACK, RECYCLER, born
from tests.usecases.people import BEGIN, OPERATOR, Clock, peopled, person
from tests.worlds import record

from suyuan.ledger.receipt import parse
from suyuan.rights.deciding import Forbidden
from suyuan.rights.principal import Principal
from suyuan.rights.words import Role, Verb
from suyuan.usecases import accounts, reading_log
from suyuan.usecases.capture import capture
from suyuan.usecases.workspace import Workspace


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def space(tmp_path: Path, clock: Clock) -> Iterator[Workspace]:
    with peopled(tmp_path / "w", clock, OPERATOR) as made:
        record(made, born(PACK, 300.0, parts=False), party=MAKER)
        yield made


def regulator(space: Workspace) -> Principal:
    return person(space, "sx", Role.PROVINCE, OEM, area="61")


def test_a_reading_is_told_to_whom_it_was_of_and_its_entry_proves_it(space: Workspace, clock: Clock) -> None:
    province, head = regulator(space), person(space, "head", Role.FIRM_ADMIN, MAKER)
    reading_log.note(space, province, Verb.QUERY, {MAKER: 3, RECYCLER: 1})
    clock.pass_(minutes=10)
    reading_log.note(space, province, Verb.QUERY, {MAKER: 4})
    reading_log.note(space, province, Verb.TRACE, {MAKER: 1})
    assert space.ledger.size == 1  # nothing on the ledger yet
    assert reading_log.write(space) == 4
    lines = reading_log.looked_at(space, head, MAKER)
    assert {(line.account, line.tenant, line.verb, line.of, line.count, line.at) for line in lines} == {
        (province.account, OEM, Verb.QUERY, MAKER, 7, BEGIN),
        (province.account, OEM, Verb.TRACE, MAKER, 1, BEGIN),
    }
    receipt = reading_log.receipt(space, head, lines[0].entry)
    assert parse(receipt.show()).verify(space.public_key).size == space.ledger.size
    body = space.ledger.entry(lines[0].entry).body.decode()
    assert RECYCLER not in body  # a receipt tells nothing of others


def test_what_waits_is_on_disk_and_survives_a_crash(space: Workspace, clock: Clock) -> None:
    reading_log.note(space, regulator(space), Verb.QUERY, {MAKER: 3})
    with peopled(space.directory, clock) as again:
        assert again.accounts.journal.waiting() == 1
        assert reading_log.write(again) == 1


def test_a_batch_cut_off_after_the_ledger_is_not_written_twice(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    province, head = regulator(space), person(space, "head", Role.FIRM_ADMIN, MAKER)
    reading_log.note(space, province, Verb.QUERY, {MAKER: 3})
    with monkeypatch.context() as crash:
        crash.setattr(
            type(space.accounts.journal),
            "written",
            lambda self, batch: (_ for _ in ()).throw(KeyboardInterrupt),
        )
        with pytest.raises(KeyboardInterrupt):
            reading_log.write(space)
    reading_log.note(space, province, Verb.QUERY, {MAKER: 5})
    reading_log.write(space)
    assert space.accounts.journal.waiting() == 0
    assert sorted(line.count for line in reading_log.looked_at(space, head, MAKER)) == [3, 5]


def test_many_lines_are_written_in_batches(space: Workspace) -> None:
    province = regulator(space)
    for n in range(600):
        reading_log.note(space, province, Verb.QUERY, {(MAKER, RECYCLER)[n % 2]: 1})
    assert reading_log.write(space, at_least=256) == 512  # what is left is no batch yet
    assert reading_log.write(space) == 88
    assert space.ledger.size == 1 + 2 * 3
    head = person(space, "head", Role.FIRM_ADMIN, MAKER)
    assert sum(line.count for line in reading_log.looked_at(space, head, MAKER)) == 300


def test_ones_own_things_leave_no_line_but_an_auditors_reading_does(space: Workspace, clock: Clock) -> None:
    head = person(space, "head", Role.FIRM_ADMIN, MAKER)
    auditor = person(space, "aud", Role.AUDITOR, MAKER, until=clock.now + timedelta(days=1))
    reading_log.note(space, head, Verb.QUERY, {MAKER: 3, "": 4})
    reading_log.note(space, auditor, Verb.QUERY, {MAKER: 0})
    assert space.accounts.journal.waiting() == 0
    reading_log.note(space, auditor, Verb.QUERY, {MAKER: 2})
    reading_log.write(space)
    assert [line.account for line in reading_log.looked_at(space, head, MAKER)] == [auditor.account]


def test_a_line_names_no_person_and_no_thing_also_after_erasing(space: Workspace) -> None:
    province, head = regulator(space), person(space, "head", Role.FIRM_ADMIN, MAKER)
    reading_log.note(space, province, Verb.TRACE, {MAKER: 1})
    reading_log.write(space)
    accounts.erase_user(space, accounts.operator(space), province.account)
    (line,) = reading_log.looked_at(space, head, MAKER)
    body = json.loads(space.ledger.entry(line.entry).body)
    assert PACK not in str(body)
    assert "sx" not in [str(value) for value in body["sy:readings"][0].values()]
    assert line.account == province.account


def test_who_looked_at_others_is_not_told(space: Workspace) -> None:
    reading_log.note(space, regulator(space), Verb.QUERY, {MAKER: 3})
    reading_log.write(space)
    head = person(space, "head", Role.FIRM_ADMIN, MAKER)
    (line,) = reading_log.looked_at(space, head, MAKER)
    for role, tenant in ((Role.FIRM_ADMIN, RECYCLER), (Role.VIEWER, MAKER)):
        other = (
            person(space, f"{role}", role, tenant)
            if role is Role.VIEWER
            else person(space, "o", role, tenant)
        )
        with pytest.raises(Forbidden):
            reading_log.looked_at(space, other, MAKER)
        with pytest.raises(Forbidden):
            reading_log.receipt(space, other, line.entry)


def test_an_event_that_somebody_else_calls_a_reading_is_none(space: Workspace) -> None:
    reading_log.note(space, regulator(space), Verb.QUERY, {MAKER: 3})
    reading_log.write(space)
    head = person(space, "head", Role.FIRM_ADMIN, MAKER)
    (line,) = reading_log.looked_at(space, head, MAKER)
    event = json.loads(space.ledger.entry(line.entry).body)
    event["eventID"] += ":forged"
    capture(space, io.BytesIO(json.dumps(event).encode() + b"\n"), "x.ndjson", party=RECYCLER)
    assert reading_log.looked_at(space, head, MAKER) == [line]


def test_since_cuts_the_list(space: Workspace, clock: Clock) -> None:
    province, head = regulator(space), person(space, "head", Role.FIRM_ADMIN, MAKER)
    for _ in range(2):
        reading_log.note(space, province, Verb.QUERY, {MAKER: 1})
        clock.pass_(hours=2)
    reading_log.write(space)
    assert len(reading_log.looked_at(space, head, MAKER)) == 2
    assert len(reading_log.looked_at(space, head, MAKER, since=BEGIN + timedelta(hours=1))) == 1
