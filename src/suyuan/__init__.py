"""suyuan (溯源): the open traceability ledger for power batteries."""

__version__ = "0.1.0"
