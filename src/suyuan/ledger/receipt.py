"""A receipt: proof that one entry is in the log, to be checked without the log and without a network.

    c2sp.org/tlog-proof@v1
    extra eyJkb2N1bWVudCI6…      the entry's own bytes
    index 73894
    gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=      the path up, one hash a line
    …

    example.org/ledger           the checkpoint, as signed
    109482
    …

Source: C2SP tlog-proof (c2sp.org/tlog-proof). The JSON twin says the same under names.
"""

import base64
import json
from dataclasses import dataclass

from suyuan.ledger import checkpoint, note
from suyuan.ledger.checkpoint import Checkpoint
from suyuan.ledger.merkle import includes, leaf_hash
from suyuan.ledger.note import Verifier
from suyuan.terms.errors import SuyuanError

HEADER = "c2sp.org/tlog-proof@v1"


class NotAReceipt(SuyuanError):
    """A text that is no receipt, or one that does not prove what it says."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where an entry stands, its bytes, the path to the root, and the signed checkpoint."""

    index: int
    entry: bytes
    path: tuple[bytes, ...]
    checkpoint: str

    def show(self) -> str:
        """The text form."""
        extra = base64.b64encode(self.entry).decode()
        path = [base64.b64encode(step).decode() for step in self.path]
        return "\n".join((HEADER, f"extra {extra}", f"index {self.index}", *path, "", self.checkpoint))

    def json(self) -> str:
        """The JSON twin."""
        return json.dumps(
            {
                "format": HEADER,
                "index": self.index,
                "entry": self.entry.decode(),
                "path": [base64.b64encode(step).decode() for step in self.path],
                "checkpoint": self.checkpoint,
            },
            ensure_ascii=False,
            indent=2,
        )

    def verify(self, key: Verifier) -> Checkpoint:
        """The checkpoint in which the entry is proven. Raises NotAReceipt, NotACheckpoint."""
        head = checkpoint.opened(self.checkpoint, key)
        if not includes(leaf_hash(self.entry), self.index, head.size, self.path, head.root):
            raise NotAReceipt(
                f"the receipt does not prove entry {self.index}: its path does not lead to the signed root",
                f"回执不能证明第 {self.index} 条：路径未通向已签名的根",
            )
        return head


def parse(text: str) -> Receipt:
    """The receipt of its text form or of its JSON twin. Raises NotAReceipt."""
    try:
        return _parse_json(text) if text.lstrip().startswith("{") else _parse_text(text)
    except (ValueError, KeyError, TypeError) as wrong:
        raise NotAReceipt(
            f"not a receipt: {wrong}; a receipt begins with the line {HEADER}",
            f"不是回执：{wrong}；回执第一行应为 {HEADER}",
        ) from wrong


def _parse_json(text: str) -> Receipt:
    fields = json.loads(text)
    if fields["format"] != HEADER or type(fields["index"]) is not int:
        raise ValueError("another format")
    path = tuple(_hash(step) for step in fields["path"])
    return Receipt(fields["index"], fields["entry"].encode(), path, str(fields["checkpoint"]))


def _parse_text(text: str) -> Receipt:
    head, blank, signed = text.partition("\n\n")
    lines = head.split("\n")
    if not blank or len(lines) < 3 or lines[0] != HEADER:
        raise ValueError("header, entry, index or checkpoint is missing")
    entry = note.decode_base64(lines[1].removeprefix("extra "))
    index = lines[2].removeprefix("index ")
    if entry is None or not lines[1].startswith("extra "):
        raise ValueError("the second line must be `extra` and the entry's bytes in base64")
    if lines[2] != f"index {int(index)}":
        raise ValueError("the third line must be `index` and a number")
    return Receipt(int(index), entry, tuple(_hash(line) for line in lines[3:]), signed)


def _hash(text: str) -> bytes:
    data = note.decode_base64(text)
    if data is None or len(data) != 32:
        raise ValueError(f"{text!r} is not a hash in base64")
    return data
