"""An entry of the log: one submitted body in an envelope that says who, when and from which document.

    {"document":"<sha-256>","event":{…},"party":"<USCC>","place":"line 3","recorded_at":"…Z"}

The bytes are canonical JSON (RFC 8785): the names stand in order and the body already is canonical, so
the envelope is put around it by concatenation. The leaf of the tree hashes exactly these bytes. A bundle
writes lengths in 16 bits; an entry beyond that stands in the log with the digest of its body
(`body_kind`, `body_sha256`) and the body is kept beside it.

>>> envelope = Envelope("0" * 64, "91330000MA27XL0B4X", parse_instant("2026-05-01T08:00:00.5+08:00"))
>>> entry = decode(7, encode(envelope, "event", b'{"type":"ObjectEvent"}', "line 3"))
>>> entry.seq, entry.kind, entry.body, entry.place
(7, 'event', b'{"type":"ObjectEvent"}', 'line 3')
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from suyuan.ledger.damage import Damaged
from suyuan.terms.errors import SuyuanError
from suyuan.terms.instants import parse_instant, show_instant

LENGTH_MAX = 65_535
"""The longest entry that a bundle can hold (C2SP tlog-tiles: 16-bit lengths)."""

KINDS = ("event", "master")

_ASIDE = re.compile(
    rb'\{"body_kind":"(?P<kind>event|master)","body_sha256":"(?P<body_sha256>[0-9a-f]{64})",'
    rb'"document":"(?P<document>[0-9a-f]{64})"'
)
_INLINE = re.compile(rb'\{"document":"(?P<document>[0-9a-f]{64})","(?P<kind>event|master)":')


class Body(Protocol):
    """What is submitted, ready for the log; `suyuan.events.prepared.Prepared` is one."""

    @property
    def kind(self) -> str:
        """`event` or `master`."""

    @property
    def body(self) -> bytes:
        """Canonical JSON of an object."""

    @property
    def place(self) -> str:
        """Where it stood in its document."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What all entries of one document share: its sha-256 in hex, who submitted it, and when."""

    document: str
    party: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry read back. `body` is b'' where it stands aside and was not fetched (`body_sha256` says which)."""

    seq: int
    document: str
    party: str
    place: str
    recorded_at: datetime
    kind: str
    body: bytes
    body_sha256: str | None = None


def _text(value: str) -> bytes:
    # RFC 8785 3.2.2.2 escapes strings exactly as this encoder does
    return json.dumps(value, ensure_ascii=False).encode()


def encoder(envelope: Envelope) -> Callable[[str, bytes, str], bytes]:
    """A function (kind, body, place) → bytes of an entry in `envelope`, for many entries of one document."""
    document = b'"document":' + _text(envelope.document)
    opening = {kind: b"{" + document + b',"' + kind.encode() + b'":' for kind in KINDS}
    party = b',"party":' + _text(envelope.party) + b',"place":'
    closing = b',"recorded_at":' + _text(show_instant(envelope.recorded_at)) + b"}"
    quote = json.JSONEncoder(ensure_ascii=False).encode

    def entry(kind: str, body: bytes, place: str) -> bytes:
        data = b"".join((opening[kind], body, party, quote(place).encode(), closing))
        if len(data) <= LENGTH_MAX:
            return data
        digest = sha256(body).hexdigest().encode()
        aside = b'{"body_kind":"' + kind.encode() + b'","body_sha256":"' + digest + b'",' + document
        return b"".join((aside, party, quote(place).encode(), closing))

    return entry


def encode(envelope: Envelope, kind: str, body: bytes, place: str) -> bytes:
    """The bytes of one entry."""
    return encoder(envelope)(kind, body, place)


def document_of(data: bytes) -> str | None:
    """The document that an entry's bytes name, read without parsing them; None if they are no entry."""
    found = _INLINE.match(data) or _ASIDE.match(data)
    return found["document"].decode() if found else None


def body_aside(data: bytes) -> str | None:
    """The digest of the body that stands aside; None where it stands in the entry."""
    found = _ASIDE.match(data)
    return found["body_sha256"].decode() if found else None


def decode(seq: int, data: bytes) -> Entry:
    """The entry that `data` writes down. Raises Damaged if it writes none."""
    inline, aside = _INLINE.match(data), _ASIDE.match(data)
    opening = inline or aside
    # inside a string every quotation mark stands behind a backslash: the last `,"party":"` is the envelope's
    end = data.rfind(b',"party":"')
    try:
        if opening is None:
            raise ValueError("neither a body nor the digest of one")
        party, place, recorded_at = _closing(data[end:])
        return Entry(
            seq=seq,
            document=opening["document"].decode(),
            party=party,
            place=place,
            recorded_at=parse_instant(recorded_at),
            kind=opening["kind"].decode(),
            body=data[inline.end() : end] if inline else b"",
            body_sha256=aside["body_sha256"].decode() if aside else None,
        )
    except (ValueError, TypeError, SuyuanError) as wrong:
        raise Damaged(f"entry {seq} is not an entry of a ledger", f"第 {seq} 条不是账本条目") from wrong


def _closing(data: bytes) -> tuple[str, str, str]:
    fields = json.loads(b"{" + data[1:])
    if list(fields) != ["party", "place", "recorded_at"]:
        raise ValueError("other names than those of an entry")
    return fields["party"], fields["place"], fields["recorded_at"]


def put_back(data: bytes, body: bytes) -> bytes:
    """The bytes of an entry as if its body, kept aside, stood in it: for readers of columns, not for the tree."""
    opening = _ASIDE.match(data)
    assert opening is not None, "the body of this entry does not stand aside"
    inline = b'{"document":"' + opening["document"] + b'","' + opening["kind"] + b'":'
    return inline + body + data[opening.end() :]
