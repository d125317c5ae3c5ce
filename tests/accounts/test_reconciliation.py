"""Reconciliation: cases worked by hand, a plain dense solver beside it, and levels that hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from suyuan.accounts.reconciliation import critical, reconcile, significance, without_gross_errors

Floats = NDArray[np.float64]
NAN = float("nan")


def row(*values: float) -> Floats:
    return np.array([values], dtype=np.float64)


# 1 ─▶ (A) ─2─▶ (B) ─4─▶       a plant that splits and joins: A: 1 = 2 + 3; B: 2 = 4; C: 3 = 5; D: 4 + 5 = 6
#       └──3─▶ (C) ─5─▶ (D) ─6─▶
SPLIT = np.array(
    [[1, -1, -1, 0, 0, 0], [0, 1, 0, -1, 0, 0], [0, 0, 1, 0, -1, 0], [0, 0, 0, 1, 1, -1]], dtype=np.float64
)
TRUE = np.array([100.0, 60, 40, 60, 40, 100])


def test_one_balance_shares_the_gap_by_variance() -> None:
    """100 ± 1 goes in, 98 ± 2 comes out: the gap 2 is shared 1 : 4, so 99.6 both; χ² = 2²/5 = 0.8."""
    done = reconcile(np.array([[1.0, -1.0]]), row(100, 98), row(1, 2))
    assert done.value[0] == pytest.approx([99.6, 99.6])
    assert done.sigma[0] == pytest.approx([np.sqrt(4 / 5)] * 2)
    assert done.chi2[0] == pytest.approx(0.8)
    assert np.abs(done.z[0]) == pytest.approx([np.sqrt(0.8)] * 2)


def test_the_error_told_is_what_would_close_the_balance_alone() -> None:
    done = reconcile(np.array([[1.0, -1.0, -1.0]]), row(100, 98, 5), row(1, 1, 1))
    assert done.error[0] == pytest.approx([-3, 3, 3])


def test_a_stream_that_nobody_measured_is_told_by_the_balance_and_checks_nothing() -> None:
    """10 ± 1 − 7 ± 1 leaves 3 ± √2."""
    done = reconcile(np.array([[1.0, -1.0, -1.0]]), row(10, 7, NAN), row(1, 1, NAN))
    assert done.value[0] == pytest.approx([10, 7, 3])
    assert done.sigma[0] == pytest.approx([1, 1, np.sqrt(2)])
    assert (done.redundant.tolist(), done.observable.tolist()) == ([False] * 3, [True] * 3)
    assert (done.dof[0], done.p[0]) == (0, 1)


def test_two_streams_between_the_same_nodes_cannot_be_told_apart() -> None:
    """a ─▶ (N) ═ x, y ═▶ (M) ─▶ b: neither x nor y is told, yet a and b check each other."""
    balances = np.array([[1.0, -1, -1, 0], [0, 1, 1, -1]])
    done = reconcile(balances, row(10, NAN, NAN, 12), row(1, NAN, NAN, 1))
    assert done.observable.tolist() == [True, False, False, True]
    assert done.redundant.tolist() == [True, False, False, True]
    assert done.value[0, [0, 3]] == pytest.approx([11, 11])
    assert np.isnan(done.value[0, 1:3]).all()


def test_a_balance_written_twice_counts_once() -> None:
    once = reconcile(SPLIT, row(101, 60, 40, 60, 40, 100), row(*[1.0] * 6))
    twice = reconcile(np.vstack([SPLIT, SPLIT.sum(axis=0)]), row(101, 60, 40, 60, 40, 100), row(*[1.0] * 6))
    assert twice.dof[0] == once.dof[0] == 4
    assert twice.value == pytest.approx(once.value)
    assert twice.chi2 == pytest.approx(once.chi2)


def test_a_stream_without_uncertainty_stays_as_it_is() -> None:
    done = reconcile(np.array([[1.0, -1.0]]), row(100, 98), row(0, 2))
    assert done.value[0] == pytest.approx([100, 100])


def test_streams_of_very_different_size_are_reconciled_alike() -> None:
    done = reconcile(np.array([[1.0, -1.0, 0], [0, 1.0, -1.0]]), row(1e9, 1e9 + 3e6, 1e9), row(1e6, 1e6, 1e6))
    small = reconcile(
        np.array([[1.0, -1.0, 0], [0, 1.0, -1.0]]), row(1e-3, 1e-3 + 3e-6, 1e-3), row(1e-6, 1e-6, 1e-6)
    )
    assert done.z == pytest.approx(small.z)


# a plain dense solver: minimise with Lagrange multipliers, all in one system of equations


def by_lagrange(balances: Floats, measured: Floats, sigma: Floats) -> Floats:
    """[2Σ⁻¹ Aᵀ; A 0] [x; λ] = [2Σ⁻¹ m; 0], least squares where it is singular."""
    n = len(measured)
    weight = np.where(np.isnan(measured), 0.0, 1 / np.where(np.isnan(measured), 1.0, sigma) ** 2)
    pulled = np.where(np.isnan(measured), 0.0, measured)
    system = np.block([[np.diag(weight), balances.T], [balances, np.zeros((len(balances),) * 2)]])
    right = np.concatenate([weight * pulled, np.zeros(len(balances))])
    solved: Floats = np.linalg.lstsq(system, right, rcond=1e-12)[0][:n]
    return solved


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 5), st.integers(3, 9), st.floats(0, 0.4))
def test_it_agrees_with_a_plain_dense_solver(seed: int, nodes: int, streams: int, hidden: float) -> None:
    draw = np.random.default_rng(seed)
    ends = np.array([draw.permutation(nodes + 1)[:2] for _ in range(streams)])
    balances = np.zeros((nodes + 1, streams))
    balances[ends[:, 0], range(streams)] -= 1
    balances[ends[:, 1], range(streams)] += 1
    balances = balances[:-1]  # the last is the world outside
    measured = draw.uniform(1, 100, streams)
    measured[draw.random(streams) < hidden] = NAN
    sigma = draw.uniform(0.1, 3, streams)
    done = reconcile(balances, measured[None], sigma[None])
    plain = by_lagrange(balances, measured, sigma)
    told = done.observable
    assert done.value[0][told] == pytest.approx(plain[told], abs=1e-5)
    known = ~np.isnan(measured)
    chi2 = (((plain - measured) / sigma)[known] ** 2).sum()
    assert done.chi2[0] == pytest.approx(chi2, abs=1e-5)
    # a stream is redundant where taking its measurement away leaves it told
    for each in np.flatnonzero(known):
        fewer = measured.copy()
        fewer[each] = NAN
        assert done.redundant[each] == reconcile(balances, fewer[None], sigma[None]).observable[each]


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_leaving_a_measurement_out_lowers_chi_square_by_the_square_of_its_test(seed: int) -> None:
    """The measurement test is the likelihood ratio of "this one is wrong" against "none is"."""
    draw = np.random.default_rng(seed)
    measured, sigma = draw.uniform(1, 100, (1, 6)), draw.uniform(0.5, 3, (1, 6))
    done = reconcile(SPLIT, measured, sigma)
    for each in range(6):
        fewer = measured.copy()
        fewer[0, each] = NAN
        without = reconcile(SPLIT, fewer, sigma)
        assert done.chi2[0] - without.chi2[0] == pytest.approx(done.z[0, each] ** 2, rel=1e-6)
        assert without.value[0, each] == pytest.approx(measured[0, each] - done.error[0, each])


# levels and power over many draws

DRAWS = 10_000


def drawn(seed: int, relative: float = 0.01) -> tuple[Floats, Floats]:
    sigma = np.tile(TRUE * relative, (DRAWS, 1))
    return TRUE + np.random.default_rng(seed).normal(size=sigma.shape) * sigma, sigma


def test_the_global_test_holds_its_level() -> None:
    measured, sigma = drawn(1)
    assert (reconcile(SPLIT, measured, sigma).p < 0.05).mean() == pytest.approx(0.05, abs=0.01)


@pytest.mark.parametrize("relative", [0.001, 0.05])
def test_every_stream_s_own_test_holds_its_level(relative: float) -> None:
    measured, sigma = drawn(2, relative)
    alarms = (np.abs(reconcile(SPLIT, measured, sigma).z) > critical(0.05, 1)).mean(axis=0)
    assert alarms == pytest.approx(np.full(6, 0.05), abs=0.01)


def test_the_shared_level_holds_over_the_streams_of_a_network() -> None:
    """Four plants with two scales each: eight streams, four tests that know nothing of one another."""
    pairs = np.kron(np.eye(4), np.array([[1.0, -1.0]]))
    draw = np.random.default_rng(3)
    done = reconcile(pairs, 50 + draw.normal(size=(DRAWS, 8)), np.ones((DRAWS, 8)))
    worst = np.abs(done.z).max(axis=1)
    assert (worst > critical(0.05, 4)).mean() == pytest.approx(0.05, abs=0.01)
    assert (significance(worst, 4) < 0.05).mean() == pytest.approx(0.05, abs=0.01)


def test_streams_that_many_balances_check_are_told_at_least_twice_as_well() -> None:
    """One flow through five plants with six scales: each alone is off by σ√(2/π), together by that over √6."""
    chain = np.eye(5, 6) - np.eye(5, 6, k=1)
    draw = np.random.default_rng(4)
    measured = 100 + draw.normal(size=(DRAWS, 6))
    done = reconcile(chain, measured, np.ones((DRAWS, 6)))
    raw, told = np.abs(measured - 100).mean(), np.abs(done.value - 100).mean()
    assert raw == pytest.approx(np.sqrt(2 / np.pi), rel=0.02)
    assert told == pytest.approx(np.sqrt(2 / np.pi / 6), rel=0.02)


def test_the_stated_uncertainty_of_what_is_adjusted_is_the_one_it_has() -> None:
    measured, sigma = drawn(5)
    done = reconcile(SPLIT, measured, sigma)
    assert (done.value - TRUE).std(axis=0) == pytest.approx(done.sigma[0], rel=0.03)


def test_a_wrong_stream_among_many_is_named() -> None:
    measured, sigma = drawn(6)
    measured[:, 2] += 8 * sigma[:, 2]
    done = reconcile(SPLIT, measured, sigma)
    # streams 3 and 5 lie in series with no other between them but node C: both are told apart from 1, 2, 4, 6
    named = np.abs(done.z).argmax(axis=1)
    assert np.isin(named, [2]).mean() > 0.95
    assert np.abs(done.error[:, 2] - 8 * sigma[:, 2]).mean() < 1.3 * sigma[0, 2]


def test_gross_errors_are_left_out_one_after_the_other() -> None:
    measured, sigma = TRUE[None] + np.array([[0.3, -0.2, 0.1, 0.2, -0.3, 0.1]]), np.full((1, 6), 0.5)
    measured[0, 1] += 20
    done, left_out = without_gross_errors(SPLIT, measured, sigma)
    assert left_out == [1]
    assert done.value[0, 1] == pytest.approx(60, abs=1)
    assert done.p[0] > 0.05
