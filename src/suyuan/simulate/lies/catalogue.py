"""All kinds of planted lies: whatever modules of this package name in `LIES` and `FIRM_LIES`.

>>> "pack-missing-at-scrapping" in lies()
True
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import TypeVar

from suyuan.simulate import lies as package
from suyuan.simulate.lies.lie import FirmLie, Lie

L = TypeVar("L", Lie, FirmLie)


@cache
def lies() -> Mapping[str, Lie]:
    """Kinds that spoil a life, by their name."""
    return _by_kind(tuple(lie for module in _modules() for lie in getattr(module, "LIES", ())))


@cache
def firm_lies() -> Mapping[str, FirmLie]:
    """Kinds that spoil a firm, by their name."""
    return _by_kind(tuple(lie for module in _modules() for lie in getattr(module, "FIRM_LIES", ())))


def kinds() -> tuple[str, ...]:
    """Names of all kinds, sorted."""
    return tuple(sorted({*lies(), *firm_lies()}))


def _modules() -> Iterator[ModuleType]:
    for found in sorted(iter_modules(package.__path__), key=lambda module: module.name):
        if found.name not in ("lie", "catalogue", "occasions"):
            yield import_module(f"{package.__name__}.{found.name}")


def _by_kind(told: tuple[L, ...]) -> Mapping[str, L]:
    found = {lie.kind: lie for lie in told}
    assert len(found) == len(told), "each kind of lie has a name of its own"
    return found
