"""Steps as rows of the submission forms, as a firm with a spreadsheet submits them.

Row("outlet-in", "collected", {"code": …, "received_on": …})     the form's role, its sheet, cells by column key
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from suyuan.simulate.lives import Step

Cells = dict[str, object]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of one sheet of one form."""

    role: str
    sheet: str
    cells: Cells


def by_form(steps: Iterable[Step]) -> dict[str, dict[str, list[Row]]]:
    """The rows of one firm's steps, by role of the form and sheet, in the order of the steps.

    A vehicle taken in and taken apart in one period is one row of the dismantler's sheet: the later one says both.
    """
    found: dict[str, dict[str, list[Row]]] = {}
    taken_in: dict[object, int] = {}
    for step in steps:
        for row in rows(step):
            sheet = found.setdefault(row.role, {}).setdefault(row.sheet, [])
            if step.kind == "gone" and (before := taken_in.get(row.cells["vin"])) is not None:
                sheet[before] = row
                continue
            if step.kind == "scrapped":
                taken_in[row.cells["vin"]] = len(sheet)
            sheet.append(row)
    return found


def rows(step: Step) -> list[Row]:
    """The rows that report a step; none where no form asks for it (what a maker takes in, losses, … are told by event alone)."""
    writer = WRITERS.get(step.kind)
    return list(writer(step)) if writer else []


def _made(step: Step) -> Iterator[Row]:
    facts, day = step.facts, step.at.date()
    archetype, modules = facts["archetype"], facts["modules"]
    delivered = facts["delivered_at"]
    cells: Cells = {
        "pack_code": facts["pack"], "model": facts["model"], "produced_on": day, "order_no": facts["order"],
        "rated_energy_kwh": archetype.kwh, "mass_kg": facts["mass_kg"], "chemistry": archetype.chemistry, "site": step.by.site,
    }  # fmt: skip
    handed = {"receiver_uscc": facts["receiver"].uscc, "delivered_on": delivered.date()} if delivered else {}
    yield Row("battery-maker", "packs", cells | handed)
    for module in modules:
        yield Row(
            "battery-maker",
            "modules",
            {"module_code": module, "pack_code": facts["pack"], "produced_on": day},
        )
    homes = [(facts["pack"], facts["cells"]), *modules.items()]
    for parent, inside in homes:
        for cell in inside:
            yield Row(
                "battery-maker", "cells", {"cell_code": cell, "parent_code": parent, "produced_on": day}
            )


def _vehicle(step: Step) -> Iterator[Row]:
    facts = step.facts
    yield Row(
        "vehicle-maker-production", "vehicles",
        {
            "vin": facts["vin"], "vehicle_model": facts["archetype"].vehicle, "pack_codes": "、".join(facts["packs"]),
            "offline_at": step.at, "certificate_no": facts["certificate"], "certificate_on": step.at.date(),
            "swap_type": "yes" if facts["swap"] else "no", "site": step.by.site,
        },
    )  # fmt: skip


def _sale(step: Step) -> Iterator[Row]:
    kind, buyer = step.facts["buyer"]
    cells: Cells = {
        "vin": step.facts["vin"],
        "sold_on": step.at.date(),
        "sale_area": step.facts["area"],
        "buyer_kind": kind,
    }
    yield Row("vehicle-maker-sale", "sales", cells | ({"buyer_uscc": buyer.uscc} if buyer else {}))


def _spare(step: Step) -> Iterator[Row]:
    facts = step.facts
    yield Row(
        "after-sales-stock", "spares",
        {"code": facts["code"], "battery_kind": "P", "model": facts["model"], "stocked_on": step.at.date(),
         "supplier_uscc": facts["supplier"].uscc, "site": step.by.site},
    )  # fmt: skip


def _replacement(step: Step) -> Iterator[Row]:
    facts = step.facts
    yield Row(
        "replacement", "replacements",
        {"vin": facts["vin"], "replaced_on": step.at.date(), "old_code": facts["old"], "new_code": facts["new"],
         "battery_kind": "P", "repair_order": facts["order"], "whereabouts_uscc": facts["to"].uscc},
    )  # fmt: skip


def _outlet_in(step: Step) -> Iterator[Row]:
    facts = step.facts
    cells: Cells = {
        "code": facts["code"], "battery_kind": "P", "received_on": step.at.date(), "source_kind": facts["source"],
        "source_uscc": facts["giver"].uscc, "mass_kg": facts["mass_kg"], "condition": "A", "site": step.by.site,
    }  # fmt: skip
    yield Row("outlet-in", "collected", cells | ({"vin": facts["vin"]} if facts["vin"] else {}))


def _outlet_out(step: Step) -> Iterator[Row]:
    facts = step.facts
    yield Row(
        "outlet-out", "handed_on",
        {"code": facts["code"], "battery_kind": "P", "handed_on": step.at.date(), "receiver_uscc": facts["to"].uscc,
         "mass_kg": facts["mass_kg"], "document_no": facts["document"], "site": step.by.site},
    )  # fmt: skip


def _swap_pack(step: Step) -> Iterator[Row]:
    facts = step.facts
    yield Row(
        "swap", "batteries",
        {"code": facts["code"], "registered_on": step.at.date(), "model": facts["model"],
         "supplier_uscc": facts["supplier"].uscc, "station": step.by.site},
    )  # fmt: skip


def _swap(step: Step) -> Iterator[Row]:
    facts = step.facts
    yield Row(
        "swap", "swaps",
        {"vin": facts["vin"], "swapped_at": step.at, "old_code": facts["old"], "new_code": facts["new"], "station": facts["station"]},
    )  # fmt: skip


