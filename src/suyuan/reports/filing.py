"""What firms of a role have reported of a period, in the words of the official forms, and what is missing.

    form · sheet   firm   things (count)   kWh   kg   first and last day   |   duties of the period: due, reported, missing

`FORMS` ties the sheets of the forms (`standards/submissions`) to the steps on record: what came as events counts alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import ibis
from ibis import _

from suyuan.reports import reading as r
from suyuan.reports.duties import duties_on
from suyuan.reports.party import KINDS, clause_of
from suyuan.reports.period import Period
from suyuan.reports.reading import Reading
from suyuan.reports.report import Report, Section, table
from suyuan.rules.facts import BATTERIES
from suyuan.standards.forms import form
from suyuan.terms.errors import SuyuanError
from suyuan.terms.sentence import Sentence
from suyuan.views.masses import in_kg

PACKS, MODULES, CELLS = ("pack", "reuse_pack"), ("module", "reuse_module"), ("cell", "reuse_cell")


class NoSuchRole(SuyuanError):
    """A role that fills in no form."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A sheet of a form: the steps that it tells, of which things, in which place of the event (empty: any but a whole's)."""

    form: str
    sheet: str
    steps: tuple[str, ...]
    things: tuple[str, ...] = BATTERIES
    places: tuple[str, ...] = ()


_ECHELON = (
    Line("echelon", "received", ("received", "collected")),
    Line("echelon", "products", ("remade",), places=("output",)),
    Line("echelon", "outbound", ("product_out", "shipped", "sold")),
)
FORMS: Mapping[str, tuple[Line, ...]] = {
    "battery-maker": (
        Line("battery-maker", "packs", ("made",), PACKS),
        Line("battery-maker", "modules", ("made",), MODULES),
        Line("battery-maker", "cells", ("made",), CELLS),
        Line("battery-maker", "packs", ("shipped",), PACKS),
    ),
    "vehicle-maker": (
        Line("vehicle-maker-production", "vehicles", ("installed",), places=("child",)),
        Line("vehicle-maker-production", "vehicles", ("certified",), ("vehicle",)),
        Line("vehicle-maker-sale", "sales", ("sold",), ("vehicle",)),
        Line("after-sales-stock", "spares", ("stocked",)),
    ),
    "after-sales": (
        Line("replacement", "replacements", ("replaced",), places=("child",)),
        Line("after-sales-stock", "spares", ("stocked",)),
    ),
    "swap-operator": (Line("swap", "swaps", ("swapped",), places=("child",)),),
    "outlet": (
        Line("outlet-in", "collected", ("collected", "received")),
        Line("outlet-out", "handed_on", ("shipped", "product_out")),
    ),
    "dismantler": (
        Line("dismantler", "vehicles", ("taken_in",), ("vehicle",)),
        Line("dismantler", "vehicles", ("vehicle_gone",), ("vehicle",)),
        Line("dismantler", "removals", ("removed",)),
        Line("dismantler", "outbound", ("shipped", "product_out")),
    ),
    "echelon-user": _ECHELON,
    "re-maker": _ECHELON,
    "recycler": (
        Line("recycler-in", "received", ("received", "collected"), (*BATTERIES, "lot")),
        Line("recycler-batch", "inputs", ("fed",), (*BATTERIES, "lot"), ("input",)),
        Line("recycler-batch", "outputs", ("fed",), ("lot",), ("output",)),
        Line("recycler-out", "products", ("product_out", "shipped"), (*BATTERIES, "lot")),
    ),
}
STEPS: Mapping[str, Sentence] = {
    key: Sentence(zh=zh, en=en)
    for key, zh, en in (
        ("made", "生产", "made"), ("shipped", "交出", "handed over"), ("installed", "装车", "installed"), ("certified", "合格证", "certified"),
        ("sold", "销售", "sold"), ("stocked", "备件入库", "spares in stock"), ("replaced", "更换", "replaced"), ("swapped", "换电", "swapped"),
        ("collected", "回收入库", "collected"), ("received", "接收", "received"), ("product_out", "出库", "out"), ("taken_in", "报废回收", "taken in"),
        ("vehicle_gone", "拆解完成", "dismantled"), ("removed", "拆卸", "removed"), ("remade", "制成产品", "re-made"), ("fed", "再生利用", "process run"),
    )
}  # fmt: skip


