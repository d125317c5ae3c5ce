"""The frame of an event that we write: context, time, place, and the parts that steps share.

An event is a plain JSON object (`dict`), ready for `canonical.dumps`; own words carry the prefix `sy:`,
which its `@context` binds.

>>> from datetime import datetime
>>> event = frame("ObjectEvent", {"at": datetime(2026, 5, 1, 8), "place": "https://w3id.org/suyuan/loc/X/1"})
>>> event["eventTime"], event["eventTimeZoneOffset"], event["readPoint"]
('2026-05-01T08:00:00+08:00', '+08:00', {'id': 'https://w3id.org/suyuan/loc/X/1'})
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any, Required, TypedDict

from suyuan.events.uris import NAMESPACE, PREFIX, STANDARD_CONTEXT_URL
from suyuan.terms.instants import SHANGHAI

Event = dict[str, Any]
Number = int | float | Decimal


class Moment(TypedDict, total=False):
    """What every step may say of itself: when, where, and further words of its own.

    `at` without a zone is Shanghai time; with another zone it is told in Shanghai time too, unless `zone`
    names the zone to write. `place` is the read point. `more` are further fields, keyed by prefixed
    names (`sy:reporter`) or full URIs.
    """

    at: Required[datetime]
    place: str | None
    zone: tzinfo
    more: Mapping[str, Any]


class Head(Moment, total=False):
    """A moment and the event's own id, where the sender gives one."""

    event_id: str | None


@dataclass(frozen=True, slots=True)
class Lot:
    """An amount: the class URI of a lot (`uris.lot_uri`), how much of it, and the UN/CEFACT unit."""

    uri: str
    quantity: Number | None = None
    uom: str = "KGM"

    def element(self) -> dict[str, Any]:
        """As an EPCIS quantity element; an amount not known is left out, as is its unit."""
        if self.quantity is None:
            return {"epcClass": self.uri}
        return {"epcClass": self.uri, "quantity": number(self.quantity), "uom": self.uom}


def number(value: Number) -> int | float:
    """As a JSON number: a decimal becomes an integer where it is one."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


_AS_THEY_ARE = {str, int, float, bool, type(None)}


def plain(value: Any) -> Any:
    """A value as JSON has it: decimals as numbers, the amounts of a mapping under own words (`{"Ni": 12}`)."""
    if value.__class__ in _AS_THEY_ARE:  # nearly always; asking abstract classes takes ten times as long
        return value
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, Mapping):
        return {
            word if ":" in word else f"{PREFIX}:{word}": plain(inner)
            for word, inner in value.items()
            if inner is not None
        }
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(inner) for inner in value]
    return value


def own(**words: Any) -> dict[str, Any]:
    """Own words with their prefix; what is not known (None) is left out.

    >>> own(position="floor", swap=None)
    {'sy:position': 'floor'}
    """
    return {f"{PREFIX}:{word}": plain(value) for word, value in words.items() if value is not None}


def moment_text(at: datetime, zone: tzinfo = SHANGHAI) -> str:
    """`at` as EPCIS writes instants, in `zone`; milliseconds only where there are any."""
    local = at.replace(tzinfo=zone) if at.tzinfo is None else at.astimezone(zone)
    return local.isoformat(timespec="milliseconds" if local.microsecond else "seconds")


def frame(kind: str, head: Head | Moment) -> Event:
    """The opening of an event of this type: context, type, id, time, read point."""
    event: Event = {"@context": [STANDARD_CONTEXT_URL, {PREFIX: NAMESPACE}], "type": kind}
    if event_id := head.get("event_id"):
        event["eventID"] = event_id
    text = moment_text(head["at"], head.get("zone", SHANGHAI))
    event["eventTime"] = text
    event["eventTimeZoneOffset"] = text[-6:]
    if place := head.get("place"):
        event["readPoint"] = {"id": place}
    return event


def close(event: Event, head: Head | Moment, fields: Mapping[str, Any]) -> Event:
    """The event with the fields that are known, then the further words of its head."""
    event.update((name, value) for name, value in fields.items() if value is not None)
    event.update(plain(head.get("more", {})))
    return event


def quantities(lots: Iterable[Lot]) -> list[dict[str, Any]] | None:
    """A quantity list, or None where there is nothing in it."""
    return [lot.element() for lot in lots] or None


def party_of(side: str, party: str | None, owner: str | None = None) -> list[dict[str, str]] | None:
    """The list of one side of a handover (`source` or `destination`): who has it, who owns it."""
    named = (("possessing_party", party), ("owning_party", owner))
    return [{"type": kind, side: uri} for kind, uri in named if uri] or None


def documents(**named: str | None) -> list[dict[str, str]] | None:
    """A business transaction list: the keyword is the type, `sy_` in front of it makes it an own word."""
    return [
        {"type": kind.replace("sy_", f"{PREFIX}:", 1), "bizTransaction": uri}
        for kind, uri in named.items()
        if uri
    ] or None


def at_place(head: Head | Moment) -> dict[str, str] | None:
    """The business location of a thing that stays where it was read."""
    place = head.get("place")
    return {"id": place} if place else None
