"""Custody: whoever hands a battery over holds it, and whoever is named takes it in."""

import ibis
from ibis import _

from suyuan.rules.choosing import first_of, settled
from suyuan.rules.facts import Facts
from suyuan.rules.handling import handling, has_role, roles
from suyuan.rules.rule import Severity, rule
from suyuan.terms.sentence import Sentence
from suyuan.views.days import FOREVER

TRUE = ("provisions-2018-35#article-16", "order-73-2026#article-24")
"""What is reported is accurate and true; handovers are reported by the roles named."""
NO_DAY = "report-wait"
KEEPS = ("stored", "stocked", "fed", "remade", "taken_apart")


@rule(
    "custody-gap",
    family="custody",
    severity=Severity.WARNING,
    cites=TRUE,
    title=Sentence(zh="来源断链", en="received from somebody who did not hold it"),
    sentence=Sentence(
        zh="{party} 于 {day} 报送从 {received_from} 收到 {subject}，但记录显示当时由 {held_by} 持有（自 {since} 起）",
        en="{party} reports that {subject} came from {received_from} on {day}, but on record {held_by} held it since {since}",
    ),
    remedy=Sentence(
        zh="请核对交付单据：补报缺少的移交环节，或更正来源单位",
        en="compare the delivery papers: report the handover that is missing, or correct whom it came from",
    ),
    law=("threshold",),
)
def custody_gap(facts: Facts) -> ibis.Table:
    """Whoever a battery is received from held it, or it was on the way to or from him."""
    told = handling(facts).filter(_.takes & _.giver.notnull() & (_.giver != _.holder))
    held = (told.was == "party") & (told.was_holder != told.giver) & (told.was_holder != told.holder)
    sent = (told.was == "transit") & (told.was_holder != told.giver) & (told.was_to != told.giver)
    found = settled(facts, told.filter(held | sent), NO_DAY)
    return found.select(
        subject="item", party="holder", day="day", entries=ibis.array([found.was_seq, found.seq]),
        received_from="giver", held_by="was_holder", since="was_day",
    )  # fmt: skip


@rule(
    "handed-over-without-holding",
    family="custody",
    severity=Severity.WARNING,
    cites=TRUE,
    title=Sentence(zh="非持有人移交", en="handed over by one who did not hold it"),
    sentence=Sentence(
        zh="{party} 于 {day} 移交 {subject}，但记录显示 {since} 起由 {held_by} 持有或运往 {held_by}",
        en="{party} handed {subject} over on {day}, but on record it was with (or on the way to) {held_by} since {since}",
    ),
    remedy=Sentence(
        zh="请移交方说明来源并补报收货；同一电池重复移交的须更正",
        en="have the giver show where it came from and report that receipt; a battery handed over twice is to be corrected",
    ),
    law=("threshold",),
)
def handed_over_without_holding(facts: Facts) -> ibis.Table:
    """Whoever hands a battery over is the one who last received it, or to whom it is on the way; he does so once."""
    told = handling(facts).filter((_.holds == "transit") & _.out_of.isnull() & _.holder.notnull())
    other = (told.was == "party") & (told.was_holder != told.holder)
    again = (told.was_holder == told.holder) & (told.was_to == told.to).fill_null(True)
    sent = (told.was == "transit") & (told.was_to != told.holder) & ~again.fill_null(False)
    found = settled(facts, told.filter(other | sent), NO_DAY)
    held_by = ibis.ifelse(found.was == "transit", found.was_to, found.was_holder)
    return found.select(
        subject="item", party="holder", day="day", entries=ibis.array([found.was_seq, found.seq]),
        held_by=held_by, since="was_day",
    )  # fmt: skip


@rule(
    "double-custody",
    family="custody",
    severity=Severity.WARNING,
    cites=TRUE,
    title=Sentence(zh="同一时间两方持有", en="two parties claim to hold it"),
    sentence=Sentence(
        zh="{party} 于 {day} 把 {subject} 当作自己持有的处理，但记录显示 {since} 起由 {held_by} 持有，且无移交",
        en="{party} dealt with {subject} as its own on {day}, but on record {held_by} held it since {since}, and nobody handed it over",
    ),
    remedy=Sentence(
        zh="请双方核对实物与编码：确定电池在何处，补报移交或更正编码",
        en="have both look at the thing and its code: settle where it is, then report the handover or correct the code",
    ),
    law=("threshold",),
)
def double_custody(facts: Facts) -> ibis.Table:
    """Nobody stores, takes in or processes what another holds."""
    told = handling(facts).filter(_.holder.notnull())
    keeps = told.step.isin(KEEPS) & told.holds.isin(["party", "end", "apart"]) & (told.role != "output")
    unsaid = told.takes & (told.giver.isnull() | (told.giver == told.holder))
    other = (told.was == "party") & (told.was_holder != told.holder)
    on_the_way = (told.was == "transit") & told.step.isin(KEEPS) & (told.was_to != told.holder)
    on_the_way = on_the_way & (told.was_holder != told.holder)
    found = settled(facts, told.filter((keeps | unsaid) & (other | on_the_way)), NO_DAY)
    return found.select(
        subject="item", party="holder", day="day", entries=ibis.array([found.was_seq, found.seq]),
        held_by="was_holder", since="was_day", step="step",
    )  # fmt: skip


