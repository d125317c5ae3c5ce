"""Rules of identity: what the code says and what its maker says of the thing agree, with each other and with the model.

chemistry-differs      letter of the code ≠ chemistry declared       chemistry-not-of-model   … ≠ chemistry of its model as filed
energy-not-of-model    kWh ≠ those of its model as filed             mass-not-of-model        kg ≠ those of its model as filed
model-of-another       the model was filed by another maker          unlike-its-model         unlike all others of a model nobody filed
mass-implausible       kg per kWh beyond what a pack can weigh
"""

import ibis
from ibis import _

from suyuan.rules.choosing import entries, threshold
from suyuan.rules.facts import Facts
from suyuan.rules.rule import Severity, rule
from suyuan.terms.sentence import Sentence

MAKERS = "battery-maker"
CODE_OR_FIGURE = Sentence(
    zh="请核对铭牌、编码与型号备案，更正其中有误的一项",
    en="compare the label, the code and the filing of the model, and correct the one that is wrong",
)


def letters(facts: Facts) -> ibis.Table:
    """word (upper case), letter, row: chemistries by any of their names, and the letter of the battery code for each."""
    named = facts.law.filter(
        (_.table == "battery-type") & _.field.isin(["word", "zh", "en"]) & _.until.isnull()
    )
    mixed = facts.law.filter((_.table == "composition") & (_.field == "letter") & _.until.isnull())
    both = named.select(word=_.text.upper(), letter="key", row="row").union(
        mixed.select(word=_.key.upper(), letter="text", row="row")
    )
    return facts.keep("chemistry_letter", both.group_by("word", "letter").agg(row=_.row.min()))


def made_things(facts: Facts) -> ibis.Table:
    """item, kind, letter, code_day, model, chemistry, kwh, kg, party, day, seq: packs and modules as declared at making."""
    made = facts.thing.filter(_.kind.isin(["pack", "module"]) & _.made_seq.notnull())
    return made.select(
        "item", "kind", "vendor", "letter", "code_day", "serial", "model", "chemistry", "kwh", "kg",
        party="made_by", day="made_on", seq="made_seq",
    )  # fmt: skip


def _of_model(facts: Facts, made: ibis.Table) -> ibis.Table:
    """`made` with what its model is filed as: filed_chemistry, filed_kwh, filed_kg, filed_by, filed_seq."""
    filed = facts.model.select(
        named="model", filed_chemistry="chemistry", filed_kwh="kwh", filed_kg="kg", filed_by="maker", filed_seq="master_seq",
    )  # fmt: skip
    return made.inner_join(filed, [("model", "named")]).drop("named")


@rule(
    "chemistry-differs",
    family="identity",
    severity=Severity.WARNING,
    cites=("gbt-34014-2017#position-5",),
    title=Sentence(zh="编码的电池类型与申报不符", en="the code's chemistry is not the one declared"),
    sentence=Sentence(
        zh="{party} 申报 {subject} 为 {chemistry}，但编码第 5 位是 {letter}",
        en="{party} declared {subject} as {chemistry}, but the fifth character of its code is {letter}",
    ),
    remedy=CODE_OR_FIGURE,
    owner=MAKERS,
    law=("battery-type", "composition"),
)
def chemistry_differs(facts: Facts) -> ibis.Table:
    """The fifth character of a code names the chemistry; of a chemistry with an unknown name nothing is said."""
    made = made_things(facts).filter(_.chemistry.notnull()).mutate(word=_.chemistry.strip().upper())
    known = letters(facts)
    rows = known.group_by("word").agg(row=_.row.min())
    found = made.anti_join(known, ["word", "letter"]).inner_join(rows, "word")
    return found.select(
        "chemistry",
        "letter",
        "row",
        subject="item",
        party="party",
        day="day",
        entries=ibis.array([found.seq]),
    )


@rule(
    "chemistry-not-of-model",
    family="identity",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#article-6", "gbt-34014-2017#position-5"),
    title=Sentence(zh="电池类型与型号备案不符", en="chemistry is not that of the model"),
    sentence=Sentence(
        zh="{subject} 的编码第 5 位是 {letter}，但其型号 {model} 备案为 {filed}",
        en="the fifth character of {subject} is {letter}, but its model {model} is filed as {filed}",
    ),
    remedy=CODE_OR_FIGURE,
    owner=MAKERS,
    law=("battery-type", "composition"),
)
def chemistry_not_of_model(facts: Facts) -> ibis.Table:
    """A pack is of the chemistry that its model was filed with."""
    made = _of_model(facts, made_things(facts)).filter(_.filed_chemistry.notnull())
    made = made.mutate(word=_.filed_chemistry.strip().upper())
    known = letters(facts)
    rows = known.group_by("word").agg(row=_.row.min())
    found = made.anti_join(known, ["word", "letter"]).inner_join(rows, "word")
    return found.select(
        "letter", "model", "row", subject="item", party="party", day="day",
        entries=entries(found.seq, found.filed_seq), filed="filed_chemistry",
    )  # fmt: skip


def _off(facts: Facts, declared: str, filed: str, tolerance: str) -> ibis.Table:
    made = _of_model(facts, made_things(facts).filter(_[declared].notnull()))
    made = threshold(facts, made.filter(_[filed] > 0), day="day", share=tolerance)
    found = made.filter((made[declared] - made[filed]).abs() > made.share * made[filed])
    return found.select(
        "model", "row", subject="item", party="party", day="day", entries=entries(found.seq, found.filed_seq),
        declared=declared, filed=filed,
    )  # fmt: skip