def forms_of(role: str) -> tuple[Line, ...]:
    """The sheets that a role fills in. Raises NoSuchRole."""
    if role not in FORMS:
        known = ", ".join(FORMS)
        raise NoSuchRole(
            f"no forms are filled in by {role!r}; roles: {known}",
            f"角色 {role!r} 没有对应的表格；可用：{known}",
        )
    return FORMS[role]


def reported(reading: Reading, role: str, period: Period, party: str | None) -> ibis.Table:
    """One row a sheet, firm, step and kind of thing: n, kwh, kg, unweighed, first, last, and the entries behind each."""
    moment, roles = reading["moment"], reading["party_role"].filter(_.role == role).select("party")
    told = moment.filter((moment.day >= period.first) & (moment.day <= period.last) & moment.actor.notnull())
    told = told.filter(told.actor == party) if party else told.semi_join(roles, told.actor == roles.party)
    told = told.select("item", "kind", "seq", "role", "step", "day", firm="actor")
    parts = []
    for n, line in enumerate(FORMS[role]):
        some = told.filter(_.step.isin([*line.steps]) & _.kind.isin([*line.things]))
        some = some.filter(_.role.isin([*line.places])) if line.places else some.filter(_.role != "parent")
        parts.append(some.mutate(line=ibis.literal(n)))
    each = reduce(lambda one, other: one.union(other), parts)
    thing = reading["thing"].select("made_seq", "kwh", "kg", of="item")
    each = each.left_join(thing, [each.item == thing.of]).drop("of")
    lots = reading["effective_event_item"].filter(_.kind == "lot")
    lots = lots.select(lot_seq="seq", lot="item", amount=in_kg(_.quantity, _.uom))
    lots = lots.group_by("lot_seq", "lot").agg(amount=_.amount.sum())
    each = each.left_join(lots, [each.seq == lots.lot_seq, each.item == lots.lot]).drop("lot_seq", "lot")
    lot = each.kind == "lot"
    each = each.mutate(kg=ibis.ifelse(lot, each.amount, each.kg))
    # a thing of which one step is told twice counts once; every entry stays behind it
    once = each.group_by("line", "firm", "kind", "item").agg(
        kwh=_.kwh.max(), kg=_.kg.max(where=_.kind != "lot"), lot_kg=_.amount.sum(), day=_.day.min(), last=_.day.max(),
        entries=r.seqs(_.seq), made_seq=_.made_seq.max(),
    )  # fmt: skip
    is_lot = once.kind == "lot"
    once = once.mutate(
        kg=ibis.ifelse(is_lot, once.lot_kg, once.kg),
        behind=ibis.ifelse(is_lot, once.entries, once.entries.concat(ibis.array([once.made_seq]))),
    )
    return once.group_by("line", "firm", "kind").agg(
        n=_.item.nunique(), n_entries=r.lists(_.entries),
        kwh=_.kwh.sum(), kwh_entries=_.behind.collect(where=_.kwh.notnull()).flatten().unique().sort(),
        kg=_.kg.sum(), kg_entries=_.behind.collect(where=_.kg.notnull()).flatten().unique().sort(),
        unweighed=_.count(where=_.kg.isnull()), unweighed_entries=_.entries.collect(where=_.kg.isnull()).flatten().unique().sort(),
        first=_.day.min(), last=_.last.max(),
    ).order_by("line", "firm", "kind")  # fmt: skip


def report(reading: Reading, role: str, period: Period, party: str | None = None) -> Report:
    """What is reported, what is missing."""
    about = [Sentence(zh=f"期间 {period.name}", en=f"period {period.name}")]
    if party:
        name = reading.name(party)
        about.append(Sentence(zh=f"{name} {party}".strip(), en=f"{name} {party}".strip()))
    named = r.role_name(role)
    words = named if isinstance(named, Sentence) else Sentence(zh=named, en=named)
    return Report(
        title=Sentence(zh=f"申报情况：{words.zh}", en=f"What was reported: {words.en}"),
        about=r.joined(about),
        sections=(_reported(reading, role, period, party), _missing(reading, role, period, party)),
        made_from=reading.made_from,
    )


