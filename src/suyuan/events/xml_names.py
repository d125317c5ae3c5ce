"""Names of XML as names of JSON-LD: `{https://example.com/}graded` becomes `ex:graded`, and `@context` says what `ex` is.

    <ex:graded xmlns:ex="https://example.com/">      "ex:graded"                     {"ex": "https://example.com/"}
    <graded xmlns="https://example.com/">            "https://example.com/graded"
    <geo:x xmlns:geo="geo:">                         "geo:x"   a name whose prefix nobody binds
    <cbvmda:lotNumber xmlns:cbvmda="urn:epcglobal:cbv:mda:">  "cbvmda:lotNumber"  bound by the standard context

Namespaces are kept as they stand: `urn:epcglobal:cbv:mda`, as XML has it, is not the `urn:epcglobal:cbv:mda:` of the
standard JSON-LD context, and the event hash tells them apart.

>>> from suyuan.events.xml_parsing import Name
>>> names = Prefixes.of({"ex": "https://example.com/", "xsi": "http://www.w3.org/2001/XMLSchema-instance"})
>>> names.key(Name("https://example.com/", "graded", "ex")), names.word("cbv:BizStep-shipping")
('ex:graded', 'shipping')
>>> names.context()
['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld', {'ex': 'https://example.com/'}]
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from suyuan.events import cbv
from suyuan.events.uris import STANDARD_CONTEXT_URL
from suyuan.events.xml_fields import SPACES, STRUCTURE
from suyuan.events.xml_parsing import XML, Name

NAMESPACE_ENDS = ("/", "#", ":")
_KEPT_MAX = 4096


class Prefixes:
    """The prefixes of one event. `Prefixes.of` hands out one that shares what it knows with the last of its kind."""

    __slots__ = ("_bound", "_common", "_keys", "_made", "_prefix_of", "_words")

    def __init__(self, bound: Mapping[str, str]) -> None:
        self._bound = dict(bound)
        self._prefix_of = {
            space: prefix for prefix, space in reversed(self._bound.items())
        }  # the first of several
        self._keys: dict[Name, str] = {}
        self._words: dict[str, str] = {}
        self._made = 0
        self._common = True  # with other events: what one of them adds must not be seen by the others

    @classmethod
    def of(cls, scope: Mapping[str, str], declared: Iterable[tuple[str, str]] = ()) -> "Prefixes":
        """The prefixes that an event stands under."""
        told = {**scope, **dict(declared)} if declared else scope
        known = _common(tuple(told.items()))
        names = cls.__new__(cls)
        names._bound, names._prefix_of, names._common = known._bound, known._prefix_of, True
        names._keys, names._words, names._made = known._keys, known._words, 0
        return names

    def context(self) -> list[Any]:
        """The `@context` of the event."""
        return [STANDARD_CONTEXT_URL, dict(self._bound)] if self._bound else [STANDARD_CONTEXT_URL]

    def declare(self, declared: Iterable[tuple[str, str]]) -> None:
        """Prefixes that are bound inside the event: where one is bound already, the first stands."""
        for prefix, space in declared:
            if _says_something(prefix, space) and prefix not in self._bound:
                self._bind(prefix, space)

    def key(self, name: Name) -> str:
        """The name of a field or attribute in JSON."""
        if name.space in SPACES:
            return name.local
        known = self._keys.get(name)
        if known is None:
            known = self._key(name)
            if len(self._keys) >= _KEPT_MAX:
                self._keys.clear()
            self._keys[name] = known
        return known

    def _key(self, name: Name) -> str:
        space, local, prefix = name
        if space == XML:
            return f"xml:{local}"
        if f"{prefix}:" == space or (not prefix and space.endswith(NAMESPACE_ENDS)):
            return space + local
        if prefix and self._bound.get(prefix, cbv.PREFIXES.get(prefix)) == space:
            return f"{prefix}:{local}"
        if other := self._prefix_of.get(space):
            return f"{other}:{local}"
        if not prefix or prefix in self._bound or prefix in cbv.PREFIXES:
            prefix = self._made_up()
        self._bind(prefix, space)
        return f"{prefix}:{local}"

    def _made_up(self) -> str:
        while True:
            self._made += 1
            if (prefix := f"ns{self._made}") not in self._bound:
                return prefix

    def _bind(self, prefix: str, space: str) -> None:
        if self._common:
            self._bound, self._prefix_of = dict(self._bound), dict(self._prefix_of)
            self._keys, self._words = dict(self._keys), {}
            self._common = False
        self._bound[prefix] = space
        self._prefix_of.setdefault(space, prefix)

    def expand(self, text: str) -> str:
        """The full URI of a prefixed name; any other text as it is."""
        prefix, _, local = text.partition(":")
        space = self._bound.get(prefix, cbv.PREFIXES.get(prefix))
        return text if space is None or local.startswith("//") else space + local

    def word(self, text: str) -> str:
        """The bare word that a URI or a prefixed name of the standard stands for; any other text as it is."""
        known = self._words.get(text)
        if known is None:
            known = cbv.BARE_OF.get(text) or cbv.BARE_OF.get(self.expand(text), text)
            if len(self._words) >= _KEPT_MAX:
                self._words.clear()
            self._words[text] = known
        return known


@lru_cache(maxsize=64)
def _common(told: tuple[tuple[str, str], ...]) -> Prefixes:
    return Prefixes({prefix: space for prefix, space in told if _says_something(prefix, space)})


def _says_something(prefix: str, space: str) -> bool:
    return bool(
        prefix
        and space
        and space not in STRUCTURE
        and cbv.PREFIXES.get(prefix) != space
        and f"{prefix}:" != space
    )
