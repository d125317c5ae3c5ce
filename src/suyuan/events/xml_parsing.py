"""XML as it comes in, element by element: what could harm a reader is refused before it does.

    bytes ──decoded──▶ text ──expat──▶ Element, Element …   (whoever reads says which are handed out whole)

Refused are a DOCTYPE (and with it every entity and every file or address it could name), encodings that are not
known here, bytes that are not in the encoding, and sizes beyond the limits below. Nothing is ever fetched.

Source: xml-1.0, xml-names-1.0.

>>> from io import BytesIO
>>> parser = Parser(BytesIO(b'<a xmlns:x="urn:x:"><b/><x:c n="1">two</x:c></a>'), lambda outer, name: len(outer) == 1)
>>> [(part.name.local, part.name.space, part.attributes, part.text) for part in parser.elements()]
[('b', '', {}, ''), ('c', 'urn:x:', {Name(space='', local='n', prefix=''): '1'}, 'two')]
>>> try:
...     list(Parser(BytesIO(b'<!DOCTYPE a [\\n<!ENTITY e "e">]><a>&e;</a>'), lambda outer, name: True).elements())
... except NotXml as wrong:
...     print(wrong.rule, wrong.line)
xml-doctype 1
"""

import codecs
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pyexpat import ErrorString, ExpatError, ParserCreate
from pyexpat import errors as expat_errors
from typing import BinaryIO, NamedTuple

from suyuan.terms.errors import SuyuanError
from suyuan.terms.finding import Finding, Place

READ = 1 << 16
TOKEN_MAX = 1 << 20
"""Bytes of one tag with its attributes, one comment, one instruction."""
ELEMENT_MAX = 8 << 20
"""Bytes of an element that is handed out whole; a pack message with thousands of cells has a tenth of one MiB."""
PARTS_MAX = 150_000
"""Elements within one that is handed out whole."""
FRAME_PARTS_MAX = 20_000
"""Elements that stand around those that are handed out."""
FRAME_MAX = 4 << 20
"""Characters of texts and attributes that stand around them."""
SCOPE_MAX = 8 << 10
"""Characters of the prefixes and namespaces that events stand under: each event carries them in its `@context`."""
DEPTH_MAX = 100
"""Elements within one another."""

XML = "http://www.w3.org/XML/1998/namespace"

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# one reading each: what GB 2312 and GBK write, GB 18030 reads alike
_ENCODINGS = {
    "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "ascii", "ascii": "ascii", "iso-8859-1": "latin-1",
    "latin1": "latin-1", "windows-1252": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030",
}  # fmt: skip
_DECLARED = re.compile(rb"""\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""").match
_FOUND_MAX = 80

