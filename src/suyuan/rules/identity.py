"""Rules of identity: a code means one thing, and its maker knows it."""

import ibis
from ibis import _

from suyuan.rules.facts import Facts
from suyuan.rules.rule import Severity, rule
from suyuan.terms.sentence import Sentence


@rule(
    "code-never-made",
    family="identity",
    severity=Severity.WARNING,
    cites=("gbt-34014-2017#uniqueness",),
    title=Sentence(zh="编码没有生产记录", en="code unknown to production"),
    sentence=Sentence(
        zh="{subject} 于 {day} 由 {party} 报送，但没有任何企业报送过它的生产",
        en="{party} reported {subject} on {day}, but nobody ever reported that it was made",
    ),
    remedy=Sentence(
        zh="请制造企业补报生产记录，或核对实物编码",
        en="have its maker report the making, or read the code on the thing again",
    ),
)
def code_never_made(facts: Facts) -> ibis.Table:
    """A pack that somebody handles was made by somebody."""
    first = ibis.window(group_by="item", order_by=["occurred_at", "seq"])
    packs = facts.moment.filter(_.kind == "pack").anti_join(facts.thing.filter(_.made_seq.notnull()), "item")
    packs = packs.mutate(n=ibis.row_number().over(first)).filter(_.n == 0)
    return packs.select(
        subject="item", party="actor", day="day", entries=ibis.array([packs.seq]), step="step"
    )
