"""Whether the cells of a row agree with each other.

A contradiction that only the sender can settle keeps the row out; what is merely unlikely (a date, a mass) is
a warning: whether it is right is judged from the ledger, never a reason to lose the record.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from suyuan.capture.workbook.code_cells import KINDS, kind_of
from suyuan.capture.workbook.met import Met
from suyuan.capture.workbook.remarks import Remark, block, warn
from suyuan.identifiers.battery_form import date_start, day_of
from suyuan.standards.shapes import BatteryType
from suyuan.standards.tables import table

Values = Mapping[str, Any]
Said = Iterator[tuple[str, Remark]]
Check = Callable[[Values, Met], Said]

KG_PER_KWH: Final = (5.0, 11.0)
"""What a pack weighs (domain notes 8.5, derived): outside of it the unit is mostly wrong."""
ENERGY_TOLERANCE: Final = 0.15
"""How far capacity × voltage may be from the rated energy; rated values are rounded and taken at other rates."""
FORBIDDEN_USES: Final = frozenset({"electric-bicycle"})
CODES: Final = ("pack_code", "module_code", "cell_code", "code", "product_code", "old_code")
PARTIES: Final = (
    "receiver_uscc",
    "customer_uscc",
    "buyer_uscc",
    "whereabouts_uscc",
    "supplier_uscc",
    "source_uscc",
)


def _code(row: Values) -> tuple[str, str] | None:
    """The code that a row is about, with its column."""
    for key in CODES:
        code = row.get(key)
        if code is not None:
            return key, code
    return None


def chemistry_agrees(row: Values, met: Met) -> Said:
    """The chemistry named is that of the code's fifth character."""
    named, coded = row.get("chemistry"), _code(row)
    if named is None or coded is None:
        return
    letter = coded[1][4]
    said = _chemistries()[letter]
    if said.word != named:
        yield (
            "chemistry",
            block(
                "chemistry-contradicts-code",
                f"the code's fifth character {letter} says {said.word}, the row says {named}; one of them is wrong",
                f"编码第 5 位 {letter} 表示{said.zh}，与本行所填不符；请核对",
                said.zh,
            ),
        )


def kind_agrees(row: Values, met: Met) -> Said:
    """The kind named is that of the code's fourth character."""
    key = "battery_kind" if "battery_kind" in row else "product_type"
    named, coded = row.get(key), _code(row)
    if named is not None and coded is not None and kind_of(coded[1]) != named:
        kind = KINDS[kind_of(coded[1])]
        yield (
            key,
            block(
                "kind-contradicts-code",
                f"the code is that of a {kind.en}; one of them is wrong",
                f"编码为{kind.zh}编码，与本行所填不符；请核对",
                kind.zh,
            ),
        )


def date_agrees(row: Values, met: Met) -> Said:
    """The production date is the one in the code."""
    key = "produced_on" if "produced_on" in row else "made_on"
    told, coded = row.get(key), _code(row)
    if told is None or coded is None:
        return
    start = date_start(len(coded[1]))
    day = day_of(coded[1][start : start + 3])
    if day is not None and day != told.date():
        yield (
            key,
            warn(
                "date-contradicts-code",
                f"the code says {day}, the row {told:%Y-%m-%d}",
                f"编码中的日期为 {day}，本行为 {told:%Y-%m-%d}",
                f"{day}",
            ),
        )


ORDERS: Final = (
    ("produced_on", "delivered_on", "produced", "delivered", "生产", "交付"),
    ("offline_at", "certificate_on", "off the line", "certified", "下线", "签发合格证"),
    ("accepted_on", "dismantled_on", "taken in", "dismantled", "回收", "拆解完成"),
)


def dates_in_order(row: Values, met: Met) -> Said:
    """What comes first has the earlier date."""
    for first, second, first_en, second_en, first_zh, second_zh in ORDERS:
        before, after = row.get(first), row.get(second)
        if isinstance(before, datetime) and isinstance(after, datetime) and after.date() < before.date():
            yield (
                second,
                warn(
                    "dates-out-of-order",
                    f"{second_en} on {after:%Y-%m-%d}, before it was {first_en} on {before:%Y-%m-%d}",
                    f"{second_zh}（{after:%Y-%m-%d}）早于{first_zh}（{before:%Y-%m-%d}）",
                ),
            )


def mass_is_plausible(row: Values, met: Met) -> Said:
    """A new pack weighs 5 to 11 kg per kWh; one of used parts has lost some of its kWh."""
    mass, energy, coded = row.get("mass_kg"), row.get("rated_energy_kwh"), _code(row)
    if mass is None or energy is None or coded is None or coded[1][3] != "P" or len(coded[1]) != 24:
        return
    low, high = KG_PER_KWH
    ratio = mass / energy
    if low <= ratio <= high:
        return
    meant = next((mass * f for f in (1000, 0.001, 0.5, 2) if low <= mass * f / energy <= high), None)
    yield (
        "mass_kg",
        warn(
            "mass-implausible",
            f"{mass:g} kg for {energy:g} kWh is {ratio:.3g} kg/kWh, where packs have {low:g} to {high:g}; tonnes for kilograms?",
            f"{energy:g} kWh 对应 {mass:g} kg，即 {ratio:.3g} kg/kWh，电池包一般为 {low:g} 至 {high:g}；单位是否误用吨？",
            f"{meant:g}" if meant is not None else None,
        ),
    )


