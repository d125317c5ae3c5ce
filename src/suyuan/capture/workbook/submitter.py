"""Who submits a document, and the URIs that follow from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from suyuan.events.uris import document_uri, item_uri, party_uri, place_uri, run_uri

# a workbook names a few parties and places a hundred thousand times
_party = lru_cache(4096)(party_uri)
_place = lru_cache(4096)(place_uri)


@dataclass(frozen=True, slots=True)
class Submitter:
    """The party (credit code) whose rows are told, and the processes of its batches as far as known."""

    uscc: str
    process_of: Mapping[str, str] = field(default_factory=dict)

    @property
    def party(self) -> str:
        """The party's URI."""
        return _party(self.uscc)

    def place(self, row: Mapping[str, Any], key: str = "site", uscc: str | None = None) -> str | None:
        """Where it happened, if the row says so."""
        site = row.get(key)
        return _place(uscc or self.uscc, site) if site else None

    def document(self, kind: str, number: str | None) -> str | None:
        """A business document of the submitter."""
        return document_uri(self.uscc, kind, number) if number else None

    def run(self, batch: str) -> str:
        """One of the submitter's batches."""
        return run_uri(self.uscc, batch)


def party_or_none(uscc: str | None) -> str | None:
    """The URI of a party that a row may name."""
    return _party(uscc) if uscc else None


def items(codes: Any) -> list[str]:
    """The URIs of codes."""
    return [item_uri(code) for code in codes]


def more(**words: Any) -> dict[str, Any]:
    """Further own words of a row; what is not known is left out."""
    return {
        f"sy:{word}": value.isoformat() if isinstance(value, date) else value
        for word, value in words.items()
        if value is not None
    }
