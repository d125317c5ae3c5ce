"""Good rows told as events: which function tells the rows of which sheet.

Each takes rows that belong together (`Sheet.group`; else one) and the submitter, and gives the steps of
`suyuan.events.writing` in the order in which they happened. A day without a time begins at midnight in Shanghai.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from suyuan.capture.workbook import steps_end, steps_making, steps_use
from suyuan.capture.workbook.submitter import Submitter
from suyuan.events.shapes import Event

Rows = Sequence[Mapping[str, Any]]
Step = Callable[[Rows, Submitter], Iterator[Event]]

STEPS: Mapping[tuple[str, str], Step] = {
    ("battery-maker", "packs"): steps_making.packs,
    ("battery-maker", "modules"): steps_making.modules,
    ("battery-maker", "cells"): steps_making.cells,
    ("vehicle-maker-production", "vehicles"): steps_making.vehicles,
    ("vehicle-maker-sale", "sales"): steps_use.sales,
    ("after-sales-stock", "spares"): steps_use.spares,
    ("replacement", "replacements"): steps_use.replacements,
    ("outlet-in", "collected"): steps_end.collected,
    ("outlet-out", "handed_on"): steps_end.handed_on,
    ("swap", "swaps"): steps_use.swaps,
    ("swap", "batteries"): steps_use.swap_batteries,
    ("swap", "vehicles"): steps_use.swap_vehicles,
    ("dismantler", "vehicles"): steps_end.scrapped,
    ("dismantler", "removals"): steps_end.removals,
    ("dismantler", "outbound"): steps_end.outbound,
    ("echelon", "received"): steps_end.received_for_reuse,
    ("echelon", "products"): steps_end.reuse_products,
    ("echelon", "outbound"): steps_end.reuse_products_out,
    ("recycler-in", "received"): steps_end.received_for_recycling,
    ("recycler-batch", "inputs"): steps_end.fed,
    ("recycler-batch", "outputs"): steps_end.came_out,
    ("recycler-out", "products"): steps_end.products_out,
    ("recycler-out", "residues"): steps_end.residues_out,
}
"""By role and sheet."""