def _scrapped(step: Step) -> Iterator[Row]:
    facts = step.facts
    yield Row(
        "dismantler", "vehicles",
        {"vin": facts["vin"], "accepted_on": step.at.date(), "certificate_no": facts["certificate"],
         "battery_present": "yes" if facts["present"] else "no", "pack_codes": "、".join(facts["packs"]), "site": step.by.site},
    )  # fmt: skip


def _gone(step: Step) -> Iterator[Row]:
    facts = step.facts
    yield Row(
        "dismantler", "vehicles",
        {"vin": facts["vin"], "accepted_on": facts["accepted_at"].date(), "certificate_no": facts["certificate"],
         "battery_present": "yes", "pack_codes": "、".join(facts["packs"]), "dismantled_on": step.at.date(), "site": step.by.site},
    )  # fmt: skip


def _removal(step: Step) -> Iterator[Row]:
    facts = step.facts
    yield Row(
        "dismantler", "removals",
        {"vin": facts["vin"], "code": facts["code"], "removed_on": step.at.date(), "mass_kg": facts["mass_kg"], "site": step.by.site},
    )  # fmt: skip


def _yard_out(step: Step) -> Iterator[Row]:
    facts = step.facts
    yield Row(
        "dismantler", "outbound",
        {"code": facts["code"], "handed_over_on": step.at.date(), "receiver_uscc": facts["to"].uscc,
         "mass_kg": facts["mass_kg"], "document_no": facts["document"]},
    )  # fmt: skip


def _echelon_in(step: Step) -> Iterator[Row]:
    facts = step.facts
    yield Row(
        "echelon", "received",
        {"code": facts["code"], "received_on": step.at.date(), "supplier_uscc": facts["giver"].uscc,
         "mass_kg": facts["mass_kg"], "soh_percent": facts["soh"]},
    )  # fmt: skip


def _echelon_product(step: Step) -> Iterator[Row]:
    facts = step.facts
    yield Row(
        "echelon", "products",
        {"source_codes": "、".join(facts["sources"]), "product_code": facts["product"], "product_type": "P", "made_on": step.at.date(),
         "model": facts["model"], "rated_energy_kwh": facts["kwh"],
         "mass_kg": facts["mass_kg"], "soh_percent": facts["soh"], "intended_use": facts["use"], "warranty_months": facts["warranty_months"]},
    )  # fmt: skip


def _echelon_out(step: Step) -> Iterator[Row]:
    facts = step.facts
    yield Row(
        "echelon", "outbound",
        {"code": facts["code"], "out_on": step.at.date(), "customer_uscc": facts["to"].uscc, "document_no": facts["document"]},
    )  # fmt: skip


def _recycler_in(step: Step) -> Iterator[Row]:
    facts = step.facts
    yield Row(
        "recycler-in", "received",
        {"code": facts["code"], "received_on": step.at.date(), "supplier_uscc": facts["giver"].uscc, "mass_kg": facts["mass_kg"],
         "chemistry": facts["archetype"].chemistry, "document_no": facts["document"], "site": step.by.site},
    )  # fmt: skip


def _fed(step: Step) -> Iterator[Row]:
    facts = step.facts
    yield Row(
        "recycler-batch", "inputs",
        {"batch_no": facts["batch"], "process": "crushing", "fed_on": step.at.date(), "code": facts["code"],
         "mass_kg": facts["mass_kg"], "site": step.by.site},
    )  # fmt: skip


def _lots_fed(step: Step) -> Iterator[Row]:
    for lot in step.facts["lots"]:
        yield Row(
            "recycler-batch", "inputs",
            {"batch_no": step.facts["batch"], "process": step.facts["process"], "fed_on": step.at.date(), "lot_no": lot["lot"],
             "material": lot["material"], "mass_kg": lot["mass_kg"], "site": step.by.site},
        )  # fmt: skip


def _batch_out(step: Step) -> Iterator[Row]:
    for out in step.facts["outputs"]:
        percents = {
            f"{metal.lower()}_percent": round(share * 100, 3) for metal, share in out["shares"].items()
        }
        cells: Cells = {
            "batch_no": step.facts["batch"], "process": step.facts["process"], "finished_on": step.at.date(), "material": out["material"],
            "lot_no": out["lot"], "mass_kg": out["mass_kg"], **percents,
        }  # fmt: skip
        yield Row("recycler-batch", "outputs", cells | ({"fate": out["fate"]} if "fate" in out else {}))


def _product_out(step: Step) -> Iterator[Row]:
    facts = step.facts
    yield Row(
        "recycler-out", "products",
        {"material": facts["material"], "lot_no": facts["lot"], "mass_kg": facts["mass_kg"], "out_on": step.at.date(),
         "buyer_uscc": facts["buyer"].uscc, "document_no": facts["document"], "site": step.by.site},
    )  # fmt: skip


WRITERS: Mapping[str, Callable[[Step], Iterator[Row]]] = {
    "made": _made,
    "vehicle": _vehicle,
    "sale": _sale,
    "spare": _spare,
    "replacement": _replacement,
    "swap-pack": _swap_pack,
    "swap": _swap,
    "outlet-in": _outlet_in,
    "outlet-out": _outlet_out,
    "scrapped": _scrapped,
    "removal": _removal,
    "yard-out": _yard_out,
    "gone": _gone,
    "echelon-in": _echelon_in,
    "echelon-product": _echelon_product,
    "echelon-out": _echelon_out,
    "recycler-in": _recycler_in,
    "fed": _fed,
    "lots-fed": _lots_fed,
    "batch-out": _batch_out,
    "product-out": _product_out,
}