@rule(
    "energy-not-of-model",
    family="identity",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#article-6",),
    title=Sentence(zh="额定能量与型号备案不符", en="rated energy is not that of the model"),
    sentence=Sentence(
        zh="{party} 申报 {subject} 额定能量 {declared} kWh，型号 {model} 备案为 {filed} kWh",
        en="{party} declared {subject} with {declared} kWh; its model {model} is filed with {filed} kWh",
    ),
    remedy=CODE_OR_FIGURE,
    owner=MAKERS,
    law=("threshold",),
)
def energy_not_of_model(facts: Facts) -> ibis.Table:
    """A pack has the rated energy of its model."""
    return _off(facts, "kwh", "filed_kwh", "model-energy-tolerance")


@rule(
    "mass-not-of-model",
    family="identity",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#article-6",),
    title=Sentence(zh="质量与型号备案不符", en="mass is not that of the model"),
    sentence=Sentence(
        zh="{party} 申报 {subject} 质量 {declared} kg，型号 {model} 备案为 {filed} kg",
        en="{party} declared {subject} with {declared} kg; its model {model} is filed with {filed} kg",
    ),
    remedy=CODE_OR_FIGURE,
    owner=MAKERS,
    law=("threshold",),
)
def mass_not_of_model(facts: Facts) -> ibis.Table:
    """A pack weighs what its model weighs."""
    return _off(facts, "kg", "filed_kg", "model-mass-tolerance")


@rule(
    "model-of-another",
    family="identity",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#article-6",),
    title=Sentence(zh="使用他人备案的型号", en="made as a model that another filed"),
    sentence=Sentence(
        zh="{party} 报送生产 {subject}，型号 {model} 由 {filed_by} 备案",
        en="{party} reported {subject} made as model {model}, which {filed_by} filed",
    ),
    remedy=CODE_OR_FIGURE,
    owner=MAKERS,
)
def model_of_another(facts: Facts) -> ibis.Table:
    """A maker makes models of his own filing."""
    found = _of_model(facts, made_things(facts)).filter(_.filed_by != _.party)
    return found.select(
        "model",
        "filed_by",
        subject="item",
        party="party",
        day="day",
        entries=entries(found.seq, found.filed_seq),
    )


@rule(
    "unlike-its-model",
    family="identity",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#article-6",),
    title=Sentence(zh="与同型号的其他电池包不同", en="unlike all others of its model"),
    sentence=Sentence(
        zh="{party} 申报 {subject} 为 {kwh} kWh、{kg} kg；同型号 {model} 的 {alike} 个电池包多为 {usual_kwh} kWh、{usual_kg} kg",
        en="{party} declared {subject} with {kwh} kWh and {kg} kg; the {alike} packs of model {model} have {usual_kwh} kWh and {usual_kg} kg as a rule",
    ),
    remedy=CODE_OR_FIGURE,
    scope="party",
    owner=MAKERS,
    law=("threshold",),
)
def unlike_its_model(facts: Facts) -> ibis.Table:
    """Packs of one maker and model are alike in energy and mass, where nobody filed what the model is."""
    packs = made_things(facts).filter((_.kind == "pack") & _.model.notnull() & _.party.notnull())
    packs = packs.anti_join(facts.model.filter(_.kwh.notnull() | _.kg.notnull()), "model")
    usual = packs.group_by("party", "model").agg(
        alike=_.count(), usual_kwh=_.kwh.median(), usual_kg=_.kg.median()
    )
    both = packs.inner_join(usual, ["party", "model"])
    both = threshold(facts, both, day="day", least="model-alike-least", most="model-mass-tolerance")
    enough = both.filter(_.alike >= _.least)
    off_kwh = (enough.kwh - enough.usual_kwh).abs() / enough.usual_kwh
    off_kg = (enough.kg - enough.usual_kg).abs() / enough.usual_kg
    far = enough.mutate(off=ibis.greatest(off_kwh.fill_null(0), off_kg.fill_null(0)))
    found = far.filter(_.off > _.most)
    return found.select(
        "kwh", "kg", "model", "alike", "usual_kwh", "usual_kg", "row",
        subject="item", party="party", day="day", entries=ibis.array([found.seq]),
    )  # fmt: skip


@rule(
    "mass-implausible",
    family="identity",
    severity=Severity.WARNING,
    cites=("suyuan-derivations#plausible",),
    title=Sentence(zh="质量与能量之比不合理", en="mass and energy do not go together"),
    sentence=Sentence(
        zh="{party} 申报 {subject} 为 {kwh} kWh、{kg} kg，即每 kWh {kg_per_kwh} kg；合理范围为 {least} 至 {most} kg",
        en="{party} declared {subject} with {kwh} kWh and {kg} kg, {kg_per_kwh} kg per kWh; packs have {least} to {most} kg per kWh",
    ),
    remedy=Sentence(
        zh="请核对额定能量与质量的单位和数值", en="check figures and units of rated energy and mass"
    ),
    owner=MAKERS,
    law=("material-range",),
)
def mass_implausible(facts: Facts) -> ibis.Table:
    """A pack weighs so much per kilowatt hour as packs can."""
    packs = made_things(facts).filter((_.kind == "pack") & (_.kwh > 0) & _.kg.notnull())
    bounded = packs.mutate(kg_per_kwh=(_.kg / _.kwh).round(2))
    for bound in ("least", "most"):
        bounded = facts.in_force(bounded, "material-range", of="pack", field=bound, as_=bound)
    found = bounded.filter((_.kg_per_kwh < _.least) | (_.kg_per_kwh > _.most))
    return found.select(
        "kwh",
        "kg",
        "kg_per_kwh",
        "least",
        "most",
        "row",
        subject="item",
        party="party",
        day="day",
        entries=ibis.array([found.seq]),
    )
