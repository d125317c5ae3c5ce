"""Recycled content by model, year and plant (Regulation (EU) 2023/1542, Art. 8), as declared and as lots on record cover it.

    share    = Σ kilograms that `sy:recycledContent` declares ÷ Σ kilograms present, over batteries of one model, year and plant
               Co, Li, Ni: present in active materials; Pb: present in the battery
    covered  = kilograms of the metal in recovered product lots that the maker took over up to the end of that year
               ÷ kilograms that it declared up to then, in all its batteries

What is present is as declared (`sy:composition`), else by the chemistry's default, which is of active materials alone (not verified).
More declared than covered is no proof of a wrong claim: recovered metal may have come in cathode material of others.
"""

import ibis
from ibis import _

from suyuan.accounts.balance import lot_share
from suyuan.accounts.composition import content
from suyuan.accounts.figures import Account, figures, opened, together
from suyuan.accounts.movements import handovers
from suyuan.accounts.sources import Sources
from suyuan.standards.shapes import Material
from suyuan.standards.tables import table
from suyuan.views.days import FOREVER

ACCOUNT = "recycled-content"
METALS = {"Co": "cobalt", "Li": "lithium", "Ni": "nickel", "Pb": "lead"}
"""Metals of Art. 8 and the keys of their rows."""
PRODUCTS = [row.key for row in table("material", Material).rows if row.stands == "product"]


def recycled_content(sources: Sources) -> Account:
    """Figures `recycled-content` (area: plant; key: model and metal; with the target in force) and `recycled-content-covered` (key: metal)."""
    declared = sources.keep("recycled_declared", _declared(sources))
    return together([_shares(sources, declared), _covered(sources, declared)])


def _declared(sources: Sources) -> ibis.Table:
    """item, metal, kg, seq, party, model, area (plant), period, day: what makers declare as recycled in batteries that they made."""
    said = sources.counted.event_measure.filter(
        (_.holder == "ilmd") & (_.word == "recycledContent") & _.part.isin([*METALS])
    )
    made = sources.counted.event_item.filter(_.role.isin(["epc", "output"]) & (_.kind != "lot"))
    made = made.semi_join(said, "seq").select("seq", "item", "kind").distinct()
    event = sources.counted.event.semi_join(said, "seq").select(
        "seq", "model", party="actor", area="where", day="local_day", period=_.local_day.strftime("%Y")
    )
    told = said.select("seq", metal="part", kg="value").inner_join(made, "seq").inner_join(event, "seq")
    # a pack counts, not the modules and cells in it that declare their part of the same
    packs = ibis.window(group_by=["party", "period", "metal"])
    is_pack = told.kind.isin(["pack", "reuse_pack"])
    return told.mutate(any_pack=is_pack.any().over(packs), is_pack=is_pack).filter(~_.any_pack | _.is_pack).drop(
        "any_pack", "is_pack", "kind"
    )  # fmt: skip


def _shares(sources: Sources, declared: ibis.Table) -> Account:
    of = ["party", "period", "area", "model", "metal"]
    kinds = sources.thing.select("item", "model", "made_by", "made_seq", "made_on", "kg")
    claims = declared.select("party", "period", "area", "model").distinct().mutate(claimed=ibis.literal(True))
    place = sources.counted.event.select(of_seq="seq", area="where")
    # all batteries of the model, year and plant count, whether they declare or not
    made = kinds.filter(_.made_seq.notnull()).inner_join(place, kinds.made_seq == place.of_seq).drop("of_seq")
    made = made.mutate(party=_.made_by, period=_.made_on.strftime("%Y"))
    among = sources.keep("recycled_made", made.semi_join(claims, ["party", "period", "area", "model"]))
    present = content(sources, among.select("item", "kg"), "_made").filter(_.metal.isin([*METALS]))
    present = sources.keep("recycled_present", present).inner_join(
        among.select("item", "party", "period", "area", "model", "made_seq"), "item"
    )
    whole = present.group_by(of).agg(
        present_kg=_.kg.sum(),
        present_u=_.common.sum(),
        verified=_.verified.all(),
        made=_.made_seq.collect().unique(),
    )
    said = declared.group_by(of).agg(kg=_.kg.sum(), said=_.seq.collect().unique())
    told = said.inner_join(whole, of).filter(_.present_kg > 0)
    told = told.mutate(
        value=_.kg / _.present_kg, uncertainty=_.kg * _.present_u / _.present_kg**2, key=_.model.fill_null("") + "/" + _.metal,
        entries=_.said.concat(_.made),
    )  # fmt: skip
    material = ibis.cases(*((told.metal == metal, name) for metal, name in METALS.items()))
    told = told.mutate(law_key=material, year_end=ibis.date(told.period.cast("int64"), 12, 31))
    rows = sources.law.filter((_.table == "eu-recycled-content") & (_.field == "value"))
    rows = rows.select(
        "since", "row", law_of="key", least="value", read="verified", until=_.until.fill_null(FOREVER)
    )
    told = told.left_join(
        rows, [told.law_key == rows.law_of, told.year_end >= rows.since, told.year_end <= rows.until]
    )
    told = told.mutate(verified=_.verified & _["read"].fill_null(True))
    name = {"account": ACCOUNT, "measure": "recycled-content"}
    return Account(figures(told, unit="kg/kg", **name), opened(told, **name))


def _covered(sources: Sources, declared: ibis.Table) -> Account:
    moved = sources.keep("lot_handover", handovers(sources)).filter(
        _.material.isin(PRODUCTS) & _.kg.notnull()
    )
    shares = lot_share(sources).filter(_.metal.isin([*METALS]))
    bought = moved.inner_join(shares.rename(item="lot"), "item")
    bought = bought.select(
        "metal", "entries", party="taker", day="day", kg=_.kg * _.share, kg_u=_.kg * _.share_u
    )
    claimed = declared.group_by("party", "period", "metal").agg(
        claimed_kg=_.kg.sum(), said=_.seq.collect().unique()
    )
    so_far = ibis.cumulative_window(group_by=["party", "metal"], order_by="period")
    claimed = claimed.mutate(claimed_so_far=_.claimed_kg.sum().over(so_far), said_so_far=_.said.collect().over(so_far).flatten())  # fmt: skip
    bought = bought.mutate(bought_in=_.day.strftime("%Y")).rename(buyer="party", of_metal="metal")
    met = claimed.left_join(
        bought,
        [
            claimed.party == bought.buyer,
            claimed.metal == bought.of_metal,
            claimed.period >= bought.bought_in,
        ],
    )
    told = met.group_by("party", "period", "metal").agg(
        bought_kg=_.kg.sum().fill_null(0.0), bought_u=(_.kg_u**2).sum().sqrt().fill_null(0.0), claimed_kg=_.claimed_so_far.max(),
        bought=_.entries.collect().flatten().unique(), said=_.said_so_far.collect().flatten().unique(),
    )  # fmt: skip
    told = told.filter(_.claimed_kg > 0).mutate(
        value=_.bought_kg / _.claimed_kg, uncertainty=_.bought_u / _.claimed_kg, key="metal",
        entries=ibis.ifelse(_.bought.isnull(), _.said, _.said.concat(_.bought)),
    )  # fmt: skip
    name = {"account": ACCOUNT, "measure": "recycled-content-covered"}
    return Account(figures(told, unit="kg/kg", **name), opened(told, **name))
