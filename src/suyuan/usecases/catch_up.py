"""Bring the index up to the ledger: a writer may die between the ledger's commit and the index's.

The index is made of the same values as when the entries were recorded, read back from their bodies.
"""

from itertools import islice

from suyuan.store.index import Index
from suyuan.store.ledger_port import Ledger
from suyuan.usecases.sieve import indexed, of_entry

AT_ONCE = 4096


def catch_up_index(ledger: Ledger, index: Index) -> int:
    """Add the entries that the index does not know yet; returns how many."""
    if index.position > ledger.size:  # a ledger put back from a backup: the truth is what it says
        index.clear()
    start, stop = index.position, ledger.size
    entries = ledger.entries(start, stop)
    for at in range(start, stop, AT_ONCE):
        index.add(at, [indexed(of_entry(entry), entry.party) for entry in islice(entries, AT_ONCE)])
    if stop > start:
        index.commit()
    return stop - start
