"""Entries and the register: canonical bytes, read back as they were written."""

import base64
import json
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from suyuan.ledger import document, entry
from suyuan.ledger.damage import Damaged
from suyuan.ledger.document import NO_DOCUMENTS, Document
from suyuan.ledger.entry import LENGTH_MAX, Entry, Envelope

DIGEST = "0f" * 32
AT = datetime(2026, 5, 1, 8, 0, 0, 500_000, UTC)
ENVELOPE = Envelope(DIGEST, "91330000MA27XL0B4X", AT)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
# texts that look like the envelope from inside
TRICKY = st.sampled_from(
    ['","party":"x', '"}', '\\","party":"', ',"party":"A","place":"","recorded_at":"x"}', "\\"]
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**50), 2**50), TEXTS, TRICKY),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.one_of(TEXTS, TRICKY), inner, max_size=3)),
)  # fmt: skip
BODIES = st.dictionaries(st.one_of(TEXTS, TRICKY), VALUES, max_size=4).map(rfc8785.dumps)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)


@given(
    BODIES, st.one_of(TEXTS, TRICKY), st.one_of(TEXTS, TRICKY), st.sampled_from(["event", "master"]), MOMENTS
)
def test_an_entry_reads_back_as_it_was_written(
    body: bytes, place: str, party: str, kind: str, at: datetime
) -> None:
    data = entry.encode(Envelope(DIGEST, party, at), kind, body, place)
    assert entry.decode(7, data) == Entry(7, DIGEST, party, place, at, kind, body)
    assert entry.document_of(data) == DIGEST
    assert entry.body_aside(data) is None
    assert rfc8785.dumps(json.loads(data)) == data, "the bytes are canonical"


def test_an_entry_says_who_when_and_from_which_document() -> None:
    assert json.loads(entry.encode(ENVELOPE, "event", b'{"type":"ObjectEvent"}', "line 3")) == {
        "document": DIGEST,
        "event": {"type": "ObjectEvent"},
        "party": "91330000MA27XL0B4X",
        "place": "line 3",
        "recorded_at": "2026-05-01T08:00:00.500Z",
    }


@given(st.integers(LENGTH_MAX - 300, LENGTH_MAX + 50), st.sampled_from(["event", "master"]))
def test_a_body_stands_aside_exactly_where_the_entry_would_be_too_long(size: int, kind: str) -> None:
    body = b'{"x":"' + b"x" * size + b'"}'
    inline = len(body) + len(entry.encode(ENVELOPE, kind, b"", "p"))
    data = entry.encode(ENVELOPE, kind, body, "p")
    assert len(data) <= LENGTH_MAX
    assert (entry.body_aside(data) is None) == (inline <= LENGTH_MAX)
    read = entry.decode(0, data)
    if inline > LENGTH_MAX:
        digest = sha256(body).hexdigest()
        assert (read.body, read.body_sha256, entry.body_aside(data)) == (b"", digest, digest)
        assert rfc8785.dumps(json.loads(data)) == data
        whole = entry.put_back(data, body)
        assert entry.decode(0, whole) == Entry(0, DIGEST, ENVELOPE.party, "p", AT, kind, body)
    else:
        assert (read.body, read.body_sha256) == (body, None)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"not json",
        b'{"document":"0","event":{},"party":"","place":"","recorded_at":"2026-05-01T00:00:00Z"}',
        b'{"document":"' + b"0" * 64 + b'","event":{}}',
        b'{"document":"' + b"0" * 64 + b'","event":{},"party":"a","place":"b"}',
        b'{"document":"' + b"0" * 64 + b'","event":{},"party":"a","place":"b","recorded_at":"yesterday"}',
        b'{"document":"' + b"0" * 64 + b'","event":{},"party":"a","place":"b","recorded_at":1}',
        b'{"document":"' + b"0" * 64 + b'","event":{},"party":"a","recorded_at":"2026-05-01T00:00:00Z"}',
        b'{"document":"'
        + b"0" * 64
        + b'","other":{},"party":"a","place":"b","recorded_at":"2026-05-01T00:00:00Z"}',
        entry.encode(ENVELOPE, "event", b"{}", "p")[:-1],
        entry.encode(ENVELOPE, "event", b"{}", "p") + b"}",
    ],
)
def test_what_is_no_entry_is_damaged(data: bytes) -> None:
    with pytest.raises(Damaged, match="entry 9 is not an entry"):
        entry.decode(9, data)


DOCUMENTS = st.builds(
    Document,
    digest=st.binary(min_size=32, max_size=32).map(bytes.hex),
    name=TEXTS,
    media_type=TEXTS,
    size=st.integers(0, 2**50),
    party=TEXTS,
    recorded_at=MOMENTS,
    first_seq=st.integers(0, 2**50),
    entries=st.integers(0, 2**50),
    refused=st.integers(0, 2**50),
    complete=st.booleans(),
)


@given(DOCUMENTS)
def test_a_record_of_the_register_reads_back_and_is_canonical(made: Document) -> None:
    record = made.record()
    assert document.parse_record(record) == made
    assert rfc8785.dumps(json.loads(record)) == record


@given(DOCUMENTS, st.data())
def test_a_record_changed_in_one_byte_is_another_or_none(made: Document, data: st.DataObject) -> None:
    record = bytearray(made.record())
    place = data.draw(st.integers(0, len(record) - 1))
    record[place] ^= data.draw(st.integers(1, 255))
    with suppress(Damaged):
        assert document.parse_record(bytes(record)) != made
    head = document.chain(NO_DOCUMENTS, made.record())
    assert document.chain(NO_DOCUMENTS, bytes(record)) != head


def test_the_chain_is_that_of_its_definition() -> None:
    first = sha256(bytes(32) + b"one").digest()
    second = sha256(first + b"two").digest()
    assert document.chain(document.chain(NO_DOCUMENTS, b"one"), b"two") == second
    assert document.extension(2, second) == f"documents 2 {base64.b64encode(second).decode()}"
