"""A reader of entries that shares nothing with the product: JSON of events, dictionaries and loops."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

Event = Mapping[str, Any]
KINDS = {"P": "pack", "M": "module", "C": "cell"}
INWARD = ("receiving", "accepting", "collecting", "stocking", "storing", "arriving")


class Plain:
    """The entries of a ledger, by number."""

    def __init__(self, entries: Iterable[Any]) -> None:
        self.told: dict[int, dict[str, Any]] = {
            entry.seq: {"kind": entry.kind, "party": entry.party, "document": entry.document, **json.loads(entry.body)} for entry in entries
        }  # fmt: skip

    def events(self, seqs: Iterable[int]) -> list[tuple[int, Event]]:
        return [(seq, self.told[seq]) for seq in seqs if self.told[seq]["kind"] == "event"]


def code(uri: str) -> str:
    return uri.rsplit("/", 1)[-1]


def kind(uri: str) -> str:
    """pack, module or cell, `reuse_` before it for products with a code of their own; vehicle; other."""
    text = code(uri)
    if len(text) == 17 and "/obj/" in uri:
        return "vehicle"
    if len(text) in (19, 24, 26) and text[3:4] in KINDS:
        return ("" if len(text) == 24 else "reuse_") + KINDS[text[3]]
    return "other"


def things(event: Event, *lists: str) -> set[str]:
    lists = lists or ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
    return {uri for name in lists for uri in event.get(name, ())}


def lots(event: Event) -> dict[str, float]:
    """Kilograms of each lot that an event names."""
    found: dict[str, float] = {}
    for name in ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"):
        for each in event.get(name, ()):
            if each.get("uom") == "KGM":
                found[each["epcClass"]] = found.get(each["epcClass"], 0.0) + each["quantity"]
    return found


def ends(event: Event) -> tuple[str, str] | None:
    """Who gave and who took."""
    giver = [
        code(each["source"]) for each in event.get("sourceList", ()) if each["type"] == "possessing_party"
    ]
    taker = [code(each["destination"]) for each in event.get("destinationList", ()) if each["type"] == "possessing_party"]  # fmt: skip
    return (giver[0], taker[0]) if giver and taker else None


def made_as(events: Iterable[tuple[int, Event]], word: str) -> dict[str, float]:
    """What makers declare of things: `ratedEnergy_kWh` or `mass_kg`, by the first event that declares it."""
    found: dict[str, float] = {}
    for _seq, event in events:
        value = (event.get("ilmd") or {}).get(f"sy:{word}")
        if value is not None:
            for uri in things(event, "epcList", "outputEPCList"):
                found.setdefault(uri, value)
    return found
