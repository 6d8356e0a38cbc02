"""Comparisons whose truth is known: who takes part follows the covariates, and so does what becomes of them."""

import numpy as np

from springbrett.evaluation.effects.comparison import Comparison

EFFECT = 1.0


def comparison(
    seed: int = 0, count: int = 600, *, unseen: float = 0.0, cluster_spread: float = 0.0, clusters: int = 0
) -> Comparison:
    """`count` units, three covariates, the same effect for all. `unseen` moves taking part and the outcome, recorded
    by nobody. With `clusters`, half of them may take part more often and all share something."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 3))
    hidden = rng.normal(size=count)
    cluster = rng.integers(0, clusters, count) if clusters else None
    shared = cluster_spread * rng.normal(size=(2, max(clusters, 1)))[:, cluster if cluster is not None else 0]
    shared = np.broadcast_to(shared.reshape(2, -1), (2, count)) if clusters else np.zeros((2, count))
    odds = x @ [0.5, -0.4, 0.3] - 0.5 + unseen * hidden + shared[0]
    treated = rng.random(count) < 1 / (1 + np.exp(-odds))
    y = x @ [1.0, -0.5, 0.8] + EFFECT * treated + unseen * hidden + shared[1] + rng.normal(size=count)
    return Comparison(y, treated, x, ("age", "months_registered", "pay_last_year"), cluster)
