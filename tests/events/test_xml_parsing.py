"""What could harm a reader of XML is refused with line and reason, in little time and little memory."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import BinaryIO, cast

import pytest

from suyuan.events.xml_parsing import DEPTH_MAX, PARTS_MAX, NotXml
from suyuan.events.xml_reading import Reading, XmlEvent

OPENING = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" '
    b'xmlns:ex="https://example.com/" schemaVersion="2.0" creationDate="2026-05-01T00:00:00Z">\n<EPCISBody><EventList>\n'
)
EVENT = (
    b"<ObjectEvent><eventTime>2026-05-01T08:00:00+08:00</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>"
    b"<epcList><epc>urn:x:1</epc></epcList><action>OBSERVE</action>%s</ObjectEvent>\n"
)
CLOSING = b"</EventList></EPCISBody></epcis:EPCISDocument>\n"


class Made:
    """A stream of bytes that are made as they are read, and how many were."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        """The next part, whatever its size."""
        part = next(self._parts, b"")
        self.taken += len(part)
        return part


def endless(part: bytes, before: bytes = OPENING) -> Iterator[bytes]:
    yield before
    part *= max(1, (1 << 16) // len(part))
    for _ in range((1 << 30) // len(part)):
        yield part


def refused(data: bytes) -> NotXml:
    with pytest.raises(NotXml) as caught:
        list(Reading(BytesIO(data)).parts())
    return caught.value


LAUGHS = b'<?xml version="1.0"?>\n<!DOCTYPE lolz [\n<!ENTITY a "ha">\n' + b"".join(
    b'<!ENTITY %c "%s">\n' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)


@pytest.mark.parametrize(
    ("data", "rule", "line"),
    [
        (LAUGHS + b"]>\n<EPCISDocument>&j;</EPCISDocument>", "xml-doctype", 2),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd">\n<ObjectEvent/>', "xml-doctype", 1),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>\n<ObjectEvent>&x;</ObjectEvent>', "xml-doctype", 1),
        (b'\n\n<!DOCTYPE a PUBLIC "p" "http://127.0.0.1:9/d.dtd"><ObjectEvent/>', "xml-doctype", 3),
        (b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]><ObjectEvent/>', "xml-doctype", 1),
        (OPENING + EVENT % b"&nbsp;", "xml-syntax", 4),
        (OPENING + EVENT % b"<ex:a>\x00</ex:a>", "xml-syntax", 4),
        (OPENING + EVENT % b"<ex:a>&#0;</ex:a>", "xml-syntax", 4),
        (OPENING + EVENT % b"<ex:a>\xff</ex:a>", "xml-encoding", 4),
        (OPENING + EVENT % b"<ex:a>\xed\xa0\x80</ex:a>", "xml-encoding", 4),
        (OPENING + EVENT % b"<no:a/>", "xml-syntax", 4),
        (OPENING + EVENT % b'<ex:a b="1" b="2"/>', "xml-syntax", 4),
        (OPENING + EVENT % b"<ex:a></ex:b>", "xml-syntax", 4),
        (OPENING + EVENT % b"" + EVENT[:70], "xml-cut-off", 5),
        (OPENING + EVENT % b"<![CDATA[", "xml-cut-off", 5),
        (OPENING + CLOSING + b"<more/>", "xml-syntax", 5),
        (b"<?xml version='1.0' encoding='EBCDIC-CP-US'?><ObjectEvent/>", "xml-encoding", 1),
        (b"<?xml version='1.0' encoding='UTF-7'?><ObjectEvent/>", "xml-encoding", 1),
        (b"<?xml version='1.0'?>\n<!-- nothing -->\n", "xml-syntax", 3),
        (b"<html>\n<body/></html>", "xml-not-epcis", 1),
        (b'<EPCISDocument xmlns="https://example.com/other"/>', "xml-not-epcis", 1),
    ],
)  # fmt: skip
def test_what_is_not_xml_or_not_read_is_told_with_line_and_reason(data: bytes, rule: str, line: int) -> None:
    wrong = refused(data)
    assert (wrong.rule, wrong.line) == (rule, line)
    assert wrong.finding().place.line == line
    assert f"line {line}" in wrong.sentence.en
    assert f"第 {line} 行" in wrong.sentence.zh


@pytest.mark.parametrize(
    ("part", "before", "rule"),
    [
        (b"<ex:a>", OPENING + b"<ObjectEvent>", "xml-too-deep"),
        (b"<a>", b"<b>", "xml-too-deep"),
        (b"<ex:a/>", OPENING + b"<ObjectEvent>", "xml-too-large"),
        (b"<epc>urn:x:1</epc>", OPENING + b"<ObjectEvent><epcList>", "xml-too-large"),
        (b"x", OPENING + b"<ObjectEvent><ex:a>", "xml-too-large"),
        (b"<ex:a/>", OPENING.partition(b"<EPCISBody>")[0] + b"<ex:b>", "xml-too-large"),
        (b"x", OPENING.partition(b"<EPCISBody>")[0], "xml-too-large"),
        (b"x", OPENING + b"<ObjectEvent a='", "xml-too-large"),
        (b"x", OPENING + b"<!-- ", "xml-too-large"),
        (b"x", OPENING + b"<?target ", "xml-too-large"),
        (b"x", OPENING + b"<x", "xml-too-large"),
        (b" ", b"<", "xml-syntax"),
        (b"", b"<a " + b" ".join(b"a%d='1'" % n for n in range(200_000)), "xml-too-large"),
        (b"<epc a='%s'/>" % (b"x" * 900_000), OPENING + b"<ObjectEvent><epcList>", "xml-too-large"),
        (b"<!ENTITY a 'x'>", b"<!DOCTYPE a [", "xml-doctype"),
        (
            b"",
            b"<EPCISDocument %s>" % b" ".join(b"xmlns:a%d='urn:a:%d'" % (n, n) for n in range(2000)),
            "xml-too-large",
        ),
    ],
)
def test_what_has_no_end_is_refused_before_it_fills_the_memory(part: bytes, before: bytes, rule: str) -> None:
    stream = Made(endless(part, before) if part else iter([before]))
    start = time.process_time()
    with pytest.raises(NotXml) as caught:
        list(Reading(cast(BinaryIO, stream)).parts())
    assert caught.value.rule == rule
    assert stream.taken < 12 << 20
    assert time.process_time() - start < 5


def test_a_hundred_thousand_elements_within_one_another_are_refused_by_their_depth() -> None:
    wrong = refused(OPENING + EVENT % (b"<ex:a>\n" * 100_000))
    assert (wrong.rule, wrong.line) == ("xml-too-deep", 4 + DEPTH_MAX - 4)


LIMITED = """
import sys
from io import BytesIO
from suyuan.events.xml_parsing import NotXml
from suyuan.events.xml_reading import Reading
data = {data}
try:
    for part in Reading(BytesIO(data)).parts():
        pass
