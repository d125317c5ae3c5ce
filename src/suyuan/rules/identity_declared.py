"""Rules of identity: what the code says and what its maker says of the thing agree.

chemistry-differs      letter of the code ≠ chemistry declared       chemistry-not-of-model   … ≠ chemistry of its model as filed
energy-not-of-model    kWh ≠ those of its model as filed             mass-not-of-model        kg ≠ those of its model as filed
model-of-another       the model was filed by another maker          unlike-its-model         unlike all others of a model nobody filed
mass-implausible       kg per kWh beyond what a pack can weigh       code-day-differs         the code's day is not the day of making
code-from-the-future   the code's day is after its report            serial-beyond-run        a serial number that its maker never reaches
vin-year-differs       model year in the VIN ≠ year of the certificate
"""

import ibis
from ibis import _

from suyuan.rules.choosing import entries, first_of, threshold
from suyuan.rules.facts import BATTERIES, Facts
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


def _made(facts: Facts) -> ibis.Table:
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
    made = _made(facts).filter(_.chemistry.notnull()).mutate(word=_.chemistry.strip().upper())
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
    made = _of_model(facts, _made(facts)).filter(_.filed_chemistry.notnull())
    made = made.mutate(word=_.filed_chemistry.strip().upper())
    known = letters(facts)
    rows = known.group_by("word").agg(row=_.row.min())
    found = made.anti_join(known, ["word", "letter"]).inner_join(rows, "word")
    return found.select(
        "letter", "model", "row", subject="item", party="party", day="day",
        entries=entries(found.seq, found.filed_seq), filed="filed_chemistry",
    )  # fmt: skip


def _off(facts: Facts, declared: str, filed: str, tolerance: str) -> ibis.Table:
    made = _of_model(facts, _made(facts).filter(_[declared].notnull()))
    made = threshold(facts, made.filter(_[filed] > 0), tolerance)
    found = made.filter((made[declared] - made[filed]).abs() > made["limit"] * made[filed])
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
    found = _of_model(facts, _made(facts)).filter(_.filed_by != _.party)
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
    scope="whole",
    owner=MAKERS,
    law=("threshold",),
)
def unlike_its_model(facts: Facts) -> ibis.Table:
    """Packs of one maker and model are alike in energy and mass, where nobody filed what the model is."""
    packs = _made(facts).filter((_.kind == "pack") & _.model.notnull() & _.party.notnull())
    packs = packs.anti_join(facts.model.filter(_.kwh.notnull() | _.kg.notnull()), "model")
    usual = packs.group_by("party", "model").agg(
        alike=_.count(), usual_kwh=_.kwh.median(), usual_kg=_.kg.median()
    )
    both = packs.inner_join(usual, ["party", "model"])
    enough = (
        threshold(facts, both, "model-alike-least")
        .filter(lambda t: t.alike >= t["limit"])
        .drop("limit", "row")
    )
    off_kwh = (enough.kwh - enough.usual_kwh).abs() / enough.usual_kwh
    off_kg = (enough.kg - enough.usual_kg).abs() / enough.usual_kg
    far = enough.mutate(off=ibis.greatest(off_kwh.fill_null(0), off_kg.fill_null(0)))
    found = threshold(facts, far, "model-mass-tolerance").filter(lambda t: t.off > t["limit"])
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
        zh="{party} 申报 {subject} 为 {kwh} kWh、{kg} kg，即每 kWh {kg_per_kwh} kg；合理范围为 {least} 至 {most}",
        en="{party} declared {subject} with {kwh} kWh and {kg} kg, {kg_per_kwh} kg per kWh; packs have {least} to {most}",
    ),
    remedy=Sentence(
        zh="请核对额定能量与质量的单位和数值", en="check figures and units of rated energy and mass"
    ),
    owner=MAKERS,
    law=("material-range",),
)
def mass_implausible(facts: Facts) -> ibis.Table:
    """A pack weighs so much per kilowatt hour as packs can."""
    packs = _made(facts).filter((_.kind == "pack") & (_.kwh > 0) & _.kg.notnull())
    packs = packs.mutate(kg_per_kwh=(_.kg / _.kwh).round(2), of=ibis.literal("pack"))
    bounded = (
        facts.in_force(packs, "material-range", key="of", field="least").rename(least="limit").drop("row")
    )
    bounded = facts.in_force(bounded, "material-range", key="of", field="most").rename(most="limit")
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


@rule(
    "code-day-differs",
    family="identity",
    severity=Severity.WARNING,
    cites=("gbt-34014-2017#position-15",),
    title=Sentence(zh="编码日期与生产日期不符", en="the code's day is not the day of making"),
    sentence=Sentence(
        zh="{party} 报送 {subject} 于 {day} 生产，编码中的日期是 {code_day}，相差 {apart} 天",
        en="{party} reported {subject} made on {day}; the day in its code is {code_day}, {apart} days apart",
    ),
    remedy=Sentence(zh="请核对生产日期与编码", en="check the day of making and the code"),
    owner=MAKERS,
    law=("threshold",),
)
def code_day_differs(facts: Facts) -> ibis.Table:
    """A pack's code tells the day on which it was made."""
    packs = _made(facts).filter((_.kind == "pack") & _.code_day.notnull())
    packs = threshold(
        facts, packs.mutate(apart=_.day.delta(_.code_day, unit="day").abs()), "code-day-tolerance"
    )
    found = packs.filter(lambda t: t.apart > t["limit"])
    return found.select(
        "code_day", "apart", "row", subject="item", party="party", day="day", entries=ibis.array([found.seq])
    )


