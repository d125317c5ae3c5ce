"""Rules of the lifecycle: an end is an end, and it comes once.

alive-after-end         handled after it was recycled or destroyed    part-after-whole     a part handled after the whole it is in was
fed-twice               fed to two batches                            fed-in-two-shapes    as a pack, and as the product made of it
remade-twice            re-made into two products                     old-code-goes-on     handled under the old code after re-making
missing-reappears       handled after it was stolen or lost           exported-reappears   handled here after it left the country
destroyed-by-a-stranger destroyed by somebody who never had it
"""

import ibis
from ibis import _

from suyuan.rules.choosing import SECOND, entries, first_of, key_day, key_seq
from suyuan.rules.facts import Facts
from suyuan.rules.firsts import firsts, told
from suyuan.rules.rule import Severity, rule
from suyuan.terms.sentence import Sentence

RECYCLED = ("cascade-2021-114#traceability", "provisions-2018-35#article-15")
FIND_THE_THING = Sentence(
    zh="请查找实物：要么记录有误，要么编码被他物冒用",
    en="look for the thing: either a record is wrong, or another thing bears its code",
)


@rule(
    "alive-after-end",
    family="lifecycle",
    severity=Severity.SERIOUS,
    cites=RECYCLED,
    title=Sentence(zh="已灭失之物重新出现", en="alive after its end"),
    sentence=Sentence(
        zh="{subject} 已于 {other_on} 再生利用、销毁或拆解完毕，{party} 却报送于 {day} {step}",
        en="{subject} was recycled, destroyed or taken to pieces on {other_on}, yet {party} reported it on {day} ({step})",
    ),
    remedy=FIND_THE_THING,
)
def alive_after_end(facts: Facts) -> ibis.Table:
    """After its end nothing happens to a thing any more."""
    both = firsts(facts).filter(_.gone < _.last_living)
    return told(facts, both.filter(key_day(_.gone) < key_day(_.last_living)), "last_living", "gone")


@rule(
    "part-after-whole",
    family="lifecycle",
    severity=Severity.WARNING,
    cites=RECYCLED,
    title=Sentence(zh="整包灭失后其部件仍在流转", en="a part alive after its whole was recycled"),
    sentence=Sentence(
        zh="{whole} 已于 {other_on} 连同其中的 {subject} 再生利用或销毁，{party} 却报送 {subject} 于 {day} {step}",
        en="{whole} was recycled or destroyed on {other_on} with {subject} in it, yet {party} reported {subject} on {day} ({step})",
    ),
    remedy=FIND_THE_THING,
)
def part_after_whole(facts: Facts) -> ibis.Table:
    """What was not taken out went the way of the whole."""
    moved = facts.moment.filter(
        _.kind.isin(["module", "cell"]) & ~_.step.isin(["made", "assembled", "measured"])
    )
    moved = moved.select("item", "seq", "step", "day", "occurred_at", party="actor")
    ended = firsts(facts).filter(_.gone.notnull() & (_.kind != "vehicle")).select(whole="item", gone="gone")
    inside = (
        facts.views["assembly"]
        .select("child", "since", "until", whole="parent")
        .semi_join(moved, [("child", "item")])
    )
    both = moved.inner_join(inside, [("item", "child")]).inner_join(ended, "whole")
    both = both.mutate(other_on=key_day(_.gone), other_seq=key_seq(_.gone))
    stayed = (both.since < both.occurred_at) & (both.until.isnull() | (both.until >= both.occurred_at))
    found = first_of(both.filter(stayed & (both.day > both.other_on)))
    return found.select(
        "whole", "step", "other_on", subject="item", party="party", day="day",
        entries=entries(found.other_seq, found.seq), root="whole",
    )  # fmt: skip


@rule(
    "fed-twice",
    family="lifecycle",
    severity=Severity.SERIOUS,
    cites=("provisions-2018-35#article-15",),
    title=Sentence(zh="同一电池投料两次", en="fed to two batches"),
    sentence=Sentence(
        zh="{subject} 已于 {other_on} 投入批次 {first_run}，{party} 又报送于 {day} 投入批次 {last_run}",
        en="{subject} was fed to a batch on {other_on}; {party} reported it fed to another on {day} ({first_run}, {last_run})",
    ),
    remedy=FIND_THE_THING,
    owner="recycler",
)
def fed_twice(facts: Facts) -> ibis.Table:
    """A battery is recycled once; discharging and sorting leave it whole."""
    both = firsts(facts).filter((_.first_run != _.last_run) & (_.first_fed < _.last_fed))
    return told(facts, both, "last_fed", "first_fed", "first_run", "last_run")


