"""What holds for every person and every list of openings."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from springbrett.mapping.records import ABILITIES, NeedsProfile
from springbrett.matching import rules
from springbrett.matching.records import Candidate, EmployerFacts, OpeningFacts, Sign, World
from tests.builders.matching import opening_facts, world

OCCUPATIONS = ("5223", "5221", "5222", "5230", "5131", "5132", "5120", "9112", "9111", "8332", "5311", "5321")
DEMANDS = ("standing", "noise", "stairs", "heavy_lifting", "customer_contact")
ADAPTATIONS = ("quiet_place", "lifting_aid", "extra_breaks", "sitting_option")
INDUSTRIES = ("retail", "restaurants", "warehousing")
WORLDS = {aim: world(**{aim: True}) for aim in ("hiring", "training", "language", "mentor")}

some = st.lists
maybe = st.none()
hours = st.none() | st.integers(1, 40).map(float)


@st.composite
def profiles(draw: st.DrawFn) -> NeedsProfile:
    return NeedsProfile(
        wishes_occupations=draw(maybe | some(st.sampled_from(OCCUPATIONS), max_size=3).map(tuple)),
        wishes_industries=draw(maybe | some(st.sampled_from(INDUSTRIES), max_size=2).map(tuple)),
        demands_hard=draw(maybe | st.dictionaries(st.sampled_from(DEMANDS), st.sampled_from(ABILITIES))),
        adaptations_needed=draw(maybe | some(st.sampled_from(ADAPTATIONS), max_size=3, unique=True).map(tuple)),
        cefr_oral=draw(maybe | st.sampled_from(("A1", "A2", "B1", "B2", "C1"))),
        hours_min=draw(hours), hours_max=draw(hours),
        commute_max_km=draw(maybe | st.integers(1, 500).map(float)),
        licences=draw(maybe | some(st.sampled_from(("B", "C")), unique=True).map(tuple)),
        followup_need=draw(maybe | st.integers(1, 3)),
    )  # fmt: skip


@st.composite
def openings(draw: st.DrawFn) -> OpeningFacts:
    flag = maybe | st.booleans()
    return opening_facts(
        id=UUID(int=draw(st.integers(1, 10**6))), employer_id=UUID(int=draw(st.integers(1, 5))),
        title=draw(st.sampled_from(("A", "B", "C"))), occupation=draw(st.sampled_from(OCCUPATIONS)),
        industry=draw(st.sampled_from(INDUSTRIES)), place=draw(st.sampled_from(("oslo", "drammen", "bergen", ""))),
        demands=draw(some(st.sampled_from(DEMANDS), max_size=3, unique=True).map(tuple)),
        usual_demands=draw(some(st.sampled_from(DEMANDS), max_size=2, unique=True).map(tuple)),
        adaptations=draw(some(st.sampled_from(ADAPTATIONS), max_size=3, unique=True).map(tuple)),
        language_min=draw(st.sampled_from(("", "A2", "B1", "C1"))), hours_min=draw(hours), hours_max=draw(hours),
        followup_capacity=draw(maybe | st.integers(1, 3)), mentor_available=draw(flag),
        hiring_realistic=draw(st.sampled_from(("yes", "no", "unknown"))), training_company=draw(flag),
        must_speak=draw(flag), licence=draw(st.sampled_from(("", "B", "C"))), places=draw(st.integers(1, 2)),
        open_to=draw(maybe | st.sampled_from((date(2026, 6, 14), date(2026, 6, 15)))),
    )  # fmt: skip


lists = st.lists(openings(), max_size=7, unique_by=lambda opening: opening.id)
worlds = st.sampled_from(sorted(WORLDS)).map(WORLDS.__getitem__)
employers = st.dictionaries(
    st.integers(1, 5).map(lambda number: UUID(int=number)),
    st.builds(
        EmployerFacts, finished=st.integers(0, 9), hired=st.integers(0, 3), nobody_hired=maybe | st.booleans(),
        ended_by_employer=st.integers(0, 3), stopped_reason=st.sampled_from(("", "", "no_hires")),
        own_ends=st.lists(st.sampled_from(("", "no_shows", "planned_end")), max_size=2).map(tuple),
    ),
)  # fmt: skip


def _ids(ranked: tuple[Candidate, ...]) -> list[UUID]:
    return [candidate.opening.id for candidate in ranked]


@given(profiles(), lists.filter(bool), employers, worlds, st.data())
@settings(max_examples=200, deadline=None)
def test_adding_a_wish_never_lowers_the_opening_that_is_wished_for(
    profile: NeedsProfile, found: list[OpeningFacts], known: dict[UUID, EmployerFacts], around: World, data: Any
) -> None:
    wished = data.draw(st.sampled_from(found))
    before = _ids(rules.rank(profile, found, known, around)).index(wished.id)
    kind = data.draw(st.sampled_from(("wishes_occupations", "wishes_industries")))
    code = wished.occupation if kind == "wishes_occupations" else wished.industry
    richer = replace(profile, **{kind: (*(getattr(profile, kind) or ()), code)})
    assert _ids(rules.rank(richer, found, known, around)).index(wished.id) <= before


@given(profiles(), lists, employers, worlds)
@settings(max_examples=100, deadline=None)
def test_a_stopped_opening_is_never_above_one_that_can_be_chosen(
    profile: NeedsProfile, found: list[OpeningFacts], known: dict[UUID, EmployerFacts], around: World
) -> None:
    stopped = [bool(candidate.stops) for candidate in rules.rank(profile, found, known, around)]
    assert stopped == sorted(stopped)


@given(profiles(), lists, employers, worlds, st.data())
@settings(max_examples=100, deadline=None)
def test_the_order_does_not_depend_on_the_order_the_openings_came_in(
    profile: NeedsProfile, found: list[OpeningFacts], known: dict[UUID, EmployerFacts], around: World, data: Any
) -> None:
    shuffled = data.draw(st.permutations(found))
    assert _ids(rules.rank(profile, found, known, around)) == _ids(rules.rank(profile, shuffled, known, around))


@given(profiles(), openings(), employers, worlds)
@settings(max_examples=100, deadline=None)
def test_an_opening_weighs_the_same_alone_as_among_others(
    profile: NeedsProfile, opening: OpeningFacts, known: dict[UUID, EmployerFacts], around: World
) -> None:
    other = opening_facts(id=UUID(int=0))
    alone = rules.rank(profile, [opening], known, around)[0]
    among = next(c for c in rules.rank(profile, [opening, other], known, around) if c.opening.id == opening.id)
    assert alone == among
    assert alone.score == sum(reason.points for reason in alone.reasons)


@given(profiles(), openings(), employers, worlds)
@settings(max_examples=200, deadline=None)
def test_what_is_not_known_gives_no_points_and_stops_nothing(
    profile: NeedsProfile, opening: OpeningFacts, known: dict[UUID, EmployerFacts], around: World
) -> None:
    found = rules.rank(profile, [opening], known, around)[0]
    for reason in found.reasons:
        if reason.sign is Sign.UNKNOWN:
            assert not reason.stops and not reason.warns
            assert reason.points == 0 or reason.code == "commute_limit_unknown", "the distance itself is known"
        if reason.severity is not None:
            assert reason.sign is Sign.AGAINST


@given(profiles(), openings(), worlds)
@settings(max_examples=200, deadline=None)
def test_learning_that_the_person_manages_more_never_makes_it_worse(
    profile: NeedsProfile, opening: OpeningFacts, around: World
) -> None:
    before = rules.rank(profile, [opening], {}, around)[0]
    able = dict.fromkeys((*opening.demands, *opening.usual_demands), "can")
    learnt = replace(profile, demands_hard={**(profile.demands_hard or {}), **able})
    after = rules.rank(learnt, [opening], {}, around)[0]
    assert after.score >= before.score
    assert len(after.stops) <= len(before.stops)


@given(st.sampled_from(sorted(world().positions)), st.sampled_from(sorted(world().positions)))
def test_distances_are_the_same_both_ways_and_none_is_negative(a: str, b: str) -> None:
    there, back = rules.distance_km(world(), a, b), rules.distance_km(world(), b, a)
    assert there == back
    assert there is not None and 0 <= there < 2000
    assert (there == 0) is (a == b)
