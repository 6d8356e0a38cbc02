"""No small group can be worked out from what a study publishes: a brute-force attacker with linear algebra tries."""

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from springbrett.evaluation.study.disclosure import kept

MINIMUM = 5


def given_away(members: np.ndarray, count_of: np.ndarray, minimum: int) -> list[np.ndarray]:
    """Every set of atoms whose sum follows from the published groups and is above 0 and below the minimum.

    The attacker's way is another than the program's: every subset of atoms, and the rank of the published sums with it.
    """
    if not len(members):
        return []
    atoms, position = np.unique(members, axis=1, return_inverse=True)
    count = np.bincount(position.reshape(-1), count_of, atoms.shape[1])
    known = count > 0
    published, count = atoms[:, known].astype(float), count[known]
    rank = np.linalg.matrix_rank(published)
    found = []
    for choice in product((0.0, 1.0), repeat=len(count)):
        wanted = np.array(choice)
        if 0 < wanted @ count < minimum and np.linalg.matrix_rank(np.vstack([published, wanted])) == rank:
            found.append(wanted)
    return found


@st.composite
def publications(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """A total and up to three overlapping groups over up to sixty persons, and a yes-or-no outcome."""
    persons = draw(st.integers(5, 60))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    groups = draw(st.integers(1, 3))
    shares = rng.random((groups, 1)) ** 2
    return np.vstack([np.ones((1, persons), bool), rng.random((groups, persons)) < shares]), rng.random(persons) < 0.4


@settings(max_examples=150, deadline=None)
@given(publications())
def test_no_number_of_persons_below_the_minimum_follows_from_what_is_published(made: tuple) -> None:
    members, _yes = made
    keep = kept(members, MINIMUM)
    assert not given_away(members[keep], np.ones(members.shape[1]), MINIMUM)


@settings(max_examples=100, deadline=None)
@given(publications())
def test_no_number_of_yes_or_of_no_below_the_minimum_follows_either(made: tuple) -> None:
    members, yes = made
    keep = kept(members, MINIMUM, yes)
    for counted in (np.ones(len(yes)), yes.astype(float), (~yes).astype(float)):
        assert not given_away(members[keep], counted, MINIMUM)


@settings(max_examples=50, deadline=None)
@given(publications())
def test_nothing_is_hidden_when_one_person_may_be_told(made: tuple) -> None:
    members, yes = made
    assert kept(members, 1, yes).all()


def test_the_attacker_finds_what_a_careless_publisher_gives_away() -> None:
    members = np.array([[True] * 20, [True] * 17 + [False] * 3])
    assert given_away(members, np.ones(20), MINIMUM)
    assert kept(members, MINIMUM).tolist() == [True, False]


def test_three_overlapping_groups_that_give_a_fourth_by_halves_are_caught() -> None:
    # (A + B − C) / 2 is the three persons in A and B: no plain difference of two groups shows them.
    atoms = np.repeat(np.arange(3), [3, 20, 20])
    members = np.array([np.isin(atoms, pair) for pair in ((0, 1), (0, 2), (1, 2))])
    assert given_away(members, np.ones(43), MINIMUM)
    keep = kept(members, MINIMUM, rank=np.ones(3, np.int64))
    assert keep.sum() == 2
    assert not given_away(members[keep], np.ones(43), MINIMUM)