@rule(
    "code-from-the-future",
    family="identity",
    severity=Severity.SERIOUS,
    cites=("gbt-34014-2017#position-15",),
    title=Sentence(zh="编码日期晚于报送日期", en="a code of a day to come"),
    sentence=Sentence(
        zh="{party} 于 {reported_on} 报送 {subject}，其编码中的生产日期是 {day}",
        en="{party} reported {subject} on {reported_on}; by its code it is made on {day}",
    ),
    remedy=Sentence(
        zh="请核对实物编码：该编码在报送时还不可能存在",
        en="read the code again: when it was reported it could not exist yet",
    ),
)
def code_from_the_future(facts: Facts) -> ibis.Table:
    """Nothing is reported before the day in its code; what happened on that day or later was not reported before it."""
    coded = facts.thing.filter(_.kind.isin(BATTERIES) & (_.code_day > _.first_on)).select(
        "item", "code_day", "first_seq"
    )
    event = facts.counted.event.select(
        seq="seq",
        party="actor",
        reported_on=(_.received_at.cast("timestamp") + ibis.interval(hours=8)).date(),
    )
    ahead = coded.inner_join(event, [("first_seq", "seq")]).filter(_.code_day > _.reported_on)
    return ahead.select(
        "reported_on", subject="item", party="party", day="code_day", entries=ibis.array([ahead.first_seq])
    )


@rule(
    "serial-beyond-run",
    family="identity",
    severity=Severity.WARNING,
    cites=("gbt-34014-2017#position-18",),
    title=Sentence(zh="序列号超出厂商日产量", en="a serial number that its maker never reaches"),
    sentence=Sentence(
        zh="{subject} 的序列号为 {serial}；厂商代码 {vendor} 的电池包序列号多不超过 {usual}，当日已知 {of_day} 个",
        en="the serial number of {subject} is {serial}; nine in ten packs of vendor code {vendor} stay below {usual}, and {of_day} are known of that day",
    ),
    remedy=Sentence(
        zh="请厂商核对当日生产流水", en="have the maker look it up in the production records of that day"
    ),
    scope="whole",
    owner=MAKERS,
    law=("threshold",),
)
def serial_beyond_run(facts: Facts) -> ibis.Table:
    """Serial numbers count the pieces of a day."""
    packs = facts.thing.filter((_.kind == "pack") & _.serial.notnull() & _.code_day.notnull())
    packs = packs.select("item", "vendor", "code_day", "serial", "first_seq", "made_by", "made_on")
    usual = packs.group_by("vendor").agg(known=_.count(), usual=_.serial.quantile(0.9))
    days = packs.group_by("vendor", "code_day").agg(of_day=_.count())
    high = packs.inner_join(usual, "vendor").filter(_.serial > _.usual).mutate(day=_.code_day)
    high = (
        threshold(facts, high, "serial-known-least")
        .filter(lambda t: t.known >= t["limit"])
        .drop("limit", "row")
    )
    far = threshold(facts, high, "serial-factor").filter(lambda t: t.serial > t["limit"] * t.usual)
    found = far.inner_join(days, ["vendor", "code_day"]).filter(lambda t: t.serial > t["limit"] * t.of_day)
    event = facts.counted.event.select(said="seq", actor="actor")
    found = found.inner_join(event, [("first_seq", "said")])
    return found.select(
        "serial", "vendor", "usual", "of_day", "row", subject="item",
        party=ibis.coalesce(found.made_by, found.actor), day="day", entries=ibis.array([found.first_seq]),
    )  # fmt: skip


@rule(
    "vin-year-differs",
    family="identity",
    severity=Severity.WARNING,
    cites=("gb-16735#model-year",),
    title=Sentence(zh="车型年份与合格证日期不符", en="the model year is not that of the certificate"),
    sentence=Sentence(
        zh="{subject} 第 10 位的车型年份是 {model_year}，合格证日期是 {day}",
        en="by its tenth character {subject} is of model year {model_year}; it was certified on {day}",
    ),
    remedy=Sentence(zh="请核对车辆识别代号与合格证", en="compare the vehicle's number with its certificate"),
    owner="vehicle-maker",
    law=("model-year", "threshold"),
)
def vin_year_differs(facts: Facts) -> ibis.Table:
    """A vehicle is certified about the model year in its number."""
    certified = facts.moment.filter((_.kind == "vehicle") & (_.step == "certified"))
    certified = certified.select("item", "seq", "occurred_at", "day", "actor", letter=_.item.substr(9, 1))
    dated = (
        facts.in_force(first_of(certified), "model-year", key="letter", field="number")
        .rename(model_year="limit")
        .drop("row")
    )
    apart = threshold(facts, dated.mutate(apart=(_.day.year() - _.model_year).abs()), "vin-year-tolerance")
    found = apart.filter(lambda t: t.apart > t["limit"])
    return found.select(
        "row",
        subject="item",
        party="actor",
        day="day",
        entries=ibis.array([found.seq]),
        model_year=found.model_year.cast("int64"),
    )
