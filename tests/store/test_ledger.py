"""What the port `Ledger` promises, asked of every driver."""

import io
import threading
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.drivers import Driver
from tests.store.made import KEY, NOW, PARTY, Body, bodies, open_ledger, record

from suyuan.ledger import merkle
from suyuan.ledger.entry import Envelope
from suyuan.ledger.merkle import leaf_hash
from suyuan.ledger.tiles import NoSuchTile, Tile, pack
from suyuan.ledger.verify import verify
from suyuan.store.documents import NoSuchDocument
from suyuan.store.ledger_port import NoCheckpoint, NoSuchEntry, Submission
from suyuan.store.lock import WriterBusy
from suyuan.store.sql_ledger import OtherKey, SqlLedger
from suyuan.store.sqlite_schema import LedgerExists, NoLedger


@pytest.fixture
def ledger(driver: Driver, tmp_path: Path) -> Iterator[SqlLedger]:
    made = driver.new(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def grown(driver: Driver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlLedger]:
    """A ledger of 1,000 entries from documents of 0, 1, 255, 1, 300 and 443 entries."""
    made = driver.new(tmp_path_factory.mktemp("grown"))
    for n, count in enumerate((0, 1, 255, 1, 300, 443)):
        record(made, b"document %d" % n, bodies(count, "abcdef"[n]))
    yield made
    made.close()


def leaves(ledger: SqlLedger) -> list[bytes]:
    return [leaf_hash(data) for _, bundle in ledger.bundle_lines() for data in bundle]


def verdict_of(ledger: SqlLedger) -> object:
    return verify(ledger.stored(), KEY.verifier()).first


def test_a_new_ledger_is_empty_and_signed(ledger: SqlLedger) -> None:
    head = ledger.checkpoint()
    assert (head.origin, head.size, head.root) == ("example.org/ledger", 0, merkle.EMPTY_ROOT)
    assert head.extensions == (
        "recorded_at 2026-05-01T00:00:00.000Z",
        "documents 0 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    )
    assert list(ledger.entries()) == []
    assert verdict_of(ledger) is None


def test_what_goes_in_comes_out_in_order(ledger: SqlLedger) -> None:
    events = bodies(700)
    closed = record(ledger, b"contents", events)
    assert (closed.first_seq, closed.entries, closed.size) == (0, 700, 8)
    entries = list(ledger.entries())
    assert [entry.seq for entry in entries] == list(range(700))
    assert [(entry.kind, entry.body, entry.place) for entry in entries] == [tuple(event) for event in events]
    assert {entry.party for entry in entries} == {PARTY}
    assert {entry.recorded_at for entry in entries} == {NOW}
    assert ledger.size == 700
    assert ledger.checkpoint().root == merkle.root(leaves(ledger))


def test_a_part_of_the_entries_can_be_asked_for(grown: SqlLedger) -> None:
    assert [entry.seq for entry in grown.entries(250, 520)] == list(range(250, 520))
    assert [entry.seq for entry in grown.entries(999, 5000)] == [999]
    assert list(grown.entries(1000)) == []
    assert grown.entry(555) == next(grown.entries(555))
    assert [(first, len(lines)) for first, lines in grown.bundle_lines(250, 520)] == [
        (250, 6),
        (256, 256),
        (512, 8),
    ]


def test_an_entry_beyond_the_end_is_named(grown: SqlLedger) -> None:
    for seq in (-1, 1000):
        with pytest.raises(NoSuchEntry, match=f"no entry {seq}: the log has 1000 entries"):
            grown.entry(seq)


def test_an_untouched_ledger_verifies(grown: SqlLedger) -> None:
    verdict = verify(grown.stored(), KEY.verifier())
    assert (verdict.first, verdict.entries, verdict.documents, verdict.checkpoints) == (None, 1000, 6, 7)


def test_the_root_does_not_depend_on_how_entries_came_in_turn(driver: Driver, tmp_path: Path) -> None:
    events = bodies(600)
    roots = set()
    for steps in ([600], [1, 599], [255, 1, 256, 88], [256, 256, 88], [300, 300]):
        made = driver.new(tmp_path / str(steps))
        with made.writing() as transaction:
            kept = transaction.keep(io.BytesIO(b"same"))
            start = 0
            for step in steps:
                added = transaction.append(Envelope(kept.digest, PARTY, NOW), events[start : start + step])
                assert added == range(start, start + step)
                start += step
            transaction.register(Submission(kept.digest, "a", "b", kept.size, PARTY, NOW))
        roots.add(made.checkpoint().root)
        made.close()
    assert len(roots) == 1


def test_entries_appended_after_reopening_continue_the_tree(driver: Driver, tmp_path: Path) -> None:
    driver.new(tmp_path).close()
    for n in range(9):
        ledger = open_ledger(tmp_path)
        record(ledger, b"%d" % n, bodies(97, str(n)))
        assert ledger.checkpoint().root == merkle.root(leaves(ledger))
        ledger.close()


def test_hashes_over_256_bundles_stand_on_the_next_level(driver: Driver, tmp_path: Path) -> None:
    ledger = driver.new(tmp_path)
    record(ledger, b"first", [Body("event", b"{}", "")] * 65_530)
    record(ledger, b"second", [Body("event", b"{}", "")] * 10)
    first = merkle.root(leaves(ledger)[:65_536])
    assert ledger.tile(Tile(2, 0, 1)) == first
    assert verdict_of(ledger) is None
    path = ledger.inclusion(70)
    assert merkle.includes(leaves(ledger)[70], 70, 65_540, path, ledger.checkpoint().root)
    ledger.close()


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_inclusion_is_proven_at_every_size(grown: SqlLedger, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 1000))
    seq = data.draw(st.integers(0, size - 1))
    hashes = leaves(grown)
    path = grown.inclusion(seq, size)
    assert merkle.includes(hashes[seq], seq, size, path, merkle.root(hashes[:size]))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_growth_is_proven_between_any_two_sizes(grown: SqlLedger, data: st.DataObject) -> None:
    new = data.draw(st.integers(0, 1000))
    old = data.draw(st.integers(0, new))
    hashes = leaves(grown)
    path = grown.consistency(old, new)
    assert merkle.extends(old, new, merkle.root(hashes[:old]), merkle.root(hashes[:new]), path)


def test_a_receipt_proves_its_entry_under_the_last_checkpoint(grown: SqlLedger) -> None:
    for seq in (0, 255, 256, 999):
        receipt = grown.receipt(seq)
        assert receipt.verify(KEY.verifier()) == grown.checkpoint()
        assert receipt.entry == next(grown.bundle_lines(seq, seq + 1))[1][0]


def test_tiles_hold_the_hashes_and_entries_of_their_stretch(grown: SqlLedger) -> None:
    hashes = leaves(grown)
    lines = [data for _, bundle in grown.bundle_lines() for data in bundle]
    assert grown.tile(Tile(0, 1)) == b"".join(hashes[256:512])
    assert grown.tile(Tile(0, 3, 232)) == b"".join(hashes[768:])
    assert grown.tile(Tile(1, 0, 3)) == b"".join(merkle.root(hashes[n : n + 256]) for n in (0, 256, 512))
    assert grown.tile(Tile(None, 2)) == pack(lines[512:768])
    assert grown.tile(Tile(None, 3, 5)) == pack(lines[768:773])


@pytest.mark.parametrize(
    "tile", [Tile(0, 3), Tile(0, 3, 233), Tile(0, 4, 1), Tile(1, 0, 4), Tile(2, 0, 1), Tile(None, 3)]
)
def test_a_tile_that_the_log_has_not_reached_is_refused(grown: SqlLedger, tile: Tile) -> None:
    with pytest.raises(NoSuchTile):
        grown.tile(tile)


def test_checkpoints_can_be_asked_for_by_size(grown: SqlLedger) -> None:
    assert grown.checkpoint_note() == grown.checkpoint_note(1000)
    assert grown.checkpoint_note(256).splitlines()[1] == "256"
    with pytest.raises(NoCheckpoint, match="no checkpoint was signed at 77 entries"):
        grown.checkpoint_note(77)
    with pytest.raises(NoCheckpoint, match="the log has 1000 entries, not 1001"):
        grown.consistency(1, 1001)


def test_the_register_knows_each_document_and_its_entries(grown: SqlLedger) -> None:
    register = list(grown.documents())
    assert [(kept.first_seq, kept.entries) for kept in register] == [
        (0, 0),
        (0, 1),
        (1, 255),
        (256, 1),
        (257, 300),
        (557, 443),
    ]
    for kept in register:
        assert grown.document(kept.digest) == kept
        with grown.read_document(kept.digest) as stream:
            assert sha256(stream.read()).hexdigest() == kept.digest
    assert grown.document("0" * 64) is None
    with pytest.raises(NoSuchDocument):
        grown.read_document("0" * 64)


def test_the_same_bytes_from_two_parties_are_registered_twice(ledger: SqlLedger) -> None:
    first = record(ledger, b"same", bodies(2))
    second = record(ledger, b"same", bodies(3), party="91440300192317458F")
    assert ledger.registrations(first.digest) == [first, second]
    assert ledger.document(first.digest) == second
    assert verdict_of(ledger) is None


def test_several_documents_of_one_transaction_share_a_checkpoint(ledger: SqlLedger) -> None:
    with ledger.writing() as transaction:
        for n in range(3):
            kept = transaction.keep(io.BytesIO(b"%d" % n))
            with transaction.kept(kept.digest) as stream:
                assert stream.read() == b"%d" % n
            transaction.append(Envelope(kept.digest, PARTY, NOW), bodies(5, str(n)))
            transaction.register(Submission(kept.digest, "a", "b", kept.size, PARTY, NOW))
    verdict = verify(ledger.stored(), KEY.verifier())
    assert (verdict.first, verdict.checkpoints, verdict.documents, verdict.entries) == (None, 2, 3, 15)


def test_an_entry_too_long_for_a_bundle_has_its_body_beside_it(ledger: SqlLedger, tmp_path: Path) -> None:
    long = Body("event", b'{"childEPCs":"' + b"x" * 70_000 + b'"}', "line 1")
    record(ledger, b"long", [*bodies(3), long, long])
    assert [entry.body for entry in ledger.entries(3)] == [long.body, long.body]
    assert ledger.entry(4).place == "line 1"
    assert long.body in next(ledger.bundle_lines(3, 4))[1][0]
    assert len(ledger.receipt(3).entry) < 1000
    ledger.receipt(3).verify(KEY.verifier())
    assert len(list(ledger.stored().bodies_aside())) == 1, "the same body is kept once"
    assert verdict_of(ledger) is None


def failing() -> Iterator[Body]:
    yield from bodies(40_000)
    raise ZeroDivisionError


def test_what_fails_within_the_block_leaves_no_trace(
    driver: Driver, ledger: SqlLedger, tmp_path: Path
) -> None:
    record(ledger, b"first", bodies(300))
    before = ledger.checkpoint_note()
    with pytest.raises(ZeroDivisionError):
        record(ledger, b"second", failing())
    assert ledger.checkpoint_note() == before
    assert len(driver.documents(tmp_path)) == 1
    assert verdict_of(ledger) is None
    record(ledger, b"second", bodies(3))
    assert verdict_of(ledger) is None


def test_a_transaction_without_a_document_signs_nothing(
    driver: Driver, ledger: SqlLedger, tmp_path: Path
) -> None:
    before = ledger.checkpoint_note()
    with ledger.writing() as transaction:
        transaction.keep(io.BytesIO(b"only looked at"))
    assert ledger.checkpoint_note() == before
    assert driver.documents(tmp_path) == []


def test_a_second_writer_is_told_at_once(ledger: SqlLedger, tmp_path: Path) -> None:
    other = open_ledger(tmp_path)
    with (
        ledger.writing(),
        pytest.raises(WriterBusy, match="another writer holds the ledger"),
        other.writing(),
    ):
        pass
    with other.writing():
        pass
    other.close()


def test_a_reader_beside_a_writer_sees_what_is_committed(ledger: SqlLedger, tmp_path: Path) -> None:
    record(ledger, b"first", bodies(300))
    reader, seen = open_ledger(tmp_path), []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            size = reader.size
            hashes = leaves(reader)[:size]
            head = reader.checkpoint_note(size)
            seen.append((size, merkle.root(hashes), head))

    thread = threading.Thread(target=read)
    thread.start()
    for n in range(10):
        record(ledger, b"more %d" % n, bodies(100, str(n)))
    done.set()
    thread.join()
    reader.close()
    roots = {size: merkle.root(leaves(ledger)[:size]) for size, _, _ in seen}
    assert [root for _, root, _ in seen] == [roots[size] for size, _, _ in seen]
    assert {size % 100 for size, _, _ in seen} == {0}


def test_a_verification_looks_at_one_moment(ledger: SqlLedger) -> None:
    record(ledger, b"first", bodies(300))
    snapshot = ledger.stored()
    record(ledger, b"second", bodies(300))
    assert (verify(snapshot, KEY.verifier()).first, verify(snapshot, KEY.verifier()).entries) == (None, 300)


def test_a_clock_that_went_back_is_said_in_the_checkpoint(driver: Driver, tmp_path: Path) -> None:
    ledger = driver.new(tmp_path)
    record(ledger, b"first", bodies(1))
    ledger.close()
    early = open_ledger(tmp_path, NOW - timedelta(seconds=3))
    record(early, b"second", bodies(1))
    assert early.checkpoint().extension("behind") == "2026-05-01T00:00:00.000Z"
    assert verdict_of(early) is None
    early.close()


def test_extension_lines_stand_in_every_checkpoint(driver: Driver, tmp_path: Path) -> None:
    ledger = driver.new(tmp_path, extensions=("clock demo",))
    assert ledger.checkpoint().extension("clock") == "demo"
    record(ledger, b"first", bodies(1))
    assert ledger.checkpoint().extension("clock") == "demo"
    ledger.close()


def test_only_its_own_key_signs_for_a_ledger(driver: Driver, tmp_path: Path) -> None:
    driver.new(tmp_path).close()
    stranger = open_ledger(tmp_path, key=KEY.from_seed("example.org/other", bytes(32)))
    with pytest.raises(OtherKey, match="the ledger names the key"), stranger.writing():
        pass
    stranger.close()


def test_a_ledger_is_never_made_over_another(driver: Driver, ledger: SqlLedger, tmp_path: Path) -> None:
    with pytest.raises(LedgerExists):
        driver.new(tmp_path)


def test_a_missing_ledger_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoLedger, match="restore it from the backup"):
        open_ledger(tmp_path)


def test_a_document_left_open_is_our_own_mistake(ledger: SqlLedger) -> None:
    with (
        pytest.raises(AssertionError, match="their document was not registered"),
        ledger.writing() as transaction,
    ):
        transaction.append(Envelope("0" * 64, PARTY, NOW), bodies(1))
