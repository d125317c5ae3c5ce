"""Writers in processes of their own, to be killed: each records documents and says so after each, for ever.

directory ──stdin──▶ this process ──fork──▶ writer: "<its process>", "<digest> <size of the log>", …
                          └── when the writer is gone: "gone"
"""

import os
import random
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tests.store.made import Body, open_ledger, record

import suyuan.store.postgres_ledger  # noqa: F401  # before the fork: a writer that loads it is killed while it does


def body(number: int, n: int) -> bytes:
    """Entry `n` of document `number`."""
    return b'{"document":%d,"n":%d,"word":"%s"}' % (number, n, random.Random(n).randbytes(90).hex().encode())


def contents(number: int) -> bytes:
    """The bytes of document `number`."""
    return b"document %d\n" % number * 100


def count_of(number: int) -> int:
    """How many entries it has: mostly a few, now and then many."""
    return (3, 40, 300, 1500)[number % 4] + number % 7


def bodies_of(number: int) -> Iterator[Body]:
    """The entries of document `number`; one stands beside the bundles."""
    if number % 3 == 0:
        yield Body("event", b'{"long":"%s"}' % (b"%064d" % number * 1100), "line 0")
    for n in range(count_of(number)):
        yield Body("event", body(number, n), f"line {n + 1}")


def write(directory: Path) -> None:
    """Record documents until killed."""
    print(os.getpid(), flush=True)
    with closing(open_ledger(directory)) as ledger:
        number = sum(1 for _ in ledger.documents())
        while True:
            document = record(ledger, contents(number), bodies_of(number))
            print(document.digest, ledger.size, flush=True)
            number += 1


def main() -> None:
    """A fresh writer for each directory that is asked for; forked, so that it begins at once."""
    for line in sys.stdin:
        child = os.fork()
        if not child:
            write(Path(line.rstrip("\n")))
        os.waitpid(child, 0)
        print("gone", flush=True)


if __name__ == "__main__":
    main()
