"""Lies about order and end: what came first, what is over, what came twice."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from suyuan.events import writing
from suyuan.events.shapes import Event
from suyuan.events.uris import document_uri, item_uri, run_uri
from suyuan.simulate.codes import reuse_code
from suyuan.simulate.lies.lie import Case, Lie, Told
from suyuan.simulate.lies.recoded import HANDOVERS, SCRAPPINGS, first_made, parts
from suyuan.simulate.lies.telling import another, instead, making, raw, turn, where, who
from suyuan.simulate.lives import Step
from suyuan.simulate.world import Firm

Tell = Callable[[Case, np.random.Generator], Told | None]
DAY = timedelta(days=1)
ELSEWHERE = (*HANDOVERS, *SCRAPPINGS)
MORE_FED = ("residue-missing", "recovery-below-minimum")
"""What the balance of a firm says where something is fed of which nothing comes."""


def _ends(case: Case) -> bool:
    """Is the vehicle's or the pack's end told?"""
    return any(step.kind in ("scrapped", "lost", "fed", "replacement") for step in case.steps)


def _moved(kind: str, to: Callable[[Case, Step], datetime | None], subject: str) -> Tell:
    """A step is told for another moment."""

    def tell(case: Case, draw: np.random.Generator) -> Told | None:
        step = turn(case, kind, draw)
        at = to(case, step) if step else None
        if step is None or at is None or at > case.plan.horizon - 30 * DAY:
            return None
        return Told(
            instead(case.steps, {id(step): replace(step, at=at)}), (step.facts[subject],), step.by.uscc
        )

    return tell


def _after(case: Case, kind: str, days: int) -> datetime | None:
    met = next((step.at for step in case.steps if step.kind == kind), None)
    return met + days * DAY if met else None


def _told(
    case: Case, at: datetime, by: Firm, subjects: Sequence[str], *events: Event, firms: tuple[str, ...] = ()
) -> Told | None:
    """The life, and one thing more that somebody tells."""
    if at > case.plan.horizon - 30 * DAY:
        return None
    return Told([*case.steps, raw(at, by, *events)], tuple(subjects), by.uscc, firms)


def _vehicle_apart(installed: int | None, certified: int | None) -> Tell:
    """Installed and certified so many days after the sale (None: when it was built)."""

    def tell(case: Case, draw: np.random.Generator) -> Told | None:
        built, sale = turn(case, "vehicle", draw), turn(case, "sale", draw)
        if (
            built is None
            or sale is None
            or built.facts["swap"]
            or (_ends(case) and _first_end(case) < sale.at + 90 * DAY)
        ):
            return None
        vin = item_uri(built.facts["vin"])
        put_at = built.at if installed is None else sale.at + installed * DAY
        paper_at = built.at if certified is None else sale.at + certified * DAY
        put = writing.installed(
            vehicle=vin,
            packs=[item_uri(code) for code in built.facts["packs"]],
            at=put_at,
            place=where(built.by),
        )
        paper = writing.certified(
            vehicle=vin, document=document_uri(built.by.uscc, "certificate", built.facts["certificate"]),
            vehicle_model=built.facts["archetype"].vehicle, swap_type=False, at=paper_at, place=where(built.by),
        )  # fmt: skip
        steps = instead(case.steps, {id(built): None})
        return Told(
            [*steps, raw(put_at, built.by, put), raw(paper_at, built.by, paper)],
            (built.facts["vin"],),
            built.by.uscc,
        )

    return tell


def _first_end(case: Case) -> datetime:
    return min(step.at for step in case.steps if step.kind in ("scrapped", "lost", "fed", "replacement"))


def _sold_again(kind: str, days: int, *, before_end: bool = False) -> Tell:
    """The vehicle's maker tells another sale of it, some days after a step."""

    def tell(case: Case, draw: np.random.Generator) -> Told | None:
        met, sale = turn(case, kind, draw), turn(case, "sale", draw)
        if (
            met is None
            or sale is None
            or (before_end and _ends(case) and _first_end(case) < met.at + (days + 10) * DAY)
        ):
            return None
        vin, at = sale.facts["vin"], met.at + days * DAY
        event = writing.sold(
            vehicle=item_uri(vin),
            area=sale.facts["area"],
            buyer_kind="person",
            seller=who(sale.by),
            at=at,
            place=where(sale.by),
        )
        return _told(case, at, sale.by, [vin], event)

    return tell


