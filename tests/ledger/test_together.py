"""Many entries proven at once: the same root as by their paths one by one, and nothing less will do."""

from hypothesis import given, settings
from hypothesis import strategies as st

from suyuan.ledger.merkle import inclusion, leaf_hash, nodes_of, root
from suyuan.ledger.together import leads_to, together


@st.composite
def picked(draw: st.DrawFn) -> tuple[list[bytes], list[int]]:
    size = draw(st.integers(1, 200))
    leaves = [leaf_hash(str(n).encode()) for n in range(size)]
    return leaves, sorted(draw(st.sets(st.integers(0, size - 1), min_size=1)))


@settings(max_examples=150, deadline=None)
@given(picked())
def test_entries_and_shared_hashes_lead_to_the_root_and_are_no_more_than_their_paths(
    drawn: tuple[list[bytes], list[int]],
) -> None:
    leaves, seqs = drawn
    node = nodes_of(leaves)
    shared = together(seqs, len(leaves), node)
    assert leads_to({seq: leaves[seq] for seq in seqs}, len(leaves), shared) == root(leaves)
    paths = {step for seq in seqs for step in inclusion(seq, len(leaves), node)}
    assert set(shared) <= paths


@settings(max_examples=150, deadline=None)
@given(picked(), st.data())
def test_whatever_is_changed_leads_elsewhere(
    drawn: tuple[list[bytes], list[int]], data: st.DataObject
) -> None:
    leaves, seqs = drawn
    size = len(leaves)
    shared = together(seqs, size, nodes_of(leaves))
    mine = {seq: leaves[seq] for seq in seqs}
    spoilt = data.draw(st.sampled_from(seqs))
    assert leads_to({**mine, spoilt: leaf_hash(b"other")}, size, shared) != root(leaves)
    assert leads_to({seq: leaf for seq, leaf in mine.items() if seq != spoilt}, size, shared) != root(leaves)
    assert leads_to(mine, size, [*shared, leaves[0]]) is None
    if shared:
        at = data.draw(st.integers(0, len(shared) - 1))
        assert leads_to(mine, size, [*shared[:at], *shared[at + 1 :]]) != root(leaves)
        assert leads_to(mine, size, [*shared[:at], leaf_hash(b"x"), *shared[at + 1 :]]) != root(leaves)
    assert leads_to({**mine, size: leaves[0]}, size, shared) is None
