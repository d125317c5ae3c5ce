"""The port of every importer, and which importer a document goes to.

    bytes ──choose──▶ importer ──read──▶ Batch(prepared, findings), Batch, Batch …

A document is recognised by what stands at its beginning, then by its name: names lie more often. An
importer streams, so that memory does not grow with the document; what is wrong with a row is a finding,
what is wrong with the whole document an error.

>>> choose("x.bin", b'{"type":"ObjectEvent"}\\n{"type":"ObjectEvent"}\\n').name
'ndjson'
>>> choose("export.json", b'{"assets": [{"submodels": []}]}').name
'catena-x'
>>> choose("export.txt", b'<?xml version="1.0"?><epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2">').name
'epcis-xml'
"""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from importlib import import_module
from typing import BinaryIO, Literal, Protocol, runtime_checkable

from suyuan.events.prepared import Prepared
from suyuan.terms.errors import SuyuanError
from suyuan.terms.finding import Finding

OnError = Literal["proceed", "refuse"]

HEAD = 1 << 16
"""How much of a document `choose` wants to see."""


class EmptyDocument(SuyuanError):
    """A document without a single byte, or with blanks only."""


class NotRecognised(SuyuanError):
    """A document that no importer reads."""


@dataclass(frozen=True, slots=True)
class Context:
    """Who submits (credit code, or the workspace's word for its operator) and the document's name."""

    party: str
    name: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Some of a document: what is good, what is not, and how far reading has come (`total` where known).

    `statements` may hold the digests of `prepared` (`suyuan.capture.statements`), made beside the main process.
    """

    prepared: list[Prepared] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    done: int = 0
    total: int | None = None
    statements: bytes = b""


class Importer(Protocol):
    """Turns one kind of document into events and findings."""

    @property
    def name(self) -> str:
        """Stable name: `ndjson`, `epcis`, `workbook`, …"""

    @property
    def on_error(self) -> OnError:
        """What happens to a faulty document where the sender does not choose (decision note 0004)."""

    def read(self, stream: BinaryIO, context: Context) -> Iterator[Batch]:
        """The document in batches, in its own order. Raises a SuyuanError where it cannot be read at all."""


@runtime_checkable
class Expecting(Protocol):
    """An importer that can use the time while a document is still coming in."""

    def expecting(self, size: int) -> AbstractContextManager[None]:
        """Get ready for a document of `size` bytes; what was not used is let go at the end of the block."""


# by name, so that no importer is loaded before it is needed (and none of them knows this list)
IMPORTERS = {
    "epcis": ("suyuan.capture.epcis_document", "EPCIS_DOCUMENT"),
    "epcis-xml": ("suyuan.capture.epcis_xml", "EPCIS_XML"),
    "ndjson": ("suyuan.capture.ndjson", "NDJSON"),
    "catena-x": ("suyuan.capture.catena_x", "CATENA_X"),
    "parties": ("suyuan.capture.party_table", "PARTY_TABLE"),
    "workbook": ("suyuan.capture.workbook.importer", "WORKBOOK"),
}

_OTHERS = (
    (b"\x1f\x8b", "a gzip archive", "gzip 压缩包"),
    (b"%PDF", "a PDF", "PDF 文件"),
    (b"\x89PNG", "an image", "图片"),
    (b"\xff\xd8\xff", "an image", "图片"),
    (b"PAR1", "a Parquet file", "Parquet 文件"),
    (b"SQLite format 3", "an SQLite database", "SQLite 数据库"),
    (b"Rar!", "a RAR archive", "RAR 压缩包"),
    (b"7z\xbc\xaf", "a 7z archive", "7z 压缩包"),
)
_ZIP, _OLE2 = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NDJSON = (".ndjson", ".jsonl", ".jsonlines")
_BOM = b"\xef\xbb\xbf"
_CATENA_X_KEYS = {
    "assets",
    "assetMetaInfo",
    "submodels",
    "tractionBatteryCode",
    "catenaXId",
    "localIdentifiers",
}
_EPCIS_KEYS = {"@context", "epcisBody", "schemaVersion"}
# a text is taken in one stretch that is never gone back on, to its end or that of the head: letter by letter the engine would
# keep kilobytes of each, and from every quotation mark of an open text it would try again
_TOKEN = re.compile(rb'"(?P<text>[^"\\]*+(?:\\.[^"\\]*+)*+)(?:"(?P<colon>\s*:)?|\\?\Z)|[{}\[\]]', re.DOTALL)
READS = (
    "suyuan reads EPCIS 2.0 JSON-LD and XML (1.2 too), NDJSON, xlsx, xls, ods, csv and the Catena-X import file",
    "可读取 EPCIS 2.0 JSON-LD 与 XML（含 1.2）、NDJSON、xlsx、xls、ods、csv 及 Catena-X 导入文件",
)


def load(name: str) -> Importer:
    """The importer of that name."""
    module, attribute = IMPORTERS[name]
    importer: Importer = getattr(import_module(module), attribute)
    return importer


def choose(name: str, head: bytes) -> Importer:
    """The importer for a document called `name` that begins with `head`. Raises NotRecognised, EmptyDocument."""
    text = head.removeprefix(_BOM).lstrip()
    if not text:
        raise EmptyDocument(
            f"{name} is empty; was it saved before it was sent?",
            f"{name} 是空文件；发送前是否已保存？",
        )
    if head.startswith((_ZIP, _OLE2)):
        return load("workbook")
    for magic, en, zh in _OTHERS:
        if text.startswith(magic):
            raise NotRecognised(f"{name} is {en}; {READS[0]}", f"{name} 是{zh}；{READS[1]}")
    if xml := xml_text(head):
        if _IS_EPCIS(xml):
            return load("epcis-xml")
        raise NotRecognised(
            f"{name} is an XML or HTML page without EPCIS; {READS[0]}",
            f"{name} 是不含 EPCIS 的 XML 或 HTML 文件；{READS[1]}",
        )
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head[:4]:
        raise NotRecognised(
            f"{name} is written in UTF-16 or UTF-32, or is no text; save it as UTF-8",
            f"{name} 为 UTF-16 或 UTF-32 编码，或不是文本；请另存为 UTF-8",
        )
    if text[:1] in (b"{", b"["):
        return load(_kind_of_json(name.lower(), text))
    if name.lower().endswith((*_NDJSON, ".json", ".jsonld")):
        # the JSON reader says where it goes wrong
        return load("ndjson" if name.lower().endswith(_NDJSON) else "epcis")
    if b"\0" in head:
        raise NotRecognised(
            f"{name} is no text and no workbook; {READS[0]}", f"{name} 不是文本也不是工作簿；{READS[1]}"
        )
    return load("parties" if _is_party_table(text) else "workbook")


_IS_EPCIS = re.compile(
    r"(?>\s+|<\?.*?\?>|<!--.*?-->)*+(?:<(?:[\w.-]+:)?(?:EPCIS\w*Document|(?:Object|Aggregation|Association|Transaction"
    r"|Transformation|Quantity)Event)[\s/>]|<!DOCTYPE(?!\s+html)|<!--(?!.*-->)|<\?(?!.*\?>)|\Z)",
    re.DOTALL | re.IGNORECASE,
).match
"""Does the outermost element belong to EPCIS? Of a DOCTYPE, and of what begins with long comments, the reader tells."""


def xml_text(head: bytes) -> str:
    """The beginning of an XML document, in whatever encoding; '' where it is none.

    >>> xml_text("\\ufeff<a/>".encode("utf-16-le")), xml_text(b'{"a": "<b/>"}')
    ('<a/>', '')
    """
    for bom, encoding in (
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (_BOM, "utf-8"),
        (b"", "latin-1"),
    ):
        if head.startswith(bom):
            text = head[len(bom) :].decode(encoding, "replace")
            return text if text.lstrip().startswith("<") else ""
    return ""


def _kind_of_json(name: str, text: bytes) -> str:
    keys = top_keys(text)
    if not keys & _EPCIS_KEYS and keys & _CATENA_X_KEYS and not name.endswith(_NDJSON):
        return "catena-x"
    if text.startswith(b"{") and (name.endswith(_NDJSON) or _two_objects(text)):
        return "ndjson"
    return "epcis"


def top_keys(text: bytes) -> set[str]:
    """Keys of the outermost object, or of the first object of an outermost list, as far as `text` goes.

    >>> sorted(top_keys(b'{"a": {"b": "}"}, "c": [1'))
    ['a', 'c']
    """
    keys, depth, level = set(), 0, 2 if text.startswith(b"[") else 1
    for token in _TOKEN.finditer(text):
        if token["text"] is None:
            depth += 1 if token[0] in b"{[" else -1
            if not depth:
                break
        elif token["colon"] and depth == level:
            keys.add(token["text"].decode("utf-8", "replace"))
    return keys


def _two_objects(text: bytes) -> bool:
    """Does an object end where a line ends, with another one on the next?"""
    depth = 0
    for token in _TOKEN.finditer(text):
        if token["text"] is None:
            depth += 1 if token[0] in b"{[" else -1
            if not depth:
                rest = text[token.end() :]
                return rest.lstrip(b" \t\r").startswith(b"\n") and rest.lstrip().startswith(b"{")
    return False


def _is_party_table(text: bytes) -> bool:
    header = text.split(b"\n", 1)[0]
    recognises: bool = import_module("suyuan.capture.party_table").is_header(header)
    return recognises
