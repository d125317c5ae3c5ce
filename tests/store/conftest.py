"""The drivers of the record, for every test of the store."""

from tests.store.drivers import driver, server

__all__ = ["driver", "server"]
