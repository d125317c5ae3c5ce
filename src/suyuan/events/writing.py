"""The steps of a battery's life as EPCIS events , for importers and simulators.

Each function writes one step and returns its event; a step of two sides returns two. Arguments are URIs
(`uris.item_uri`, `party_uri`, …) and keywords; what is not known is left out. `at` is when it happened,
`place` where; see `shapes.Moment`.

>>> from datetime import datetime
>>> from suyuan.events.uris import item_uri, place_uri
>>> event = installed(
...     vehicle=item_uri("LTEST000000000001"),
...     packs=[item_uri("001PB240000001G510000042")],
...     position="floor",
...     at=datetime(2026, 5, 1, 8),
... )
>>> event["type"], event["action"], event["bizStep"], event["sy:position"]
('AssociationEvent', 'ADD', 'installing', 'floor')
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import date, datetime, tzinfo
from typing import Any, Literal, Unpack

from suyuan.events.shapes import (
    Event,
    Head,
    Lot,
    Moment,
    Number,
    at_place,
    close,
    documents,
    frame,
    moment_text,
    number,
    own,
    party_of,
    plain,
    quantities,
)
from suyuan.terms.instants import SHANGHAI

Amounts = Mapping[str, Number]
"""Kilograms or shares by metal: `{"Ni": 41.2, "Co": 8}`."""


def _object(
    head: Head | Moment, step: str, items: Sequence[str], lots: Sequence[Lot] = (), **fields: Any
) -> Event:
    listed = {"epcList": list(items) if items or not lots else None, "quantityList": quantities(lots)}
    action = {"action": fields.pop("action", "OBSERVE"), "bizStep": step}
    return close(frame("ObjectEvent", head), head, listed | action | fields)


def _association(
    head: Head | Moment, action: str, step: str, parent: str, children: Sequence[str], **fields: Any
) -> Event:
    binding = {"parentID": parent, "childEPCs": list(children), "action": action, "bizStep": step}
    return close(frame("AssociationEvent", head), head, binding | fields)


# made and put together


def made(
    *,
    items: Sequence[str],
    model: str | None = None,
    chemistry: str | None = None,
    rated_energy_kwh: Number | None = None,
    rated_capacity_ah: Number | None = None,
    nominal_voltage_v: Number | None = None,
    mass_kg: Number | None = None,
    composition: Amounts | None = None,
    recycled_content: Amounts | None = None,
    ilmd: Mapping[str, Any] | None = None,
    **head: Unpack[Head],
) -> Event:
    """Step 1, 生产: cells, modules or packs of one model are made. `ilmd` are further master data."""
    facts = own(
        model=model,
        chemistry=chemistry,
        ratedEnergy_kWh=rated_energy_kwh,
        ratedCapacity_Ah=rated_capacity_ah,
        nominalVoltage_V=nominal_voltage_v,
        mass_kg=mass_kg,
        composition=composition,
        recycledContent=recycled_content,
    ) | plain(ilmd or {})
    return _object(
        head, "commissioning", items, action="ADD", disposition="active", bizLocation=at_place(head), ilmd=facts or None
    )  # fmt: skip


def assembled(*, parent: str, children: Sequence[str], **head: Unpack[Head]) -> Event:
    """Step 2, 装配: cells into a module, modules (or cells) into a pack, packs into a reuse product."""
    return _association(head, "ADD", "assembling", parent, children)


# handed over


def shipped(
    *,
    items: Sequence[str] = (),
    lots: Sequence[Lot] = (),
    giver: str,
    taker: str,
    document: str | None = None,
    **head: Unpack[Head],
) -> Event:
    """Step 3 as the giver tells it, 发货: what leaves, to whom, under which despatch advice."""
    return _object(
        head, "shipping", items, lots, disposition="in_transit",
        bizTransactionList=documents(desadv=document),
        sourceList=party_of("source", giver), destinationList=party_of("destination", taker),
    )  # fmt: skip


def received(
    *,
    items: Sequence[str] = (),
    lots: Sequence[Lot] = (),
    giver: str,
    taker: str,
    document: str | None = None,
    disposition: str = "active",
    **head: Unpack[Head],
) -> Event:
    """Step 3 as the taker tells it, 收货: what came, from whom, under which receiving advice."""
    return _object(
        head, "receiving", items, lots, disposition=disposition, bizLocation=at_place(head),
        bizTransactionList=documents(recadv=document),
        sourceList=party_of("source", giver), destinationList=party_of("destination", taker),
    )  # fmt: skip


def handed_over(
    *,
    items: Sequence[str] = (),
    lots: Sequence[Lot] = (),
    giver: str,
    taker: str,
    document: str | None = None,
    receipt: str | None = None,
    received_at: datetime | None = None,
    received_place: str | None = None,
    **moment: Unpack[Moment],
) -> tuple[Event, Event]:
    """Step 3, 交付: both sides, shipped at `at` and `place`, received at `received_at` (else the same moment)."""
    taken: Moment = {**moment, "at": received_at or moment["at"], "place": received_place}
    return (
        shipped(items=items, lots=lots, giver=giver, taker=taker, document=document, **moment),
        received(items=items, lots=lots, giver=giver, taker=taker, document=receipt, **taken),
    )


# in a vehicle


def installed(
    *,
    vehicle: str,
    packs: Sequence[str],
    position: str | None = None,
    repair_order: str | None = None,
    swap: bool | None = None,
    **head: Unpack[Head],
) -> Event:
    """Step 4, 装车: packs go into a vehicle (or another carrier, such as a storage cabinet)."""
    words = own(position=position, repairOrder=repair_order, swap=swap)
    return _association(head, "ADD", "installing", vehicle, packs, **words)


def certified(
    *,
    vehicle: str,
    document: str,
    vehicle_model: str | None = None,
    swap_type: bool | None = None,
    import_cleared_on: date | None = None,
    **head: Unpack[Head],
) -> Event:
    """Step 5, 合格证: the vehicle's certificate of conformity."""
    cleared = import_cleared_on.isoformat() if import_cleared_on else None
    return _object(
        head, "sy:certifying", [vehicle], disposition="conformant", bizTransactionList=documents(cert=document),
        **own(vehicleModel=vehicle_model, swapType=swap_type, importClearedOn=cleared),
    )  # fmt: skip


