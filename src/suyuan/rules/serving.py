"""Serving: which maker has an outlet where, of its own or commissioned (`serves` of the outlet or of its site).

    maker   area    site_kind          outlet
    OEM     610100  outlet-collecting  91610100…

Where master data name for no outlet whom it serves, nothing can be said of coverage, and `asked` is empty.
"""

import ibis
from ibis import _

from suyuan.rules.facts import Facts
from suyuan.views.effective import latest_master


def serving(facts: Facts) -> ibis.Table:
    """maker, area, site_kind (null where only the party is known), outlet, site: outlets by the makers that they serve."""
    served = _served(facts)
    sites = facts.site.filter(_.site_kind.startswith("outlet"))
    firms = facts.party.select("area", outlet="party")
    at_sites = sites.left_join(firms.select("outlet", firm_area="area"), [("party", "outlet")]).select(
        "site", "site_kind", outlet=_.party, area=ibis.coalesce(_.area, _.firm_area)
    )
    named = served.select("maker", told_of="of")
    by_site = at_sites.inner_join(named, at_sites.site == named.told_of).drop("told_of")
    by_firm = at_sites.inner_join(named, at_sites.outlet == named.told_of).drop("told_of")
    own = at_sites.mutate(maker=_.outlet)
    outlets = facts.party_role.filter(_.role == "outlet").select(outlet="party")
    alone = firms.semi_join(outlets, "outlet").inner_join(named, [("outlet", "told_of")])
    alone = alone.select("maker", "area", "outlet", site=ibis.null("string"), site_kind=ibis.null("string"))
    columns = ("maker", "area", "site_kind", "outlet", "site")
    every = by_site.select(*columns)
    for more in (by_firm, own, alone):
        every = every.union(more.select(*columns))
    return facts.keep("serving", every.distinct())


def asked(facts: Facts) -> ibis.Table:
    """One row where master data name for some outlet whom it serves; none otherwise."""
    return facts.keep("serving_told", _served(facts).agg(n=_.count()).filter(_.n > 0))


def _served(facts: Facts) -> ibis.Table:
    """of (a party or a site), maker: what stands under `serves`."""
    known = facts.keep("known_master", latest_master(facts.counted.master))
    told = known.filter((_.attribute == "serves") & _.type.isin(["party", "location"]) & _.value.notnull())
    words = told.value.upper().re_replace("[^0-9A-Z]+", " ").strip().split(" ")
    return told.select(of="id", maker=words).unnest("maker").filter(_.maker != "").distinct()
