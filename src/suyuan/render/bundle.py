"""An inspection bundle as a zip file: a manifest with the SHA-256 of every file, a signed note over the manifest, the files.

    manifest.note      the signed note: format, SHA-256 of manifest.json
    manifest.json      name, size, SHA-256 of every other file
    check.py           checks all of it with Python alone
    report.pdf …       the report, in forms for people and programs
    entries.ndjson     the bytes of the entries, as they were hashed
    proof.json         their numbers, and the hashes that lead to the root
    checkpoint.txt     the signed number and root of the ledger
    key.txt            the public key

The same files and key give the same bytes.
"""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

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
CHECK, README = "check.py", "README.txt"
FORMAT = "w3id.org/suyuan/bundle/1"
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""No clock: the checkpoint says when."""
SAID = """\
检查材料包 / inspection bundle

report.pdf 为报告正文；report.xlsx、report.json 为同一份报告。其中每个数字所依据的账本条目，原始字节在 entries.ndjson。
核验（仅需 Python 3.8 以上）：python check.py 本文件.zip --key 公钥
公钥请向账本保管者另行索取，不要只用包内的 key.txt。check.py 也应从可信来源取得，再与包内的比对。

report.pdf is the report; report.xlsx and report.json are the same report. The bytes of every entry behind a figure are in entries.ndjson.
To check it, with Python 3.8 or later: python check.py THIS.zip --key KEY
Ask whoever keeps the ledger for the key by another way; key.txt in here proves only that the bundle is whole. Take check.py, too,
from where you trust it, and compare it with the one in here.
"""


def check_py() -> bytes:
    """The checker that goes with every bundle."""
    return (Path(__file__).parent / "check_bundle.py").read_bytes()


def as_json(value: object) -> bytes:
    """JSON for people and programs, the same bytes for the same value."""
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def signed_text(manifest: bytes) -> str:
    """What is signed; its first line is no ledger's name, so that it can never pass for a checkpoint."""
    return f"{FORMAT}\n{MANIFEST} {sha256(manifest).hexdigest()}\n"


def packed(files: Mapping[str, bytes], made_from: Mapping[str, object], sign: Callable[[str], str]) -> bytes:
    """The zip's bytes; `sign` makes a signed note of a text."""
    listed = [
        {"name": name, "size": len(data), "sha256": sha256(data).hexdigest()} for name, data in files.items()
    ]
    manifest = as_json({"format": FORMAT, "made_from": made_from, "files": listed})
    return zipped({NOTE: sign(signed_text(manifest)).encode(), MANIFEST: manifest, **files})


def zipped(members: Mapping[str, bytes]) -> bytes:
    """Members in order, without clock, owner or system."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, LONG_AGO)
            info.create_system, info.external_attr, info.compress_type = 3, 0o644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return sink.getvalue()