def sold(
    *,
    vehicle: str,
    area: str | None = None,
    buyer_kind: str | None = None,
    owner_commitment: str | None = None,
    seller: str | None = None,
    buyer: str | None = None,
    document: str | None = None,
    **head: Unpack[Head],
) -> Event:
    """Step 6, 销售: sold, registered or leased in an area (GB/T 2260); a person only as a salted commitment."""
    return _object(
        head, "retail_selling", [vehicle], disposition="retail_sold",
        bizTransactionList=documents(inv=document),
        sourceList=party_of("source", seller), destinationList=party_of("destination", buyer),
        **own(saleArea=area, buyerKind=buyer_kind, ownerCommitment=owner_commitment),
    )  # fmt: skip


def stocked(*, items: Sequence[str], **head: Unpack[Head]) -> Event:
    """Step 7, 备件入库: spares in stock."""
    return _object(head, "stocking", items, disposition="available", bizLocation=at_place(head))


def removed(
    *,
    parent: str,
    children: Sequence[str],
    disposition: Literal["needs_replacement", "inactive"] | None = "inactive",
    repair_order: str | None = None,
    destination: str | None = None,
    **head: Unpack[Head],
) -> Event:
    """Step 13, 拆卸: packs come out of a vehicle; `destination` is the party that gets them."""
    return _association(
        head, "DELETE", "removing", parent, children, disposition=disposition,
        destinationList=party_of("destination", destination), **own(repairOrder=repair_order),
    )  # fmt: skip


def replaced(
    *,
    vehicle: str,
    old: Sequence[str],
    new: Sequence[str],
    repair_order: str,
    destination: str | None = None,
    **moment: Unpack[Moment],
) -> tuple[Event, Event]:
    """Step 8, 维修更换: old out, new in, under one repair order; `destination` gets the old ones."""
    out = removed(
        parent=vehicle, children=old, disposition="needs_replacement", repair_order=repair_order,
        destination=destination, **moment,
    )  # fmt: skip
    return out, _association(moment, "ADD", "replacing", vehicle, new, **own(repairOrder=repair_order))


def swapped(
    *, vehicle: str, old: Sequence[str], new: Sequence[str], **moment: Unpack[Moment]
) -> tuple[Event, Event]:
    """Step 9, 换电: the pack is changed at a swap station."""
    out = _association(moment, "DELETE", "removing", vehicle, old, **own(swap=True))
    return out, installed(vehicle=vehicle, packs=new, swap=True, **moment)


# in use


def measured(
    *,
    items: Sequence[str],
    state_of_health_percent: Number | None = None,
    remaining_capacity_ah: Number | None = None,
    method: str | None = None,
    uncertainty: Number | None = None,
    **head: Unpack[Head],
) -> Event:
    """Step 10, 检测: state of health (%), remaining capacity (Ah), by which method, how uncertain (same unit)."""
    named = (
        ("sy:StateOfHealth", state_of_health_percent, "P1"),
        ("sy:RemainingCapacity", remaining_capacity_ah, "AMH"),
    )
    spread = {"sDev": number(uncertainty)} if uncertainty is not None else {}
    reports = [
        {"type": kind, "value": number(value), "uom": uom, **spread}
        for kind, value, uom in named
        if value is not None
    ]
    if not reports:
        raise ValueError("a measurement needs a state of health or a remaining capacity")
    metadata = {"time": moment_text(head["at"], head.get("zone", SHANGHAI)), **own(method=method)}
    return _object(
        head, "inspecting", items, sensorElementList=[{"sensorMetadata": metadata, "sensorReport": reports}]
    )


