"""Whether a row agrees with what the document said before: packs in vehicles, parts in packs, batches.

These checks remember the rows that they see, so they see only rows that nothing keeps out. What follows
from a refused row is not a second fault.
"""

from typing import Final

from suyuan.capture.workbook.code_cells import kind_of
from suyuan.capture.workbook.met import Met
from suyuan.capture.workbook.remarks import block, hint, warn
from suyuan.capture.workbook.row_checks import Check, Said, Values

MASS_TOLERANCE: Final = 1.001
"""What comes out of a batch may exceed what went in by rounding."""


def pack_in_one_vehicle(row: Values, met: Met) -> Said:
    """A pack is in one vehicle only."""
    vehicle = row["vin"]
    for code in row.get("pack_codes", ()):
        before = met.vehicle_of.setdefault(code, vehicle)
        if before != vehicle:
            yield (
                "pack_codes",
                block(
                    "pack-in-two-vehicles",
                    f"{code} is in vehicle {before} already, in this document",
                    f"{code} 在本文件中已装于车辆 {before}",
                ),
            )


def pack_is_here(row: Values, met: Met) -> Said:
    """The pack that a module names is in the document too."""
    yield from _parent_is_here(row.get("pack_code"), "pack_code", met)


def parent_is_here(row: Values, met: Met) -> Said:
    """The module or pack that a cell names is in the document too."""
    yield from _parent_is_here(row.get("parent_code"), "parent_code", met)


def _parent_is_here(parent: str | None, key: str, met: Met) -> Said:
    # only where the document has a sheet of such things: else its sender reports them elsewhere
    known = met.codes.get(kind_of(parent)) if parent else None
    if known and parent not in known:
        yield (
            key,
            hint(
                "parent-not-here",
                f"{parent} is not in this document; it is taken as reported elsewhere",
                f"{parent} 不在本文件中，视为另行报送",
            ),
        )


def remember_code(row: Values, met: Met) -> Said:
    """Notes packs and modules for the rows that name them; says nothing."""
    for key in ("pack_code", "module_code"):
        if key in row and not (key == "pack_code" and "module_code" in row):
            met.codes.setdefault(kind_of(row[key]), set()).add(row[key])
    yield from ()


def batch_fed(row: Values, met: Met) -> Said:
    """One process a batch; notes what went in."""
    batch, process = row["batch_no"], row.get("process")
    known = met.process_of.setdefault(batch, process) if process else met.process_of.get(batch)
    if process and known != process:
        yield (
            "process",
            block(
                "batch-of-two-processes",
                f"batch {batch} has another process above ({known})",
                f"批次 {batch} 在前面填写了另一工艺（{known}）",
            ),
        )
        return
    met.fed_kg[batch] = met.fed_kg.get(batch, 0) + row.get("mass_kg", 0)


def input_refused(row: Values, met: Met) -> None:
    """Notes an input row that was refused: its batch is known, what went into it is not."""
    batch = row.get("batch_no")
    met.doubtful.add(batch)
    if batch is not None and "process" in row:
        met.process_of.setdefault(batch, row["process"])


def batch_came_out(row: Values, met: Met) -> Said:
    """A batch has a process, and no more comes out than went in."""
    batch, process = row["batch_no"], row.get("process")
    known = met.process_of.get(batch)
    if not process and not known:
        yield (
            "process",
            block(
                "batch-without-process",
                f"batch {batch} is not among the inputs: say its process",
                f"投料表中没有批次 {batch}；请填写工艺",
            ),
        )
        return
    if process and known and process != known:
        yield (
            "process",
            block(
                "batch-of-two-processes",
                f"batch {batch} has another process among the inputs ({known})",
                f"批次 {batch} 在投料表中为另一工艺（{known}）",
            ),
        )
        return
    if met.doubtful & {batch, None}:
        return  # a refused input row is told already: what follows from it is not a second fault
    if batch not in met.fed_kg:
        if met.fed_kg:
            yield (
                "batch_no",
                hint(
                    "batch-not-fed-here",
                    f"batch {batch} is not among the inputs of this document",
                    f"本文件投料表中没有批次 {batch}",
                ),
            )
        return
    made = met.made_kg[batch] = met.made_kg.get(batch, 0) + row.get("mass_kg", 0)
    if (process or known) == "leaching":
        return  # acid, soda and water come in too, and salts hold water of their crystals
    if made > met.fed_kg[batch] * MASS_TOLERANCE:
        yield (
            "mass_kg",
            warn(
                "batch-output-exceeds-input",
                f"{made:g} kg came out of batch {batch} so far, {met.fed_kg[batch]:g} kg went in",
                f"批次 {batch} 累计产出 {made:g} kg，投料仅 {met.fed_kg[batch]:g} kg",
            ),
        )


MEMORIES: Final[tuple[tuple[tuple[str, ...], Check], ...]] = (
    (("vin", "pack_codes", "certificate_on"), pack_in_one_vehicle),
    (("module_code", "pack_code"), pack_is_here),
    (("cell_code", "parent_code"), parent_is_here),
    (("pack_code|module_code",), remember_code),
    (("batch_no", "fed_on"), batch_fed),
    (("batch_no", "finished_on"), batch_came_out),
)
"""Checks that remember the row; they see only rows that nothing keeps out so far."""
