"""check.py: checks an inspection bundle with Python alone. 核验检查材料包，仅需 Python。

    python check.py BUNDLE.zip [--key KEY]

KEY is the public key of the ledger (`name+12345678+base64`, or a file with it), from whoever keeps the ledger, by another way than the
bundle. Without it the key in the bundle is used: then the bundle is proven to be whole, but not whose it is.
KEY 为账本公钥（或其文件），须经其他途径取得。不给出时使用包内公钥：只能证明材料包完整，不能证明出自谁。

What is checked, in this order, the first thing that does not agree being named (exit code 1):

    zip          the file can be read, and no name stands in it twice
    key          the key is one, and the one that was given
    signature    manifest.note is signed by it
    manifest     manifest.json is the one that was signed
    missing, extra, file   every file of the manifest is there, none besides, each with its size and SHA-256
    checkpoint   the checkpoint is signed by the same key
    proof        every entry (RFC 6962 leaf) leads to the checkpoint's root
    document, body   every entry's document is named, every body kept beside is the one the entry names
    report       the report was made from that checkpoint, and every entry and row of law that it names is here

Standard library only, Python 3.8 or later. It shares no code with the program that made the bundle.
"""

# ruff: noqa: UP006, UP035, UP045, B905, RUF007  # Python 3.8 reads this file
from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
import zipfile
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

NOTE, MANIFEST, KEY, CHECKPOINT, PROOF = (
    "manifest.note",
    "manifest.json",
    "key.txt",
    "checkpoint.txt",
    "proof.json",
)
ENTRIES, DOCUMENTS, LAW, REPORT, BODIES = (
    "entries.ndjson",
    "documents.json",
    "law.json",
    "report.json",
    "bodies/",
)
FORMAT = "w3id.org/suyuan/bundle/1"
UNPACKED_MOST = 2 << 30
"""What a bundle may hold at most; more is a trap for whoever opens it."""


class Wrong(Exception):
    """The first thing that does not agree: what kind of thing, and which."""

    def __init__(self, kind: str, which: str = "") -> None:
        super().__init__(kind, which)
        self.kind = kind
        self.which = which


SENTENCES = {
    "zip": (
        "不是可读的 zip 文件，或其中有重名",
        "cannot be read as a zip file, or a name stands in it twice",
    ),
    "key": ("公钥有误，或与给出的公钥不同", "the key is none, or another than the one given"),
    "signature": ("manifest.note 没有该公钥的有效签名", "manifest.note is not signed by the key"),
    "manifest": ("manifest.json 不是所签的那一份", "manifest.json is not the one that was signed"),
    "missing": ("缺少清单所列文件", "a file of the manifest is missing"),
    "extra": ("有清单以外的文件", "a file that is not in the manifest"),
    "file": ("文件与清单的大小或 SHA-256 不符", "a file differs from the manifest in size or SHA-256"),
    "checkpoint": ("检查点没有该公钥的有效签名", "the checkpoint is not signed by the key"),
    "proof": ("账本条目未通向检查点的根", "entries do not lead to the root of the checkpoint"),
    "document": ("条目所属文件未列出", "the document of an entry is not named"),
    "body": ("条目正文缺失或不符", "the body of an entry is missing or another"),
    "report": (
        "报告所依据的检查点、条目或依据行与材料不符",
        "the report names another checkpoint, or an entry or row of law that is not here",
    ),
}


# -- Ed25519 (RFC 8032, 5.1), for checking only ----------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = Tuple[int, int, int, int]


def _plus(a: Point, b: Point) -> Point:
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    x, y, z, t = f - e, h - g, h + g, f + e
    return (x * y % P, z * t % P, y * z % P, x * t % P)


def _times(n: int, point: Point) -> Point:
    found: Point = (0, 1, 1, 0)
    while n:
        if n & 1:
            found = _plus(found, point)
        point = _plus(point, point)
        n >>= 1
    return found


def _same(a: Point, b: Point) -> bool:
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def _point(data: bytes) -> Optional[Point]:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


@lru_cache(maxsize=64)
def signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether this is the Ed25519 signature of the message by the key."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, r = _point(public), _point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or r is None or BASE is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    return _same(_times(s, BASE), _plus(r, _times(h, key)))


# -- signed notes and keys (C2SP signed-note) ----------------------------------------------------------


class Key(NamedTuple):
    """A public key with its name and id."""

    name: str
    id: bytes
    public: bytes


