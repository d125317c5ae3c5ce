"""Timeline: what happened to an item, in the order in which it happened.

Ordered by `occurred_at`, at one instant by the order of a life (`rank`), then by record; `n` counts within the item.
A row is a statement; two roles in one event (a whole that is also listed) are two rows. `implied` rows tell what the event
left unsaid: children of a DELETE that lists none.
"""

import ibis
from ibis import _

from suyuan.views.tables import Tables


def timeline(effective: Tables, statements: ibis.Table) -> ibis.Table:
    """One row a statement: item, n, step, who, where, with whom, document, quantity."""
    order = ibis.window(group_by="item", order_by=["occurred_at", "rank", "seq", "role"])
    # what the event says stands beside it: little is sorted
    told = statements.select(
        "item", "kind", "step", "standard_step", "role", "act", "occurred_at", "rank", "parent", "state", "implied", "seq"
    )  # fmt: skip
    told = told.mutate(n=ibis.row_number().over(order)).drop("occurred_at")
    amounts = (
        effective.event_item.filter(_.listed)
        .group_by("seq", "role", "item")
        .agg(quantity=_.quantity.sum(), uom=_.uom.min())
    )
    told = told.left_join(amounts, ["seq", "role", "item"]).drop("seq_right", "role_right", "item_right")
    told = told.left_join(_papers(effective), "seq").drop("seq_right")
    event = effective.event.select(
        "seq", "occurred_at", "local_day", "recorded_at", "biz_step", "disposition", "actor", "party", "from_party",
        "to_party", "where", "run", "repair_order", "reporter", "event_id",
    )  # fmt: skip
    told = told.inner_join(event, "seq")
    return told.select(
        "item",
        "n",
        kind=_.kind,
        step=_.step,
        standard_step=_.standard_step,
        role=_.role,
        act=_.act,
        occurred_at=_.occurred_at,
        local_day=_.local_day,
        recorded_at=_.recorded_at,
        biz_step=_.biz_step,
        disposition=_.disposition,
        actor=_.actor,
        submitter=_.party,
        giver=_.from_party,
        taker=_.to_party,
        where=_.where,
        parent=_.parent,
        run=_.run,
        repair_order=_.repair_order,
        reporter=_.reporter,
        event_id=_.event_id,
        quantity=_.quantity,
        uom=_.uom,
        documents=_.documents,
        document_types=_.document_types,
        state=_.state,
        implied=_.implied,
        seq=_.seq,
    )


def _papers(effective: Tables) -> ibis.Table:
    """(seq, documents, document_types): lists in one order; most events name one document, which needs no sorting."""
    every = effective.event_document
    several = every.group_by(several="seq").agg(papers=_.seq.count()).filter(_.papers > 1)
    order = [_.type, _.document]
    listed = (
        every.inner_join(several, [("seq", "several")])
        .group_by("seq")
        .agg(
            documents=_.document.collect(order_by=order),
            document_types=_.type.fill_null("").collect(order_by=order),
        )
    )
    one = every.anti_join(several, [("seq", "several")])
    one = one.select(
        "seq",
        documents=ibis.ifelse(
            one.document.notnull(), ibis.array([one.document]), ibis.null(listed.documents.type())
        ),
        document_types=ibis.array([one.type.fill_null("")]),
    )
    return listed.union(one)
