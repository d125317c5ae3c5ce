"""Rules of identity: who made a thing, and is the code his to give?

vendor-code-unfiled        made under a vendor code that nobody filed   maker-not-owner-of-code  … that another filed
vendor-code-claimed-twice  two firms filed it                           made-by-no-maker         made by a firm of another trade
code-cloned                made by two firms, or at two places          made-again               made on two days
certified-by-another       a vehicle certified by another than its maker
"""

import ibis
from ibis import _

from suyuan.rules.choosing import entries
from suyuan.rules.facts import Facts
from suyuan.rules.rule import Severity, rule
from suyuan.terms.sentence import Sentence

MAKES_BATTERIES = ("battery-maker", "importer")
CERTIFIES_FOR_OTHERS = ("importer", "converter")


def _claims(facts: Facts) -> ibis.Table:
    """party, vendor, listed_from, master_seq: vendor codes as firms have them on file."""
    filed = facts.party.filter(_.vendor_codes.notnull())
    codes = filed.vendor_codes.re_replace(r"[^0-9A-Z]+", " ").strip().split(" ")
    return (
        filed.select("party", "listed_from", "master_seq", vendor=codes)
        .unnest("vendor")
        .filter(_.vendor != "")
        .distinct()
    )


def _made_packs(facts: Facts) -> ibis.Table:
    """item, vendor, coded_by, party, day, seq: packs as they were reported made by somebody."""
    made = facts.thing.filter((_.kind == "pack") & _.made_by.notnull())
    return made.select("item", "vendor", "coded_by", party="made_by", day="made_on", seq="made_seq")


@rule(
    "vendor-code-unfiled",
    family="identity",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#article-6", "gbt-34014-2017#position-1"),
    title=Sentence(zh="厂商代码未备案", en="vendor code that nobody filed"),
    sentence=Sentence(
        zh="{party} 于 {day} 报送生产 {subject}，其厂商代码 {vendor} 没有任何企业备案；该企业备案的是 {filed}",
        en="{party} reported {subject} made on {day}; nobody filed the vendor code {vendor}, the firm itself filed {filed}",
    ),
    remedy=Sentence(
        zh="请核对编码；如为新代码，请补充备案",
        en="read the code again; if it is a new vendor code, have it filed",
    ),
    owner="battery-maker",
)
def vendor_code_unfiled(facts: Facts) -> ibis.Table:
    """A firm with filed vendor codes makes packs under one of them."""
    filed = facts.party.filter(_.vendor_codes.notnull()).select(
        firm="party", filed="vendor_codes", master_seq="master_seq"
    )
    made = _made_packs(facts).filter(_.coded_by.isnull()).inner_join(filed, [("party", "firm")])
    return made.select(
        "vendor",
        "filed",
        subject="item",
        party="party",
        day="day",
        entries=entries(made.seq, made.master_seq),
    )


@rule(
    "maker-not-owner-of-code",
    family="identity",
    severity=Severity.SERIOUS,
    cites=("gbt-34014-2017#position-1", "provisions-2018-35#article-6"),
    title=Sentence(zh="使用他人的厂商代码", en="made under another's vendor code"),
    sentence=Sentence(
        zh="{party} 于 {day} 报送生产 {subject}，但厂商代码 {vendor} 属于 {coded_by}",
        en="{party} reported {subject} made on {day}, but the vendor code {vendor} belongs to {coded_by}",
    ),
    remedy=Sentence(
        zh="请核对是谁生产了该电池包；代工的应由代码所有人报送",
        en="find out who made it; what is made for another is reported by the owner of the code",
    ),
    owner="battery-maker",
)
def maker_not_owner_of_code(facts: Facts) -> ibis.Table:
    """Who reports a pack made is the firm whose vendor code it bears; cells and modules may be bought in."""
    made = _made_packs(facts).filter(_.coded_by != _.party).anti_join(_claims(facts), ["vendor", "party"])
    return made.select(
        "vendor", "coded_by", subject="item", party="party", day="day", entries=ibis.array([made.seq])
    )


@rule(
    "vendor-code-claimed-twice",
    family="identity",
    severity=Severity.WARNING,
    cites=("gbt-34014-2017#position-1",),
    title=Sentence(zh="同一厂商代码两家登记", en="two firms claim one vendor code"),
    sentence=Sentence(
        zh="厂商代码 {vendor} 由 {firms} 家企业登记，{party} 是其中之一",
        en="{firms} firms have the vendor code {vendor} on file; {party} is one of them",
    ),
    remedy=Sentence(
        zh="请核对备案证明，更正主数据", en="look at the certificates of filing and correct the master data"
    ),
    scope="whole",
)
def vendor_code_claimed_twice(facts: Facts) -> ibis.Table:
    """A vendor code is given to one firm."""
    codes = _claims(facts)
    of_code = ibis.window(group_by="vendor")
    claimed = codes.mutate(
        firms=_.party.count().over(of_code), seqs=_.master_seq.collect().over(of_code)
    ).filter(_.firms > 1)
    claimed = claimed.cross_join(facts.day())
    return claimed.select(
        "vendor", "firms", subject="party", party="party",
        day=ibis.coalesce(claimed.listed_from, claimed.asked_day), entries=claimed.seqs.unique(), root="vendor",
    )  # fmt: skip


