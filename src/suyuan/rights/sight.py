"""What of the entries a principal may see: a filter that is put under every query, trace and report.

    sight = visible(principal, Verb.QUERY, now)
    seen  = sight.narrowed(tables)          # the tables of views.columns, only entries that may be seen
    n     = sight.numbered(tables)          # seq → n = 0, 1, 2, … of what is seen: for counts and paging

Every condition is an Ibis expression over the columns; nothing is asked a row at a time. A view, rule or report that runs
over the narrowed tables knows nothing of the rest: two ledgers that differ only in what the principal may not see give it equal
tables, but for `seq`. `seq` (and the size of the log) tells how many entries others have made; whoever answers shows `n`
in its place, and `seq` only beside a proof, which cannot do without.
"""

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import reduce
from operator import or_

import ibis
from ibis import _

from suyuan.events.uris import party_uri
from suyuan.rights.deciding import scopes
from suyuan.rights.principal import Principal
from suyuan.rights.words import Scope, Verb
from suyuan.standards.shapes import Word
from suyuan.standards.tables import table
from suyuan.views.effective import BESIDE
from suyuan.views.tables import Tables

SUBMITTED = ("party",)
ABOUT = ("reporter", "giver", "owner_from")
ABOUT_PLACES = ("read_point", "biz_location", "place_from")
TO = ("taker", "owner_to")
TO_PLACES = ("place_to",)
PARTIES = (*SUBMITTED, *ABOUT, *TO)
USCC_LENGTH = 18
READING = "sy:reading"


