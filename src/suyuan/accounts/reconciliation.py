"""Data reconciliation: measured streams adjusted, as little as their uncertainties allow, until every balance closes.

    streams   x  (what truly flowed), measured m with standard uncertainty σ, or not measured
    balances  A x = 0, a row a node: +1 what flows in, −1 what flows out
    adjusted  x̂ = argmin Σ ((x − m)/σ)²  under  A x = 0

Streams that nobody measured are projected out (P Aᵤ = 0); what is left, G = P Aₘ, are the balances among measured streams. With
r = G m and V = G Σ Gᵀ:

    global test        r'V⁻¹r ~ χ² with rank G degrees of freedom: does the network close at all?
    measurement test   z_i = d_i / √W_ii with d = G'V⁻¹r, W = G'V⁻¹G: the most powerful test for one wrong stream (with independent
                       errors the same as adjustment over its own standard deviation), at a level shared among streams by Šidák
    error              d_i / W_ii: by how much stream i is wrong, if it alone is

Networks of one shape are solved together: `measured` and `sigma` have a row a network.
Method: Narasimhan and Jordache, Data Reconciliation and Gross Error Detection (2000), chapters 3, 7; written anew.

>>> mixer = np.array([[1.0, 1.0, -1.0]])
>>> done = reconcile(mixer, np.array([[10.0, 20.0, 33.0]]), np.array([[1.0, 1.0, 1.0]]))
>>> done.value.round(6).tolist(), done.chi2.round(6).tolist(), done.redundant.tolist()
([[11.0, 21.0, 32.0]], [3.0], [True, True, True])
"""

from dataclasses import dataclass

import numpy as np
import scipy  # whose `special` is imported when it is asked for: it takes longer than most commands
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

TOLERANCE = 1e-9
"""Relative size below which a singular value, or a coefficient of a scaled balance, is nought."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """n networks of s streams after reconciliation."""

    value: Floats
    """(n, s) adjusted; a stream not measured as the balances tell it, NaN where they do not."""
    sigma: Floats
    """(n, s) standard uncertainty of `value`."""
    z: Floats
    """(n, s) measurement test; NaN where no balance checks the stream."""
    error: Floats
    """(n, s) by how much the measurement is wrong if it alone is wrong; NaN as `z`."""
    strain: Floats
    """(n, s) d, what the balances pull at the measurement; 0 where nothing does."""
    weight: Floats
    """(n, s) W_ii, the variance of `strain`."""
    chi2: Floats
    """(n,) global test."""
    dof: NDArray[np.int64]
    """(n,) its degrees of freedom."""
    redundant: Bools
    """(s,) measured, and checked by the other measurements."""
    observable: Bools
    """(s,) measured, or told by those that are."""

    @property
    def p(self) -> Floats:
        """(n,) how often correct measurements would disagree as much or more; 1 where nothing is checked."""
        return np.where(self.dof > 0, scipy.special.chdtrc(np.maximum(self.dof, 1), self.chi2), 1.0)


def reconcile(balances: Floats, measured: Floats, sigma: Floats) -> Reconciled:
    """Reconcile networks of one shape: `balances` (b, s), `measured` and `sigma` (n, s), NaN where not measured.

    The same streams must be measured in all n networks. A sigma of 0 holds its stream fixed.
    """
    known = ~np.isnan(measured[0])
    assert (np.isnan(measured) == ~known).all(), "networks solved together must measure the same streams"
    among = _among_measured(balances, known)
    m, s2 = measured[:, known], sigma[:, known] ** 2
    residual = m @ among.T
    inverse, dof = _inverse(np.einsum("km,nm,lm->nkl", among, s2, among))
    pull = np.einsum("nkl,nl->nk", inverse, residual)
    strain = pull @ among
    weight = np.einsum("km,nkl,lm->nm", among, inverse, among)
    checked = (np.abs(among) > TOLERANCE).any(axis=0)
    value, variance = m - s2 * strain, np.maximum(s2 - s2**2 * weight, 0.0)
    full = _spread(balances.shape[1], known)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(checked & (weight > 0), strain / np.sqrt(weight), np.nan)
        error = np.where(checked & (weight > 0), strain / weight, np.nan)
    values, variances = full(value), full(variance)
    observable = known.copy()
    if not known.all():
        told, observable[~known] = _told(balances, known, value, s2, among, inverse)
        values[:, ~known], variances[:, ~known] = told
    redundant = known.copy()
    redundant[known] = checked
    return Reconciled(
        value=values, sigma=np.sqrt(variances), z=full(z), error=full(error), strain=full(strain, 0.0), weight=full(weight, 0.0),
        chi2=np.einsum("nk,nk->n", residual, pull), dof=dof, redundant=redundant, observable=observable,
    )  # fmt: skip


def _among_measured(balances: Floats, known: Bools) -> Floats:
    """Independent balances (k, measured) that hold whatever the streams not measured are; rows of length one."""
    left = balances[:, known]
    if not known.all():
        u, size, _ = np.linalg.svd(balances[:, ~known])
        left = u[:, int((size > TOLERANCE).sum()) :].T @ left
    if not left.size:
        return np.zeros((0, int(known.sum())))
    _, size, rows = np.linalg.svd(left, full_matrices=False)
    independent: Floats = rows[size > TOLERANCE * max(1.0, float(size[0]))]
    return independent


def _inverse(v: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Inverses (n, k, k) of covariance matrices and their ranks; what has no variance at all is left out."""
    n, k, _ = v.shape
    if not k:
        return v, np.zeros(n, np.int64)
    size = np.sqrt(np.diagonal(v, axis1=1, axis2=2))
    size = np.where(size > 0, size, 1.0)
    scaled = v / size[:, :, None] / size[:, None, :]
    values, vectors = np.linalg.eigh(scaled)
    good = values > TOLERANCE**1.3
    inverted = np.where(good, 1 / np.where(good, values, 1.0), 0.0)
    inverse = np.einsum("nij,nj,nkj->nik", vectors, inverted, vectors)
    return inverse / size[:, :, None] / size[:, None, :], good.sum(axis=1)


