"""Rules of assembly: a part is in one whole, of its kind, of its age, and new in what is new.

cell-in-two-wholes        a cell built in while it is still in another     module-in-two-packs   likewise a module
used-part-in-new-product  a cell or module of a retired pack in a new one  part-younger-than-whole   made after it was built in
parts-of-another-chemistry   cells of another letter than the whole's      parts-unlike-model    more or fewer parts than its model has
opened-outside            a used pack opened by a firm that may not
"""

import ibis
from ibis import _

from suyuan.rules.choosing import entries, first_of, threshold
from suyuan.rules.facts import BATTERIES, Facts
from suyuan.rules.rule import Severity, rule
from suyuan.terms.sentence import Sentence
from suyuan.views.days import local_day

REUSED = ("reuse_pack", "reuse_module", "reuse_cell")
PARTS = ("cell", "module")
WHOLES = ("module", "pack")
MAY_OPEN = ("echelon-user", "re-maker", "recycler", "battery-maker", "vehicle-maker", "after-sales")
RETIRING = ("collected", "fed", "destroyed")
LOOK_AT_BOTH = Sentence(
    zh="请查看两个实物，更正误报，收回伪造的编码",
    en="look at both things, correct the record that errs, withdraw a code that is forged",
)


def _moved(facts: Facts) -> ibis.Table:
    """child, kind, parent, parent_kind, since, start, before (the whole that it was in before), before_kind, before_end, ended_by.

    Parts that were in several wholes, each stay with the one before it. A pack that lists the cells of its own modules is no other whole.
    """
    stays = facts.views["assembly"].filter(_.child_kind.isin(PARTS) & _.parent_kind.isin([*WHOLES, *REUSED]))
    several = stays.group_by("child").agg(first=_.parent.min(), last=_.parent.max()).filter(_.first != _.last)
    stays = stays.semi_join(several, "child")
    order = ibis.window(group_by="child", order_by=["since", "start"])
    moved = stays.select(
        "child", "parent", "parent_kind", "since", "start", kind="child_kind",
        before=_.parent.lag().over(order), before_kind=_.parent_kind.lag().over(order), before_start=_.start.lag().over(order),
        before_end=_.end.lag().over(order), ended_by=_.ended_by.lag().over(order),
    )  # fmt: skip
    moved = moved.filter(_.before.notnull() & (_.before != _.parent) & _.start.notnull())
    inner = facts.views["assembly"].select(inner="child", outer="parent")
    nested = (
        inner.semi_join(moved, [("inner", "before")])
        .union(inner.semi_join(moved, [("inner", "parent")]))
        .distinct()
    )
    moved = moved.anti_join(nested, [("before", "inner"), ("parent", "outer")])
    moved = moved.anti_join(nested, [("parent", "inner"), ("before", "outer")])
    event = facts.counted.event.select(
        seq="seq", party="actor", day="local_day", repair_order="repair_order", biz_step="biz_step"
    )
    return facts.keep("moved_part", moved.inner_join(event, [("start", "seq")]).drop("seq"))


def _retired(facts: Facts) -> ibis.Table:
    """child, start, whole, retired_at, retired_seq: parts that are built in after the pack that they were in had been retired."""
    moved = _moved(facts)
    packs = facts.views["assembly"].filter(_.parent_kind == "pack").select(inner="child", pack="parent")
    of = moved.select("child", "start", "since", "before").left_join(
        packs.semi_join(moved, [("inner", "before")]), [("before", "inner")]
    )
    of = of.mutate(whole=ibis.coalesce(_.pack, _.before)).select("child", "start", "since", "whole")
    out = facts.moment.filter(
        _.step.isin(RETIRING)
        | (
            (_.step.isin(["removed", "replaced"]))
            & (_.role == "child")
            & (_.act == "DELETE")
            & (_.parent_kind == "vehicle")
        )
    )
    out = out.select("seq", "occurred_at", whole="item").semi_join(of, "whole")
    both = first_of(of.inner_join(out, "whole").filter(_.occurred_at <= _.since), "child", "start")
    return facts.keep(
        "retired_part", both.select("child", "start", "whole", retired_at="occurred_at", retired_seq="seq")
    )


def _in_two(facts: Facts, kind: str) -> ibis.Table:
    moved = _moved(facts).filter((_.kind == kind) & (_.ended_by == "elsewhere") & ~_.parent_kind.isin(REUSED))
    moved = moved.anti_join(_retired(facts), ["child", "start"])
    return moved.select(
        "parent",
        "before",
        subject="child",
        party="party",
        day="day",
        entries=entries(moved.before_start, moved.start),
    )