@rule(
    "fed-in-two-shapes",
    family="lifecycle",
    severity=Severity.SERIOUS,
    cites=("provisions-2018-35#article-15", "cascade-2021-114#traceability"),
    title=Sentence(zh="原电池与其梯次产品分别投料", en="fed as a pack, and again as the product made of it"),
    sentence=Sentence(
        zh="{subject} 被制成 {product}；两者都已投料（{other_on}、{day}），但没有从产品中拆出的记录",
        en="{subject} was re-made into {product}; both were fed to batches ({other_on}, {day}), and nobody took the one out of the other",
    ),
    remedy=FIND_THE_THING,
    owner="recycler",
)
def fed_in_two_shapes(facts: Facts) -> ibis.Table:
    """What is in a product is recycled with it."""
    fed = firsts(facts).filter(_.first_fed.notnull()).select("item", "first_fed", "taken_out", "first_run")
    made = facts.views["lineage"].filter(_.kind == "reuse").select(old="item", product="other")
    both = made.inner_join(fed.filter(_.taken_out.isnull()), [("old", "item")])
    also = fed.select(of="item", product_fed="first_fed", product_run="first_run")
    both = both.inner_join(also, [("product", "of")]).filter(_.first_run != _.product_run)
    both = both.mutate(
        late=ibis.greatest(_.first_fed, _.product_fed), early=ibis.least(_.first_fed, _.product_fed)
    )
    both = both.mutate(late_seq=key_seq(_.late), early_seq=key_seq(_.early))
    event = facts.counted.event.select(seq="seq", party="actor")
    both = both.inner_join(event, [("late_seq", "seq")])
    return both.select(
        "product",
        subject="old",
        party="party",
        day=key_day(both.late),
        other_on=key_day(both.early),
        entries=entries(both.early_seq, both.late_seq),
    )


@rule(
    "remade-twice",
    family="lifecycle",
    severity=Severity.SERIOUS,
    cites=("cascade-2021-114#traceability",),
    title=Sentence(zh="同一电池两次制成梯次产品", en="re-made into two products"),
    sentence=Sentence(
        zh="{subject} 已于 {other_on} 制成梯次产品，{party} 又报送于 {day} 用它制成另一产品",
        en="{subject} was re-made on {other_on}; {party} reported it re-made into another product on {day}",
    ),
    remedy=FIND_THE_THING,
    owner="echelon-user",
)
def remade_twice(facts: Facts) -> ibis.Table:
    """A battery is in one product; taken out of that one it may be used in another."""
    both = firsts(facts).filter((_.first_remade_run != _.last_remade_run) & (_.remade < _.last_remade))
    both = both.filter(_.taken_out.isnull() | (_.taken_out < _.remade) | (_.taken_out > _.last_remade))
    return told(facts, both, "last_remade", "remade")


@rule(
    "old-code-goes-on",
    family="lifecycle",
    severity=Severity.WARNING,
    cites=("cascade-2021-114#traceability", "gbt-34014-2017#cascade"),
    title=Sentence(zh="梯次利用后原编码仍在流转", en="handled under its old code after it was re-made"),
    sentence=Sentence(
        zh="{subject} 已于 {other_on} 制成梯次产品，{party} 却报送它于 {day} {step}",
        en="{subject} was re-made on {other_on}, yet {party} reported it by itself on {day} ({step})",
    ),
    remedy=FIND_THE_THING,
)
def old_code_goes_on(facts: Facts) -> ibis.Table:
    """After re-making the product goes on, not what is in it, unless it is taken out."""
    both = firsts(facts).filter((_.remade < _.last_moved) & (_.taken_out.isnull() | (_.taken_out < _.remade)))
    return told(facts, both.filter(key_day(_.remade) < key_day(_.last_moved)), "last_moved", "remade")


