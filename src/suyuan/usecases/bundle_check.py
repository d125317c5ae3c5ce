"""Checking an inspection bundle by the product's own code, in the order in which `check.py` does: the first thing that does not agree.

Both name the same kind of fault and the same file; they share no line (`tests/usecases/test_bundle.py` compares them).
"""

import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from suyuan.ledger import checkpoint, entry, note
from suyuan.ledger.checkpoint import Checkpoint
from suyuan.ledger.merkle import leaf_hash
from suyuan.ledger.note import Verifier, decode_base64
from suyuan.ledger.together import leads_to
from suyuan.render.bundle import (
    BODIES,
    CHECKPOINT,
    DOCUMENTS,
    ENTRIES,
    FORMAT,
    KEY,
    LAW,
    MANIFEST,
    NOTE,
    PROOF,
    REPORT,
    signed_text,
)
from suyuan.terms.errors import SuyuanError
from suyuan.terms.sentence import Sentence

UNPACKED_MOST = 2 << 30
"""What a bundle may hold at most; more is a trap for whoever opens it."""

SENTENCES = {
    "zip": Sentence("不是可读的 zip 文件，或其中有重名：{which}", "{which} cannot be read as a zip file, or stands in it twice"),
    "key": Sentence("公钥有误，或与给出的公钥不同：{which}", "{which} is no key, or another than the one given"),
    "signature": Sentence("{which} 没有该公钥的有效签名", "{which} is not signed by the key"),
    "manifest": Sentence("{which} 不是所签的那一份", "{which} is not the one that was signed"),
    "missing": Sentence("缺少清单所列文件 {which}", "{which} is missing"),
    "extra": Sentence("{which} 不在清单中", "{which} is not in the manifest"),
    "file": Sentence("{which} 与清单的大小或 SHA-256 不符", "{which} differs from the manifest in size or SHA-256"),
    "checkpoint": Sentence("{which} 没有该公钥的有效签名", "{which} is not signed by the key"),
    "proof": Sentence("账本条目未通向检查点的根（{which}）", "entries do not lead to the root of the checkpoint ({which})"),
    "document": Sentence("条目所属文件未列出：{which}", "the document of an entry is not named: {which}"),
    "body": Sentence("条目正文缺失或不符：{which}", "the body of an entry is missing or another: {which}"),
    "report": Sentence("{which} 与检查点、条目或依据行不符", "{which} names another checkpoint, or an entry or row of law that is not here"),
}  # fmt: skip


class DoesNotAgree(SuyuanError):
    """The first thing of a bundle that does not agree; `kind` is one of `SENTENCES`, `which` the file or digest."""

    def __init__(self, kind: str, which: str) -> None:
        said = SENTENCES[kind]
        super().__init__(said.en.format(which=which), said.zh.format(which=which))
        self.kind, self.which = kind, which


@dataclass(frozen=True, slots=True)
class Agrees:
    """A bundle that is whole: whose ledger, at which size, how many entries and files, the day judged on."""

    origin: str
    size: int
    entries: int
    files: int
    day: str
    key: str


class _File(msgspec.Struct):
    name: str
    size: int
    sha256: str


class _Manifest(msgspec.Struct):
    format: str
    files: list[_File]


class _Proof(msgspec.Struct):
    size: int
    entries: list[int]
    hashes: list[str]


class _Registered(msgspec.Struct):
    digest: str
    party: str


class _Made(msgspec.Struct):
    origin: str
    entries: int
    root: str
    day: str


class _Report(msgspec.Struct):
    made_from: _Made
    entries: list[int]
    law: list[str]


class _Row(msgspec.Struct):
    row: str


def members_of(path: Path) -> dict[str, bytes]:
    """Names and contents of a zip file, in its order. Raises DoesNotAgree."""
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > UNPACKED_MOST:
                raise DoesNotAgree("zip", path.name)
            for info in archive.infolist():
                if info.filename in found:
                    raise DoesNotAgree("zip", info.filename)
                found[info.filename] = archive.read(info)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as wrong:
        raise DoesNotAgree("zip", path.name) from wrong
    return found


def check(members: Mapping[str, bytes], given: str = "") -> Agrees:
    """What a bundle's members amount to. Raises DoesNotAgree for the first thing that does not."""
    key = _key(members, given)
    files = _manifest(members, key)
    head = _head(members, key)
    leaves = _leaves(members, head)
    _documents(members, leaves)
    report = _report(members, head, set(leaves))
    return Agrees(head.origin, head.size, len(leaves), files, report.made_from.day, key.show())