def _removed_early(case: Case, draw: np.random.Generator) -> Told | None:
    built = turn(case, "vehicle", draw)
    if built is None or built.facts["swap"]:
        return None
    arrived = max(
        (step.at for step in case.steps if step.kind == "pack-in" and step.at < built.at), default=None
    )
    if arrived is None or arrived.date() >= (built.at - 2 * DAY).date():
        return None
    code, at = built.facts["packs"][0], built.at - DAY
    event = writing.removed(
        parent=item_uri(built.facts["vin"]), children=[item_uri(code)], at=at, place=where(built.by)
    )
    return _told(case, at, built.by, [code], event)


def _collected_early(case: Case, draw: np.random.Generator) -> Told | None:
    removal = turn(case, "removal", draw)
    if removal is None:
        return None
    outlets = [firm for firm in case.world.firms() if firm.role == "outlet"]
    outlet, at = outlets[int(draw.integers(len(outlets)))], removal.at - 20 * DAY
    sold = _after(case, "sale", 0)
    replaced = _after(case, "replacement", 0)
    if sold is None or at < sold + DAY or (replaced and at < replaced + DAY):
        return None
    event = writing.collected(
        items=[item_uri(removal.facts["code"])],
        source_kind="owner",
        mass_kg=removal.facts["mass_kg"],
        taker=who(outlet),
        at=at,
        place=where(outlet),
    )
    return _told(case, at, outlet, [removal.facts["code"]], event)


def _received_after_feeding(case: Case, draw: np.random.Generator) -> Told | None:
    fed = turn(case, "fed", draw)
    other = another(case.world.recyclers, fed.by, draw) if fed else None
    if fed is None or other is None:
        return None
    at, code = fed.at + 40 * DAY, fed.facts["code"]
    out, into = writing.handed_over(
        items=[item_uri(code)], giver=who(fed.by), taker=who(other), document=document_uri(fed.by.uscc, "delivery", f"ZC{case.number}"),
        at=at, received_at=at + DAY, place=where(fed.by), received_place=where(other),
    )  # fmt: skip
    if at > case.plan.horizon - 30 * DAY:
        return None
    return Told([*case.steps, raw(at, fed.by, out), raw(at + DAY, other, into)], (code,), fed.by.uscc)


def _fed_again(case: Case, draw: np.random.Generator) -> Told | None:
    fed = turn(case, "fed", draw)
    other = another(case.world.recyclers, fed.by, draw) if fed else None
    if fed is None or other is None:
        return None
    at = fed.at + 12 * DAY
    run = run_uri(other.uscc, f"EX{case.number}")
    event = writing.fed_to_batch(
        run=run, items=[item_uri(fed.facts["code"])], process="crushing", mass_kg=fed.facts["mass_kg"],
        at=at, place=where(other),
    )  # fmt: skip
    return _told(case, at, other, [fed.facts["code"], run], event, firms=(other.uscc,))


def _fed_in_two_shapes(case: Case, draw: np.random.Generator) -> Told | None:
    product = turn(case, "echelon-product", draw)
    if product is None:
        return None
    fed = next(
        (
            step
            for step in case.steps
            if step.kind == "fed" and step.facts["code"] == product.facts["product"]
        ),
        None,
    )
    if fed is None:
        return None
    at, (old, *_) = fed.at + 9 * DAY, product.facts["sources"]
    run = run_uri(fed.by.uscc, f"EY{case.number}")
    event = writing.fed_to_batch(
        run=run,
        items=[item_uri(old)],
        process="crushing",
        mass_kg=fed.facts["mass_kg"],
        at=at,
        place=where(fed.by),
    )
    return _told(case, at, fed.by, [old, run], event, firms=(fed.by.uscc,))


