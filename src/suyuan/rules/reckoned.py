"""What DuckDB is asked for the accounts: `figure` and `figure_entry`, and for metals by item, of the tables that judging keeps (see `reckoning`)."""

from functools import cache

from suyuan.rules import judging
from suyuan.rules.facts import BESIDES
from suyuan.rules.reckoning import figures_of
from suyuan.views.columns import TABLES
from suyuan.views.tables import Tables

FIGURE, ENTRY = "figure", "figure_entry"


@cache
def planned() -> judging.Judging:
    """A plan whose queries (`rules`) are these tables; `outputs` are the tables beside the ledger that it reads."""
    stages: list[tuple[str, str]] = []
    known = judging.shared(
        Tables.of(judging.named(TABLES)), judging.named(BESIDES), judging.worded_to(stages)
    )
    account = figures_of(known)
    asked = {FIGURE: judging.sql(account.figure), ENTRY: judging.sql(account.entry)}
    asked["recovered"] = judging.sql(known.views["recovered"])
    return judging.Judging(
        stages=tuple(stages), rules=asked, scopes={}, parties={}, parted={}, kept=judging.KEPT, outputs=tuple(BESIDES), before_adjusting=(), after=(),
        mark=judging.fingerprint(),
    )  # fmt: skip