@rule(
    "missing-reappears",
    family="lifecycle",
    severity=Severity.WARNING,
    cites=("order-73-2026#article-24",),
    title=Sentence(zh="丢失或被盗之物重新出现", en="stolen or lost, and here again"),
    sentence=Sentence(
        zh="{subject} 已于 {other_on} 报送丢失或被盗，{party} 却报送它于 {day} {step}",
        en="{subject} was reported stolen or lost on {other_on}, yet {party} reported it on {day} ({step})",
    ),
    remedy=Sentence(
        zh="请说明如何找回；如从未丢失，请更正",
        en="tell how it was found; if it never was lost, correct the record",
    ),
)
def missing_reappears(facts: Facts) -> ibis.Table:
    """What nobody can find is in nobody's hands."""
    both = firsts(facts).filter(_.lost < _.last_told)
    return told(facts, both.filter(key_day(_.lost) < key_day(_.last_told)), "last_told", "lost")


@rule(
    "exported-reappears",
    family="lifecycle",
    severity=Severity.WARNING,
    cites=("order-73-2026#article-24",),
    title=Sentence(zh="已出口之物在境内重新出现", en="exported, and here again"),
    sentence=Sentence(
        zh="{exported} 已于 {other_on} 出口，没有再进口记录，{party} 却报送 {subject} 于 {day} {step}",
        en="{exported} left the country on {other_on} and was never brought back, yet {party} reported {subject} on {day} ({step})",
    ),
    remedy=Sentence(
        zh="请核对报关单；如已退运，请补报进口",
        en="look at the customs declaration; if it came back, have its import reported",
    ),
)
def exported_reappears(facts: Facts) -> ibis.Table:
    """What left the country is not collected, scrapped or recycled in it, unless it was cleared for import again."""
    here = firsts(facts)
    out = here.filter(_.exported.notnull() & (_.last_certified.isnull() | (_.last_certified < _.exported)))
    out = out.select("exported", carrier="item")
    own = out.select("exported", "carrier", item=_.carrier)
    stays = (
        facts.views["assembly"].filter(_.parent_kind == "vehicle").inner_join(out, [("parent", "carrier")])
    )
    left = ibis.timestamp("1970-01-01 00:00:00") + (stays.exported // SECOND).as_interval("s")
    with_it = stays.filter(
        (stays.since.cast("timestamp") <= left)
        & (stays.until.isnull() | (stays.until.cast("timestamp") > left))
    )
    things = own.union(with_it.select("exported", "carrier", item="child"))
    seen = things.inner_join(here.select("item", "last_home"), "item").filter(_.exported < _.last_home)
    seen = seen.filter(key_day(seen.exported) < key_day(seen.last_home))
    found = told(facts, seen, "last_home", "exported", "carrier")
    return found.mutate(exported=found.carrier, root=found.carrier).drop("carrier")


@rule(
    "destroyed-by-a-stranger",
    family="lifecycle",
    severity=Severity.WARNING,
    cites=("order-73-2026#article-19",),
    title=Sentence(zh="由从未持有者销毁", en="destroyed by somebody who never had it"),
    sentence=Sentence(
        zh="{party} 报送于 {day} 销毁 {subject}，但没有它持有过该电池或其车辆的记录",
        en="{party} reported {subject} destroyed on {day}, but no record shows that it ever had it, or its vehicle",
    ),
    remedy=Sentence(zh="请核实该企业如何取得该电池", en="find out how the firm came by it"),
)
def destroyed_by_a_stranger(facts: Facts) -> ibis.Table:
    """Who destroys a battery made it, held it, built it in, or took its vehicle in."""
    ended = facts.moment.filter(
        (_.step == "destroyed") & _.kind.isin(["pack", "reuse_pack"]) & _.actor.notnull()
    )
    ended = first_of(ended.select("item", "seq", "day", "occurred_at", "actor"))
    stays = facts.views["assembly"].select("child", "parent").semi_join(ended, [("child", "item")])
    names = ended.select("item", name="item").union(stays.select(item="child", name="parent")).distinct()
    met = facts.moment.select("actor", "taker", "giver", "submitter", met_seq="seq", of="item").inner_join(
        names, [("of", "name")]
    )
    who = ibis.array([met.actor, met.taker, met.giver, met.submitter])
    others = met.select("met_seq", met_item="item", who=who).unnest("who")
    mine = ended.inner_join(others, [("item", "met_item"), ("actor", "who")]).filter(_.met_seq != _.seq)
    found = ended.anti_join(mine, "item")
    return found.select(subject="item", party="actor", day="day", entries=ibis.array([found.seq]))
