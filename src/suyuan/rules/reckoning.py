"""The accounts over the facts that rules share: what reports read beside the findings.

figures_of(facts).figure     all figures: account, party, period, area, measure, key, unit, value, …
figures_of(facts).entry      the entries behind them
"""

from suyuan.accounts.efficiency import efficiency
from suyuan.accounts.figures import Account, together
from suyuan.accounts.movements import balance
from suyuan.accounts.producers import Beside, responsibility
from suyuan.accounts.recovery import recovery
from suyuan.accounts.recycled_content import recycled_content
from suyuan.rules.coverage import vehicle_sales
from suyuan.rules.duties import duties
from suyuan.rules.facts import Facts
from suyuan.rules.serving import asked, serving


def figures_of(facts: Facts) -> Account:
    """All accounts as one; both tables are expressions, to be asked as a whole or by party."""
    beside = Beside(duties(facts), serving(facts), asked(facts), vehicle_sales(facts))
    return together(
        [
            balance(facts),
            recovery(facts),
            efficiency(facts),
            recycled_content(facts),
            responsibility(facts, beside),
        ]
    )
