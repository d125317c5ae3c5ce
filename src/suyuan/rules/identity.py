"""Rules of identity: is a thing on record as made?

code-never-made       a maker who reports never reported this one     code-not-on-platform   … whose maker does not report: a note
code-misread          the same code but for O/0 or I/1 is on record   code-home-made         a thing without a national code is built in
vin-never-made        a vehicle that its maker never built            reuse-without-source   a product of waste batteries made of nothing
"""

import ibis
from ibis import _

from suyuan.rules.choosing import entries, first_of, threshold
from suyuan.rules.facts import Facts
from suyuan.rules.firsts import firsts
from suyuan.rules.rule import Severity, rule
from suyuan.terms.sentence import Sentence

REUSED = ("reuse_pack", "reuse_module", "reuse_cell")
_OWN = "https://w3id.org/suyuan/obj/"


def unmade(facts: Facts) -> ibis.Table:
    """item, kind, vendor, code_day, coded_by, seq, party, day, step, received_day: packs that nobody reported made."""
    things = facts.thing.filter((_.kind == "pack") & _.made_seq.isnull())
    said = facts.moment.select("item", "seq", "day", "step", "received_day", "occurred_at", party="actor")
    said = first_of(said.semi_join(things, "item"))
    things = things.select("item", "kind", "vendor", "code_day", "coded_by")
    return facts.keep("unmade", things.inner_join(said, "item"))


def _since_tracing(facts: Facts, table: ibis.Table, day: str) -> ibis.Table:
    """Rows whose `day` lies in a regime that asks for codes and reports."""
    return facts.in_force(table, "regime", day=day, field="days", as_="days").drop("days")


def _known_by_now(facts: Facts, table: ibis.Table, since: str) -> ibis.Table:
    """Rows that have been on record so long that their making ought to be."""
    waited = threshold(facts, table, day=since, given="making-reported-days").cross_join(facts.day())
    late = waited.asked_day.delta(waited[since], unit="day") > waited.given
    return waited.filter(late).drop("asked_day", "given", "row")


def _reporting_makers(facts: Facts) -> ibis.Table:
    """maker: firms that report what they make."""
    return facts.thing.filter((_.kind == "pack") & _.made_by.notnull()).select(maker="made_by").distinct()


@rule(
    "code-never-made",
    family="identity",
    severity=Severity.WARNING,
    cites=("gbt-34014-2017#uniqueness", "provisions-2018-35#article-6"),
    title=Sentence(zh="编码没有生产记录", en="code unknown to production"),
    sentence=Sentence(
        zh="{subject} 于 {day} 由 {party} 报送（{step}），但其厂商代码所属企业 {coded_by} 报送的生产记录中没有它",
        en="{party} reported {subject} on {day} ({step}), but {coded_by}, whose vendor code it bears and who reports what it makes, never reported it made",
    ),
    remedy=Sentence(
        zh="请制造企业补报生产记录，或核对实物编码",
        en="have its maker report the making, or read the code on the thing again",
    ),
    scope="whole",
    owner="battery-maker",
    law=("regime", "threshold"),
)
def code_never_made(facts: Facts) -> ibis.Table:
    """A pack with a code of a maker who reports was reported by him; codes of days before the platform are left out."""
    packs = unmade(facts)
    packs = packs.semi_join(_reporting_makers(facts), [("coded_by", "maker")])
    packs = _known_by_now(facts, _since_tracing(facts, packs, "code_day"), "received_day")
    return packs.select(
        "step", "coded_by", subject="item", party="party", day="day", entries=ibis.array([packs.seq])
    )


@rule(
    "code-not-on-platform",
    family="identity",
    severity=Severity.NOTE,
    cites=("provisions-2018-35#article-3", "provisions-2018-35#article-4"),
    title=Sentence(zh="编码不在平台生产记录中", en="code of a maker who does not report"),
    sentence=Sentence(
        zh="{subject}（厂商代码 {vendor}）于 {day} 由 {party} 报送；其厂商不在平台上报送生产，或编码早于平台启用",
        en="{party} reported {subject} (vendor code {vendor}) on {day}; its maker does not report here, or the code is older than the platform",
    ),
    remedy=Sentence(
        zh="请核对来源，并按补录要求补充生产信息",
        en="check where it comes from, and have its making filed afterwards as older batteries are",
    ),
    scope="whole",
)
def code_not_on_platform(facts: Facts) -> ibis.Table:
    """A pack of which nobody can be asked to have reported the making."""
    packs = unmade(facts)
    makers = _reporting_makers(facts)
    expected = _since_tracing(facts, packs, "code_day").semi_join(makers, [("coded_by", "maker")])
    packs = packs.anti_join(expected, "item")
    return packs.select("vendor", subject="item", party="party", day="day", entries=ibis.array([packs.seq]))