@rule(
    "cell-in-two-wholes",
    family="assembly",
    severity=Severity.WARNING,
    cites=("gbt-34014-2017#uniqueness", "provisions-2018-35#annex-3"),
    title=Sentence(zh="同一单体装入两处", en="one cell in two wholes"),
    sentence=Sentence(
        zh="{party} 报送于 {day} 把单体 {subject} 装入 {parent}，但它还在 {before} 中",
        en="{party} reported the cell {subject} built into {parent} on {day}; it was still in {before}",
    ),
    remedy=LOOK_AT_BOTH,
    owner="battery-maker",
)
def cell_in_two_wholes(facts: Facts) -> ibis.Table:
    """A cell is in one module or pack at a time."""
    return _in_two(facts, "cell")


@rule(
    "module-in-two-packs",
    family="assembly",
    severity=Severity.WARNING,
    cites=("gbt-34014-2017#uniqueness", "provisions-2018-35#annex-3"),
    title=Sentence(zh="两个电池包含同一模块", en="two packs claim one module"),
    sentence=Sentence(
        zh="{party} 报送于 {day} 把模块 {subject} 装入 {parent}，但它还在 {before} 中",
        en="{party} reported the module {subject} built into {parent} on {day}; it was still in {before}",
    ),
    remedy=LOOK_AT_BOTH,
    owner="battery-maker",
)
def module_in_two_packs(facts: Facts) -> ibis.Table:
    """A module is in one pack at a time."""
    return _in_two(facts, "module")


@rule(
    "used-part-in-new-product",
    family="assembly",
    severity=Severity.SERIOUS,
    cites=("order-73-2026#article-19", "cascade-2021-114#codes"),
    title=Sentence(zh="旧电芯装入新品", en="a used part in a product sold as new"),
    sentence=Sentence(
        zh="{party} 报送于 {day} 把 {subject} 装入 {parent}，但它来自已退役的 {whole}，且没有梯次利用记录",
        en="{party} reported {subject} built into {parent} on {day}; it comes out of {whole}, which had been retired, and no re-making is on record",
    ),
    remedy=Sentence(
        zh="请核查该产品是否用旧电芯翻新", en="find out whether used cells were sold as new ones"
    ),
)
def used_part_in_new_product(facts: Facts) -> ibis.Table:
    """Parts of retired packs go into products with a code of their own kind, not into new packs; repairs may use parts that were tested."""
    moved = _moved(facts).filter(
        ~_.parent_kind.isin(REUSED) & _.repair_order.isnull() & (_.biz_step != "replacing").fill_null(True)
    )
    found = moved.inner_join(_retired(facts), ["child", "start"])
    return found.select(
        "parent", "whole", subject="child", party="party", day="day",
        entries=entries(found.before_start, found.retired_seq, found.start), root="parent",
    )  # fmt: skip


@rule(
    "part-younger-than-whole",
    family="assembly",
    severity=Severity.WARNING,
    cites=("gbt-34014-2017#position-15", "provisions-2018-35#annex-3"),
    title=Sentence(zh="部件生产晚于装配", en="a part made after it was built in"),
    sentence=Sentence(
        zh="{party} 报送于 {day} 把 {subject} 装入 {parent}，但该部件在 {made_on} 才生产",
        en="{party} reported {subject} built into {parent} on {day}, but the part was made only on {made_on}",
    ),
    remedy=Sentence(zh="请核对部件编码与两个日期", en="check the part's code and the two dates"),
    owner="battery-maker",
    law=("threshold",),
)
def part_younger_than_whole(facts: Facts) -> ibis.Table:
    """A part is made before it is built in: by its making as reported, and by the day in its code."""
    parts = facts.thing.filter(_.kind.isin(PARTS)).select(
        "made_seq", "first_on", child="item", made_on=ibis.greatest(_.made_on, _.code_day)
    )
    parts = parts.filter(_.made_on > _.first_on).drop("first_on")  # few: the join is small
    stays = facts.views["assembly"].filter(
        _.child_kind.isin(PARTS) & _.start.notnull() & _.parent_kind.isin([*WHOLES, *REUSED])
    )
    stays = stays.select("child", "parent", "start", day=local_day(_.since))
    early = stays.inner_join(parts, "child").filter(_.made_on > _.day)
    early = threshold(facts, early, day="day", most="part-age-tolerance")
    early = early.filter(_.made_on.delta(_.day, unit="day") > _.most)
    event = facts.counted.event.select(seq="seq", party="actor")
    found = early.inner_join(event, [("start", "seq")])
    return found.select(
        "parent",
        "made_on",
        "row",
        subject="child",
        party="party",
        day="day",
        entries=entries(found.start, found.made_seq),
        root="parent",
    )


