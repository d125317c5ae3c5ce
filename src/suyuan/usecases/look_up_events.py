"""Look at a file of events without a workspace: is it EPCIS 2.0, and what are the event hashes.

    EPCISDocument · EPCISQueryDocument · bare event · NDJSON of these, one a line · the same in XML (2.0 and 1.2)

NDJSON and XML are read bit by bit, so that a file of any length can be looked at.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO

from suyuan.capture.epcis_xml import EPCIS_XML
from suyuan.capture.importer import HEAD, Context, xml_text
from suyuan.events.canonical import Json, NotCanonicalisable, loads
from suyuan.events.check import check_document
from suyuan.events.event_hash import event_hash
from suyuan.events.names import Names
from suyuan.events.reading import events_of, is_document, with_context
from suyuan.events.xml_parsing import NotXml
from suyuan.events.xml_reading import Reading, XmlEvent
from suyuan.terms.errors import SuyuanError
from suyuan.terms.finding import Finding
from suyuan.terms.sentence import Lang, Sentence

FINDINGS_KEPT = 10_000
"""Findings told one by one; beyond, they are only counted."""

_BOM = b"\xef\xbb\xbf"


class NothingToLookAt(SuyuanError):
    """A file that cannot be opened, or in which nothing (or no event) stands."""


@dataclass(slots=True)
class Verdict:
    """What a file of events is worth: how many parts (documents or bare events), how many events, what is wrong."""

    name: str
    parts: int = 0
    events: int = 0
    wrong: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def valid(self) -> bool:
        """Nothing wrong was found."""
        return not self.wrong

    def note(self, findings: list[Finding]) -> None:
        """Count findings and keep the first ones."""
        self.wrong += len(findings)
        self.findings += findings[: FINDINGS_KEPT - len(self.findings)]

    def sentence(self, lang: Lang) -> str:
        """The verdict in one sentence."""
        if self.valid:
            return Sentence(
                zh=f"{self.name}：符合 EPCIS 2.0，共 {self.events} 个事件",
                en=f"{self.name}: valid EPCIS 2.0, {self.events} events",
            ).show(lang)
        return Sentence(
            zh=f"{self.name}：不符合 EPCIS 2.0，{self.wrong} 处有误",
            en=f"{self.name}: not valid EPCIS 2.0, wrong in {self.wrong} place{'' if self.wrong == 1 else 's'}",
        ).show(lang)

    def json(self) -> dict[str, Any]:
        """The verdict for programs, reasons in both languages."""
        return {
            "file": self.name,
            "valid": self.valid,
            "events": self.events,
            "wrong": self.wrong,
            "findings": [
                _row(finding, {"en": finding.reason.en, "zh": finding.reason.zh}) for finding in self.findings
            ],
        }

    def rows(self, lang: Lang) -> list[dict[str, Any]]:
        """A row for each place that is wrong."""
        return [_row(finding, finding.reason.show(lang)) for finding in self.findings]


def _row(finding: Finding, reason: object) -> dict[str, Any]:
    return {
        "place": finding.place.show(),
        "rule": finding.rule,
        "reason": reason,
        "found": finding.found,
        "suggestion": finding.suggestion,
    }


def check_events(path: Path) -> Verdict:
    """The verdict on a file. Raises NothingToLookAt."""
    verdict = Verdict(path.name)
    with _opened(path) as stream:
        if _is_xml(stream):
            return _check_xml(stream, verdict)
        for line, data in _parts(stream, path):
            verdict.parts += 1
            try:
                value = loads(data)
            except NotCanonicalisable as wrong:
                verdict.note([wrong.finding(line)])
                continue
            findings = check_document(value)
            verdict.note([replace(each, place=replace(each.place, line=line)) for each in findings])
            if not findings:
                verdict.events += sum(1 for _ in events_of(value))
    return verdict


def _is_xml(stream: BufferedReader) -> bool:
    # a peek takes nothing away: the file may be a pipe
    return bool(xml_text(stream.peek(HEAD)[:HEAD]))


def _check_xml(stream: BufferedReader, verdict: Verdict) -> Verdict:
    verdict.parts = 1
    events = 0
    try:
        for batch in EPCIS_XML.read(stream, Context("", verdict.name)):
            verdict.note(batch.findings)
            events += sum(1 for each in batch.prepared if each.kind == "event")
    except NotXml as wrong:
        verdict.note([wrong.finding()])
    verdict.events = events if verdict.valid else 0
    return verdict


def _hash_xml(stream: BufferedReader) -> Iterator[str]:
    reading = Reading(stream)
    for part in reading.parts():
        if isinstance(part, XmlEvent):
            yield event_hash(part.event, ignore=reading.ignored)


def hash_events(path: Path) -> Iterator[str]:
    """The event hash of each event in the order of the file, valid or not.

    Raises NothingToLookAt, NotCanonicalisable, NotXml.
    """
    with _opened(path) as stream:
        if _is_xml(stream):
            yield from _hash_xml(stream)
        else:
            yield from _hash_json(stream, path)


def _hash_json(stream: BufferedReader, path: Path) -> Iterator[str]:
    for _, data in _parts(stream, path):
        value = loads(data)
        ignore = _ignored(value)
        if not is_document(value) and not (isinstance(value, dict) and "type" in value):
            raise NothingToLookAt(
                f"{path.name} holds JSON but no EPCIS event; an EPCISDocument, a query document or a bare event was expected",
                f"{path.name} 是 JSON，但没有 EPCIS 事件；应为 EPCISDocument、查询文档或单个事件",
            )
        for event in _events(value):
            yield event_hash(event, ignore=ignore)


def _events(value: Json) -> Iterator[dict[str, Any]]:
    yield from (event for _, event in events_of(value))
    body = value.get("epcisBody") if isinstance(value, dict) else None
    if isinstance(value, dict) and isinstance(body, dict) and isinstance(event := body.get("event"), dict):
        yield with_context(event, value.get("@context"))  # as drafts of the standard wrote one event


def _parts(stream: BinaryIO, path: Path) -> Iterator[tuple[int | None, bytes]]:
    """The documents of a file, with their line where it has one a line."""
    first, number = _first_line(stream)
    if not first:
        raise NothingToLookAt(
            f"nothing stands in {path}; an event file holds an EPCIS 2.0 document, an event, or one a line",
            f"{path} 是空文件；应为 EPCIS 2.0 文档、单个事件，或每行一个事件",
        )
    second, later = _first_line(stream, number)
    if not second:
        yield None, first
    elif _is_whole(first):
        yield number, first
        yield later, second
        yield from ((at, text) for at, text in enumerate(stream, later + 1) if text.strip())
    else:
        yield None, first + b"\n" * (later - number - 1) + second + stream.read()


def _opened(path: Path) -> BufferedReader:
    try:
        return path.open("rb")
    except OSError as wrong:
        raise NothingToLookAt(
            f"cannot read {path}: {wrong.strerror}", f"无法读取 {path}：{wrong.strerror}"
        ) from wrong


def _first_line(stream: BinaryIO, number: int = 0) -> tuple[bytes, int]:
    """The next line that is not blank, and its number; b'' at the end."""
    for line in stream:
        number += 1
        text = line.removeprefix(_BOM) if number == 1 else line
        if text.strip():
            return text, number
    return b"", number


def _is_whole(line: bytes) -> bool:
    """Whether a line is JSON of its own, which the first line of a document written over several lines is not."""
    try:
        return isinstance(loads(line), dict)
    except NotCanonicalisable:
        return line.lstrip().startswith(b"{") and line.rstrip().endswith(b"}")


def _ignored(document: Json) -> frozenset[str]:
    """Extensions that a document names in its `…:ignoreFields` as those of a repository, not of the events."""
    if not isinstance(document, Mapping):
        return frozenset()
    names = Names.of(document.get("@context"))
    body = document.get("epcisBody")
    results = body.get("queryResults") if isinstance(body, Mapping) else None
    return frozenset(
        names.key(name)
        for part in (document, body, results)
        if isinstance(part, Mapping)
        for key, listed in part.items()
        if key.endswith(":ignoreFields") and isinstance(listed, list)
        for name in listed
        if isinstance(name, str)
    )
