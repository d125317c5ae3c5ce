"""Checkpoints and receipts: what is signed, read back, and refused."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.ledger import checkpoint, merkle, note, receipt
from suyuan.ledger.checkpoint import Checkpoint, NotACheckpoint
from suyuan.ledger.merkle import leaf_hash
from suyuan.ledger.note import NotANote, Signer
from suyuan.ledger.receipt import NotAReceipt, Receipt

KEY = Signer.from_seed("example.org/ledger", bytes(32))
ENTRIES = [b'{"n":%d}' % n for n in range(11)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
HEAD = Checkpoint("example.org/ledger", 11, merkle.root(LEAVES), ("recorded_at 2026-05-01T00:00:00.000Z",))
SIGNED = HEAD.sign(KEY).show()

LINES = st.text(st.characters(categories=["L", "N"], include_characters=" "), min_size=1)


def receipt_of(index: int) -> Receipt:
    path = merkle.inclusion(index, 11, merkle.nodes_of(LEAVES))
    return Receipt(index, ENTRIES[index], tuple(path), SIGNED)


@given(st.integers(0, 2**60), st.binary(min_size=32, max_size=32), st.lists(LINES, max_size=4))
def test_a_checkpoint_reads_back_as_it_was_signed(size: int, root: bytes, extensions: list[str]) -> None:
    head = Checkpoint("example.org/ledger", size, root, tuple(extensions))
    assert checkpoint.opened(head.sign(KEY).show(), KEY.verifier()) == head


def test_extension_lines_are_found_by_their_first_word() -> None:
    assert HEAD.extension("recorded_at") == "2026-05-01T00:00:00.000Z"
    assert HEAD.extension("recorded") is None
    assert HEAD.extension("clock") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.org/ledger\n",
        "example.org/ledger\n11\n",
        HEAD.text().replace("\n11\n", "\n011\n"),
        HEAD.text().replace("\n11\n", "\n-1\n"),
        HEAD.text().replace("\n11\n", f"\n{'1' * 5000}\n"),
        HEAD.text().replace("\n11\n", "\n1_1\n"),
        HEAD.text().replace("=", ""),
        HEAD.text().removesuffix("\n"),
        HEAD.text() + "\n",
        "example.org/ledger\n11\nQUJD\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NotACheckpoint):
        checkpoint.parse_text(text)


def test_a_checkpoint_of_another_key_or_origin_is_refused() -> None:
    stranger = Signer.from_seed("example.org/ledger", b"1" * 32)
    with pytest.raises(NotACheckpoint, match=r"not signed by example\.org/ledger"):
        checkpoint.opened(HEAD.sign(stranger).show(), KEY.verifier())
    other = Checkpoint("example.org/other", 11, HEAD.root)
    with pytest.raises(NotACheckpoint):
        checkpoint.opened(note.sign(other.text(), KEY).show(), KEY.verifier())
    with pytest.raises(NotANote):
        checkpoint.opened(HEAD.text(), KEY.verifier())


@pytest.mark.parametrize("index", range(11))
def test_a_receipt_is_checked_without_the_log(index: int) -> None:
    made = receipt_of(index)
    assert receipt.parse(made.show()) == made
    assert receipt.parse(made.json()) == made
    assert made.verify(KEY.verifier()) == HEAD


def test_a_receipt_looks_as_the_specification_says() -> None:
    lines = receipt_of(3).show().split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1] == "extra " + base64.b64encode(b'{"n":3}').decode()
    assert lines[2] == "index 3"
    assert lines[3] == base64.b64encode(LEAVES[2]).decode()
    assert "\n".join(lines[8:]) == SIGNED


@given(st.data())
def test_a_changed_receipt_proves_nothing(data: st.DataObject) -> None:
    made = receipt_of(data.draw(st.integers(0, 10)))
    text = made.show().encode()
    bit = data.draw(st.integers(0, 8 * len(text) - 1))
    changed = bytearray(text)
    changed[bit // 8] ^= 1 << bit % 8
    try:
        other = receipt.parse(changed.decode())
        other.verify(KEY.verifier())
    except (NotAReceipt, NotACheckpoint, NotANote, UnicodeDecodeError):
        return
    raise AssertionError(f"bit {bit} can be changed")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "{",
        "[]",
        '{"format": "c2sp.org/tlog-proof@v1"}',
        receipt_of(3).show().replace("@v1", "@v2"),
        receipt_of(3).show().replace("index 3", "index 03"),
        receipt_of(3).show().replace("index 3", "index three"),
        receipt_of(3).show().replace("index 3", "place 3"),
        receipt_of(3).show().replace("extra ", "body "),
        receipt_of(3).show().replace("\n\n", "\n"),
        json.dumps(json.loads(receipt_of(3).json()) | {"index": True}),
        json.dumps(json.loads(receipt_of(3).json()) | {"index": "3"}),
        json.dumps(json.loads(receipt_of(3).json()) | {"path": ["AAAA"]}),
        json.dumps(json.loads(receipt_of(3).json()) | {"path": None}),
    ],
)
def test_what_is_no_receipt_is_refused(text: str) -> None:
    with pytest.raises(NotAReceipt, match="not a receipt"):
        receipt.parse(text)


def test_a_receipt_of_another_entry_is_told() -> None:
    made = receipt_of(3)
    moved = Receipt(3, ENTRIES[4], made.path, made.checkpoint)
    with pytest.raises(NotAReceipt, match="does not prove entry 3"):
        moved.verify(KEY.verifier())
