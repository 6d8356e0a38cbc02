"""What is true of a simulated country when people meet another caseworker, begin with another measure, or find work."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from springbrett.evaluation.effects.records import CannotEstimate
from springbrett.evaluation.simulate.norway import Country, country_of, draw_country, simulate, write_simulated
from springbrett.evaluation.simulate.truths import Cases, first_rather, met_another, times_the_rate
from springbrett.evaluation.simulate.world import World, changed, norway

YEARS = 5


def country(persons: int = 6000, world: World | None = None) -> Country:
    return draw_country(persons=persons, years=YEARS, seed=3, world=world)[0]


def with_measure(name: str, *, alone: bool = False, **numbers: object) -> World:
    """Norway where one measure is otherwise, or the only one that is given."""
    held = norway()
    own = msgspec.structs.replace(held.measures[name], **numbers)
    others = {code: msgspec.structs.replace(kind, start=1e-12 if alone else kind.start)
              for code, kind in held.measures.items()}  # fmt: skip
    return msgspec.structs.replace(held, measures={**others, name: own})


def registered(found: Country) -> Cases:
    """Everybody who registers in the third year."""
    who = np.flatnonzero((found.people.entry >= 24) & (found.people.entry < 36))
    return Cases(who, found.people.entry[who] + found.first_month)


def first_of(found: Country, names: tuple[str, ...]) -> Cases:
    """Each person's first start, when it is of one of the measures."""
    starts, codes = found.live().starts, [list(found.world.measures).index(name) for name in names]
    order = np.lexsort((starts.month, starts.person))
    _who, at = np.unique(starts.person[order], return_index=True)
    chosen = order[at][np.isin(starts.measure[order[at]], codes) & (starts.month[order[at]] >= 12)]
    return Cases(starts.person[chosen], starts.month[chosen] + found.first_month)


def test_a_life_lived_again_is_the_same_also_for_some_of_the_people() -> None:
    whole = country(800)
    some = np.arange(0, 800, 3)
    lives, again = whole.live(), whole.of(some).live()
    assert np.array_equal(lives.status[:, some], again.status)
    assert np.array_equal(lives.measure[:, some], again.measure)


def test_whom_they_met_matters_by_the_measure_alone_and_not_before_it() -> None:
    found = country(30_000)
    helps = met_another(found, registered(found), ("arbeidstrening",), "in_work", within=12, months=(-6, 3, 12))
    assert helps[0] == 0
    assert helps[1] < -0.02, "lock-in"
    nothing = country(
        30_000, with_measure("arbeidstrening", alone=True, purposes={}, groups={}, lock_in=0.0, effect=0.0)
    )
    none = met_another(nothing, registered(nothing), ("arbeidstrening",), "in_work", within=12, months=(12,))
    assert none[0] == 0


def test_to_begin_with_one_rather_than_the_other_is_nothing_when_they_are_alike_and_turns_with_the_pair() -> None:
    found = country()
    pair = ("arbeidstrening", "oppfolging")
    cases = first_of(found, pair)
    months = (-6, 0, 6, 24)
    one = first_rather(found, cases, pair, "in_work", months=months)
    other = first_rather(found, cases, pair[::-1], "in_work", months=months)
    assert np.allclose(one, -other)
    assert one[0] == 0, "up to the start nothing is otherwise"
    assert one[2] < -0.1, "follow-up brings people into work while it lasts"
    held = norway().measures["oppfolging"]
    alike = country(world=with_measure("amo", months=held.months, lock_in=held.lock_in, effect=held.effect))
    same = first_rather(alike, first_of(alike, pair), ("amo", "oppfolging"), "in_work", months=months)
    assert np.all(same == 0)


@pytest.mark.parametrize(("during", "after"), [(0.0, 0.0), (-0.5, 0.5)])
def test_times_the_rate_is_what_the_numbers_say(during: float, after: float) -> None:
    """Where finding work is rare, the rate moves nearly as the exponential of what the logit does: by the one number
    while nobody has ended, and by the other when everybody has."""
    world = with_measure("aft", alone=True, lock_in=during, effect=after, provider_sd=0.0, start=0.003, months=6)
    found = country(20_000, msgspec.structs.replace(world, work={**world.work, "find": -6.5}))
    lock_in, _between, later = times_the_rate(found, registered(found), ("aft",), effect_from=(0, 2, 24), horizon=35)
    assert lock_in == pytest.approx(np.exp(during), rel=0.02)
    assert later == pytest.approx(np.exp(after), rel=0.06)


def test_nobody_is_followed_twice() -> None:
    found = country(200)
    twice = Cases(np.array([1, 1]), np.array([24, 30]) + found.first_month)
    with pytest.raises(CannotEstimate, match="more than one month"):
        met_another(found, twice, ("aft",), "in_work", within=12, months=(12,))


def test_the_country_of_registers_is_found_again_but_not_when_the_program_draws_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path
    made = simulate(persons=300, years=3, seed=2, world=changed(norway(), {"people": {"caseworkers_per_office": 2}}))
    write_simulated(made, folder)
    found = country_of(folder)
    assert found is not None
    assert np.array_equal(found.live().status, made.with_measures.status)
    assert found.world.people["caseworkers_per_office"] == 2
    assert country_of(folder.parent / "none") is None
    monkeypatch.setattr("springbrett.evaluation.simulate.norway._program", lambda: "another")
    assert country_of(folder) is None


def test_numbers_are_set_otherwise_by_name_and_a_misspelt_one_is_told() -> None:
    fewer = changed(norway(), {"people": {"offices": 12.0}, "preference": {"caseworker_sd": 0.0}})
    assert fewer.people["offices"] == 12 and isinstance(fewer.people["offices"], int)
    assert country(50, fewer).preferences.caseworker.std() == 0
    with pytest.raises(ValueError, match=r"people\.offfices is no number of Simulated Norway; there are people\.women"):
        changed(norway(), {"people": {"offfices": 3.0}})
