"""What an event says in own words and by sensors: words, numbers, assays, fates, readings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from suyuan.events.names import Names
from suyuan.identifiers.recognise import item_key
from suyuan.terms.errors import SuyuanError
from suyuan.terms.instants import parse_instant
from suyuan.views.reading_words import OWN, as_json, bare, last_segment, number, pairs, several, text, truth

SHAPE = frozenset(
    [
        "@context",
        "type",
        "eventID",
        "eventTime",
        "eventTimeZoneOffset",
        "recordTime",
        "errorDeclaration",
        "certificationInfo",
        "epcList",
        "quantityList",
        "parentID",
        "childEPCs",
        "childQuantityList",
        "inputEPCList",
        "inputQuantityList",
        "outputEPCList",
        "outputQuantityList",
        "transformationID",
        "action",
        "bizStep",
        "disposition",
        "persistentDisposition",
        "readPoint",
        "bizLocation",
        "bizTransactionList",
        "sourceList",
        "destinationList",
        "sensorElementList",
        "ilmd",
    ]
)
"""The fields of EPCIS itself: everything else at the top of an event is an extension."""

REPORT_SHAPE = frozenset(
    [
        "type",
        "value",
        "uom",
        "stringValue",
        "booleanValue",
        "time",
        "startTime",
        "endTime",
        "minValue",
        "maxValue",
        "meanValue",
        "sDev",
        "percRank",
        "percValue",
        "component",
    ]
)


@dataclass(frozen=True, slots=True)
class Words:
    """Own words by their short name: at the top of the event, in its ilmd and in its error declaration."""

    event: dict[str, Any] = field(default_factory=dict)
    ilmd: dict[str, Any] = field(default_factory=dict)
    error: dict[str, Any] = field(default_factory=dict)

    def everywhere(self, word: str) -> Iterator[Any]:
        """What the event and its ilmd say under `word`, one value after the other."""
        for holder in (self.event, self.ilmd):
            yield from several(holder.get(word))

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """(holder, word, value as JSON)."""
        for holder, words in (("event", self.event), ("ilmd", self.ilmd), ("error", self.error)):
            for word, value in words.items():
                yield holder, word, as_json(value)


def own_words(event: Mapping[str, Any], names: Names) -> Words:
    """Own words of the event, whatever prefix or spelling stands for our namespace."""
    top = {name: value for name, value in event.items() if name not in SHAPE}
    return Words(_own(top, names), _own(event.get("ilmd"), names), _own(event.get("errorDeclaration"), names))


def _own(holder: Any, names: Names) -> dict[str, Any]:
    named = ((names.word(name), value) for name, value in pairs(holder))
    return {word: value for word, value in named if word.startswith(OWN)}


def measures(words: Words, names: Names) -> Iterator[tuple[str, str, str | None, float]]:
    """(holder, word without prefix, part, value) of every own word that is a number or numbers by part."""
    for holder, found in (("event", words.event), ("ilmd", words.ilmd)):
        for word, value in found.items():
            plain = number(value)
            if plain is not None:
                yield holder, word[len(OWN) :], None, plain
            for name, inner in pairs(value):
                amount = number(inner)
                if amount is not None and plain is None:
                    yield holder, word[len(OWN) :], part(name, names), amount


def part(name: str, names: Names) -> str:
    """The name of a part, such as a metal, without its prefix: `sy:Ni` and `Ni` are `Ni`."""
    return last_segment(names.word(name))


def assays(words: Words, names: Names) -> Iterator[tuple[str | None, str, float, float | None]]:
    """(lot, metal, mass share, its standard uncertainty) of `sy:assay`."""
    for assay in words.everywhere("sy:assay"):
        said = _own(assay, names)
        relative = truth(said.get("sy:relative")) is True
        for name, given in pairs(said.get("sy:share")):
            share, metal = number(given), part(name, names)
            if share is not None:
                spread = _spread(said.get("sy:uncertainty"), metal, names)
                yield _lot(said), metal, share, spread * share if relative and spread is not None else spread


def _spread(given: Any, metal: str, names: Names) -> float | None:
    """The uncertainty: one number for all metals, or one for each."""
    for_all = number(given)
    if for_all is not None:
        return for_all
    return next((number(value) for name, value in pairs(given) if part(name, names) == metal), None)


def fates(words: Words, names: Names) -> Iterator[tuple[str | None, str]]:
    """(lot, fate) of `sy:fate`: a list by lot, one word for all outputs, or a word inside an assay."""
    for fate in words.everywhere("sy:fate"):
        said = _own(fate, names)
        word = text(said.get("sy:fate")) if said else text(fate)
        if word:
            yield _lot(said), word
    for assay in words.everywhere("sy:assay"):
        said = _own(assay, names)
        word = text(said.get("sy:fate"))
        if word:
            yield _lot(said), word


def _lot(said: Mapping[str, Any]) -> str | None:
    uri = text(said.get("sy:lot"))
    return item_key(uri) if uri else None


def readings(event: Mapping[str, Any], names: Names) -> Iterator[tuple[Any, ...]]:
    """(type, value, uom, text, started_at, ended_at, words) of every sensor report."""
    for element in event.get("sensorElementList") or ():
        metadata = element.get("sensorMetadata") or {}
        started, ended = _span(metadata)
        around = {name: value for name, value in metadata.items() if ":" in name}
        around |= {name: value for name, value in element.items() if ":" in name}
        for report in element.get("sensorReport") or ():
            kind = report.get("type")
            value = next(
                (v for k in ("value", "meanValue") if (v := number(report.get(k))) is not None), None
            )
            others = around | {name: inner for name, inner in report.items() if name not in REPORT_SHAPE}
            if "sDev" in report:
                others["sDev"] = report["sDev"]
            yield (
                bare(names.word(kind)) if isinstance(kind, str) else None,
                value,
                report.get("uom"),
                _said(report),
                _moment(report.get("startTime") or report.get("time")) or started,
                _moment(report.get("endTime") or report.get("time")) or ended,
                as_json({names.word(name): inner for name, inner in others.items()}) if others else None,
            )


def _span(metadata: Mapping[str, Any]) -> tuple[Any, Any]:
    start, end = metadata.get("startTime"), metadata.get("endTime")
    at = metadata.get("time")
    return _moment(start or at), _moment(end or at)


def _said(report: Mapping[str, Any]) -> str | None:
    for name in ("stringValue", "booleanValue", "uriValue", "hexBinaryValue"):
        if name in report:
            return text(report[name])
    return None


def _moment(given: Any) -> Any:
    try:
        return parse_instant(given) if isinstance(given, str) else None
    except SuyuanError:
        return None
