"""All views from the tables, in the order in which they build on one another.

    effective → assembly → statements → standing → ancestors
                   timeline, lifecycle, custody, holder_now, lineage, recovery …

`built` leaves it to the caller whether a stage is kept: as one large expression, or as a table of the engine at
each stage (`run.on_duckdb`), which is what anything beyond ten rows wants.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import ibis

from suyuan.views.assembly import assembly
from suyuan.views.attribution import became, due_to_wholes, recovered, run_share, stands_for
from suyuan.views.custody import ancestors, batteryless, custody, fates, holder_now, missed, standing
from suyuan.views.effective import effective, voided
from suyuan.views.lifecycle import lifecycle
from suyuan.views.lineage import lineage
from suyuan.views.lots import used_up
from suyuan.views.recovery import run_input, run_metal, run_output
from suyuan.views.statements import statements
from suyuan.views.tables import Keep, Tables, as_it_is
from suyuan.views.timeline import timeline


@dataclass(frozen=True, slots=True)
class Everything:
    """What counts, what every event says of every thing, and the views that are served by name."""

    counted: Tables
    statement: ibis.Table
    views: Mapping[str, ibis.Table]


def served(tables: Tables, keep: Keep = as_it_is) -> Mapping[str, ibis.Table]:
    """The views that are served: name → expression. For another moment, of `effective.known` tables."""
    return everything(tables, keep).views


def everything(tables: Tables, keep: Keep = as_it_is) -> Everything:
    """All stages, each handed to `keep`."""
    wrong = keep("voided", voided(tables))
    counted = effective(tables, keep)
    in_what = keep("assembly", assembly(counted))
    fed = keep("run_input", run_input(counted, in_what))
    out = keep("run_output", run_output(counted))
    metal = keep("run_metal", run_metal(counted, out))
    due = keep("run_share", run_share(fed, out))
    whose = keep("stands_for", stands_for(fed, in_what))
    came = keep("became", became(due_to_wholes(due, whose), fed, out))
    who_is_what = keep("lineage", lineage(counted, in_what))
    without = keep("batteryless", batteryless(counted))
    # the largest tables last, and what reads both of them at once: the events are not needed after the timeline
    said = keep("statement", statements(counted, in_what))
    nowhere = keep("fates", fates(missed(in_what, said, without), used_up(counted)))
    told = keep("timeline", timeline(counted, said))
    above = keep("ancestor", ancestors(keep("standing", standing(in_what, said, without))))
    held = keep("custody", custody(counted, said))
    views = {
        "voided": wrong,
        "timeline": told,
        "lifecycle": keep("lifecycle", lifecycle(said, above, nowhere)),
        "custody": held,
        "inside": above,
        "holder_now": keep("holder_now", holder_now(held, above, nowhere)),
        "assembly": in_what,
        "run_input": fed,
        "run_output": out,
        "run_metal": metal,
        "became": came,
        "recovered": keep("recovered", recovered(came, metal)),
        "lineage": who_is_what,
    }
    return Everything(counted, said, views)
