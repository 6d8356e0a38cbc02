"""Differences as they stand, and with the covariates held equal by a line: descriptions unless nothing else differs."""

from __future__ import annotations

import numpy as np

from springbrett.evaluation.effects.comparison import Comparison, Scale, estimate_of, inverse, linear, weighted_gram
from springbrett.evaluation.effects.records import CannotEstimate, Estimand, Estimate, Floats, Ints


def raw_difference(data: Comparison, *, pooled_variance: bool = False) -> Estimate:
    """Mean of those who took part minus mean of those who did not.

    Standard error by groups, or pooled as in ordinary least squares; by clusters when the data has them.
    """
    blank = Comparison(data.y, data.treated, np.zeros((len(data.y), 0)), (), data.cluster)
    found = adjusted_difference(blank, robust=not pooled_variance)
    return estimate_of(data, found.value, found.se, estimand=Estimand.DESCRIPTION, method="raw_difference",
                       assumptions=("no_other_difference",))  # fmt: skip


def adjusted_difference(data: Comparison, *, robust: bool = True) -> Estimate:
    """The coefficient of taking part in a line with the covariates (ordinary least squares).

    `robust`: standard errors that allow unequal spread (HC1), by clusters when the data has them (CR1); otherwise the
    classical ones. Raises CannotEstimate: singular, one_cluster.
    """
    data = data.informative()
    design = np.column_stack([data.treated.astype(np.float64), Scale.of(data.x).design(data.x)[:, 1:]])
    rows, width = len(data.y), design.shape[1] + 1
    if rows <= width:
        raise CannotEstimate("bad_input", "there are no more units than covariates")
    bread = inverse(weighted_gram(design, np.ones(rows)))
    beta = bread @ np.concatenate([[data.y.sum()], design.T @ data.y])
    residual = data.y - linear(design, beta)
    if data.cluster is not None:
        variance = cluster_sandwich(design, residual, bread, data.cluster)
    elif robust:
        variance = bread @ weighted_gram(design, residual**2) @ bread * rows / (rows - width)
    else:
        variance = bread * (residual @ residual) / (rows - width)
    return estimate_of(data, beta[1], float(np.sqrt(variance[1, 1])), estimand=Estimand.DESCRIPTION,
                       method="adjusted_difference", assumptions=("selection_on_observed", "linear"))  # fmt: skip


def cluster_sandwich(design: Floats, residual: Floats, bread: Floats, cluster: Ints) -> Floats:
    """Variance of least-squares coefficients with errors that hang together within clusters (CR1).

    `design` without the constant (n × k). Raises CannotEstimate("one_cluster").
    """
    _codes, position = np.unique(cluster, return_inverse=True)
    groups = int(position.max()) + 1
    if groups < 2:
        raise CannotEstimate("one_cluster", "all units belong to one cluster; its spread cannot be told")
    scores = np.column_stack([residual, design * residual[:, None]])
    summed = np.column_stack([np.bincount(position, scores[:, k], groups) for k in range(scores.shape[1])])
    rows, width = scores.shape
    factor = groups / (groups - 1) * (rows - 1) / (rows - width)
    return np.asarray(bread @ (summed.T @ summed) @ bread * factor)