def _reported(reading: Reading, role: str, period: Period, party: str | None) -> Section:
    columns = (
        r.text("form", "表格", "form"), r.text("sheet", "工作表", "sheet"), r.code("firm", "主体", "party"), r.text("name", "名称", "name"),
        r.text("step", "环节", "step"), r.text("kind", "类别", "kind"), r.count("n", "数量", "count"), r.number("kwh", "电量", "energy", "kWh", 1),
        r.number("kg", "质量", "mass", "kg", 1), r.count("unweighed", "质量未知", "of unknown mass"), r.day("first", "首日", "first day"),
        r.day("last", "末日", "last day"),
    )  # fmt: skip
    lines: list[Sequence[Any]] = []
    for row in reading.rows(reported(reading, role, period, party)):
        line = FORMS[role][row["line"]]
        of = form(line.form)
        sheet = of.sheet(line.sheet)
        numbers = [r.figure(row[key] or 0, row[f"{key}_entries"]) for key in ("n", "kwh", "kg", "unweighed")]
        lines.append(
            [of.name, sheet.name, row["firm"], reading.name(row["firm"]), STEPS[line.steps[0]], KINDS.get(row["kind"], row["kind"]),
             *numbers, row["first"], row["last"]]
        )  # fmt: skip
    none = Sentence(zh=f"{period.name} 期间没有申报。", en=f"Nothing was reported of {period.name}.")
    said = Sentence(
        zh="按事件发生日计入期间；同一物项同一环节只计一次。电量和质量为制造企业申报值，批料质量为申报值。",
        en="By the day on which it happened; a thing counts once a step. Energy and mass as makers declared them, of lots as told here.",
    )
    return Section(Sentence(zh="已申报", en="Reported"), (said if lines else none,), table(columns, lines))


def _missing(reading: Reading, role: str, period: Period, party: str | None) -> Section:
    """Duties of the role that arose in the period, and how they stand."""
    duty = duties_on(reading.day, party).filter(
        (_.role == role) & (_.trigger_day >= period.first) & (_.trigger_day <= period.last)
    )
    names = {"due_in": "due-in", "on_time": "on-time", "late": "late", "overdue": "overdue"}
    pair = ibis.array([_.trigger_seq, _.fulfilled_seq])

    def behind(where: ibis.Deferred | None) -> Any:
        return pair.collect(where=where).flatten().unique().sort()

    sums = duty.group_by("party", "duty", "row").agg(
        duties=_.count(), duties_entries=behind(None),
        **{name: _.count(where=_.status == status) for name, status in names.items()},
        **{f"{name}_entries": behind(_.status == status) for name, status in names.items()},
    )  # fmt: skip
    law = reading["law"].filter(_.table == "duty").group_by(law_row="row").agg(
        zh=_.text.max(where=_.field == "zh"), en=_.text.max(where=_.field == "en"), cites=_.cites.min(), verified=_.verified.all()
    )  # fmt: skip
    rows = reading.rows(
        sums.left_join(law, [("row", "law_row")]).order_by(ibis.desc("overdue"), "party", "duty", "row")
    )
    columns = (
        r.code("party", "主体", "party"), r.text("name", "名称", "name"), r.text("what", "责任", "duty"), r.count("duties", "应报", "duties"),
        r.count("on_time", "按时", "on time"), r.count("late", "迟报", "late"), r.count("due_in", "未到期", "not due yet"),
        r.count("overdue", "逾期未报", "missing"), r.text("clause", "依据", "clause"), r.code("row", "依据行", "row of law"),
    )  # fmt: skip
    lines = []
    for row in rows:
        law_of = {"row": row["row"], "verified": bool(row["verified"])}
        numbers = [
            r.figure(row[name], row[f"{name}_entries"]) for name in ("duties", "on_time", "late", "due_in")
        ]
        lines.append(
            [row["party"], reading.name(row["party"]), Sentence(zh=row["zh"] or row["duty"], en=row["en"] or row["duty"]), *numbers,
             r.figure(row["overdue"], row["overdue_entries"], **law_of), clause_of(row["cites"]), row["row"]]
        )  # fmt: skip
    none = Sentence(zh="该期间没有产生报送责任。", en="No duty to report arose in that period.")
    said = Sentence(
        zh="期间内产生的报送责任；逾期未报即缺失。",
        en="Duties that arose in the period; what is overdue is missing.",
    )
    return Section(Sentence(zh="缺失", en="Missing"), (said if lines else none,), table(columns, lines))
