"""What names mean in a document: prefixes and terms that its `@context` binds.

    {"@context": [<standard context>, {"x": "https://w3id.org/suyuan/voc#"}]}

    name                                expand                                    word
    x:StateOfHealth                     https://w3id.org/suyuan/voc#StateOfHealth sy:StateOfHealth
    shipping                            https://ref.gs1.org/cbv/BizStep-shipping  shipping
    https://example.com/voc#graded      https://example.com/voc#graded            https://example.com/voc#graded

No context is ever fetched: the standard contexts and our own are known here, an unknown URL binds nothing,
and a name that nothing binds stays as it is. Of JSON-LD this is what EPCIS uses, not the whole.

>>> names = Names.of(["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"x": NAMESPACE}])
>>> names.expand("x:graded"), names.word("x:graded"), names.word(NAMESPACE + "graded")
('https://w3id.org/suyuan/voc#graded', 'sy:graded', 'sy:graded')
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from suyuan.events import cbv
from suyuan.events.uris import CONTEXT_URL, NAMESPACE, PREFIX

STANDARD_CONTEXTS = frozenset(
    {
        "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
        "https://ref.gs1.org/standards/epcis/epcis-context.jsonld",
        "https://gs1.github.io/EPCIS/epcis-context.jsonld",
    }
)
"""They bind `cbv.PREFIXES`, which is taken as bound in every document: EPCIS needs the standard context."""

_CONTEXTS = {CONTEXT_URL: {PREFIX: NAMESPACE}}
_NAMESPACE_ENDS = ("/", "#", ":")
_DEPTH_MAX = 8  # a term bound to a prefixed name of a prefix …; deeper is a circle
_KEPT_MAX = 4096

_kept: dict[bytes, "Names"] = {}


class Names:
    """The names of one context. Values; `Names.of` hands out the same one for equal contexts."""

    __slots__ = ("_expanded", "_keys", "_words", "bound")

    def __init__(self, bound: Mapping[str, str]) -> None:
        self.bound = {**cbv.PREFIXES, **bound}
        self._expanded: dict[str, str] = {}
        self._keys: dict[str, str] = {}
        self._words: dict[str, str] = {}

    @classmethod
    def of(cls, context: Any) -> "Names":
        """The names bound by a `@context`: a URL, an object, a list of both, or None."""
        value = msgspec.json.encode(context)
        names = _kept.get(value)
        if names is None:
            if len(_kept) >= _KEPT_MAX:  # each sender has a few; a flood of them must not fill the memory
                _kept.clear()
            names = _kept[value] = cls(_resolved(dict(_bindings(context))))
        return names

    def expand(self, term: str) -> str:
        """The full URI of a prefixed name, a bound term, a bare CBV word; any other text as it is."""
        known = self._expanded.get(term)
        if known is None:
            known = _remember(self._expanded, term, self._expand(term))
        return known

    def _expand(self, term: str) -> str:
        prefixed = self.prefixed(term)
        if prefixed is not None:
            return prefixed
        bound = self.bound.get(term)
        if bound is not None and not bound.endswith(_NAMESPACE_ENDS):
            return bound
        return cbv.URI_OF.get(term) or cbv.web_uri(term)

    def prefixed(self, term: str) -> str | None:
        """The full URI of a name whose prefix is bound, else None."""
        prefix, colon, local = term.partition(":")
        if not colon or local.startswith("//"):
            return None
        namespace = self.bound.get(prefix)
        return None if namespace is None else namespace + local

    def word(self, term: str) -> str:
        """The form to compare with: `sy:…` for own words, bare for standard words, else the full URI."""
        known = self._words.get(term)
        if known is None:
            uri = self.expand(term)
            short = (
                f"{PREFIX}:{uri[len(NAMESPACE) :]}"
                if uri.startswith(NAMESPACE)
                else cbv.BARE_OF.get(uri, uri)
            )
            known = _remember(self._words, term, short)
        return known

    def key(self, term: str) -> str:
        """A field name as the event hash writes it, `{namespace}local`; a bare unbound name stays bare.

        >>> Names.of({"ex": "https://ns.example.com/epcis/"}).key("ex:a")
        '{https://ns.example.com/epcis/}a'
        >>> Names.of(None).key("https://ns.example.com/epcis/a")
        '{https://ns.example.com/epcis/}a'
        """
        known = self._keys.get(term)
        if known is None:
            known = _remember(self._keys, term, self._key(term))
        return known

    def _key(self, term: str) -> str:
        prefix, colon, local = term.partition(":")
        if colon and not local.startswith("//") and prefix in self.bound:
            return f"{{{self.bound[prefix]}}}{local}"
        bound = self.bound.get(term, "")
        uri = bound if bound and not bound.endswith(_NAMESPACE_ENDS) else term
        if "://" not in uri and not uri.startswith("urn:"):
            return uri
        end = max(uri.rfind(mark) for mark in _NAMESPACE_ENDS) + 1
        return f"{{{uri[:end]}}}{uri[end:]}" if end < len(uri) else uri


def _remember(known: dict[str, str], term: str, value: str) -> str:
    if len(known) >= _KEPT_MAX:  # words are few; a document that uses URIs as words must not fill the memory
        known.clear()
    known[term] = value
    return value


def _bindings(context: Any) -> Iterator[tuple[str, str]]:
    if isinstance(context, list):
        for part in context:
            yield from _bindings(part)
    elif isinstance(context, str):
        yield from _CONTEXTS.get(context, {}).items()
    elif isinstance(context, dict):
        for term, value in context.items():
            uri = value.get("@id") if isinstance(value, dict) else value
            if isinstance(uri, str) and not term.startswith("@"):
                yield term, uri


def _resolved(bound: dict[str, str]) -> dict[str, str]:
    """Bindings with prefixed values (`"a": "ex:a"`) written out."""
    every = {**cbv.PREFIXES, **bound}
    for term in bound:
        uri = bound[term]
        for _ in range(_DEPTH_MAX):
            prefix, colon, local = uri.partition(":")
            if not colon or local.startswith("//") or prefix == term or prefix not in every:
                break
            uri = every[prefix] + local
        bound[term] = uri
    return bound
