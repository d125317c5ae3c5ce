"""The register of documents: which bytes came in, from whom, and which entries they became.

Each record is canonical JSON; the records form a hash chain whose head stands in every checkpoint,
so that a record is as hard to change quietly as an entry:

    head(0) = 32 zero bytes      head(n) = SHA-256(head(n-1) ‖ record n)

>>> head = chain(NO_DOCUMENTS, b"{}")
>>> extension(1, head)
'documents 1 +xY0xObNSx8a/jzi1u8ID3rF0fNX1yOtTfyngnM7Yts='
"""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from suyuan.ledger.damage import Damaged
from suyuan.terms.errors import SuyuanError
from suyuan.terms.instants import parse_instant, show_instant

NO_DOCUMENTS = bytes(32)


@dataclass(frozen=True, slots=True)
class Document:
    """One submission: `digest` is the sha-256 (hex) of its bytes, `size` their number.

    Its entries are `first_seq` … `first_seq + entries`; `refused` rows were kept out;
    `complete` says that the whole document was read.
    """

    digest: str
    name: str
    media_type: str
    size: int
    party: str
    recorded_at: datetime
    first_seq: int
    entries: int
    refused: int = 0
    complete: bool = True

    def record(self) -> bytes:
        """The canonical bytes (RFC 8785: names in order, integers, strings)."""
        return json.dumps(
            {
                "complete": self.complete,
                "digest": self.digest,
                "entries": self.entries,
                "first_seq": self.first_seq,
                "media_type": self.media_type,
                "name": self.name,
                "party": self.party,
                "recorded_at": show_instant(self.recorded_at),
                "refused": self.refused,
                "size": self.size,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode()


def parse_record(record: bytes) -> Document:
    """The document of a record. Raises Damaged if it is none."""
    try:
        fields = json.loads(record)
        document = Document(**fields | {"recorded_at": parse_instant(fields["recorded_at"])})
        if document.record() != record:
            raise ValueError("not in canonical form")
    except (ValueError, TypeError, KeyError, SuyuanError) as wrong:
        raise Damaged(
            "a record in the register of documents is broken", "文件登记簿中有损坏的记录"
        ) from wrong
    return document


def chain(head: bytes, record: bytes) -> bytes:
    """The head of the chain after one more record."""
    return sha256(head + record).digest()


def extension(count: int, head: bytes) -> str:
    """The line that a checkpoint carries."""
    return f"documents {count} {base64.b64encode(head).decode()}"
