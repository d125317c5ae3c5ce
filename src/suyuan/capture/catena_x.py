"""The Catena-X import file (as Trace-X reads it): serial parts and bills of material as built.

    {"assets": [{"assetMetaInfo": {"catenaXId": "urn:uuid:…"},
                 "submodels": [{"aspectType": "urn:samm:io.catenax.serial_part:3.0.0#SerialPart", "payload": {…}}, …]}]}

    SerialPart, JustInSequencePart   Object ADD, commissioning (one item)
    Batch                            Object ADD, commissioning (a lot)
    SingleLevelBomAsBuilt            Association ADD, parent ← children
    SingleLevelUsageAsBuilt          Association ADD, told by the child
    TractionBatteryCode              the item's code; pack ← modules ← cells of its tree

An aspect is known by its name, whatever the version of its model. An item is called by its battery code
or VIN where it has one, else by its Catena-X id. What is only planned is no event: it is told as a hint, and
stands in the document, which is kept. A TractionBatteryCode payload alone is read too.

Source: github.com/eclipse-tractusx/sldt-semantic-models (semantic models), traceability-foss (import file).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from suyuan.capture.catena_codes import Codes
from suyuan.capture.catena_parts import (
    Child,
    Item,
    Part,
    code_of,
    commissioned,
    day_of_code,
    identifiers_of,
    relation,
    when,
    words_of,
)
from suyuan.capture.collected import Collected
from suyuan.capture.elements import READ, Walk
from suyuan.capture.importer import Batch, Context, OnError, top_keys
from suyuan.events import canonical
from suyuan.events.pointer import step

PARTS = {"serialpart", "justinsequencepart", "serialparttypization", "batch"}
BELOW = {"singlelevelbomasbuilt": "childItems", "assemblypartrelationship": "childParts"}
ABOVE = {"singlelevelusageasbuilt": "parentItems"}
CODE = "tractionbatterycode"
LISTS = (("assets",), ())
EVENTS_AT_ONCE = 1000
WHOLE_MAX = 16 << 20


class CatenaX:
    """The importer of Catena-X files."""

    name = "catena-x"
    on_error: OnError = "proceed"

    def read(self, stream: BinaryIO, context: Context) -> Iterator[Batch]:
        """Batches of events: parts in the order of the file, then what is in what.

        Raises NoSuchList, CutOff; NotCanonicalisable where the file is no JSON around its assets.
        """
        head, out = stream.read(READ), Collected()
        if "tractionBatteryCode" in top_keys(head.removeprefix(b"\xef\xbb\xbf").lstrip()):
            data = head + stream.read(WHOLE_MAX)
            Codes(out).take_tree(canonical.loads(data), "")
            yield out.batch(len(data))
            return
        walk, assets = Walk(stream, LISTS, head), _Assets(out)
        base = "/assets" if walk.path else ""
        for part in walk.elements():
            for number, data in enumerate(part.elements, part.first):
                assets.take(data, step(base, number))
                if len(out.prepared) >= EVENTS_AT_ONCE:
                    yield out.batch(part.end)
            yield out.batch(part.end)
        canonical.loads(walk.frame)  # what stands around the list must be JSON too
        for _ in assets.relate():
            if len(out.prepared) >= EVENTS_AT_ONCE:
                yield out.batch(walk.end)
        yield out.batch(walk.end)


CATENA_X = CatenaX()


@dataclass(frozen=True, slots=True)
class Relation:
    """A child in a parent, by Catena-X ids; what they are called is known when all assets were read."""

    parent: str
    child: str
    quantity: int | float | None
    unit: str
    at: datetime
    pointer: str


class _Assets:
    """What was read of a file, as far as it is needed to understand the rest."""

    def __init__(self, out: Collected) -> None:
        self._out = out
        self._codes = Codes(out)
        self._items: dict[str, Item] = {}
        self._relations: list[Relation] = []

    def take(self, data: bytes, pointer: str) -> None:
        """One asset."""
        try:
            asset = canonical.loads(data)
        except canonical.NotCanonicalisable as wrong:
            at = pointer + wrong.pointer
            self._out.refuse(wrong.rule, at, wrong.sentence.en, wrong.sentence.zh, wrong.found)
            return
        submodels = asset.get("submodels") if isinstance(asset, dict) else None
        if not isinstance(submodels, list):
            self._out.refuse(
                "catena-no-asset", pointer, "an asset has a list of submodels", "资产应含 submodels 列表"
            )
            return
        meta = asset.get("assetMetaInfo")
        asked = _Asset(pointer, Part(str(meta.get("catenaXId") or "") if isinstance(meta, dict) else ""))
        for number, submodel in enumerate(submodels):
            self._take_aspect(asked, submodel, step(step(pointer, "submodels"), number))
        self._close(asked)

    def _take_aspect(self, asset: "_Asset", submodel: Any, pointer: str) -> None:
        aspect, payload = _aspect(submodel)
        if payload is None:
            self._out.refuse(
                "catena-no-aspect", pointer,
                "a submodel has aspectType and payload", "子模型应含 aspectType 与 payload",
            )  # fmt: skip
            return
        part, inside = asset.part, step(pointer, "payload")
        part.catena_id = part.catena_id or str(payload.get("catenaXId") or "")
        if aspect in PARTS:
            asset.is_part = True
            _add_part(part, payload, aspect)
        elif aspect == CODE:
            asset.tree = payload, inside
            part.code = code_of(payload.get("tractionBatteryCode")) or part.code
        elif aspect in BELOW or aspect in ABOVE:
            self._note_relations(part.catena_id, aspect, payload, inside)
        else:
            name = str(submodel.get("aspectType")).rpartition("#")[2]
            self._out.hint(
                "catena-not-recorded", pointer,
                f"{name} says nothing that happened: not recorded as an event; the document is kept",
                f"{name} 不是已发生的事：不记为事件；原文件已留存",
                str(submodel.get("aspectType")),
            )  # fmt: skip

    def _close(self, asset: "_Asset") -> None:
        part = asset.part
        if part.catena_id:
            self._items[part.catena_id] = part.item
        if asset.is_part:
            part.made_at = part.made_at or day_of_code(part.code)
            if part.made_at is None:
                self._out.refuse(
                    "catena-no-date", asset.pointer,
                    "when the part was made is not said (manufacturingInformation.date)",
                    "未说明制造日期（manufacturingInformation.date）",
                )  # fmt: skip
            else:
                if part.code:
                    self._codes.claim(part.code, asset.pointer)
                self._out.emit(commissioned(part.item, part), asset.pointer)
        if asset.tree is not None:
            self._codes.take_tree(*asset.tree)

    def _note_relations(self, own_id: str, aspect: str, payload: Mapping[str, Any], pointer: str) -> None:
        name = BELOW.get(aspect) or ABOVE[aspect]
        listed = payload.get(name)
        own_id = str(payload.get("catenaXId") or own_id)
        for number, line in enumerate(listed if isinstance(listed, list) else []):
            at = step(step(pointer, name), number)
            other, moment = _other_id(line), _moment(line)
            if other is None or moment is None:
                self._out.refuse(
                    "catena-no-relation", at,
                    "a line needs the other part's catenaXId and createdOn (when it was put in)",
                    "每行需有对方部件的 catenaXId 及 createdOn（装入时间）",
                )  # fmt: skip
            elif line.get("isOnlyPotentialParent") is True:
                self._out.hint(
                    "catena-potential-parent", at,
                    "only a potential parent: not recorded as a relation",
                    "仅为可能的上级部件：不记为装配关系",
                )  # fmt: skip
            else:
                parent, child = (own_id, other) if aspect in BELOW else (other, own_id)
                self._relations.append(Relation(parent, child, *_amount(line), moment, at))

    def relate(self) -> Iterator[None]:
        """Turn what was noted into events, one for each parent and moment; told by both sides, it is one."""
        groups: dict[tuple[str, datetime], list[Relation]] = {}
        told: set[tuple[str, str]] = set()
        for each in self._relations:
            if (each.parent, each.child) not in told:
                told.add((each.parent, each.child))
                groups.setdefault((each.parent, each.at), []).append(each)
        for (parent, at), lines in groups.items():
            children = [Child(self._item(line.child), line.quantity, line.unit) for line in lines]
            self._out.emit(relation(self._item(parent), children, at), lines[0].pointer)
            yield

    def _item(self, catena_id: str) -> Item:
        return self._items.get(catena_id) or Item(catena_id)


@dataclass(slots=True)
class _Asset:
    """One asset while its aspects are read."""

    pointer: str
    part: Part
    is_part: bool = False
    tree: tuple[Mapping[str, Any], str] | None = None


def _aspect(submodel: object) -> tuple[str, Mapping[str, Any] | None]:
    if not isinstance(submodel, dict) or not isinstance(submodel.get("payload"), dict):
        return "", None
    kind = submodel.get("aspectType")
    return (kind.rpartition("#")[2].lower() if isinstance(kind, str) else ""), submodel["payload"]


def _add_part(part: Part, payload: Mapping[str, Any], aspect: str) -> None:
    """What a part aspect says; the first one to say it wins."""
    part.words = words_of(payload) | part.words
    part.is_lot = part.is_lot or aspect == "batch"
    made = payload.get("manufacturingInformation")
    part.made_at = part.made_at or (when(made.get("date")) if isinstance(made, dict) else None)
    codes = [code for _, text in identifiers_of(payload) if (code := code_of(text))]
    part.code = part.code or next(iter(codes), None)


def _other_id(line: object) -> str | None:
    if not isinstance(line, dict):
        return None
    other = line.get("catenaXId") or line.get("childCatenaXId") or line.get("parentCatenaXId")
    return other if isinstance(other, str) else None


def _moment(line: object) -> datetime | None:
    if not isinstance(line, dict):
        return None
    return when(line.get("assembledOn") or line.get("createdOn") or line.get("lastModifiedOn"))


def _amount(line: Mapping[str, Any]) -> tuple[int | float | None, str]:
    """How much of the child, and the unit's name: `quantity` of any version of the model."""
    quantity = line.get("quantity")
    if not isinstance(quantity, dict):
        return None, ""
    value = quantity.get("value", quantity.get("quantityNumber"))
    unit = quantity.get("unit", quantity.get("measurementUnit"))
    if isinstance(unit, dict):
        unit = unit.get("lexicalValue")
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    return number, unit.removeprefix("unit:") if isinstance(unit, str) else ""
