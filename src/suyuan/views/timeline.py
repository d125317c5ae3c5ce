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
    amounts = (
        effective.event_item.filter(_.listed)
        .group_by("seq", "role", "item")
        .agg(quantity=_.quantity.sum(), uom=_.uom.min())
    )
    papers = effective.event_document.group_by("seq").agg(
        documents=_.document.collect(order_by=[_.type, _.document]),
        document_types=_.type.fill_null("").collect(order_by=[_.type, _.document]),
    )
    told = statements.left_join(amounts, ["seq", "role", "item"]).drop(
        "seq_right", "role_right", "item_right"
    )
    told = told.left_join(papers, "seq").drop("seq_right")
    return told.select(
        "item",
        n=ibis.row_number().over(order),
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
