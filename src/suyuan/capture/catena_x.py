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
from suyuan.capture.documents import refuses
from suyuan.capture.elements import READ, Walk
from suyuan.capture.importer import Batch, Context, OnError, top_keys
from suyuan.events import canonical
from suyuan.events.check import check_event
from suyuan.events.pointer import step
from suyuan.events.prepared import Prepared, prepare
from suyuan.events.shapes import Event
from suyuan.identifiers import battery_code
from suyuan.terms.finding import Finding, Place, Severity
from suyuan.terms.sentence import Sentence

PARTS = {"serialpart", "justinsequencepart", "serialparttypization", "batch"}
BELOW = {"singlelevelbomasbuilt": "childItems", "assemblypartrelationship": "childParts"}
ABOVE = {"singlelevelusageasbuilt": "parentItems"}
CODE = "tractionbatterycode"
LISTS = (("assets",), ())
EVENTS_AT_ONCE = 1000
WHOLE_MAX = 16 << 20


@dataclass(frozen=True, slots=True)
class Relation:
    """A child in a parent, by Catena-X ids; what they are called is known when all assets were read."""

    parent: str
    child: str
    quantity: int | float | None
    unit: str
    at: datetime
    pointer: str


class CatenaX:
    """The importer of Catena-X files."""

    name = "catena-x"
    on_error: OnError = "proceed"

    def read(self, stream: BinaryIO, context: Context) -> Iterator[Batch]:
        """Batches of events: parts in the order of the file, then what is in what. Raises NoSuchList, CutOff."""
        head, assets = stream.read(READ), _Assets()
        if "tractionBatteryCode" in top_keys(head.removeprefix(b"\xef\xbb\xbf").lstrip()):
            data = head + stream.read(WHOLE_MAX)
            assets.take_code_alone(data)
            yield assets.batch(len(data))
            return
        walk = Walk(stream, LISTS, head)
        base = "/assets" if walk.path else ""
        for part in walk.elements():
            for number, data in enumerate(part.elements, part.first):
                assets.take(data, step(base, number))
                if len(assets.prepared) >= EVENTS_AT_ONCE:
                    yield assets.batch(part.end)
            yield assets.batch(part.end)
        canonical.loads(walk.frame)  # what stands around the list must be JSON too
        for _ in assets.relate():
            yield assets.batch(walk.end)


CATENA_X = CatenaX()