def exported(
    *, items: Sequence[str], document: str | None = None, exporter: str | None = None, **head: Unpack[Head]
) -> Event:
    """Step 11, 出口: out of the country, under a customs declaration."""
    return _object(
        head, "shipping", items, disposition="sy:exported",
        bizTransactionList=documents(sy_customsDeclaration=document), sourceList=party_of("source", exporter),
    )  # fmt: skip


# the vehicle ends


def taken_in_for_scrapping(
    *,
    vehicle: str,
    scrap_certificate: str | None = None,
    battery_present: bool | None = None,
    codes_read: Sequence[str] | None = None,
    giver: str | None = None,
    taker: str | None = None,
    **head: Unpack[Head],
) -> Event:
    """Step 12, 报废回收: a dismantler takes the vehicle in; was the battery in it, which codes were read."""
    return _object(
        head, "accepting", [vehicle], disposition="inactive", bizLocation=at_place(head),
        sourceList=party_of("source", giver), destinationList=party_of("destination", taker),
        **own(scrapCertificate=scrap_certificate, batteryPresent=battery_present, codesRead=codes_read),
    )  # fmt: skip


def vehicle_gone(*, vehicle: str, scrap_certificate: str | None = None, **head: Unpack[Head]) -> Event:
    """Step 14, 拆解完成: the vehicle exists no longer."""
    return _object(
        head, "decommissioning", [vehicle], action="DELETE", disposition="destroyed",
        **own(scrapCertificate=scrap_certificate),
    )  # fmt: skip


# collected and stored


def collected(
    *,
    items: Sequence[str] = (),
    lots: Sequence[Lot] = (),
    source_kind: str | None = None,
    mass_kg: Number | None = None,
    condition: str | None = None,
    photo_sha256: str | None = None,
    giver: str | None = None,
    taker: str | None = None,
    document: str | None = None,
    **head: Unpack[Head],
) -> Event:
    """Step 15, 回收入库: an outlet takes used batteries in; one without a code has a temporary id and a photo."""
    return _object(
        head, "collecting", items, lots, disposition="returned", bizLocation=at_place(head),
        bizTransactionList=documents(recadv=document),
        sourceList=party_of("source", giver), destinationList=party_of("destination", taker),
        **own(sourceKind=source_kind, mass_kg=mass_kg, conditionClass=condition, photoSha256=photo_sha256),
    )  # fmt: skip


def refused(
    *, items: Sequence[str], giver: str, taker: str, evidence: str | None = None, **head: Unpack[Head]
) -> Event:
    """Beside step 15, 拒收: `taker` would not take a battery back that `giver` wanted to hand in; nothing moves."""
    return _object(
        head, "other", items, disposition="sy:refused",
        sourceList=party_of("source", giver), destinationList=party_of("destination", taker), **own(evidence=evidence),
    )  # fmt: skip


def stored(*, items: Sequence[str] = (), lots: Sequence[Lot] = (), **head: Unpack[Head]) -> Event:
    """Step 16, 贮存: batteries or lots are in store at `place`."""
    return _object(head, "storing", items, lots, bizLocation=at_place(head))


# another life


def taken_apart(*, parent: str, children: Sequence[str], **head: Unpack[Head]) -> Event:
    """Step 17, 拆分: a pack into modules, a module into cells."""
    return _association(head, "DELETE", "disassembling", parent, children)


def remade(
    *,
    old: Sequence[str],
    new: Sequence[str],
    run: str | None = None,
    state_of_health_percent: Number | None = None,
    grade: str | None = None,
    intended_use: str | None = None,
    warranty_months: int | None = None,
    **head: Unpack[Head],
) -> Event:
    """Step 18, 梯次利用产品: old codes become new ones (19 characters); `assembled` tells what is in what."""
    fields = {
        "inputEPCList": list(old), "outputEPCList": list(new), "transformationID": run,
        "bizStep": "sy:repurposing", "disposition": "active", "bizLocation": at_place(head),
        "ilmd": own(
            gradedStateOfHealth_percent=state_of_health_percent, grade=grade, intendedUse=intended_use,
            warranty_months=warranty_months,
        ) or None,
    }  # fmt: skip
    return close(frame("TransformationEvent", head), head, fields)


# turned into material

Process = Literal["crushing", "smelting", "leaching", "directRepair", "discharging", "sorting"]