@dataclass(frozen=True, slots=True)
class Sight:
    """What a principal sees through one door. Without scopes: nothing."""

    principal: Principal
    scopes: tuple[Scope, ...]
    asked: Verb = Verb.QUERY

    @property
    def everything(self) -> bool:
        """Nothing is hidden: the tables may be used as they stand."""
        return Scope.ALL in self.scopes

    @property
    def entries_too(self) -> bool:
        """May it see entries at all, or public fields at most?"""
        return any(scope is not Scope.FIELDS for scope in self.scopes)

    @property
    def public_fields(self) -> bool:
        """Of what it does not see, the public fields are shown."""
        return Scope.FIELDS in self.scopes or self.everything

    def entries(self, tables: Tables) -> ibis.Table:
        """(seq): events that may be seen, each once; also what declares one of them wrong."""
        event = tables.event
        told = event.filter(self.event(event, tables.master)).select("seq", "event_id")
        if self.asked is Verb.READING_LOG and Scope.OWN in self.scopes:
            # who looked at us: the event observes our legal person
            named = [party_uri(name) for name in sorted(self.principal.names)]
            ours = tables.event_item.filter(_.item.isin(named)).select("seq")
            told = told.union(
                event.filter(_.biz_step == READING).semi_join(ours, "seq").select("seq", "event_id")
            )
        wrong = event.filter(_.declares_error).semi_join(told, "event_id")
        return told.select("seq").union(wrong.select("seq"), distinct=True)

    def event(self, event: ibis.Table, master: ibis.Table) -> ibis.Value:
        """Condition on rows of `event`: may it be seen? Never null."""
        if self.everything:
            return ibis.literal(True)
        met = _any([self._scope(scope, event, master) for scope in self.scopes])
        reading = (event.biz_step == READING).fill_null(False)
        # the reading log has a door of its own: who writes it (the operator) lies in somebody's area
        return met & reading if self.asked is Verb.READING_LOG else met & ~reading

    def narrowed(self, tables: Tables) -> Tables:
        """The tables with only what may be seen of them."""
        if self.everything:
            return tables
        seen = self.entries(tables)
        beside = {name: getattr(tables, name).semi_join(seen, "seq") for name in BESIDE}
        return replace(
            tables,
            event=tables.event.semi_join(seen, "seq"),
            master=tables.master.filter(self.master(tables.master)),
            **beside,
        )

    def numbered(self, tables: Tables) -> ibis.Table:
        """(seq, n): the n-th entry that may be seen (events and master data), from 0. Later entries change no number."""
        told = tables.master.filter(self.master(tables.master)).select("seq")
        if self.everything:
            told = told.union(tables.event.select("seq"), distinct=True)
        else:
            told = told.union(self.entries(tables), distinct=True)
        return told.mutate(n=ibis.row_number().over(ibis.window(order_by="seq")))

    def renumbered(self, tables: Tables, numbers: ibis.Table | None = None) -> Tables:
        """The narrowed tables with `n` in place of `seq`: they tell nothing of how much there is beside.

        `numbers` is `numbered` of the whole ledger, where these tables are a part of it.
        """
        if numbers is None:
            numbers = self.numbered(tables)
        known = numbers.select(numbered_seq="seq", numbered_n="n")
        seen = self.narrowed(tables)
        return Tables.of({field.name: _with_n(getattr(seen, field.name), known) for field in fields(Tables)})

    def parties(self, party: ibis.Value, master: ibis.Table) -> ibis.Value:
        """Condition on a column of parties (of findings, cases, duties, accounts): own, or of the area. Never null."""
        if self.everything:
            return ibis.literal(True)
        conditions = []
        if Scope.OWN in self.scopes:
            conditions.append(_among(party, self.principal.names))
        if Scope.AREA in self.scopes:
            conditions.append(self._in_area([party], master))
        return _any(conditions)

    def master(self, master: ibis.Table) -> ibis.Value:
        """Condition on rows of `master`: its own, those of its area, and public attributes. Never null."""
        if self.everything:
            return ibis.literal(True)
        holder = master.id.split("/")[0]
        public = (master.type + "." + master.attribute.fill_null("")).isin(public_fields("master"))
        return _any([public, self.parties(holder, master)])

    def public(self, tables: Tables) -> ibis.Table:
        """The public fields of events of public kinds of things, whoever they belong to: no parties, hours or numbers."""
        named = public_fields("trace")
        of_event = [name for name in named if name in tables.event.columns]
        event = tables.event.filter(~_.declares_error).select("seq", *of_event)
        kinds = list(table("public-kind", Word).newest)
        item = tables.event_item.filter(_.kind.isin(kinds))
        return item.inner_join(event, "seq").select(*named).distinct()

    def _scope(self, scope: Scope, event: ibis.Table, master: ibis.Table) -> ibis.Value:
        names = self.principal.names
        match scope:
            case Scope.OWN:
                named = [_among(event[column], names) for column in (*SUBMITTED, *ABOUT)]
                return _any([*named, *(_at(event[column], names) for column in ABOUT_PLACES)])
            case Scope.TO_ME:
                named = [_among(event[column], names) for column in TO]
                return _any([*named, *(_at(event[column], names) for column in TO_PLACES)])
            case Scope.AREA:
                return self._in_area([event[column] for column in PARTIES], master)
            case Scope.ALL:
                return ibis.literal(True)
            case Scope.FIELDS:
                return ibis.literal(False)  # shown by `public`, never as an entry

    def _in_area(self, parties: Collection[ibis.Value], master: ibis.Table) -> ibis.Value:
        """Is one of the parties in the area: by what master data say, or by the digits of its credit code?"""
        area = self.principal.area
        if not area:
            return ibis.literal(False)
        said = master.filter((_.type == "party") & (_.attribute == "area") & _.value.startswith(area))
        there = said.select(party_there="id").distinct()
        return _any(
            [
                condition
                for party in parties
                for condition in (
                    ((party.length() == USCC_LENGTH) & (party.substr(2, len(area)) == area)).fill_null(False),
                    party.isin(there.party_there).fill_null(False),
                )
            ]
        )


def visible(principal: Principal, asked: Verb, now: datetime) -> Sight:
    """What the principal sees through the door `asked` at `now`."""
    return Sight(principal, scopes(principal, asked, now), asked)


def public_fields(door: str) -> list[str]:
    """Names of the public columns of a door: of `trace` those of items and events, of `master` `<type>.<attribute>`."""
    rows = table("public-field", Word).newest
    return [key.removeprefix(f"{door}.") for key in rows if key.startswith(f"{door}.")]


def _with_n(table: ibis.Table, numbers: ibis.Table) -> ibis.Table:
    joined = table.inner_join(numbers, [("seq", "numbered_seq")])
    return joined.mutate(seq=joined.numbered_n.cast("int64")).drop("numbered_seq", "numbered_n")


def _among(column: ibis.Value, names: Collection[str]) -> ibis.Value:
    return column.isin(sorted(names)).fill_null(False) if names else ibis.literal(False)


def _at(column: ibis.Value, names: Collection[str]) -> ibis.Value:
    """A place of one of these: `<credit code>/<site>`, or one of its own names (a place with a GLN that the operator vouched for)."""
    sites = [column.startswith(f"{name}/").fill_null(False) for name in sorted(names)]
    return _any([_among(column, names), *sites])


def _any(conditions: Collection[ibis.Value]) -> ibis.Value:
    return reduce(or_, conditions, ibis.literal(False))
