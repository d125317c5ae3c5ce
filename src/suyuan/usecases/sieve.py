"""What of a document is new: an event on record, or met before in the same document, is not written again.

Decision note 0003; `suyuan.capture.statements` says which statements are the same. Master data have no id: the
same bytes from the same party are the same.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Protocol

from suyuan.capture.statements import statements
from suyuan.events import canonical
from suyuan.events.event_hash import event_hash
from suyuan.events.prepared import Prepared, prepare, prepare_line
from suyuan.ledger.entry import Entry
from suyuan.store.ledger_port import Ledger
from suyuan.store.met import Met, Scratch
from suyuan.terms.finding import Place


class Candidates(Protocol):
    """What the sieve asks of the index."""

    @property
    def position(self) -> int:
        """How many entries it knows."""

    def seqs_of_events(self, event_ids: Sequence[str]) -> list[list[int]]:
        """For each id the entries that may have it."""


def indexed(prepared: Prepared, party: str) -> Prepared:
    """As it goes into the index: master data under an id made of who said what, so that it can be found again."""
    if prepared.kind == "event":
        return prepared
    digest = sha256(party.encode() + b"\n" + prepared.body).hexdigest()
    return prepared._replace(event_id=f"master:{digest}")


def of_entry(entry: Entry) -> Prepared:
    """An entry on record as it was when it was submitted."""
    if entry.kind == "master":
        return Prepared("master", entry.body, entry.place, "", False, False, ())
    result = prepare_line(entry.body, Place())
    if isinstance(result, Prepared):
        return result._replace(place=entry.place)
    # on record is on record: an event that a later, stricter check would refuse stays what it is
    event = canonical.loads(entry.body)
    assert isinstance(event, dict), "an event on record is no object"
    return prepare(event, entry.place)


class Sieve:
    """Lets through what is neither on record nor in this document before."""

    def __init__(self, ledger: Ledger, index: Candidates, party: str, scratch: Scratch) -> None:
        self._ledger = ledger
        self._index = index
        self._party = party
        self._met = Met(scratch)

    def new(self, prepared: Sequence[Prepared], digests: bytes = b"") -> list[Prepared]:
        """Those of `prepared` (with their `statements`) that are new, as the index takes them (see `indexed`)."""
        if not prepared:
            return []
        named = [each if each.event_id else indexed(each, self._party) for each in prepared]
        fresh = self._met.new(digests or statements(prepared))
        on_record: list[list[int]] = (
            self._index.seqs_of_events([each.event_id for each in named]) if self._index.position else []
        )
        if not any(on_record):
            return (
                named if fresh.all() else [each for each, is_new in zip(named, fresh, strict=True) if is_new]
            )
        return [
            each
            for each, is_new, seqs in zip(named, fresh, on_record, strict=True)
            if is_new and not any(self._same(each, seq) for seq in seqs)
        ]

    def close(self) -> None:
        """Let go of its files."""
        self._met.close()

    def _same(self, new: Prepared, seq: int) -> bool:
        # who sends again what is on record sends it in about the same order: the ledger remembers the bundles around
        return is_on_record(new, self._ledger.entry(seq), self._party)


def is_on_record(new: Prepared, entry: Entry, party: str) -> bool:
    """Whether an entry already says what `party` says now."""
    if entry.kind != new.kind:
        return False
    if entry.kind == "master":
        return entry.body == new.body and entry.party == party
    if entry.body == new.body:
        return True
    old = of_entry(entry)
    if old.event_id != new.event_id or old.declares_error != new.declares_error:
        return False
    # two hashes that agree are one statement; so is a statement sent with its own hash as its id
    return _id_is_hash(old) and _id_is_hash(new)


def _id_is_hash(prepared: Prepared) -> bool:
    if not prepared.given_id:
        return True
    if not prepared.event_id.startswith("ni:///"):
        return False
    event = canonical.loads(prepared.body)
    return isinstance(event, dict) and event_hash(event) == prepared.event_id
