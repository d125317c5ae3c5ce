"""A pack's last step told as a batch of its own: fed, crushed, its black mass leached, the salt sold. Each part can be told otherwise.

pack ──Q123──▶ black mass, copper, aluminium, residue ──LQ123──▶ lithium carbonate (…), residue ──▶ buyer
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from suyuan.events import writing
from suyuan.events.shapes import Event, Lot
from suyuan.events.uris import document_uri, item_uri, lot_uri, run_uri
from suyuan.simulate.batches import (
    ALUMINIUM_SHARE,
    BLACK_MASS_SHARE,
    COPPER_SHARE,
    CRUSHED,
    LEACHED,
    LITHIUM_LEACHED,
    SALTS,
)
from suyuan.simulate.figures import composition_kg_per_kwh
from suyuan.simulate.lies.lie import Case, Told
from suyuan.simulate.lies.telling import raw, turn, where, who
from suyuan.simulate.lives import Step
from suyuan.simulate.world import Firm

CODED = 24
"""Characters of a pack's code; of a product re-made from packs nobody declared the energy as new."""
Process = Callable[["Batch"], None]


@dataclass(frozen=True, slots=True)
class Out:
    """One lot that comes out."""

    material: str
    name: str
    kg: float
    shares: dict[str, float] = field(default_factory=dict)
    fate: str = ""


@dataclass(slots=True)
class Batch:
    """What is told of it; a lie changes one thing."""

    code: str
    by: Firm
    name: str
    kg: float
    chemistry: str
    fed_at: datetime
    crushed: list[Out]
    leached: list[Out]
    feed: list[tuple[str, str, float]]
    sold: list[tuple[Out, float, float]]
    """lot, kilograms told by the seller, kilograms told by the buyer"""
    buyer: Firm
    declared: str = ""
    crushed_at: datetime | None = None
    later: list[Event] = field(default_factory=list)

    def lots(self) -> list[str]:
        """All lots, as the ledger names them."""
        named = [lot_uri(out.material, out.name) for out in (*self.crushed, *self.leached)]
        return named + [lot_uri(material, name) for material, name, _ in self.feed]

    def run(self, stage: str = "") -> str:
        """The URI of the crushing, or of another stage."""
        return run_uri(self.by.uscc, f"{stage}{self.name}")

    def head(self, days: float = 0, at: datetime | None = None) -> dict[str, Any]:
        """When and where."""
        return {"at": (at or self.fed_at) + timedelta(days=days), "place": where(self.by)}

    def out(self, stage: str, process: Any, outs: Sequence[Out], **head: Any) -> Event:
        """What comes out of a run."""
        return writing.batch_out(
            run=self.run(stage), process=process, lots=[Lot(lot_uri(out.material, out.name), out.kg) for out in outs],
            assays=[
                writing.assay(lot_uri(out.material, out.name), out.shares, uncertainty=0.005, relative=True)
                for out in outs if out.shares
            ],
            fates={lot_uri(out.material, out.name): out.fate for out in outs if out.fate} or None, **head,
        )  # fmt: skip

    def events(self) -> Iterable[tuple[Firm, Event]]:
        """All that is told, in order of time."""
        fed = writing.fed_to_batch(
            run=self.run(), items=[item_uri(self.code)], process="crushing", mass_kg=self.kg, **self.head()
        )
        yield self.by, (fed | {"sy:chemistry": self.declared} if self.declared else fed)
        if self.crushed:
            yield self.by, self.out("", "crushing", self.crushed, **self.head(2, self.crushed_at))
        if self.leached:
            lots = [Lot(lot_uri(material, name), kg) for material, name, kg in self.feed]
            yield (
                self.by,
                writing.fed_to_batch(run=self.run("L"), lots=lots, process="leaching", **self.head(9)),
            )
            yield self.by, self.out("L", "leaching", self.leached, **self.head(13))
        for out, sent, got in self.sold:
            lot, paper = lot_uri(out.material, out.name), f"CK-{self.name}-{out.name}"
            yield self.by, writing.product_out(
                lots=[Lot(lot, sent)], seller=who(self.by), buyer=who(self.buyer),
                document=document_uri(self.by.uscc, "delivery", paper), **self.head(20),
            )  # fmt: skip
            yield self.buyer, writing.received(
                lots=[Lot(lot, got)], giver=who(self.by), taker=who(self.buyer),
                document=document_uri(self.buyer.uscc, "receipt", paper),
                at=self.fed_at + timedelta(days=22), place=where(self.buyer),
            )  # fmt: skip
        for event in self.later:
            yield self.by, event