def energy_agrees(row: Values, met: Met) -> Said:
    """Capacity times voltage is the rated energy."""
    energy, capacity, voltage = (
        row.get(key) for key in ("rated_energy_kwh", "rated_capacity_ah", "nominal_voltage_v")
    )
    if energy is None or capacity is None or voltage is None:
        return
    computed = capacity * voltage / 1000
    if abs(computed - energy) <= ENERGY_TOLERANCE * max(computed, energy):
        return
    # where the mass speaks for the energy, the capacity is wrong
    low, high = KG_PER_KWH
    if low <= row.get("mass_kg", 0) / energy <= high:
        key, meant = "rated_capacity_ah", energy * 1000 / voltage
    else:
        key, meant = "rated_energy_kwh", computed
    yield (
        key,
        warn(
            "energy-contradicts-capacity",
            f"{capacity:g} Ah × {voltage:g} V = {computed:.4g} kWh, the row says {energy:g} kWh",
            f"{capacity:g} Ah × {voltage:g} V = {computed:.4g} kWh，本行为 {energy:g} kWh",
            f"{meant:.4g}",
        ),
    )


def new_replaces_old(row: Values, met: Met) -> Said:
    """Old and new are two codes of one kind."""
    old, new = row.get("old_code"), row.get("new_code")
    if old is None or new is None:
        return
    if old == new:
        yield "new_code", block("code-replaces-itself", "old and new code are the same", "新旧编码相同")
    elif kind_of(old) != kind_of(new):
        old_kind, new_kind = KINDS[kind_of(old)], KINDS[kind_of(new)]
        yield (
            "new_code",
            block(
                "kinds-differ",
                f"a {old_kind.en} was replaced by a {new_kind.en}",
                f"旧件为{old_kind.zh}，新件为{new_kind.zh}，类别不同",
            ),
        )


def buyer_agrees(row: Values, met: Met) -> Said:
    """A person has no credit code."""
    if row.get("buyer_kind") == "person" and row.get("buyer_uscc"):
        yield (
            "buyer_uscc",
            warn(
                "buyer-person-with-uscc",
                "a person has no credit code; is the buyer a company?",
                "个人没有统一社会信用代码；购买方是否为单位？",
            ),
        )


def battery_presence_agrees(row: Values, met: Met) -> Said:
    """No codes of batteries that are not there."""
    if row.get("battery_present") == "no" and row.get("pack_codes"):
        yield (
            "battery_present",
            block(
                "battery-presence-contradicts",
                "the battery is said to be missing, yet its code is given",
                "填写了电池不在车，却又填写了电池编码；请核对",
            ),
        )


def use_is_lawful(row: Values, met: Met) -> Said:
    """Electric bicycles are no lawful use (order-73#22)."""
    if row.get("intended_use") in FORBIDDEN_USES:
        yield (
            "intended_use",
            warn(
                "use-forbidden",
                "used batteries may not go into electric bicycles (Order 73, art. 22; not verified)",
                "废旧动力电池不得用于电动自行车（第 73 号令第二十二条，未核实）",
            ),
        )


def product_is_new(row: Values, met: Met) -> Said:
    """A product is not made of itself."""
    if row.get("product_code") in row.get("source_codes", ()):
        yield (
            "product_code",
            block("product-is-source", "the product's code is one of its sources", "产品编码与来源编码相同"),
        )


def assay_adds_up(row: Values, met: Met) -> Said:
    """Shares of a lot do not exceed the whole."""
    total = sum(value for key, value in row.items() if key.endswith("_percent") and len(key) == 10)
    if total > 100:
        key = next(key for key in row if key.endswith("_percent") and len(key) == 10)
        yield (
            key,
            block(
                "assay-over-100",
                f"the metals add up to {total:g} %",
                f"各金属含量合计 {total:g} %，超过 100 %",
            ),
        )


def receiver_is_another(row: Values, met: Met) -> Said:
    """Nobody hands over to themselves."""
    giver = row.get("outlet_uscc", met.party)
    for key in PARTIES:
        if row.get(key) == giver:
            yield (
                key,
                warn("handover-to-oneself", "giver and taker are the same party", "移交双方为同一单位"),
            )


def _chemistries() -> Mapping[str, BatteryType]:
    return table("battery-type", BatteryType).newest


CHECKS: Final[tuple[tuple[tuple[str, ...], Check], ...]] = (
    (("chemistry", "|".join(CODES)), chemistry_agrees),
    (("battery_kind|product_type", "|".join(CODES)), kind_agrees),
    (("produced_on|made_on", "|".join(CODES)), date_agrees),
    (("produced_on|offline_at|accepted_on", "delivered_on|certificate_on|dismantled_on"), dates_in_order),
    (("mass_kg", "rated_energy_kwh"), mass_is_plausible),
    (("rated_energy_kwh", "rated_capacity_ah", "nominal_voltage_v"), energy_agrees),
    (("old_code", "new_code"), new_replaces_old),
    (("buyer_kind", "buyer_uscc"), buyer_agrees),
    (("battery_present", "pack_codes"), battery_presence_agrees),
    (("intended_use",), use_is_lawful),
    (("product_code", "source_codes"), product_is_new),
    (("li_percent|ni_percent|co_percent|mn_percent|cu_percent|al_percent|fe_percent",), assay_adds_up),
    (("|".join(PARTIES),), receiver_is_another),
)
"""Which columns a check needs (`a|b`: one of them), in the order in which they are told."""