@rule(
    "code-misread",
    family="identity",
    severity=Severity.WARNING,
    cites=("gbt-34014-2017#uniqueness",),
    title=Sentence(zh="编码疑似误读（O/0、I/1）", en="code misread: O for 0, or I for 1"),
    sentence=Sentence(
        zh="{party} 于 {day} 报送 {subject}，没有生产记录；把字母 O、I 读作数字后的 {likely} 有生产记录",
        en="{party} reported {subject} on {day}, which nobody made; {likely}, with digits for the letters O and I, is on record as made",
    ),
    remedy=Sentence(
        zh="请核对实物编码，更正后重新报送为 {likely}",
        en="read the code again; correct it to {likely} if that is what it says",
    ),
    scope="whole",
)
def code_misread(facts: Facts) -> ibis.Table:
    """Letters O and I are not given in codes; read as digits the code is one that was made."""
    read = unmade(facts).mutate(likely=_.item.translate("OI", "01")).filter(_.likely != _.item)
    made = facts.thing.filter(_.made_seq.notnull()).select(known="item", made_seq="made_seq")
    found = read.inner_join(made, [("likely", "known")])
    return found.select(
        "likely", subject="item", party="party", day="day", entries=entries(found.seq, found.made_seq)
    )


@rule(
    "code-home-made",
    family="identity",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#article-3", "gbt-34014-2017#structure"),
    title=Sentence(zh="装车电池没有国家编码", en="a battery without a national code built into a vehicle"),
    sentence=Sentence(
        zh="{party} 于 {day} 把 {code} 装入 {vehicle}；它不是 GB/T 34014 编码",
        en="{party} put {code} into {vehicle} on {day}; that is no code of GB/T 34014",
    ),
    remedy=Sentence(
        zh="请说明该电池的来源，并按国家标准编码",
        en="explain where the battery comes from, and have it coded as the standard asks",
    ),
    law=("regime",),
)
def code_home_made(facts: Facts) -> ibis.Table:
    """What is built into a vehicle bears a code of the standard; partners' own URIs are not codes and are not judged."""
    put = facts.moment.filter(
        (_.kind == "other") & (_.role == "child") & (_.parent_kind == "vehicle") & (_.act == "ADD")
    )
    put = put.filter(_.item.startswith(_OWN))
    put = _since_tracing(facts, first_of(put, "item", "parent"), "day")
    return put.select(
        "row", subject="item", party="actor", day="day", entries=ibis.array([put.seq]),
        code=put.item.replace(_OWN, ""), vehicle="parent",
    )  # fmt: skip


@rule(
    "vin-never-made",
    family="identity",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#article-8",),
    title=Sentence(zh="车辆没有生产记录", en="vehicle unknown to production"),
    sentence=Sentence(
        zh="{subject} 于 {day} 由 {party} 报送（{step}），但整车企业 {coded_by} 没有报送其合格证或装车",
        en="{party} reported {subject} on {day} ({step}), but {coded_by}, whose vehicle it is by its number, never reported it certified or built",
    ),
    remedy=Sentence(
        zh="请核对车辆识别代号，或由整车企业补报",
        en="read the number again, or have the vehicle's maker report it",
    ),
    owner="vehicle-maker",
    law=("regime", "model-year", "threshold"),
)
def vin_never_made(facts: Facts) -> ibis.Table:
    """A vehicle of a maker on the platform, of a model year since it began, was certified or built."""
    unborn = (
        firsts(facts)
        .filter((_.kind == "vehicle") & ibis.coalesce(_.made, _.certified, _.built).isnull())
        .select("item")
    )
    said = first_of(facts.moment.semi_join(unborn, "item")).mutate(letter=_.item.substr(9, 1))
    made = facts.thing.filter((_.kind == "vehicle") & _.coded_by.notnull()).select("item", "coded_by")
    said = said.inner_join(made, "item")
    dated = facts.in_force(said, "model-year", key="letter", field="number", as_="year")
    # a model year begins in the year before it
    dated = dated.mutate(built_from=ibis.date((_.year - 1).cast("int64"), 1, 1))
    found = _known_by_now(facts, _since_tracing(facts, dated, "built_from"), "received_day")
    return found.select(
        "step", "coded_by", subject="item", party="actor", day="day", entries=ibis.array([found.seq])
    )


@rule(
    "reuse-without-source",
    family="identity",
    severity=Severity.WARNING,
    cites=("cascade-2021-114#codes", "gbt-34014-2017#cascade"),
    title=Sentence(zh="梯次产品没有来源电池", en="a reuse product made of nothing"),
    sentence=Sentence(
        zh="{party} 于 {day} 报送梯次产品 {subject}（{step}），但没有记录它由哪些废旧电池制成",
        en="{party} reported the reuse product {subject} on {day} ({step}), but no record tells of which used batteries it was made",
    ),
    remedy=Sentence(
        zh="请制造企业报送来源电池编码",
        en="have its maker report the codes of the batteries that it was made of",
    ),
    owner="echelon-user",
    law=("regime", "threshold"),
)
def reuse_without_source(facts: Facts) -> ibis.Table:
    """A product of waste batteries names them: as input of the run that made it, or as what is in it."""
    products = facts.thing.filter(_.kind.isin(REUSED)).select("item", "code_day")
    came = (
        facts.views["lineage"]
        .filter((_.other.length() == 19) & _.kind.isin(["reuse", "assembled"]))
        .select(source="item", product="other")
    )
    came = came.semi_join(products, [("product", "item")])
    products = products.anti_join(came, [("item", "product")])
    said = first_of(facts.moment.filter(_.kind.isin(REUSED)).semi_join(products, "item"))
    said = said.inner_join(products, "item")
    found = _known_by_now(facts, _since_tracing(facts, said, "code_day"), "received_day")
    return found.select("step", subject="item", party="actor", day="day", entries=ibis.array([found.seq]))
