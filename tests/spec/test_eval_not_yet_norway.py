"""Starting now against not yet in Simulated Norway, where the truth is written beside."""

from collections.abc import Callable

import msgspec
import numpy as np

from springbrett.evaluation.cohort import Population, with_comparison
from springbrett.evaluation.effects.notyet import NotYet, not_yet_treated, waiting_of
from springbrett.evaluation.outcomes.definitions import intervals_of, load_outcomes
from springbrett.evaluation.outcomes.paths import Window, stay_paths
from springbrett.evaluation.simulate.norway import simulate, true_effects
from springbrett.evaluation.simulate.world import norway


def small_norway(unseen: bool) -> tuple[NotYet, np.ndarray]:
    """One measure, used seldom, chosen by what the registers show (and by what they do not, when `unseen`)."""
    world = norway()
    only = msgspec.structs.replace(world.measures["arbeidstrening"], start=0.006, falls_to=1.0, traits={}, groups={})
    world = msgspec.structs.replace(
        world, measures={"arbeidstrening": only}, work={**world.work, "unobserved": 1.2 if unseen else 0.0},
        preference={**world.preference, "on_unobserved": 1.0 if unseen else 0.0},
    )  # fmt: skip
    made = simulate(persons=40_000, years=8, seed=3, world=world)
    first, last = made.first_month, made.first_month + 95
    cohort = with_comparison(
        made.registers, Population(("arbeidstrening",), first + 24, first + 59), per_treated=5, seed=1
    )
    window = Window(first, last, before=12)
    in_work = intervals_of(load_outcomes()["in_work"], made.registers, last)
    paths = stay_paths(cohort.person, cohort.start, in_work, window)
    truth = true_effects(made).to_pylist()
    wanted = {row["month"]: row["effect"] for row in truth
              if (row["measure"], row["purpose"], row["outcome"]) == ("arbeidstrening", "", "in_work")}  # fmt: skip
    found = not_yet_treated(waiting_of(cohort, paths, window.months))
    return found, np.array([wanted[int(month)] for month in found.path.months])


def from_start(work: Callable[[], tuple[NotYet, np.ndarray]]) -> tuple[NotYet, np.ndarray, np.ndarray]:
    found, truth = work()
    after = found.path.months >= 0
    gap = found.path.value[after] - truth[after]
    return found, gap, gap / found.path.se[after]


def test_in_simulated_norway_lock_in_is_seen_as_lock_in_and_the_path_is_near_the_truth() -> None:
    found, gap, z = from_start(lambda: small_norway(False))
    after = found.path.value[found.path.months >= 0]
    assert (after[:6] < 0).all()
    assert (after[14:] > 0).all()
    assert np.abs(z).max() < 3.5
    assert np.abs(gap).mean() < 0.02
    assert 3 <= found.phases.until <= 12
    assert found.phases.lock_in is not None and found.phases.lock_in.interval[1] < 0
    assert found.phases.later is not None and found.phases.later.interval[0] > 0
    assert found.phases.break_even.month is not None
    assert not found.path.overall.failed


def test_in_simulated_norway_what_no_register_shows_stays_in_the_effect() -> None:
    """Shown failing where its assumption does not hold: those with more of the unseen trait are given places."""
    _found, gap, z = from_start(lambda: small_norway(True))
    assert gap[12:].mean() > 0.03
    assert z[12:].mean() > 2
