"""Large pieces of memory go back to the system as soon as they are let go.

glibc does so at first, but keeps pieces of up to 32 MiB for itself once it has seen one of that size; between
smaller ones they then fill up with holes. A documented setting of its allocator (mallopt, M_MMAP_THRESHOLD) turns
that off; other C libraries need none.
"""

import ctypes
from contextlib import suppress

LARGE = 4 << 20
_M_MMAP_THRESHOLD = -3


def give_back_large_pieces() -> None:
    """For this process, from now on."""
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE)
