"""Steps as EPCIS events, as a firm with a machine interface submits them.

Each function of `WRITERS` takes a step and gives the events of it; `suyuan.events.writing` words them.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from suyuan.events import uris, writing
from suyuan.events.shapes import Event, Lot, moment_text, own
from suyuan.events.uris import document_uri, item_uri, lot_uri, run_uri
from suyuan.simulate.figures import Archetype
from suyuan.simulate.lives import Step
from suyuan.simulate.reporting import reported_at
from suyuan.simulate.world import Firm

party_uri, place_uri = (
    lru_cache(4096)(uris.party_uri),
    lru_cache(4096)(uris.place_uri),
)  # few firms, many steps


def events(step: Step) -> list[Event]:
    """The events of a step, in order, each with the moment when it was reported."""
    told = list(WRITERS[step.kind](step))
    at = step.at.isoformat(timespec="seconds")
    together = f"{_reported_at(step, step.at).isoformat(timespec='seconds')}+08:00"
    for event in told:
        if "recordTime" in event:
            continue
        if (happened := event["eventTime"][:19]) == at:
            event["recordTime"] = together
        else:
            event["recordTime"] = moment_text(_reported_at(step, datetime.fromisoformat(happened)))
    return told


def _reported_at(step: Step, happened: datetime) -> datetime:
    given: datetime | None = step.facts.get("reported_at")
    if given is not None and (happened == step.at or given >= happened):
        return given
    return reported_at(happened, step.by, step.kind)


def _place(firm: Firm, site: str = "") -> str:
    return place_uri(firm.uscc, site or firm.site)


def _head(step: Step) -> dict[str, Any]:
    return {"at": step.at, "place": _place(step.by)}


def _model(facts: Mapping[str, Any]) -> dict[str, Any]:
    archetype: Archetype = facts["archetype"]
    return {
        "model": facts["model"],
        "chemistry": archetype.chemistry,
        "rated_energy_kwh": archetype.kwh,
        "mass_kg": facts["mass_kg"],
    }


def _made(step: Step) -> Iterator[Event]:
    facts, head = step.facts, _head(step)
    pack = item_uri(facts["pack"])
    modules: Mapping[str, list[str]] = facts["modules"]
    cells = [*facts["cells"], *(code for inside in modules.values() for code in inside)]
    if cells:
        yield writing.made(
            items=[item_uri(code) for code in cells], chemistry=facts["archetype"].chemistry, **head
        )
    if modules:
        yield writing.made(
            items=[item_uri(code) for code in modules], chemistry=facts["archetype"].chemistry, **head
        )
    for module, inside in modules.items():
        yield writing.assembled(parent=item_uri(module), children=[item_uri(code) for code in inside], **head)
    yield writing.made(items=[pack], **_model(facts), **head)
    children = list(modules) or facts["cells"]
    if children:
        yield writing.assembled(parent=pack, children=[item_uri(code) for code in children], **head)
    if facts["delivered_at"] is None:
        return
    receiver: Firm = facts["receiver"]
    yield writing.shipped(
        items=[pack], giver=party_uri(step.by.uscc), taker=party_uri(receiver.uscc),
        document=document_uri(step.by.uscc, "delivery", facts["order"]), at=facts["delivered_at"], place=_place(step.by),
    )  # fmt: skip


def _vehicle(step: Step) -> Iterator[Event]:
    facts, vin = step.facts, item_uri(step.facts["vin"])
    yield writing.installed(vehicle=vin, packs=[item_uri(code) for code in facts["packs"]], **_head(step))
    yield writing.certified(
        vehicle=vin, document=document_uri(step.by.uscc, "certificate", facts["certificate"]),
        vehicle_model=facts["archetype"].vehicle, swap_type=facts["swap"], **_head(step),
    )  # fmt: skip


def _sale(step: Step) -> Iterator[Event]:
    kind, buyer = step.facts["buyer"]
    yield writing.sold(
        vehicle=item_uri(step.facts["vin"]), area=step.facts["area"], buyer_kind=kind, seller=party_uri(step.by.uscc),
        buyer=party_uri(buyer.uscc) if buyer else None, **_head(step),
    )  # fmt: skip


def _spare(step: Step) -> Iterator[Event]:
    yield writing.stocked(items=[item_uri(step.facts["code"])], **_head(step))


def _replacement(step: Step) -> Iterator[Event]:
    facts = step.facts
    yield from writing.replaced(
        vehicle=item_uri(facts["vin"]), old=[item_uri(facts["old"])], new=[item_uri(facts["new"])],
        repair_order=facts["order"], destination=party_uri(facts["to"].uscc), **_head(step),
    )  # fmt: skip


def _received(step: Step) -> Iterator[Event]:
    facts = step.facts
    document = facts.get("document")
    giver = facts.get("giver") or facts["supplier"]
    yield writing.received(
        items=[item_uri(facts["code"])], giver=party_uri(giver.uscc), taker=party_uri(step.by.uscc),
        document=document_uri(step.by.uscc, "receipt", document) if document else None, **_head(step),
    )  # fmt: skip


def _shipped(step: Step) -> Iterator[Event]:
    facts = step.facts
    yield writing.shipped(
        items=[item_uri(facts["code"])], giver=party_uri(step.by.uscc), taker=party_uri(facts["to"].uscc),
        document=document_uri(step.by.uscc, "delivery", facts["document"]), **_head(step),
    )  # fmt: skip


def _outlet_in(step: Step) -> Iterator[Event]:
    facts = step.facts
    yield writing.collected(
        items=[item_uri(facts["code"])], source_kind=facts["source"], mass_kg=facts["mass_kg"],
        giver=party_uri(facts["giver"].uscc), taker=party_uri(step.by.uscc), **_head(step),
    )  # fmt: skip


def _swap(step: Step) -> Iterator[Event]:
    facts = step.facts
    yield from writing.swapped(
        vehicle=item_uri(facts["vin"]), old=[item_uri(facts["old"])], new=[item_uri(facts["new"])],
        at=step.at, place=_place(step.by, facts["station"]),
    )  # fmt: skip


def _scrapped(step: Step) -> Iterator[Event]:
    facts = step.facts
    yield writing.taken_in_for_scrapping(
        vehicle=item_uri(facts["vin"]), scrap_certificate=facts["certificate"], battery_present=facts["present"],
        codes_read=facts["packs"], taker=party_uri(step.by.uscc), **_head(step),
    )  # fmt: skip


def _removal(step: Step) -> Iterator[Event]:
    yield writing.removed(
        parent=item_uri(step.facts["vin"]), children=[item_uri(step.facts["code"])], **_head(step)
    )


def _gone(step: Step) -> Iterator[Event]:
    yield writing.vehicle_gone(
        vehicle=item_uri(step.facts["vin"]), scrap_certificate=step.facts["certificate"], **_head(step)
    )


def _lost(step: Step) -> Iterator[Event]:
    tell = {"destroyed": writing.destroyed, "stolen": writing.stolen, "lost": writing.lost}[step.facts["how"]]
    yield tell(items=[item_uri(step.facts["code"])], **_head(step))


def _echelon_product(step: Step) -> Iterator[Event]:
    facts = step.facts
    old, product = [item_uri(code) for code in facts["sources"]], item_uri(facts["product"])
    event = writing.remade(
        old=old, new=[product], state_of_health_percent=facts["soh"], intended_use=facts["use"],
        warranty_months=facts["warranty_months"], **_head(step),
    )  # fmt: skip
    rated = own(model=facts["model"], ratedEnergy_kWh=facts["kwh"], mass_kg=facts["mass_kg"])
    yield {**event, "ilmd": {**event["ilmd"], **rated}}
    yield writing.assembled(parent=product, children=old, **_head(step))


def _fed(step: Step) -> Iterator[Event]:
    facts = step.facts
    yield writing.fed_to_batch(
        run=run_uri(step.by.uscc, facts["batch"]), items=[item_uri(facts["code"])], process="crushing",
        mass_kg=facts["mass_kg"], **_head(step),
    )  # fmt: skip


def _lots_fed(step: Step) -> Iterator[Event]:
    facts = step.facts
    lots = [Lot(lot_uri(lot["material"], lot["lot"]), lot["mass_kg"]) for lot in facts["lots"]]
    yield writing.fed_to_batch(
        run=run_uri(step.by.uscc, facts["batch"]), lots=lots, process=facts["process"], **_head(step)
    )


def _batch_out(step: Step) -> Iterator[Event]:
    facts = step.facts
    lots = [Lot(lot_uri(out["material"], out["lot"]), out["mass_kg"]) for out in facts["outputs"]]
    assays = [
        writing.assay(lot.uri, out["shares"], uncertainty=0.005, relative=True)
        for lot, out in zip(lots, facts["outputs"], strict=True)
        if out["shares"]
    ]
    fates = {lot.uri: out["fate"] for lot, out in zip(lots, facts["outputs"], strict=True) if "fate" in out}
    yield writing.batch_out(
        run=run_uri(step.by.uscc, facts["batch"]), lots=lots, process=facts["process"], assays=assays,
        fates=fates or None, **_head(step),
    )  # fmt: skip


def _product_out(step: Step) -> Iterator[Event]:
    facts = step.facts
    yield writing.product_out(
        lots=[Lot(lot_uri(facts["material"], facts["lot"]), facts["mass_kg"])], seller=party_uri(step.by.uscc),
        buyer=party_uri(facts["buyer"].uscc), document=document_uri(step.by.uscc, "delivery", facts["document"]), **_head(step),
    )  # fmt: skip


def _product_in(step: Step) -> Iterator[Event]:
    facts = step.facts
    yield writing.received(
        lots=[Lot(lot_uri(facts["material"], facts["lot"]), facts["mass_kg"])], giver=party_uri(facts["giver"].uscc),
        taker=party_uri(step.by.uscc), document=document_uri(step.by.uscc, "receipt", facts["document"]), **_head(step),
    )  # fmt: skip


def _raw(step: Step) -> Iterator[Event]:
    """Events as they are, for what no other step tells."""
    yield from step.facts["events"]


WRITERS: Mapping[str, Callable[[Step], Iterator[Event]]] = {
    "made": _made,
    "pack-in": _received,
    "vehicle": _vehicle,
    "sale": _sale,
    "spare": _spare,
    "replacement": _replacement,
    "swap-pack": _received,
    "swap": _swap,
    "swap-out": _shipped,
    "outlet-in": _outlet_in,
    "outlet-out": _shipped,
    "scrapped": _scrapped,
    "removal": _removal,
    "yard-out": _shipped,
    "gone": _gone,
    "lost": _lost,
    "echelon-in": _received,
    "echelon-product": _echelon_product,
    "echelon-out": _shipped,
    "customer-in": _received,
    "customer-out": _shipped,
    "recycler-in": _received,
    "fed": _fed,
    "lots-fed": _lots_fed,
    "batch-out": _batch_out,
    "product-out": _product_out,
    "product-in": _product_in,
    "raw": _raw,
}