@rule(
    "taker-differs",
    family="custody",
    severity=Severity.WARNING,
    cites=TRUE,
    title=Sentence(zh="收货方与移交方所报不符", en="received by another than the giver named"),
    sentence=Sentence(
        zh="{given_by} 于 {since} 把 {subject} 移交 {named}，{day} 却由 {party} 收到",
        en="{given_by} sent {subject} to {named} on {since}, but {party} received it on {day}",
    ),
    remedy=Sentence(
        zh="请双方核对运单：更正收货单位，或补报中间的移交",
        en="compare the waybill: correct the taker, or report the handover in between",
    ),
    law=("threshold",),
)
def taker_differs(facts: Facts) -> ibis.Table:
    """What is sent to somebody is received by him."""
    told = handling(facts).filter(_.step.isin(["received", "collected"]) & (_.was == "transit"))
    straight = told.giver.isnull() | (told.giver == told.was_holder)
    found = told.filter(straight & (told.was_to != told.holder) & (told.was_holder != told.holder))
    found = settled(facts, found, NO_DAY)
    return found.select(
        subject="item", party="holder", day="day", entries=ibis.array([found.was_seq, found.seq]),
        given_by="was_holder", named="was_to", since="was_day",
    )  # fmt: skip


@rule(
    "shipped-never-received",
    family="custody",
    severity=Severity.WARNING,
    cites=TRUE,
    title=Sentence(zh="移交后无人接收", en="shipped and never received"),
    sentence=Sentence(
        zh="{party} 于 {day} 把废旧电池 {subject} 移交 {named}，至今没有接收记录",
        en="{party} sent the waste battery {subject} to {named} on {day}; nobody has reported it since",
    ),
    remedy=Sentence(
        zh="请移交方向接收方核实；接收方补报收货，未收到的按丢失报送",
        en="have the giver ask the taker, who reports the receipt; what never came is reported as lost",
    ),
    owner="recycler",
    law=("threshold",),
)
def shipped_never_received(facts: Facts) -> ibis.Table:
    """A waste battery that is sent to somebody who reports arrives; the giver answers until then."""
    told = handling(facts).filter((_.holds == "transit") & _.waste & _.next_seq.isnull() & _.to.notnull())
    known = roles(facts).select(named="party", roles="roles")
    told = told.inner_join(known, told.to == known.named)
    told = told.filter(has_role(told.roles, "outlet", "recycler", "echelon-user", "re-maker"))
    found = settled(facts, told, "never-received")
    return found.select(
        subject="item", party="holder", day="day", entries=ibis.array([found.seq]), named="named"
    )


@rule(
    "received-never-shipped",
    family="custody",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#article-13", "provisions-2018-35#article-11", "order-73-2026#article-24"),
    title=Sentence(zh="有接收无移交", en="received without any shipping"),
    sentence=Sentence(
        zh="{taken_by} 于 {day} 报送从 {party} 收到 {subject}，但 {party} 没有报送移交",
        en="{taken_by} reports that {subject} came from {party} on {day}, but {party} never reported handing it over",
    ),
    remedy=Sentence(zh="请移交方补报出库", en="have the giver report the handing over"),
    owner="dismantler",
    law=("threshold", "hands-on"),
)
def received_never_shipped(facts: Facts) -> ibis.Table:
    """Whoever has to report the handing over of waste batteries does so."""
    told = handling(facts).filter(_.step.isin(["received", "collected"]) & _.waste & (_.giver != _.holder))
    unsaid = (told.was == "party") & (told.was_holder == told.giver)
    unsaid = unsaid | ((told.was == "transit") & (told.was_to == told.giver))
    told = told.filter(unsaid)
    owes = facts.law.filter((_.table == "hands-on") & (_.field == "en"))
    owing = facts.party_role.inner_join(owes.select("key", "since", "until", "row"), [("role", "key")])
    owing = owing.select(giver_of="party", since="since", until=_.until.fill_null(FOREVER), row="row")
    met = told.inner_join(
        owing, [told.giver == owing.giver_of, told.day >= owing.since, told.day <= owing.until]
    )
    met = first_of(met, "item", "seq", order=["row"])
    found = settled(facts, met.drop("since", "until").rename(decided="row"), "never-received")
    return found.select(
        subject="item", party="giver", day="day", entries=ibis.array([found.was_seq, found.seq]),
        row="decided", taken_by="holder",
    )  # fmt: skip