def batch_of(case: Case, fed: Step) -> Batch:
    """A lawful batch of that pack alone."""
    archetype, kg = fed.facts["archetype"], float(fed.facts["mass_kg"])
    name = f"Q{case.number:08d}"
    metals = {
        metal: share * archetype.kwh for metal, share in composition_kg_per_kwh(archetype.chemistry).items()
    }
    black = round(kg * BLACK_MASS_SHARE, 1)
    shares = {metal: round(CRUSHED * metals[metal] / black, 5) for metal in metals}
    copper, aluminium = round(kg * COPPER_SHARE, 1), round(kg * ALUMINIUM_SHARE, 1)
    crushed = [
        Out("black-mass", f"HF-{name}", black, shares),
        Out("copper", f"CU-{name}", copper, {"Cu": 0.985}),
        Out("aluminium", f"AL-{name}", aluminium, {"Al": 0.97}),
        Out("other", f"CZ-{name}", round(kg - black - copper - aluminium, 1), fate="landfilled"),
    ]
    salts, left = [], {metal: share * black for metal, share in shares.items()}
    fed_kg = sum(left.values())
    for material, metal, pure in SALTS:
        won = left.get(metal, 0.0) * (LITHIUM_LEACHED if metal == "Li" else LEACHED)
        if won / pure > 1:
            salts.append(Out(material, f"{metal.upper()}-{name}", round(won / pure, 2), {metal: pure}))
            left[metal] -= won
    residue = round(black - fed_kg + sum(left.values()), 1)
    rest = {metal: round(rest_kg / residue, 6) for metal, rest_kg in left.items()}
    leached = [*salts, Out("leaching-residue", f"JZ-{name}", residue, rest, "landfilled")]
    makers = case.world.battery_makers
    return Batch(
        code=fed.facts["code"], by=fed.by, name=name, kg=kg, chemistry=archetype.chemistry, fed_at=fed.at,
        crushed=crushed, leached=leached, feed=[("black-mass", f"HF-{name}", black)],
        sold=[(salt, salt.kg, salt.kg) for salt in salts], buyer=makers[case.number % len(makers)],
    )  # fmt: skip


def told_as(
    change: Callable[[Batch, np.random.Generator], bool | None],
    *,
    since: datetime | None = None,
    older_days: int = 0,
) -> Callable[[Case, np.random.Generator], Told | None]:
    """A lie: the pack's batch, changed; False from `change`: no occasion."""

    def told(case: Case, draw: np.random.Generator) -> Told | None:
        fed = turn(case, "fed", draw)
        if fed is None or len(fed.facts["code"]) != CODED:
            return None
        if (since and fed.at < since) or fed.at > case.plan.horizon - timedelta(days=older_days):
            return None
        batch = batch_of(case, fed)
        if change(batch, draw) is False:
            return None
        others = [step for step in case.steps if step is not fed]
        batched = [
            raw(datetime.fromisoformat(event["eventTime"][:19]), by, event) for by, event in batch.events()
        ]
        runs = (batch.run(), batch.run("L"))
        subjects = (batch.code, *runs, *dict.fromkeys(batch.lots()))
        return Told([*others, *batched], subjects, batch.by.uscc, firms=(batch.by.uscc,))

    return told


def other(outs: list[Out], material: str, **changed: Any) -> None:
    """Tell the lots of a material otherwise."""
    outs[:] = [replace(out, **changed) if out.material == material else out for out in outs]


def lot_of(outs: Sequence[Out], material: str) -> Out | None:
    """The lot of a material."""
    return next((out for out in outs if out.material == material), None)
