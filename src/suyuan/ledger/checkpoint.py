"""A checkpoint: the log's size and root at one moment, in a signed note.

    example.org/ledger                             origin
    20852163                                       size
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=   root
    recorded_at 2026-05-01T00:00:00.500Z           extension lines: when,
    documents 12 qx0…=                             the register of documents (count, head of its chain),
    clock demo                                     a clock that was set by hand

Source: C2SP tlog-checkpoint (c2sp.org/tlog-checkpoint).

>>> checkpoint = Checkpoint("example.org/ledger", 0, bytes(32), ("clock demo",))
>>> parse_text(checkpoint.text()) == checkpoint
True
"""

import base64
import re
from dataclasses import dataclass

from suyuan.ledger import note
from suyuan.ledger.note import Note, Signer, Verifier
from suyuan.terms.errors import SuyuanError

DEMO_CLOCK = "clock demo"
"""The extension line of a workspace whose clock may be set by hand."""

_SIZE = re.compile("0|[1-9][0-9]{0,18}")


class NotACheckpoint(SuyuanError):
    """A text that is no checkpoint, or one that this key did not sign."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the signed text says."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """The text that is signed."""
        root = base64.b64encode(self.root).decode()
        return "".join(f"{line}\n" for line in (self.origin, self.size, root, *self.extensions))

    def sign(self, signer: Signer) -> Note:
        """The checkpoint as a signed note."""
        assert signer.name == self.origin, "a log signs under its own origin"
        return note.sign(self.text(), signer)

    def extension(self, word: str) -> str | None:
        """What the extension line that begins with `word` says."""
        starts = word + " "
        return next((e.removeprefix(starts) for e in self.extensions if e.startswith(starts)), None)


def parse_text(text: str) -> Checkpoint:
    """The checkpoint of an unsigned text. Raises NotACheckpoint."""
    lines = text.removesuffix("\n").split("\n")
    root = note.decode_base64(lines[2]) if len(lines) >= 3 else None
    if (
        not text.endswith("\n")
        or root is None
        or len(root) != 32
        or not _SIZE.fullmatch(lines[1])
        or "" in lines
    ):
        raise NotACheckpoint(
            "not a checkpoint: its first lines are origin, size and root (base64 of 32 bytes)",
            "不是检查点：前三行应为来源、条数、根（32 字节的 base64）",
        )
    return Checkpoint(lines[0], int(lines[1]), root, tuple(lines[3:]))


def opened(text: str, key: Verifier) -> Checkpoint:
    """The checkpoint of a note that `key` signed. Raises NotANote, NotACheckpoint."""
    signed = note.parse(text)
    checkpoint = parse_text(signed.text)
    if checkpoint.origin != key.name or not key.signed(signed):
        raise NotACheckpoint(
            f"the checkpoint at size {checkpoint.size} is not signed by {key.name}",
            f"{checkpoint.size} 条处的检查点没有 {key.name} 的有效签名",
        )
    return checkpoint