def _told(
    balances: Floats, known: Bools, value: Floats, s2: Floats, among: Floats, inverse: Floats
) -> tuple[tuple[Floats, Floats], Bools]:
    """Values and variances (n, unmeasured) as the balances tell them, and which of them they tell."""
    unknown = balances[:, ~known]
    back = np.linalg.pinv(unknown, rcond=TOLERANCE)
    lost = np.abs(np.eye(unknown.shape[1]) - back @ unknown).max(axis=1, initial=0.0) > 1e-7
    from_measured = -back @ balances[:, known]
    through = np.einsum("um,nm,km->nuk", from_measured, s2, among)
    variance = np.einsum("um,nm,um->nu", from_measured, s2, from_measured)
    variance = variance - np.einsum("nuk,nkl,nul->nu", through, inverse, through)
    values = value @ from_measured.T
    values[:, lost], variance[:, lost] = np.nan, np.nan
    return (values, np.maximum(variance, 0.0)), ~lost


class _spread:  # noqa: N801  # reads as the function that it is
    """Put columns of measured streams among all streams."""

    def __init__(self, streams: int, known: Bools) -> None:
        self._streams, self._known = streams, known

    def __call__(self, columns: Floats, otherwise: float = np.nan) -> Floats:
        wide = np.full((columns.shape[0], self._streams), otherwise)
        wide[:, self._known] = columns
        return wide


def critical(level: float, tests: int | NDArray[np.int64]) -> Floats:
    """The |z| that any of so many independent tests exceeds by chance with probability `level` (Šidák, two-sided).

    >>> float(critical(0.05, 1).round(3)), float(critical(0.05, 10).round(3))
    (1.96, 2.8)
    """
    each = -np.expm1(np.log1p(-level) / np.maximum(tests, 1))
    return np.asarray(-scipy.special.ndtri(each / 2))


def significance(z: Floats, tests: int | NDArray[np.int64]) -> Floats:
    """How likely the largest of so many |z| is as large by chance.

    >>> float(significance(np.array([1.96]), 1).round(4)[0])
    0.05
    """
    one = 2 * scipy.special.ndtr(-np.abs(z))
    return np.asarray(-np.expm1(np.maximum(tests, 1) * np.log1p(-one)))


def without_gross_errors(
    balances: Floats, measured: Floats, sigma: Floats, level: float = 0.05
) -> tuple[Reconciled, list[int]]:
    """One network (1, s), after leaving out, one after the other, measurements that the test names; and which.

    A measurement left out is then told by the balances. It stops where nothing is named, or nothing is checked any more.
    """
    measured = measured.copy()
    left_out: list[int] = []
    while True:
        done = reconcile(balances, measured, sigma)
        z = np.nan_to_num(np.abs(done.z[0]))
        worst = int(z.argmax())
        if z[worst] <= critical(level, int(done.redundant.sum())):
            return done, left_out
        left_out.append(worst)
        measured[0, worst] = np.nan
