"""Packs with thousands of cells: one event beyond the size of a log entry, a family beyond the fold, a recall of all."""

from tests.scenarios.conftest import World
from tests.scenarios.scene import MAKER, OEM
from tests.scenarios.writing import at, cell, joined, made, obj, pack, vin


def test_a_pack_of_4400_cells(world: World) -> None:
    """The event of its assembly has more bytes than an entry of the log may have."""
    p, v, cells = pack(1), vin(1), [cell(n) for n in range(4400)]
    world.capture(
        made("2024-03-10T08:00", cells, MAKER), joined("2024-03-10T09:00", p, cells, **at(MAKER)), by=MAKER
    )
    world.capture(joined("2024-03-13T08:00", v, [p], "installing", **at(OEM)), by=OEM)
    answer = world.trace(p)
    tree = answer["family"]["made_of"]
    assert (len(tree), tree[-1]["folded"]) == (51, 4350)
    assert len(world.trace(p, "--fold", "5000")["family"]["made_of"]) == 4400
    assert world.trace(cells[4321])["inside"][-1]["code"] == v
    reached = world.where_used(*cells[:300], obj(cells[300]), cells[301].lower())
    assert (reached["vehicles"], reached["unknown"], reached["holders"]) == ([v], [], [OEM])
    assert {row["code"] for row in reached["reached"] if not row["asked"]} == {p, v}
    assert world.suyuan("receipt", "1") == 0
    assert world.suyuan("verify") == 0
