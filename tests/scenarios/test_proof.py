"""A receipt holds before somebody else's eyes: RFC 6962, C2SP signed notes and tlog-proof, written here from their texts."""

import base64
import json
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from tests.scenarios.conftest import World
from tests.scenarios.scene import MAKER, OEM
from tests.scenarios.writing import made, pack, shipped


def leaf(entry: bytes) -> bytes:
    return sha256(b"\0" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def root_of(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node(root_of(leaves[:split]), root_of(leaves[split:]))


def root_by(path: list[bytes], index: int, size: int, found: bytes) -> bytes:
    """RFC 9162, 2.1.3.2: the root that an inclusion path leads to."""
    last = size - 1
    for step in path:
        if index & 1 or index == last:
            found = node(step, found)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            found = node(found, step)
        index, last = index >> 1, last >> 1
    assert last == 0
    return found


def signed_by(note: str, key: str) -> str:
    """The text of a signed note, if the key signed it (C2SP signed-note)."""
    name, _, rest = key.strip().partition("+")
    hint, _, encoded = rest.partition("+")
    raw = base64.b64decode(encoded)
    assert raw[0] == 1
    assert sha256(name.encode() + b"\n" + raw).digest()[:4].hex() == hint
    text, _, signatures = note.rpartition("\n\n")
    dash, by, signature = signatures.strip().split(" ")
    assert (dash, by) == ("—", name)
    signature_bytes = base64.b64decode(signature)
    assert signature_bytes[:4].hex() == hint
    Ed25519PublicKey.from_public_bytes(raw[1:]).verify(signature_bytes[4:], (text + "\n").encode())
    return text


def test_every_receipt_leads_to_the_signed_root(world: World) -> None:
    world.capture(*(made("2026-03-10T08:00", pack(n), MAKER) for n in range(300)), by=MAKER)
    world.capture(shipped("2026-03-11T08:00", pack(5), MAKER, OEM), by=MAKER)
    key = (world.workspace / "ledger.pub").read_text("utf-8")
    assert world.suyuan("checkpoint") == 0
    origin, size, root, *_ = signed_by(world.said, key).splitlines()
    assert (origin, size) == (key.partition("+")[0], "301")
    leaves = []
    for index in range(301):
        assert world.suyuan("receipt", str(index), "--format", "json") == 0
        receipt = json.loads(world.said)
        leaves.append(leaf(receipt["entry"].encode()))
        if index in (0, 5, 255, 256, 299, 300):
            assert signed_by(receipt["checkpoint"], key).splitlines()[:3] == [origin, size, root]
            path = [base64.b64decode(step) for step in receipt["path"]]
            assert root_by(path, index, 301, leaves[-1]) == base64.b64decode(root)
            assert world.suyuan("receipt", str(index)) == 0
            head, _, rest = world.said.partition("\n\n")
            assert head.splitlines()[0] == "c2sp.org/tlog-proof@v1"
            assert head.splitlines()[2:] == [f"index {index}", *receipt["path"]]
            assert rest.strip() == receipt["checkpoint"].strip()
    assert root_of(leaves) == base64.b64decode(root)