_CUT_OFF = {
    expat_errors.codes[each]
    for each in (
        expat_errors.XML_ERROR_NO_ELEMENTS,
        expat_errors.XML_ERROR_UNCLOSED_TOKEN,
        expat_errors.XML_ERROR_PARTIAL_CHAR,
        expat_errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
}
_TOLD_ZH = {
    expat_errors.codes[name]: told
    for name, told in (
        (expat_errors.XML_ERROR_INVALID_TOKEN, "此处有 XML 不允许的字符或写法"),
        (expat_errors.XML_ERROR_TAG_MISMATCH, "结束标记与开始标记不一致"),
        (expat_errors.XML_ERROR_DUPLICATE_ATTRIBUTE, "同一标记中属性重复"),
        (expat_errors.XML_ERROR_UNDEFINED_ENTITY, "使用了未定义的实体"),
        (expat_errors.XML_ERROR_UNBOUND_PREFIX, "使用了未声明的命名空间前缀"),
        (expat_errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT, "根元素之后还有内容"),
    )
}


class NotXml(SuyuanError):
    """Bytes that are not XML, or XML that is not read here. `rule` is the stable id of the reason, `line` the place."""

    def __init__(self, rule: str, line: int, en: str, zh: str, found: str | None = None) -> None:
        super().__init__(f"line {line}: {en}", f"第 {line} 行：{zh}")
        self.rule = rule
        self.line = line
        self.found = found[:_FOUND_MAX] if found else found

    def finding(self, line: int | None = None) -> Finding:
        """The same as a finding of a submitted document; `line` where it is another in the document as submitted."""
        return Finding(self.rule, Place(line=line or self.line), self.sentence, self.found)


class Name(NamedTuple):
    """What an element or attribute is called: namespace and prefix are '' where there are none."""

    space: str
    local: str
    prefix: str


class Element:
    """An element; `declared` are the prefixes that it binds, `scope` (of one handed out) those it stands under."""

    __slots__ = ("attributes", "children", "declared", "line", "name", "scope", "text")

    def __init__(self, name: Name, line: int) -> None:
        self.name = name
        self.line = line
        self.attributes: Mapping[Name, str] = _NONE
        self.children: list[Element] = _CHILDLESS
        self.declared: tuple[tuple[str, str], ...] = ()
        self.scope: Mapping[str, str] = _NOTHING
        self.text = ""


_NONE: dict[Name, str] = {}
_NOTHING: dict[str, str] = {}
_CHILDLESS: list[Element] = []
_NO_ONE = -1

Chooses = Callable[[Sequence[Element], Name], bool]
"""Given the elements that are open, outermost first, and the name of the next: is it handed out whole?"""


class Parser:
    """One pass over a document. `root` is known from its start tag on, its other children at the end; `done` bytes
    are read."""

    def __init__(self, stream: BinaryIO, chooses: Chooses, read: bytes = b"") -> None:
        """`read` are bytes that were taken from the stream before."""
        self._stream = stream
        self._chooses = chooses
        self._first = read
        self._names: dict[str, Name] = {}
        self._open: list[Element] = []
        self._whole = _NO_ONE  # how many elements are open around the one that is being read whole
        self._count = self._frame = self._held = self._begun = self._fed = 0
        self._pending: list[tuple[str, str]] = []
        self._scopes: list[Mapping[str, str]] = [{}]
        self._ready: list[Element] = []
        self.root: Element | None = None
        self.done = 0
        self._expat = expat = ParserCreate(namespace_separator=" ")
        expat.namespace_prefixes = True
        expat.buffer_text = True
        expat.buffer_size = READ
        expat.StartElementHandler = self._start
        expat.EndElementHandler = self._end
        expat.CharacterDataHandler = self._text
        expat.StartNamespaceDeclHandler = self._declare
        expat.StartDoctypeDeclHandler = self._doctype

    def elements(self) -> Iterator[Element]:
        """The chosen elements, each when its end is read. Raises NotXml."""
        texts = _Texts(self._stream, self._first)
        for text in texts:
            self._parse(text, final=False)
            self.done = texts.done
            yield from self._take()
        self._parse("", final=True)
        yield from self._take()

    def _take(self) -> list[Element]:
        ready, self._ready = self._ready, []
        return ready

    def _parse(self, text: str, *, final: bool) -> None:
        expat = self._expat
        try:
            expat.Parse(text, final)
        except ExpatError as wrong:
            raise self._told(wrong, final) from None
        self._fed += len(text) if text.isascii() else len(text.encode())
        # what is not yet read stands behind the last whole token; it must not grow without end
        if not final and self._fed - expat.CurrentByteIndex > TOKEN_MAX:
            raise self._refused(
                "xml-too-large",
                f"a tag or comment has more than {TOKEN_MAX >> 20} MiB",
                f"标记或注释超过 {TOKEN_MAX >> 20} MiB",
            )

    def _told(self, wrong: ExpatError, final: bool) -> NotXml:
        if final and wrong.code in _CUT_OFF:
            if self.root is None:
                return NotXml("xml-syntax", wrong.lineno, "there is no XML element here", "此处没有 XML 元素")
            return NotXml("xml-cut-off", wrong.lineno, "the XML ends in the middle; it was cut off",
                          "XML 在中途结束：文件被截断")  # fmt: skip
        told = ErrorString(wrong.code) or "syntax error"
        zh = _TOLD_ZH.get(wrong.code, "XML 语法错误")
        column = wrong.offset + 1
        return NotXml("xml-syntax", wrong.lineno, f"not XML: {told} (column {column})", f"不是正确的 XML：{zh}（第 {column} 列）")  # fmt: skip

    def _name(self, written: str) -> Name:
        name = self._names.get(written)
        if name is None:
            if len(self._names) >= 4096:  # a document that makes up names must not fill the memory
                self._names.clear()
            parts = written.split(" ")
            name = Name("", written, "") if len(parts) == 1 else Name(parts[0], parts[1], "".join(parts[2:]))
            self._names[written] = name
        return name

    # what expat calls

    def _doctype(self, *about: object) -> None:
        raise NotXml(
            "xml-doctype",
            self._expat.CurrentLineNumber,
            "a DOCTYPE stands here; EPCIS needs none, and documents with one (or with entities) are not read",
            "此处有 DOCTYPE；EPCIS 不需要它，带 DOCTYPE 或实体的文件不予读取",
        )

    def _declare(self, prefix: str | None, space: str | None) -> None:
        self._pending.append((prefix or "", space or ""))

    def _start(self, written: str, attributes: dict[str, str]) -> None:
        open_ = self._open
        line = self._expat.CurrentLineNumber
        if len(open_) >= DEPTH_MAX:
            raise NotXml("xml-too-deep", line, f"more than {DEPTH_MAX} elements within one another",
                         f"元素嵌套超过 {DEPTH_MAX} 层")  # fmt: skip
        name = self._name(written)
        element = Element(name, line)
        if attributes:
            element.attributes = {self._name(key): value for key, value in attributes.items()}
        if self._pending:
            element.declared = tuple(self._pending)
            self._pending = []
        if self._whole != _NO_ONE:
            self._count += 1
            self._refuse_large()
            self._append(element)
        elif self._chooses(open_, name):
            self._whole, self._count, self._begun = len(open_), 0, self._expat.CurrentByteIndex
            element.scope = self._scopes[-1]
        else:
            self._frame += 1
            self._hold(sum(map(len, attributes.values())))
            scope = self._scopes[-1]
            self._scopes.append(self._under(scope, element) if element.declared else scope)
            if open_:
                self._append(element)
        if self.root is None:
            self.root = element
        open_.append(element)

    def _under(self, scope: Mapping[str, str], element: Element) -> Mapping[str, str]:
        told = {**scope, **dict(element.declared)}
        if sum(len(prefix) + len(space) for prefix, space in told.items()) > SCOPE_MAX:
            raise self._refused(
                "xml-too-large",
                f"namespaces of more than {SCOPE_MAX >> 10} KiB stand around the events",
                f"事件之外的命名空间超过 {SCOPE_MAX >> 10} KiB",
            )
        return told

    def _append(self, element: Element) -> None:
        parent = self._open[-1]
        if parent.children:
            parent.children.append(element)
        else:
            parent.children = [element]

    def _text(self, text: str) -> None:
        element = self._open[-1]
        if self._whole != _NO_ONE:
            self._refuse_large()
        elif text.isspace():
            return  # the blanks between millions of events are not kept
        else:
            self._hold(len(text))
        element.text = element.text + text if element.text else text

    def _end(self, written: str) -> None:
        element = self._open.pop()
        if self._whole == _NO_ONE:
            self._scopes.pop()
        elif self._whole == len(self._open):
            self._whole = _NO_ONE
            self._ready.append(element)

    def _refuse_large(self) -> None:
        if self._count > PARTS_MAX:
            raise self._refused(
                "xml-too-large",
                f"one event holds more than {PARTS_MAX:,} elements",
                f"一个事件中的元素超过 {PARTS_MAX:,} 个",
            )
        if self._expat.CurrentByteIndex - self._begun > ELEMENT_MAX:
            raise self._refused(
                "xml-too-large",
                f"one event has more than {ELEMENT_MAX >> 20} MiB",
                f"一个事件超过 {ELEMENT_MAX >> 20} MiB",
            )

    def _hold(self, characters: int) -> None:
        self._held += characters
        if self._frame > FRAME_PARTS_MAX or self._held > FRAME_MAX:
            raise self._refused(
                "xml-too-large",
                f"more than {FRAME_PARTS_MAX:,} elements or {FRAME_MAX >> 20} MiB stand around the events",
                f"事件之外的元素超过 {FRAME_PARTS_MAX:,} 个或 {FRAME_MAX >> 20} MiB",
            )

    def _refused(self, rule: str, en: str, zh: str) -> NotXml:
        return NotXml(rule, self._expat.CurrentLineNumber, en, zh)


class _Texts:
    """The stream as text, in parts; `done` bytes of it are read."""

    def __init__(self, stream: BinaryIO, read: bytes) -> None:
        self._stream = stream
        self._first = read
        self.done = 0

    def __iter__(self) -> Iterator[str]:
        part = self._first or self._read()
        encoding, skipped = _encoding(part)
        decoder = codecs.getincrementaldecoder(encoding)()
        line, data = 1, part[skipped:]
        self.done = skipped
        while data:
            # a part that was read before may be long: what it makes must not stand in memory all at once
            for start in range(0, len(data), READ):
                piece = data[start : start + READ]
                text = _decoded(decoder, piece, encoding, line, final=False)
                self.done += len(piece)
                line += text.count("\n")
                yield text
            data = self._read()
        if text := _decoded(decoder, b"", encoding, line, final=True):
            yield text

    def _read(self) -> bytes:
        # an unfinished tag is looked at again with each part: they must not be small
        data = self._stream.read(READ)
        while data and len(data) < READ:
            more = self._stream.read(READ - len(data))
            if not more:
                break
            data += more
        return data


def _encoding(head: bytes) -> tuple[str, int]:
    """How the document is encoded, and how many bytes stand before it. Raises NotXml."""
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding, len(bom)
    declared = _DECLARED(head)
    if declared is None:
        if head[:4] in (b"<\0?\0", b"\0<\0?"):
            return ("utf-16-le" if head[0] else "utf-16-be"), 0
        return "utf-8", 0
    name = declared[1].decode().lower()
    if name not in _ENCODINGS:
        raise NotXml(
            "xml-encoding",
            1,
            f"the encoding {name} is not read here; save the file as UTF-8",
            f"不支持编码 {name}；请将文件另存为 UTF-8",
            name,
        )
    return _ENCODINGS[name], 0


def _decoded(
    decoder: codecs.IncrementalDecoder, data: bytes, encoding: str, line: int, *, final: bool
) -> str:
    try:
        return decoder.decode(data, final)
    except UnicodeDecodeError as wrong:
        line += wrong.object[: wrong.start].count(b"\n")
        byte = wrong.object[wrong.start]
        raise NotXml(
            "xml-encoding",
            line,
            f"byte 0x{byte:02x} is not {encoding.upper()}; save the file as UTF-8, or declare its encoding",
            f"字节 0x{byte:02x} 不是 {encoding.upper()} 编码；请将文件另存为 UTF-8，或声明其编码",
        ) from None