@rule(
    "parts-of-another-chemistry",
    family="assembly",
    severity=Severity.WARNING,
    cites=("gbt-34014-2017#position-5",),
    title=Sentence(zh="部件与整体电池类型不同", en="parts of another chemistry than the whole"),
    sentence=Sentence(
        zh="{party} 报送于 {day} 把 {part} 等 {parts} 件装入 {subject}；部件编码第 5 位是 {part_letter}，整体是 {letter}",
        en="{party} reported {part} built into {subject} on {day} (parts of this kind: {parts}): the fifth character of the part is {part_letter}, that of the whole {letter}",
    ),
    remedy=LOOK_AT_BOTH,
    owner="battery-maker",
)
def parts_of_another_chemistry(facts: Facts) -> ibis.Table:
    """Cells, modules and the pack that they make are of one chemistry; so are a reuse product and what it is made of."""
    stays = facts.views["assembly"].filter(
        _.child_kind.isin(BATTERIES) & _.parent_kind.isin(BATTERIES) & _.start.notnull()
    )
    stays = stays.select(
        "child", "parent", "start", letter=_.parent.substr(4, 1), part_letter=_.child.substr(4, 1)
    )
    mixed = stays.filter(_.letter != _.part_letter)
    whole = mixed.group_by("parent", "letter", "part_letter").agg(
        start=_.start.min(), part=_.child.min(), parts=_.child.nunique()
    )
    event = facts.counted.event.select(seq="seq", party="actor", day="local_day")
    found = whole.inner_join(event, [("start", "seq")])
    return found.select(
        "part",
        "parts",
        "letter",
        "part_letter",
        subject="parent",
        party="party",
        day="day",
        entries=ibis.array([found.start]),
    )


@rule(
    "parts-unlike-model",
    family="assembly",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#annex-3",),
    title=Sentence(zh="部件数量与同型号不同", en="more or fewer parts than its model has"),
    sentence=Sentence(
        zh="{subject} 装入 {parts} 个部件；同型号 {model} 的 {alike} 个电池包中绝大多数装入 {usual} 个",
        en="{subject} was put together of {parts} parts; nearly all of the {alike} packs of model {model} have {usual}",
    ),
    remedy=Sentence(
        zh="请核对模块、单体清单是否完整", en="check whether the list of modules or cells is complete"
    ),
    scope="party",
    owner="battery-maker",
    law=("threshold",),
)
def parts_unlike_model(facts: Facts) -> ibis.Table:
    """Packs of one maker and model are put together of the same number of modules, or of cells where there are none."""
    stays = facts.views["assembly"].filter(
        (_.parent_kind == "pack") & _.child_kind.isin(PARTS) & _.start.notnull()
    )
    counted = stays.group_by(item=_.parent).agg(
        modules=(_.child_kind == "module").sum(),
        cells=(_.child_kind == "cell").sum(),
        seqs_first=_.start.min(),
        seqs_last=_.start.max(),
    )
    packs = facts.thing.filter((_.kind == "pack") & _.model.notnull()).select(
        "item", "made_by", "made_on", "model"
    )
    counted = counted.inner_join(packs, "item").mutate(parts=ibis.ifelse(_.modules > 0, _.modules, _.cells))
    counted = facts.keep("pack_parts", counted)
    usual = counted.group_by("made_by", "model").agg(alike=_.count(), usual=_.parts.mode())
    both = counted.inner_join(usual, ["made_by", "model"]).mutate(day=_.made_on)
    of_model = ibis.window(group_by=["made_by", "model"])
    odd = both.mutate(agree=(_.parts == _.usual).cast("float64").mean().over(of_model)).filter(
        _.parts != _.usual
    )
    odd = threshold(facts, odd, day="day", least="parts-alike-least", share="parts-alike-share")
    found = odd.filter((_.alike >= _.least) & (_.agree >= _.share))
    return found.select(
        "parts", "usual", "alike", "model", "row", subject="item", party="made_by", day="day",
        entries=entries(found.seqs_first, found.seqs_last),
    )  # fmt: skip


@rule(
    "opened-outside",
    family="assembly",
    severity=Severity.WARNING,
    cites=("outlets-2019-46#no-dismantling", "order-73-2026#chapter-3"),
    title=Sentence(zh="无资格企业拆解电池", en="a used pack opened by a firm that may not"),
    sentence=Sentence(
        zh="{party}（{roles}）报送于 {day} 拆开 {subject}；拆解应由综合利用企业进行",
        en="{party} ({roles}) reported {subject} taken apart on {day}; that is for firms of comprehensive utilisation",
    ),
    remedy=Sentence(
        zh="请把电池交给综合利用企业，并说明拆出的部件去向",
        en="hand batteries to firms of comprehensive utilisation, and tell where the parts went",
    ),
)
def opened_outside(facts: Facts) -> ibis.Table:
    """Outlets, dismantlers, dealers and users do not open packs; makers and repairers do so for repair. Of unknown firms nothing is said."""
    opened = facts.moment.filter(
        (_.step == "taken_apart") & _.kind.isin(["pack", "module"]) & _.role.isin(["parent", "input"])
    )
    opened = first_of(opened.select("item", "seq", "day", "occurred_at", "actor"))
    roles = facts.party_role.group_by(firm=_.party).agg(
        roles=_.role.group_concat(",", order_by=_.role), may=_.role.isin(MAY_OPEN).any()
    )
    found = opened.inner_join(roles, [("actor", "firm")]).filter(~_.may)
    return found.select("roles", subject="item", party="actor", day="day", entries=ibis.array([found.seq]))