except NotXml as wrong:
    print(wrong.rule)
status = open("/proc/self/status").read()  # getrusage would tell what its parent took before this program began
print(int(status.split("VmHWM:")[1].split()[0]) // 1024)
"""


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ('b"<ObjectEvent><epcList>" + b"<epc/>" * 3_000_000', ["xml-too-large"]),
        ('b"<ObjectEvent><epcList>" + b"<epc>u:1</epc>" * 140_000 + b"</epcList></ObjectEvent>"', []),
    ],
)
def test_the_largest_event_that_is_read_takes_little_memory(data: str, told: list[str]) -> None:
    program = LIMITED.format(data=data)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    *rules, megabytes = done.stdout.split()
    assert rules == told
    assert int(megabytes) < 200


def test_a_large_event_within_the_limits_is_read_whole() -> None:
    epcs = b"".join(b"<epc>urn:x:%d</epc>" % n for n in range(PARTS_MAX // 2))
    (part,) = Reading(BytesIO(EVENT.replace(b"<epc>urn:x:1</epc>", epcs) % b"")).parts()
    assert isinstance(part, XmlEvent)
    assert len(part.event["epcList"]) == PARTS_MAX // 2


def test_memory_does_not_grow_with_the_document() -> None:
    def parts() -> Iterator[bytes]:
        yield OPENING
        for _ in range(60):
            yield ((EVENT % b"").replace(b"><", b">\n\t\t\t\t<") + b" " * 500) * 200
        yield CLOSING

    reading = Reading(cast(BinaryIO, Made(parts())))
    assert sum(1 for _ in reading.parts()) == 12_000
    (body,) = reading.root.children
    (listed,) = body.children
    assert (listed.children, listed.text) == ([], "")


def encoded(encoding: str, bom: bytes = b"") -> Callable[[str], bytes]:
    return lambda text: bom + text.encode(encoding)


@pytest.mark.parametrize(
    ("declared", "encode"),
    [
        ("", encoded("utf-8")),
        ("", encoded("utf-8", b"\xef\xbb\xbf")),
        ("encoding='utf-8'", encoded("utf-8")),
        ("encoding='GB18030'", encoded("gb18030")),
        ("encoding='gb2312'", encoded("gb2312")),
        ("encoding='GBK'", encoded("gbk")),
        ("encoding='UTF-16'", encoded("utf-16-le", b"\xff\xfe")),
        ("encoding='UTF-16'", encoded("utf-16-be", b"\xfe\xff")),
    ],
)
def test_encodings_in_use_give_the_same_text(declared: str, encode: Callable[[str], bytes]) -> None:
    event = (EVENT % "<note>退役电池</note>".encode()).decode()
    (part,) = Reading(BytesIO(encode(f"<?xml version='1.0' {declared}?>\n{event}"))).parts()
    assert isinstance(part, XmlEvent)
    assert part.event["note"] == "退役电池"
    assert part.line == 2


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_how_the_bytes_are_cut_makes_no_difference(size: int) -> None:
    data = OPENING + EVENT % ("<ex:note>退役&amp;电池</ex:note>".encode() * 3) + CLOSING
    stream = Made(data[at : at + size] for at in range(0, len(data), size))
    (part,) = Reading(cast(BinaryIO, stream)).parts()
    assert isinstance(part, XmlEvent)
    assert part.event["ex:note"] == ["退役&电池"] * 3


def test_a_long_tag_that_comes_byte_by_byte_takes_no_longer() -> None:
    data = b"<ObjectEvent a='" + b"x" * 300_000 + b"'/>"
    stream = Made(data[at : at + 1] for at in range(len(data)))
    start = time.process_time()
    (part,) = Reading(cast(BinaryIO, stream)).parts()
    assert isinstance(part, XmlEvent)
    assert len(part.event["a"]) == 300_000
    assert time.process_time() - start < 3


@pytest.mark.parametrize(
    "one",
    [
        lambda n: b"<n xmlns='urn:p%d'/>" % n,
        lambda n: b"<p:n xmlns:p='urn:p%d'/>" % n,
        lambda n: b"<p%d:n xmlns:p%d='urn:p%d:'/>" % (n, n, n),
        lambda n: b"<ex:n%d/>" % n,
    ],
)
def test_made_up_names_take_time_by_their_number_alone(one: Callable[[int], bytes]) -> None:
    data = OPENING + EVENT % b"".join(map(one, range(20_000))) + CLOSING
    start = time.process_time()
    (part,) = Reading(BytesIO(data)).parts()
    assert isinstance(part, XmlEvent)
    assert len(part.event) == 20_000 + 6
    assert time.process_time() - start < 2