def _remade_again(case: Case, draw: np.random.Generator) -> Told | None:
    product = turn(case, "echelon-product", draw)
    if product is None:
        return None
    users = case.world.echelon_users
    user, at = users[int(draw.integers(len(users)))], product.at + 30 * DAY
    if at.date() >= min((firm.listed_to for firm in users if firm.listed_to), default=at.date() + DAY):
        return None
    old, new = (
        product.facts["sources"][0],
        reuse_code(user.vendor, "P", "B", at.date(), 8_000_000 + case.number % 900_000),
    )
    event = writing.remade(
        old=[item_uri(old)],
        new=[item_uri(new)],
        state_of_health_percent=product.facts["soh"],
        at=at,
        place=where(user),
    )
    return _told(case, at, user, [old, new], event)


def _old_code(case: Case, draw: np.random.Generator) -> Told | None:
    product = turn(case, "echelon-product", draw)
    if product is None:
        return None
    at, old = product.at + 10 * DAY, product.facts["sources"][0]
    taker = case.world.recyclers[int(draw.integers(len(case.world.recyclers)))]
    out, into = writing.handed_over(
        items=[item_uri(old)], giver=who(product.by), taker=who(taker), document=document_uri(product.by.uscc, "delivery", f"YM{case.number}"),
        at=at, received_at=at + DAY, place=where(product.by), received_place=where(taker),
    )  # fmt: skip
    return Told([*case.steps, raw(at, product.by, out), raw(at + DAY, taker, into)], (old,), product.by.uscc)


def _found_again(case: Case, draw: np.random.Generator) -> Told | None:
    lost = turn(case, "lost", draw)
    if lost is None or lost.facts["how"] == "destroyed":
        return None
    at = lost.at + 60 * DAY
    event = writing.measured(
        items=[item_uri(lost.facts["code"])], state_of_health_percent=74, at=at, place=where(lost.by)
    )
    return _told(case, at, lost.by, [lost.facts["code"]], event)


def _exported(case: Case, draw: np.random.Generator) -> Told | None:
    scrapped = turn(case, "scrapped", draw)
    sale = next((step for step in case.steps if step.kind == "sale"), None)
    if scrapped is None or sale is None:
        return None
    at = scrapped.at - 40 * DAY
    if at < sale.at + 10 * DAY or at < (_after(case, "replacement", 5) or at):
        return None
    event = writing.exported(
        items=[item_uri(sale.facts["vin"])],
        document=document_uri(sale.by.uscc, "customs", f"CK{case.number}"),
        exporter=who(sale.by),
        at=at,
        place=where(sale.by),
    )
    return _told(case, at, sale.by, [sale.facts["vin"], *scrapped.facts["packs"]], event)


def _destroyed(case: Case, draw: np.random.Generator) -> Told | None:
    sale = turn(case, "sale", draw)
    if sale is None or _ends(case) or any(step.kind == "swap" for step in case.steps):
        return None
    stranger = case.world.recyclers[int(draw.integers(len(case.world.recyclers)))]
    at, code = sale.at + 100 * DAY, first_made(case).facts["pack"]
    return _told(
        case, at, stranger, [code], writing.destroyed(items=[item_uri(code)], at=at, place=where(stranger))
    )


def _part_lives_on(case: Case, draw: np.random.Generator) -> Told | None:
    fed = turn(case, "fed", draw)
    made = making(case, fed)
    if fed is None or made is None or not parts(made):
        return None
    code, at = parts(made)[0], fed.at + 20 * DAY
    event = writing.stored(items=[item_uri(code)], at=at, place=where(fed.by))
    return _told(case, at, fed.by, [code, fed.facts["code"]], event)


