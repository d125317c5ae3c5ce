"""A trace for somebody: what he may see of it, else what is public; and a line in the reading log of those whose entries he saw."""

from collections import Counter
from contextlib import suppress
from datetime import date
from typing import Any

from suyuan.rights.deciding import may
from suyuan.rights.principal import Principal
from suyuan.rights.sight import Sight, visible
from suyuan.rights.words import Verb
from suyuan.usecases import reading_log
from suyuan.usecases.trace import Answer, NotOnRecord, trace, unknown
from suyuan.usecases.workspace import Workspace

__all__ = ["public_life", "trace_for"]


def trace_for(
    workspace: Workspace, by: Principal, code: str, *, as_of: date | None = None, fold: int = 50
) -> dict[str, Any]:
    """`trace`: the answer (None where nothing of it may be seen), `public`: rows of public fields.

    Raises Forbidden; NotOnRecord where there is neither, in the same words whether it is hidden or not there.
    """
    now = workspace.clock()
    may(by, Verb.TRACE, None, now).required()
    sight = visible(by, Verb.TRACE, now)
    answer: Answer | None = None
    if sight.entries_too:
        with suppress(NotOnRecord):
            answer = trace(workspace, code, as_of=as_of, fold=fold, sight=sight)
    rows = public_life(workspace, code, sight)
    if answer is None and not rows:
        raise unknown(code.strip())
    if answer is not None:
        reading_log.note(workspace, by, Verb.TRACE, _doers(answer))
    return {"trace": answer, "public": rows}


def _doers(answer: Answer) -> Counter[str]:
    """Whose doings were shown, and how many: by the party that did them, as far as it can be told."""
    return Counter(str(row["actor"]) for row in answer["timeline"] if row.get("actor"))


def public_life(workspace: Workspace, code: str, sight: Sight) -> list[dict[str, Any]]:
    """The public fields of what happened to an item, by day; [] for who may not even see these."""
    import ibis

    from suyuan.identifiers import recognise
    from suyuan.views.columns import TABLES
    from suyuan.views.tables import Tables

    if not sight.public_fields:
        return []
    tables = Tables.of(
        {name: ibis.table(ibis.Schema.from_pyarrow(schema), name=name) for name, schema in TABLES.items()}
    )
    told = sight.public(tables)
    known = recognise.recognise(code.strip())
    wanted = {recognise.item_key(code.strip()), known.item or known.normalised}
    query = str(ibis.to_sql(told.filter(told.item.isin(sorted(wanted))), dialect="duckdb"))
    with workspace.derived.reading_columns() as (duck, _):
        found = duck.sql(query).to_arrow_table().to_pylist()
    return sorted(found, key=lambda row: [str(row[name]) for name in ("local_day", *sorted(row))])