def _base64(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("not the one spelling of these bytes")
    return data


def key_of(text: str) -> Key:
    """The key that a line writes down."""
    try:
        name, identity, material = text.strip().split("+", 2)
        data = _base64(material)
    except (ValueError, binascii.Error):
        raise Wrong("key", KEY) from None
    expected = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
    if not name or re.search(r"\s", name) or len(data) != 33 or data[0] != 1 or expected.hex() != identity:
        raise Wrong("key", KEY)
    return Key(name, expected, data[1:])


def opened(note: bytes, key: Key, kind: str, which: str) -> str:
    """The text of a note that the key signed."""
    try:
        text, lines = note.decode("utf-8").rsplit("\n\n", 1)
    except ValueError:
        raise Wrong(kind, which) from None
    text += "\n"
    if not lines.endswith("\n") or re.search("[\x00-\x09\x0b-\x1f]", note.decode("utf-8")):
        raise Wrong(kind, which)
    mine = []
    for line in lines[:-1].split("\n"):
        found = re.fullmatch(r"— ([^\s+]+) (\S+)", line)
        try:
            data = _base64(found.group(2)) if found else b""
        except (ValueError, binascii.Error):
            data = b""
        if not found or len(data) < 5:
            raise Wrong(kind, which)
        if found.group(1) == key.name and data[:4] == key.id:
            mine.append(data[4:])
    if not mine or not all(signed(key.public, text.encode(), signature) for signature in mine):
        raise Wrong(kind, which)
    return text


# -- the tree (RFC 6962, 2.1) ----------------------------------------------------------------------------


def _tree(
    leaves: Dict[int, bytes], seqs: Sequence[int], start: int, stop: int, shared: Iterator[bytes]
) -> bytes:
    """The root over entries start … stop; where none of them is here its hash is the next of `shared`."""
    if not seqs:
        return next(shared)
    if stop - start == 1:
        return leaves[start]
    middle = start + (1 << ((stop - start - 1).bit_length() - 1))
    lower = [seq for seq in seqs if seq < middle]
    left = _tree(leaves, lower, start, middle, shared)
    right = _tree(leaves, seqs[len(lower) :], middle, stop, shared)
    return hashlib.sha256(b"\x01" + left + right).digest()


# -- the bundle ------------------------------------------------------------------------------------------

Members = Dict[str, bytes]
"""Names and contents, in the order of the file."""


def members_of(path: str) -> Members:
    """What is in the file. Nothing is unpacked to disk."""
    found: Members = {}
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > UNPACKED_MOST:
                raise ValueError("too large")
            for info in archive.infolist():
                if info.filename in found:
                    raise Wrong("zip", info.filename)
                found[info.filename] = archive.read(info)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        raise Wrong("zip", Path(path).name) from None
    return found


def _json(members: Members, name: str, kind: str) -> Any:
    try:
        return json.loads(members[name].decode("utf-8"))
    except (KeyError, ValueError, RecursionError):
        raise Wrong(kind, name) from None


def _list(value: Any, kind: type) -> List[Any]:
    """A list of values of one kind, or TypeError."""
    if not isinstance(value, list) or not all(type(each) is kind for each in value):
        raise TypeError("not a list of these")
    return value


class Checked(NamedTuple):
    """What agreed."""

    origin: str
    size: int
    entries: int
    files: int
    day: str
    key: str


def check(members: Members, given: str = "") -> Checked:
    """Everything in order; raises Wrong for the first thing that does not agree."""
    key = _key(members, given)
    files = _files(members, key)
    text = opened(members.get(CHECKPOINT, b""), key, "checkpoint", CHECKPOINT)
    size, root = _head(text, key)
    seqs, lines = _proven(members, size, root)
    _documents(members, lines)
    day = _report(members, key, size, root, seqs)
    return Checked(key.name, size, len(seqs), files, day, members[KEY].decode().strip())


def _key(members: Members, given: str) -> Key:
    try:
        key = key_of(members.get(KEY, b"").decode("utf-8"))
    except UnicodeDecodeError:
        raise Wrong("key", KEY) from None
    if given and key_of(given) != key:
        raise Wrong("key", KEY)
    return key


def _files(members: Members, key: Key) -> int:
    """The manifest, and every file by it; returns how many."""
    text = opened(members.get(NOTE, b""), key, "signature", NOTE)
    manifest = members.get(MANIFEST, b"")
    if text != f"{FORMAT}\n{MANIFEST} {hashlib.sha256(manifest).hexdigest()}\n":
        raise Wrong("manifest", MANIFEST)
    listed = _json(members, MANIFEST, "manifest")
    if (
        not isinstance(listed, dict)
        or listed.get("format") != FORMAT
        or not isinstance(listed.get("files"), list)
    ):
        raise Wrong("manifest", MANIFEST)
    names = set()
    for file in listed["files"]:
        name = file.get("name") if isinstance(file, dict) else None
        if not isinstance(name, str) or name in names:
            raise Wrong("manifest", MANIFEST)
        names.add(name)
        if name not in members:
            raise Wrong("missing", name)
    for name in members:
        if name not in names and name not in (NOTE, MANIFEST):
            raise Wrong("extra", name)
    for file in listed["files"]:
        data = members[file["name"]]
        if len(data) != file.get("size") or hashlib.sha256(data).hexdigest() != file.get("sha256"):
            raise Wrong("file", file["name"])
    return len(names)


def _head(text: str, key: Key) -> Tuple[int, bytes]:
    lines = text.split("\n")
    try:
        if lines[0] != key.name or not re.fullmatch(r"0|[1-9][0-9]*", lines[1]):
            raise ValueError("not a checkpoint of this ledger")
        root = _base64(lines[2])
        if len(root) != 32:
            raise ValueError("not a root")
        return int(lines[1]), root
    except (ValueError, IndexError, binascii.Error):
        raise Wrong("checkpoint", CHECKPOINT) from None


def _proven(members: Members, size: int, root: bytes) -> Tuple[List[int], List[Any]]:
    """The entries' numbers, and the entries as JSON."""
    proof = _json(members, PROOF, "proof")
    data = members.get(ENTRIES, b"")
    lines = data.split(b"\n")[:-1]
    try:
        seqs, shared = _list(proof["entries"], int), [_base64(each) for each in _list(proof["hashes"], str)]
        ascending = all(a < b for a, b in zip(seqs, seqs[1:]))
        whole = (not data or data.endswith(b"\n")) and len(lines) == len(seqs) and proof["size"] == size
        if not ascending or not whole or not all(len(each) == 32 for each in shared):
            raise ValueError("numbers, lines or hashes")
        if seqs:
            if not 0 <= seqs[0] <= seqs[-1] < size:
                raise ValueError("beyond the tree")
            leaves = {seq: hashlib.sha256(b"\x00" + line).digest() for seq, line in zip(seqs, lines)}
            left = iter(shared)
            if _tree(leaves, seqs, 0, size, left) != root or next(left, None) is not None:
                raise ValueError("another root")
        return seqs, [json.loads(line.decode("utf-8")) for line in lines]
    except (KeyError, TypeError, ValueError, StopIteration, binascii.Error, RecursionError):
        raise Wrong("proof", PROOF) from None


def _documents(members: Members, lines: List[Any]) -> None:
    """Every entry's document is named; every body beside it is here."""
    listed = _json(members, DOCUMENTS, "document")
    try:
        known = {(each["digest"], each["party"]) for each in _list(listed, dict)}
        for entry in lines:
            if (entry["document"], entry["party"]) not in known:
                raise Wrong("document", str(entry["document"]))
    except (KeyError, TypeError):
        raise Wrong("document", DOCUMENTS) from None
    for entry in lines:
        digest = entry.get("body_sha256")
        if digest is not None:
            body = members.get(f"{BODIES}{digest}.json")
            if body is None or hashlib.sha256(body).hexdigest() != digest:
                raise Wrong("body", str(digest))


def _report(members: Members, key: Key, size: int, root: bytes, seqs: Sequence[int]) -> str:
    """The report is of this ledger at this checkpoint, and names nothing that is not here; returns the day judged on."""
    report, law = _json(members, REPORT, "report"), _json(members, LAW, "report")
    try:
        made = report["made_from"]
        same = (made["origin"], made["entries"], made["root"]) == (
            key.name,
            size,
            base64.b64encode(root).decode(),
        )
        rows = {row["row"] for row in _list(law, dict)}
        here = set(_list(report["entries"], int)) <= set(seqs) and set(_list(report["law"], str)) <= rows
        if not same or not here or not isinstance(made["day"], str):
            raise ValueError("another checkpoint, or something that is not here")
        return str(made["day"])
    except (KeyError, TypeError, ValueError):
        raise Wrong("report", REPORT) from None


def main(words: Sequence[str]) -> int:
    """The command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # a console may know no Chinese
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("bundle")
    parser.add_argument("--key", default="")
    asked = parser.parse_args(words)
    given = asked.key
    if given and Path(given).is_file():
        given = Path(given).read_text(encoding="utf-8")
    try:
        found = check(members_of(asked.bundle), given)
    except Wrong as wrong:
        zh, en = SENTENCES[wrong.kind]
        print(f"不一致：{zh}：{wrong.which}\ndoes not agree: {en}: {wrong.which} [{wrong.kind}]")
        return 1
    print(
        f"一致：{found.files} 个文件，{found.entries} 条账本条目均在 {found.origin} 的前 {found.size} 条之中，规则日 {found.day}"
    )
    print(
        f"agrees: {found.files} files; {found.entries} entries, all among the first {found.size} of {found.origin}; judged as of {found.day}"
    )
    if not asked.key:
        print(
            f"使用包内公钥；请与账本保管者核对：{found.key}\nchecked with the key in the bundle; compare it with the keeper's: {found.key}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
