"""Panels with known effects, complete or with gaps, for the tests of effects over time."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

from springbrett.evaluation.effects.did.clusters import Offices
from springbrett.evaluation.effects.did.panel import Panel


def frame(
    seed: int = 1, units: int = 300, periods: int = 8, groups: tuple[int, ...] = (0, 4, 5, 7), *, kept: float = 1.0,
    homogeneous: bool = False, noise: float = 1.0, effect: float = 1.0,
) -> pd.DataFrame:  # fmt: skip
    """u, t, g, y, c (cluster), s (stratum), w (weight), truth; `kept`: the share of rows that are there."""
    rng = np.random.default_rng(seed)
    g = rng.choice(groups, units)
    data = pd.DataFrame({
        "u": np.repeat(np.arange(units), periods), "t": np.tile(np.arange(1, periods + 1), units),
        "g": np.repeat(g, periods),
    })  # fmt: skip
    data["c"], data["s"], data["w"] = data.u % 25, data.u % 3, 1.0 + data.u % 4
    since = np.where(data.g > 0, data.t - data.g, -1)
    size = 1.0 if homogeneous else 0.5 + 0.3 * since + 0.2 * (data.g == 4)
    data["truth"] = np.where((data.g > 0) & (since >= 0), size * effect, 0.0)
    data["y"] = np.repeat(rng.normal(size=units), periods) + 0.2 * data.t * (1 + data.s) + data.truth
    data["y"] += noise * rng.normal(size=len(data))
    if kept < 1:
        data = data[rng.random(len(data)) < kept].reset_index(drop=True)
    return data


def panel(data: pd.DataFrame, *, cluster: bool = False, stratum: bool = False, weight: bool = False) -> Panel:
    """The frame as a panel."""
    return Panel(
        data.u.to_numpy(), data.t.to_numpy(), data.g.to_numpy(), data.y.to_numpy(),
        data.c.to_numpy() if cluster else None, data.s.to_numpy() if stratum else None,
        data.w.to_numpy() if weight else None,
    )  # fmt: skip


def counties() -> pd.DataFrame:
    """Teen employment in 500 counties, 2003 to 2007, as a package for the tests ships it; read without running it."""
    found = find_spec("moderndid")
    assert found is not None and found.origin is not None
    return pd.read_pickle(Path(found.origin).parent / "core" / "datasets" / "mpdta_long.pkl.gz")


def trial(offices: int = 12, trials: int = 5, effect: float = 0.0, seed: int = 1) -> Offices:
    """Forty persons in each office, half of them after; the first `trials` offices are in the trial."""
    rng = np.random.default_rng(seed)
    office = np.repeat(np.arange(offices), 40)
    after = np.tile(np.arange(40) >= 20, offices)
    y = rng.normal(size=len(office)) + 0.3 * rng.normal(size=offices)[office] * after
    return Offices(y + effect * (after & (office < trials)), office, office < trials, after)
