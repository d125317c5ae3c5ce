"""What tells one statement from another inside a document: 16 bytes, equal exactly for the same statement.

The same statement is: the same canonical bytes, where the sender gave the id; where the CBV 2.0 event hash is the id,
the id says it all. An error declaration shares the id of the event it voids and is told apart by being one.
(Decision note 0003.)
"""

from collections.abc import Iterable
from hashlib import blake2b

from suyuan.events.prepared import Prepared

SIZE = 16


def statements(prepared: Iterable[Prepared]) -> bytes:
    """The digests of some statements, one behind the other."""
    return b"".join([_digest(each) for each in prepared])


def _digest(prepared: Prepared) -> bytes:
    _, body, _, event_id, given_id, declares_error, _ = prepared
    if given_id or not event_id:
        return blake2b(body, digest_size=SIZE).digest()
    told = b"wrong" if declares_error else b"said"
    return blake2b(event_id.encode(), digest_size=SIZE, person=told).digest()