def _key(members: Mapping[str, bytes], given: str) -> Verifier:
    try:
        key = note.verifier(members.get(KEY, b"").decode())
        wanted = note.verifier(given) if given else key
    except (SuyuanError, UnicodeDecodeError) as wrong:
        raise DoesNotAgree("key", KEY) from wrong
    if wanted != key or key.kind != note.ED25519:
        raise DoesNotAgree("key", KEY)
    return key


def _read(members: Mapping[str, bytes], name: str, shape: Any, kind: str) -> Any:
    try:
        return msgspec.json.decode(members.get(name, b""), type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as wrong:
        raise DoesNotAgree(kind, name) from wrong


def _manifest(members: Mapping[str, bytes], key: Verifier) -> int:
    """Every file by the signed manifest, none missing and none besides; returns how many."""
    try:
        signed = note.parse(members.get(NOTE, b"").decode())
    except (SuyuanError, UnicodeDecodeError) as wrong:
        raise DoesNotAgree("signature", NOTE) from wrong
    if not key.signed(signed):
        raise DoesNotAgree("signature", NOTE)
    if signed.text != signed_text(members.get(MANIFEST, b"")):
        raise DoesNotAgree("manifest", MANIFEST)
    listed: _Manifest = _read(members, MANIFEST, _Manifest, "manifest")
    names = [file.name for file in listed.files]
    if listed.format != FORMAT or len(set(names)) != len(names):
        raise DoesNotAgree("manifest", MANIFEST)
    for kind, name in (
        *(("missing", n) for n in names if n not in members),
        *(("extra", n) for n in members if n not in {*names, NOTE, MANIFEST}),
    ):
        raise DoesNotAgree(kind, name)
    for file in listed.files:
        data = members[file.name]
        if (len(data), sha256(data).hexdigest()) != (file.size, file.sha256):
            raise DoesNotAgree("file", file.name)
    return len(names)


def _head(members: Mapping[str, bytes], key: Verifier) -> Checkpoint:
    try:
        return checkpoint.opened(members.get(CHECKPOINT, b"").decode(), key)
    except (SuyuanError, UnicodeDecodeError) as wrong:
        raise DoesNotAgree("checkpoint", CHECKPOINT) from wrong


def _leaves(members: Mapping[str, bytes], head: Checkpoint) -> dict[int, bytes]:
    """Entries by number, proven under the checkpoint."""
    proof: _Proof = _read(members, PROOF, _Proof, "proof")
    lines = members.get(ENTRIES, b"").split(b"\n")
    hashes = [decode_base64(each) for each in proof.hashes]
    if lines.pop() != b"" or len(lines) != len(proof.entries) or sorted({*proof.entries}) != proof.entries:
        raise DoesNotAgree("proof", PROOF)
    shared = [each for each in hashes if each is not None and len(each) == 32]
    leaves = dict(zip(proof.entries, lines, strict=True))
    root = leads_to({seq: leaf_hash(line) for seq, line in leaves.items()}, head.size, shared)
    if len(shared) != len(hashes) or proof.size != head.size or (leaves and root != head.root):
        raise DoesNotAgree("proof", PROOF)
    return leaves


def _documents(members: Mapping[str, bytes], leaves: Mapping[int, bytes]) -> None:
    listed: list[_Registered] = _read(members, DOCUMENTS, list[_Registered], "document")
    known = {(each.digest, each.party) for each in listed}
    try:
        entries = [entry.decode(seq, line) for seq, line in leaves.items()]
    except SuyuanError as wrong:
        raise DoesNotAgree("proof", PROOF) from wrong
    for each in entries:
        if (each.document, each.party) not in known:
            raise DoesNotAgree("document", each.document)
    for each in entries:
        if each.body_sha256 is None:
            continue
        body = members.get(f"{BODIES}{each.body_sha256}.json")
        if body is None or sha256(body).hexdigest() != each.body_sha256:
            raise DoesNotAgree("body", each.body_sha256)


def _report(members: Mapping[str, bytes], head: Checkpoint, here: set[int]) -> _Report:
    report: _Report = _read(members, REPORT, _Report, "report")
    law: list[_Row] = _read(members, LAW, list[_Row], "report")
    made = report.made_from
    same = (made.origin, made.entries, decode_base64(made.root)) == (head.origin, head.size, head.root)
    if not same or not here.issuperset(report.entries) or not {row.row for row in law}.issuperset(report.law):
        raise DoesNotAgree("report", REPORT)
    return report
