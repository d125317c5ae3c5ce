"""Entries by their numbers, few or many: each bundle of the ledger is opened once."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from suyuan.ledger import entry as entries
from suyuan.ledger.entry import Entry
from suyuan.ledger.tiles import WIDTH
from suyuan.store.ledger_port import Ledger


def entries_of(ledger: Ledger, seqs: Sequence[int]) -> Iterator[tuple[int, Entry]]:
    """(number, entry) of each, in the order of the ledger."""
    for _, group in groupby(sorted(seqs), key=lambda seq: seq // WIDTH):
        wanted = list(group)
        for first, lines in ledger.bundle_lines(wanted[0], wanted[-1] + 1):
            for seq in wanted:
                yield seq, entries.decode(seq, lines[seq - first])