def assay(
    lot: str, shares: Amounts, *, uncertainty: Number | None = None, relative: bool = False
) -> dict[str, Any]:
    """What is in a lot: mass shares by metal (`{"Li": 0.0295}`) and their standard uncertainty."""
    return own(lot=lot, share=shares, uncertainty=uncertainty, relative=True if relative else None)


def fed_to_batch(
    *,
    run: str,
    items: Sequence[str] = (),
    lots: Sequence[Lot] = (),
    process: Process = "crushing",
    mass_kg: Number | None = None,
    **head: Unpack[Head],
) -> Event:
    """Step 19, 再生利用投料: packs or lots go into a batch; `batch_out` of the same run tells what came out."""
    fields = {
        "inputEPCList": list(items) or None, "inputQuantityList": quantities(lots), "transformationID": run,
        "bizStep": f"sy:{process}", **own(mass_kg=mass_kg),
    }  # fmt: skip
    return close(frame("TransformationEvent", head), head, fields)


def batch_out(
    *,
    run: str,
    lots: Sequence[Lot],
    process: Process = "crushing",
    assays: Sequence[Mapping[str, Any]] | None = None,
    fates: Mapping[str, str] | None = None,
    **head: Unpack[Head],
) -> Event:
    """Step 19, 再生利用产出: lots come out of a batch, with `assay`s, and the fate of residues by lot URI."""
    fate = [own(lot=lot, fate=word) for lot, word in (fates or {}).items()]
    fields = {
        "outputQuantityList": quantities(lots), "transformationID": run, "bizStep": f"sy:{process}",
        **own(assay=list(assays) if assays else None, fate=fate or None),
    }  # fmt: skip
    return close(frame("TransformationEvent", head), head, fields)


def product_out(
    *,
    lots: Sequence[Lot],
    seller: str,
    buyer: str,
    document: str | None = None,
    disposed: bool = False,
    assays: Sequence[Mapping[str, Any]] | None = None,
    **head: Unpack[Head],
) -> Event:
    """Step 20, 产品出库: product sold to its buyer, or (`disposed`) residue handed to whoever disposes of it."""
    return _object(
        head, "shipping", (), lots, disposition="disposed" if disposed else "sy:recovered",
        bizTransactionList=documents(desadv=document),
        sourceList=party_of("source", seller), destinationList=party_of("destination", buyer),
        **own(assay=list(assays) if assays else None),
    )  # fmt: skip


# gone another way


def destroyed(
    *, items: Sequence[str] = (), lots: Sequence[Lot] = (), evidence: str | None = None, **head: Unpack[Head]
) -> Event:
    """Step 21, 销毁: exists no longer."""
    return _object(
        head, "destroying", items, lots, action="DELETE", disposition="destroyed", **own(evidence=evidence)
    )


def stolen(*, items: Sequence[str], evidence: str | None = None, **head: Unpack[Head]) -> Event:
    """Step 21, 被盗."""
    return _object(head, "other", items, disposition="stolen", **own(evidence=evidence))


def lost(*, items: Sequence[str], evidence: str | None = None, **head: Unpack[Head]) -> Event:
    """Step 21, 丢失: nobody knows where it is."""
    return _object(head, "other", items, disposition="sy:lost", **own(evidence=evidence))


def declared_wrong(
    event: Mapping[str, Any],
    *,
    reason: str = "incorrect_data",
    corrective_ids: Sequence[str] = (),
    at: datetime,
    zone: tzinfo = SHANGHAI,
) -> Event:
    """Step 22, 更正: the same event, said to be wrong; `event` must carry its id. The ledger keeps both."""
    if "eventID" not in event:
        raise ValueError("an event is declared wrong under its eventID; give it the id it is on record with")
    declaration: dict[str, Any] = {"declarationTime": moment_text(at, zone), "reason": reason}
    if corrective_ids:
        declaration["correctiveEventIDs"] = list(corrective_ids)
    return {**deepcopy(dict(event)), "errorDeclaration": declaration}


# what authorities and parties say of findings


def case_decided(
    *,
    case: str,
    state: str,
    reason: str,
    rules: Sequence[str] = (),
    evidence: str | None = None,
    **head: Unpack[Head],
) -> Event:
    """A case of findings is explained, confirmed, dismissed, …: an observation of the case's own URI (`uris.case_uri`)."""
    return _object(
        head, "sy:deciding", [case],
        **own(caseState=state, caseReason=reason, caseRules=list(rules), evidence=evidence),
    )  # fmt: skip


def read_by(*, party: str, readings: Sequence[Mapping[str, Any]], **head: Unpack[Head]) -> Event:
    """Who looked at the data of a party (its URI): an observation of the party; `readings` as own words without prefix."""
    return _object(head, "sy:reading", [party], **own(readings=[own(**line) for line in readings]))
