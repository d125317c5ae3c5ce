"""The register of documents that rows of law and standards cite.

>>> document("gbt-34014-2017").number
'GB/T 34014-2017'
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

import msgspec

from suyuan.terms.citation import Mark
from suyuan.terms.errors import SuyuanError
from suyuan.terms.sentence import Sentence

Kind = Literal["law", "rule", "notice", "standard", "specification", "statistics", "article", "assumption"]


class Title(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A title in both languages."""

    zh: str
    en: str


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One document: who issued it, when it is in force, where it was read and how sure we are of its contents."""

    id: str
    title: Title
    issuer: str
    number: str
    kind: Kind
    since: date | None = msgspec.field(default=None, name="from")
    until: date | None = msgspec.field(default=None, name="to")
    mark: Mark
    source: str
    note: str = ""

    @property
    def name(self) -> Sentence:
        """The title as a sentence."""
        return Sentence(zh=self.title.zh, en=self.title.en)

    def in_force(self, day: date) -> bool | None:
        """Is it in force on `day`? None where the register does not know since when."""
        if self.since is None:
            return None
        return self.since <= day and (self.until is None or day <= self.until)


class UnknownDocument(SuyuanError):
    """An id that the register does not have."""


class DocumentRefused(SuyuanError):
    """An entry of the register that is incomplete."""


def read_register(text: str, file: str = "documents.toml") -> Mapping[str, Document]:
    """The documents of a register by id. Raises DocumentRefused."""
    register = {}
    for key, body in tomllib.loads(text).items():
        try:
            register[key] = msgspec.convert({"id": key, **body}, Document)
        except msgspec.ValidationError as wrong:
            raise DocumentRefused(
                f"{file}, document {key}: {wrong}; a document has title, issuer, number, kind, mark and source",
                f"{file} 文件 {key}：{wrong}；每个文件须有 title、issuer、number、kind、mark、source",
            ) from wrong
    return MappingProxyType(register)


@cache
def register() -> Mapping[str, Document]:
    """All documents by id."""
    return read_register(files("suyuan.standards").joinpath("documents.toml").read_text("utf-8"))


def document(key: str) -> Document:
    """The document with id `key`. Raises UnknownDocument."""
    try:
        return register()[key]
    except KeyError:
        raise UnknownDocument(
            f"no document {key!r} in the register; see standards/documents.toml",
            f"登记表中没有文件 {key!r}；见 standards/documents.toml",
        ) from None
