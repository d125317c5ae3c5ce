"""All rules: the modules that hold them, in the order in which they are told."""

from suyuan.rules import (  # noqa: F401  # importing a module puts its rules on the list
    coverage,
    custody,
    custody_takers,
    custody_ways,
    identity,
    identity_declared,
    outlets,
    producers,
    scrapping,
)
from suyuan.rules.rule import RULES

__all__ = ["RULES"]