@rule(
    "made-by-no-maker",
    family="identity",
    severity=Severity.SERIOUS,
    cites=("provisions-2018-35#article-6",),
    title=Sentence(zh="非电池生产企业报送生产", en="made by a firm that is no maker of batteries"),
    sentence=Sentence(
        zh="{party}（{roles}）于 {day} 报送生产 {subject}，但它不是电池生产企业",
        en="{party} ({roles}) reported {subject} made on {day}, but is no maker of batteries",
    ),
    remedy=Sentence(
        zh="请核查该企业是否自行组装、贴码",
        en="find out whether the firm put packs together and gave them codes by itself",
    ),
)
def made_by_no_maker(facts: Facts) -> ibis.Table:
    """Packs are made by makers of batteries or brought in by importers; of a firm without a known role nothing is said."""
    roles = facts.party_role.group_by(firm=_.party).agg(
        roles=_.role.group_concat(",", order_by=_.role), maker=_.role.isin(MAKES_BATTERIES).any()
    )
    made = _made_packs(facts).inner_join(roles, [("party", "firm")]).filter(~_.maker)
    return made.select("roles", subject="item", party="party", day="day", entries=ibis.array([made.seq]))


def _made_over(facts: Facts) -> ibis.Table:
    """item, times, firms, places, first_on, last_on, party (the one who said so last), entries: packs reported made more than once."""
    again = facts.thing.filter((_.kind == "pack") & (_.made_times > 1))
    made = facts.moment.filter(_.step == "made").semi_join(again, "item")
    found = made.group_by("item").agg(
        firms=_.actor.nunique(), places=_["where"].nunique(), first_on=_.day.min(), last_on=_.day.max(),
        party=_.actor.last(order_by=[_.occurred_at, _.seq]), entries=_.seq.collect(distinct=True, order_by=_.seq),
    )  # fmt: skip
    return facts.keep("made_over", found)


@rule(
    "code-cloned",
    family="identity",
    severity=Severity.SERIOUS,
    cites=("gbt-34014-2017#uniqueness",),
    title=Sentence(zh="同一编码被生产两次", en="one code made twice"),
    sentence=Sentence(
        zh="{subject} 由 {firms} 家企业、在 {places} 处报送生产（{first_on} 至 {last_on}）",
        en="{subject} was reported made by {firms} firms at {places} places, between {first_on} and {last_on}",
    ),
    remedy=Sentence(
        zh="请查找两件实物，收回伪造的编码", en="find both things and withdraw the code that is forged"
    ),
)
def code_cloned(facts: Facts) -> ibis.Table:
    """A code is given once, by one firm at one place."""
    found = _made_over(facts).filter((_.firms > 1) | (_.places > 1))
    return found.select(
        "firms",
        "places",
        "first_on",
        "last_on",
        subject="item",
        party="party",
        day="last_on",
        entries="entries",
    )


@rule(
    "made-again",
    family="identity",
    severity=Severity.WARNING,
    cites=("gbt-34014-2017#uniqueness",),
    title=Sentence(zh="同一编码两天报送生产", en="one code reported made on two days"),
    sentence=Sentence(
        zh="{party} 报送 {subject} 于 {first_on} 生产，又报送于 {last_on} 生产",
        en="{party} reported {subject} made on {first_on}, and again on {last_on}",
    ),
    remedy=Sentence(
        zh="如为重报，请更正其中一条；否则请查找重码",
        en="declare one of them wrong; if there are two things, one code is not theirs",
    ),
    owner="battery-maker",
)
def made_again(facts: Facts) -> ibis.Table:
    """The same firm makes a pack on one day."""
    found = _made_over(facts).filter((_.firms <= 1) & (_.places <= 1) & (_.first_on < _.last_on))
    return found.select(
        "first_on", subject="item", party="party", day="last_on", entries="entries", last_on="last_on"
    )


@rule(
    "certified-by-another",
    family="identity",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#article-8", "gb-16735#wmi"),
    title=Sentence(zh="合格证由他人签发", en="certified by another than its maker"),
    sentence=Sentence(
        zh="{party} 于 {day} 为 {subject} 签发合格证，但该车的世界制造厂识别代号属于 {coded_by}",
        en="{party} certified {subject} on {day}, but by its number the vehicle is one of {coded_by}",
    ),
    remedy=Sentence(zh="请核对合格证与车型公告", en="compare the certificate with the filing of the model"),
    owner="vehicle-maker",
)
def certified_by_another(facts: Facts) -> ibis.Table:
    """A vehicle's certificate comes from its maker; importers and converters certify others' vehicles."""
    certified = facts.moment.filter((_.step == "certified") & (_.kind == "vehicle"))
    certified = certified.select("item", "seq", "day", "actor")
    made = facts.thing.filter(_.kind == "vehicle").select("item", "coded_by")
    others = facts.party_role.filter(_.role.isin(CERTIFIES_FOR_OTHERS))
    found = certified.inner_join(made, "item").filter(_.coded_by != _.actor)
    found = found.anti_join(others, [("actor", "party")])
    return found.select("coded_by", subject="item", party="actor", day="day", entries=ibis.array([found.seq]))