def _measured(*series: tuple[int, float]) -> Tell:
    """State of health so many days after the sale."""

    def tell(case: Case, draw: np.random.Generator) -> Told | None:
        sale = turn(case, "sale", draw)
        if sale is None or (_ends(case) and _first_end(case) < sale.at + (series[-1][0] + 5) * DAY):
            return None
        code = first_made(case).facts["pack"]
        tests = [
            raw(sale.at + days * DAY, sale.by, writing.measured(items=[item_uri(code)], state_of_health_percent=soh, at=sale.at + days * DAY, place=where(sale.by)))
            for days, soh in series
        ]  # fmt: skip
        return Told([*case.steps, *tests], (code,), sale.by.uscc)

    return tell


def _early_arrival(case: Case, step: Step) -> datetime | None:
    made = next(
        (each for each in case.steps if each.kind == "made" and each.facts["pack"] == step.facts["code"]),
        None,
    )
    return made.at - 12 * DAY if made else None


LIES = (
    Lie("used-before-made", "lifecycle", ("used-before-made",), ELSEWHERE, "pack-in", _moved("pack-in", _early_arrival, "code")),
    Lie("certified-after-sale", "lifecycle", ("certified-after-sale",), ELSEWHERE, "sale", _vehicle_apart(None, 20)),
    Lie("sold-without-pack", "lifecycle", ("installed-after-sale",), ELSEWHERE, "sale", _vehicle_apart(20, None)),
    Lie(
        "scrapped-before-sold", "lifecycle", ("scrapped-before-sold",), ("alive-after-end", *ELSEWHERE), "scrapped",
        _moved("sale", lambda case, step: _after(case, "scrapped", 30), "vin"),
    ),
    Lie("dead-car-on-the-road", "lifecycle", ("back-on-the-road",), ("alive-after-end", "sold-twice", *ELSEWHERE), "scrapped", _sold_again("scrapped", 30)),
    Lie("sold-as-new-twice", "lifecycle", ("sold-twice",), ELSEWHERE, "sale", _sold_again("sale", 90, before_end=True)),
    Lie("removed-before-installed", "lifecycle", ("removed-before-installed",), ELSEWHERE, "vehicle", _removed_early),
    Lie("collected-while-in-vehicle", "lifecycle", ("collected-while-in-vehicle",), ELSEWHERE, "removal", _collected_early),
    Lie("recycled-and-passed-on", "lifecycle", ("alive-after-end",), ELSEWHERE, "fed", _received_after_feeding),
    Lie("fed-to-two-batches", "lifecycle", ("fed-twice",), ("batch-without-outputs", *MORE_FED, *ELSEWHERE), "fed", _fed_again),
    Lie("fed-in-two-shapes", "lifecycle", ("fed-in-two-shapes",), ("old-code-goes-on", "batch-without-outputs", *MORE_FED, *ELSEWHERE), "echelon-product", _fed_in_two_shapes),
    Lie("remade-twice", "lifecycle", ("remade-twice",), ELSEWHERE, "echelon-product", _remade_again),
    Lie("old-code-goes-on", "lifecycle", ("old-code-goes-on",), ELSEWHERE, "echelon-product", _old_code),
    Lie("stolen-and-tested", "lifecycle", ("missing-reappears",), HANDOVERS, "lost", _found_again),
    Lie("exported-and-scrapped", "lifecycle", ("exported-reappears",), ELSEWHERE, "scrapped", _exported),
    Lie("destroyed-by-a-stranger", "lifecycle", ("destroyed-by-a-stranger",), HANDOVERS, "sale", _destroyed),
    Lie("part-after-whole", "lifecycle", ("part-after-whole",), HANDOVERS, "fed", _part_lives_on),
    Lie("health-beyond-new", "lifecycle", ("soh-impossible",), HANDOVERS, "sale", _measured((60, 163.0))),
    Lie("health-comes-back", "lifecycle", ("soh-rising",), HANDOVERS, "sale", _measured((60, 72.0), (90, 96.5))),
)  # fmt: skip