class _Assets:
    """What was read of a file: events ready to go, and what can only be said when all assets are known."""

    def __init__(self) -> None:
        self.prepared: list[Prepared] = []
        self.findings: list[Finding] = []
        self._items: dict[str, Item] = {}
        self._coded: set[str] = set()
        self._relations: list[Relation] = []
        self._related: set[tuple[str, str]] = set()

    def batch(self, done: int) -> Batch:
        """What came together since the last batch."""
        batch = Batch(self.prepared, self.findings, done)
        self.prepared, self.findings = [], []
        return batch

    def take(self, data: bytes, pointer: str) -> None:
        """One asset."""
        try:
            asset = canonical.loads(data)
        except canonical.NotCanonicalisable as wrong:
            place = Place(pointer=pointer + wrong.pointer)
            self.findings.append(Finding(wrong.rule, place, wrong.sentence, wrong.found))
            return
        submodels = asset.get("submodels") if isinstance(asset, dict) else None
        if not isinstance(submodels, list):
            self._refuse(
                "catena-no-asset", pointer, "an asset has a list of submodels", "资产应含 submodels 列表"
            )
            return
        meta = asset.get("assetMetaInfo")
        part = Part(str(meta.get("catenaXId") or "") if isinstance(meta, dict) else "")
        tree = None
        is_part = False
        for number, submodel in enumerate(submodels):
            at = step(step(pointer, "submodels"), number)
            aspect, payload = _aspect(submodel)
            if payload is None:
                self._refuse(
                    "catena-no-aspect", at, "a submodel has aspectType and payload", "子模型应含 aspectType 与 payload"
                )  # fmt: skip
                continue
            part.catena_id = part.catena_id or str(payload.get("catenaXId") or "")
            if aspect in PARTS:
                is_part = True
                _add_part(part, payload, aspect)
            elif aspect == CODE:
                tree = payload, step(at, "payload")
                part.code = code_of(payload.get("tractionBatteryCode")) or part.code
            elif aspect in BELOW or aspect in ABOVE:
                self._note_relations(part.catena_id, aspect, payload, step(at, "payload"))
            else:
                self._hint_not_recorded(submodel.get("aspectType"), at)
        self._add_asset(part, tree, pointer, is_part=is_part)

    def _add_asset(
        self, part: Part, tree: tuple[Mapping[str, Any], str] | None, pointer: str, *, is_part: bool
    ) -> None:
        if part.catena_id:
            self._items[part.catena_id] = part.item
        if is_part:
            part.made_at = part.made_at or day_of_code(part.code)
            if part.made_at is None:
                self._refuse(
                    "catena-no-date", pointer,
                    "when the part was made is not said (manufacturingInformation.date)",
                    "未说明制造日期（manufacturingInformation.date）",
                )  # fmt: skip
            else:
                if part.code is not None and part.code in self._coded:
                    self._remark_same_code(part.code, pointer)
                self._coded.update([part.code] if part.code else [])
                self._emit(commissioned(part.item, part), pointer)
        if tree is not None:
            self._take_tree(*tree)

    # -- battery codes ----------------------------------------------------------------------------

    def take_code_alone(self, data: bytes) -> None:
        """A TractionBatteryCode payload that is a document of its own. Raises NotCanonicalisable."""
        payload = canonical.loads(data)
        if isinstance(payload, dict):
            self._take_tree(payload, "")

    def _take_tree(self, root: Mapping[str, Any], pointer: str) -> None:
        """Commission every coded thing of the tree, and put the parts into what they are parts of."""
        waiting = [(root, pointer)]
        while waiting:
            node, at = waiting.pop()
            code = self._code_at(node, at)
            below = node.get("subcomponents")
            children = list[str]()
            for number, child in enumerate(below if isinstance(below, list) else []):
                if isinstance(child, dict):
                    child_at = step(step(at, "subcomponents"), number)
                    waiting.append((child, child_at))
                    inner = code_of(child.get("tractionBatteryCode"))
                    if inner is not None and inner == code:
                        self._remark_self(inner, child_at)
                    elif inner is not None:
                        children.append(inner)
            day = day_of_code(code)
            if code is not None and day is not None and children:
                parts = [Child(Part("", inner).item) for inner in dict.fromkeys(children)]
                self._emit(relation(Part("", code).item, parts, day), at)

    def _code_at(self, node: Mapping[str, Any], pointer: str) -> str | None:
        text = node.get("tractionBatteryCode")
        at = step(pointer, "tractionBatteryCode")
        if not isinstance(text, str):
            self._refuse("code-missing", at, "a tractionBatteryCode is missing", "缺 tractionBatteryCode")
            return None
        wrong = battery_code.diagnose(text)
        code = battery_code.normalise(text)
        if wrong is not None and not battery_code.is_valid(code):
            self.findings.append(Finding(wrong.id, Place(pointer=at), wrong.reason, text, wrong.suggestion))
            return None
        self._check_kind(node.get("productType"), code, step(pointer, "productType"))
        if code not in self._coded:
            self._coded.add(code)
            self._emit(commissioned(Part("", code).item, Part("", code, made_at=day_of_code(code))), pointer)
        return code

    def _check_kind(self, said: object, code: str, pointer: str) -> None:
        kind = battery_code.parse(code).kind.name.lower()
        if isinstance(said, str) and said.lower() != kind:
            self.findings.append(
                Finding(
                    "code-other-kind",
                    Place(pointer=pointer),
                    Sentence(
                        zh=f"productType 为 {said}，而编码第 4 位表明是 {kind}",
                        en=f"productType says {said}; the code's fourth character says {kind}",
                    ),
                    said,
                    kind,
                    Severity.WARN,
                )
            )

    # -- what is in what --------------------------------------------------------------------------

    def _note_relations(self, own_id: str, aspect: str, payload: Mapping[str, Any], pointer: str) -> None:
        name = BELOW.get(aspect) or ABOVE[aspect]
        listed = payload.get(name)
        own_id = str(payload.get("catenaXId") or own_id)
        for number, line in enumerate(listed if isinstance(listed, list) else []):
            at = step(step(pointer, name), number)
            other = _other_id(line)
            moment = _moment(line)
            if other is None or moment is None:
                self._refuse(
                    "catena-no-relation", at,
                    "a line needs the other part's catenaXId and createdOn (when it was put in)",
                    "每行需有对方部件的 catenaXId 及 createdOn（装入时间）",
                )  # fmt: skip
            elif line.get("isOnlyPotentialParent") is True:
                self._hint(
                    "catena-potential-parent", at,
                    "only a potential parent: not recorded as a relation",
                    "仅为可能的上级部件：不记为装配关系",
                )  # fmt: skip
            else:
                parent, child = (own_id, other) if aspect in BELOW else (other, own_id)
                self._relations.append(Relation(parent, child, *_amount(line), moment, at))

    def relate(self) -> Iterator[None]:
        """Turn what was noted into events, one for each parent and moment."""
        groups: dict[tuple[str, datetime], list[Relation]] = {}
        for each in self._relations:
            if (each.parent, each.child) not in self._related:
                self._related.add((each.parent, each.child))
                groups.setdefault((each.parent, each.at), []).append(each)
        for (parent, at), lines in groups.items():
            children = [Child(self._item(line.child), line.quantity, line.unit) for line in lines]
            self._emit(relation(self._item(parent), children, at), lines[0].pointer)
            if len(self.prepared) >= EVENTS_AT_ONCE:
                yield
        yield

    def _item(self, catena_id: str) -> Item:
        return self._items.get(catena_id) or Item(catena_id)

    # -- what goes out ----------------------------------------------------------------------------

    def _emit(self, event: Event, pointer: str) -> None:
        findings = check_event(event, bare=True)
        for each in findings:
            said = Sentence(
                zh=f"无法写成事件（{each.place.pointer}）：{each.reason.zh}",
                en=f"makes no event ({each.place.pointer}): {each.reason.en}",
            )
            self.findings.append(
                Finding(each.rule, Place(pointer=pointer), said, each.found, each.suggestion, each.severity)
            )
        if not refuses(findings):
            self.prepared.append(prepare(event, pointer))

    def _refuse(self, rule: str, pointer: str, en: str, zh: str) -> None:
        self.findings.append(Finding(rule, Place(pointer=pointer), Sentence(zh=zh, en=en)))

    def _hint(self, rule: str, pointer: str, en: str, zh: str, found: str | None = None) -> None:
        said = Sentence(zh=zh, en=en)
        self.findings.append(Finding(rule, Place(pointer=pointer), said, found, severity=Severity.HINT))

    def _hint_not_recorded(self, aspect: object, pointer: str) -> None:
        name = str(aspect).rpartition("#")[2]
        self._hint(
            "catena-not-recorded", pointer,
            f"{name} says nothing that happened: not recorded as an event; the document is kept",
            f"{name} 不是已发生的事：不记为事件；原文件已留存",
            str(aspect),
        )  # fmt: skip

    def _remark_same_code(self, code: str, pointer: str) -> None:
        said = Sentence(
            zh=f"编码 {code} 已属于本文件中另一部件", en=f"another part of this file has the code {code}"
        )
        self.findings.append(
            Finding("code-twice", Place(pointer=pointer), said, code, severity=Severity.WARN)
        )

    def _remark_self(self, code: str, pointer: str) -> None:
        said = Sentence(zh=f"{code} 不能是自身的部件：已略去", en=f"{code} is no part of itself: left out")
        self.findings.append(
            Finding("code-in-itself", Place(pointer=pointer), said, code, severity=Severity.WARN)
        )


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
