"""Cases: findings of one party with one root, what was decided of them, and how often each rule was wrong.

    finding ─ same party, same root ─▶ case ◀─ decisions on the ledger (`sy:deciding`)

    open        nothing was said yet, or something new was found since
    explained   the party explained it, with evidence
    corrected   what was wrong on record has been corrected (also: last said open or explained, and nothing is found any more)
    confirmed   the authority confirmed it
    dismissed   a false alarm, with the reason

A decision is an event like any other: proven, dated, and taken back by an error declaration. A case is what is found and what was said:
one of which nothing was ever said goes with its findings, when what was wrong has been corrected on record.
"""

import ibis
import pyarrow as pa
from ibis import _

from suyuan.rules.rule import Severity
from suyuan.views.columns import INSTANT, columns
from suyuan.views.tables import Tables

TOLD = columns(
    ("id", pa.string()), ("case_id", pa.string()), ("rule", pa.string()), ("severity", pa.string()), ("family", pa.string()),
    ("owner", pa.string()), ("subject", pa.string()), ("party", pa.string()), ("day", pa.date32()),
    ("entries", pa.list_(pa.int64())), ("root", pa.string()), ("row", pa.string()), ("row_cites", pa.string()),
    ("facts", pa.string()), ("verified", pa.bool_()), ("first_seen", INSTANT),
)  # fmt: skip
"""The findings, each with its id, its case, its weight, the row of law that decided, and when the last of its evidence was recorded."""
STATES = ("open", "explained", "corrected", "confirmed", "dismissed")
CASE = r"/case/([0-9a-f]{12})$"
OPEN = "open"


def decisions(counted: Tables) -> ibis.Table:
    """item (the case's URI), case_id, seq, decided_at, decided_by, state, reason, rules, evidence: all that was said of cases."""
    said = counted.event.filter(_.biz_step == "sy:deciding").select(
        "seq", decided_at="recorded_at", decided_by="party"
    )
    items = counted.event_item.select("seq", "item", case_id=_.item.re_extract(CASE, 1)).filter(
        _.case_id != ""
    )
    words = counted.event_word.filter(_.holder == "event")
    words = words.semi_join(said, "seq")
    none = ibis.null("string")
    words = words.group_by("seq").agg(
        **{name: ibis.ifelse(_.word == f"sy:{word}", _.value, none).max() for name, word in WORDS.items()}
    )
    joined = said.inner_join(items, "seq").inner_join(words, "seq")
    return joined.mutate(
        state=_plain(joined.state), reason=_plain(joined.reason), evidence=_plain(joined.evidence),
        rules=joined.rules.re_replace(r'[\[\]" ]', "").split(","),
    ).filter(_.state.isin(STATES))  # fmt: skip


WORDS = {"state": "caseState", "reason": "caseReason", "rules": "caseRules", "evidence": "evidence"}


def _plain(text: ibis.Value) -> ibis.Value:
    """A JSON text without its quotation marks."""
    return text.re_replace(r'^"|"$', "").replace('\\"', '"')


def latest(said: ibis.Table) -> ibis.Table:
    """The decision that stands of each case: the last one recorded."""
    last = ibis.window(group_by="case_id", order_by=ibis.desc("seq"))
    return said.mutate(n=ibis.row_number().over(last)).filter(_.n == 0).drop("n")


def cases(told: ibis.Table, said: ibis.Table, law: ibis.Table) -> ibis.Table:
    """One row a case. `told`: findings (`TOLD`), `said`: `decisions`; `law` says in how many days a case is to be answered.

    case_id, party, root, owner, severity, rules, findings, since, first_seen, due, state, decided_*.
    """
    order = [severity.value for severity in Severity]
    weighed = told.mutate(
        weight=ibis.cases(*((told.severity == name, n) for n, name in enumerate(order)), else_=0)
    )
    heavy = ibis.window(group_by="case_id", order_by=[ibis.desc("weight"), "rule", "id"])
    first = weighed.mutate(n=ibis.row_number().over(heavy)).filter(_.n == 0)
    grouped = weighed.group_by("case_id").agg(
        findings=_.id.nunique(), rules=_.rule.collect(distinct=True).sort(), since=_.day.min(),
        first_seen=_.first_seen.min(), last_seen=_.first_seen.max(), verified=_.verified.all(),
    )  # fmt: skip
    first = first.select("case_id", "party", "root", "owner", "severity", worst="rule")
    found = grouped.inner_join(first, "case_id")
    stands = latest(said).drop("item").rename(of="case_id", decided="state", named="rules", decided_seq="seq")
    both = found.outer_join(stands, [("case_id", "of")])
    gone = both.case_id.isnull()
    anew = both.last_seen > both.decided_at
    both = both.mutate(
        case_id=ibis.coalesce(both.case_id, both.of),
        rules=ibis.coalesce(both.rules, both.named),
        findings=both.findings.fill_null(0),
        state=ibis.cases(
            (both.decided.isnull(), OPEN),
            (gone & both.decided.isin([OPEN, "explained"]), "corrected"),
            (anew.fill_null(False), OPEN),
            else_=both.decided,
        ),
    ).drop("of", "decided", "named")
    limits = law.filter((_.table == "threshold") & _.key.startswith("case-days.") & _.until.isnull())
    limits = limits.select(weight_of=limits.key.replace("case-days.", ""), limit="value")
    timed = both.left_join(limits, [("severity", "weight_of")]).drop("weight_of")
    return timed.mutate(
        due=(timed.first_seen.cast("timestamp") + timed["limit"].cast("int64").as_interval("D")).date()
    ).drop("limit", "last_seen")


def false_alarms(told: ibis.Table, said: ibis.Table) -> ibis.Table:
    """rule, found, decided, dismissed, rate: of the decided cases that a rule took part in, the share dismissed."""
    stands = latest(said)
    each = (
        stands.filter(_.state.isin(["confirmed", "corrected", "dismissed"]))
        .select("state", rule=_.rules)
        .unnest("rule")
    )
    each = each.group_by("rule").agg(
        decided=_.state.count(), dismissed=(_.state == "dismissed").cast("int64").sum()
    )
    found = told.group_by("rule").agg(found=_.id.count())
    both = found.outer_join(each.rename(of="rule"), [("rule", "of")])
    return both.select(
        rule=ibis.coalesce(both.rule, both.of),
        found=both.found.fill_null(0),
        decided=both.decided.fill_null(0),
        dismissed=both.dismissed.fill_null(0),
        rate=both.dismissed / both.decided,
    )
