"""All rules: the modules that hold them, in the order in which they are told."""

from suyuan.rules import (  # noqa: F401  # importing a module puts its rules on the list
    assembly,
    assembly_packs,
    balance,
    coverage,
    custody,
    custody_takers,
    custody_ways,
    identity,
    identity_dates,
    identity_declared,
    identity_makers,
    lifecycle,
    lifecycle_end,
    lifecycle_health,
    outlets,
    producers,
    recycling,
    recycling_batches,
    recycling_lots,
    recycling_plants,
    reporting,
    reporting_firms,
    scrapping,
)
from suyuan.rules.rule import RULES

__all__ = ["RULES"]
