"""Six constructed persons of the evaluation's vignette study: what advisers found near should be near here too.

Only what the study tells is known about them; everything else is unknown, and the options must say so.
"""

from datetime import date

import pytest

from springbrett.catalogue import Catalogue, load
from springbrett.choice import rules
from springbrett.choice.records import MeasureOption
from springbrett.kernel.verdict import Answer
from springbrett.mapping.records import NeedsProfile
from springbrett.mapping.rules import unknowns

ON = date(2026, 11, 22)
ATLE = NeedsProfile(
    birth_date=date(2002, 4, 1), job_seeker=True, reduced_work_capacity=False, motivation=1,
    education_level="upper_secondary_started", work_experience_years=0.5, cefr_oral="C2",
)  # fmt: skip
ANITA = NeedsProfile(
    birth_date=date(2007, 3, 1), job_seeker=True, started_trade_certificate=True, work_experience_years=0,
    education_level="upper_secondary_started", followup_need=3, cefr_oral="C2",
)  # fmt: skip
JOSEF = NeedsProfile(
    birth_date=date(1991, 5, 1), job_seeker=True, situation="unemployment_benefit", years_in_norway=2, cefr_oral="A2",
    education_level="vocational", education_recognised=False, work_experience_norway_years=0, motivation=4,
)  # fmt: skip
MARJA = NeedsProfile(
    birth_date=date(1984, 5, 1), job_seeker=True, years_in_norway=10, cefr_oral="A1", education_level="none",
    work_experience_years=0, knows_what_work=True,
)  # fmt: skip
KENNETH = NeedsProfile(
    birth_date=date(1976, 5, 1), situation="work_assessment_allowance", needs_level="spesielt_tilpasset_innsats",
    reduced_work_capacity=True, work_experience_years=28, work_experience_norway_years=28, knows_what_work=False,
    cefr_oral="C2",
)  # fmt: skip
SILJE = NeedsProfile(
    birth_date=date(1993, 5, 1), job_seeker=True, work_experience_years=2, work_capacity_clarified=False, motivation=4,
    cefr_oral="C2",
)  # fmt: skip
EVERYBODY = [ATLE, ANITA, JOSEF, MARJA, KENNETH, SILJE]


@pytest.fixture
def catalogue() -> Catalogue:
    return load()


def weigh(profile: NeedsProfile, catalogue: Catalogue) -> tuple[MeasureOption, list[str], list[str]]:
    """Arbeidstrening's option, its fitting chains, and the proposed measures."""
    found = rules.options(profile, catalogue, ON)
    placement = next(option for option in found if option.measure == "arbeidstrening")
    chains = [fit.chain for fit in placement.chain_fits if fit.fits]
    return placement, chains, [option.measure for option in found if option.proposed]


def test_given_atle_with_little_motivation_then_trying_out_working_life_and_follow_up_come_near(
    catalogue: Catalogue,
) -> None:
    placement, chains, proposed = weigh(ATLE, catalogue)
    assert placement.verdict.met
    assert chains[0] == "trying_out_working_life"
    assert {"avklaring", "oppfolging"} <= set(proposed)
    assert "aft" in placement.near


def test_given_anita_with_a_begun_trade_certificate_then_finishing_it_is_the_best_way(catalogue: Catalogue) -> None:
    _placement, chains, proposed = weigh(ANITA, catalogue)
    assert chains[0] == "trade_certificate"
    assert "trying_out_working_life" in chains
    assert "fag_og_yrkesopplaering" in proposed


def test_given_josef_with_little_norwegian_then_language_and_work_experience_fit(catalogue: Catalogue) -> None:
    placement, chains, proposed = weigh(JOSEF, catalogue)
    assert placement.verdict.met
    assert {"language", "work_experience"} <= set(chains)
    assert "language_course" in proposed
    assert any(child.rule == "needs_level_used" for child in placement.unknown)


def test_given_marja_without_schooling_then_language_comes_first_and_the_needs_level_is_unknown(
    catalogue: Catalogue,
) -> None:
    placement, chains, proposed = weigh(MARJA, catalogue)
    assert chains[0] == "language"
    assert "language_course" in proposed
    assert "needs_level_used" in {verdict.rule for verdict in placement.unknown}


def test_given_kenneth_who_must_change_occupation_then_clarification_is_near_and_an_industry_can_be_tried(
    catalogue: Catalogue,
) -> None:
    placement, chains, proposed = weigh(KENNETH, catalogue)
    assert placement.verdict.met
    assert chains == ["trying_out_industry"]
    assert "avklaring" in proposed and "avklaring" in placement.near


def test_given_silje_with_unclear_capacity_then_the_target_group_is_unknown_and_clarification_is_near(
    catalogue: Catalogue,
) -> None:
    placement, chains, proposed = weigh(SILJE, catalogue)
    assert placement.verdict.answer is Answer.UNKNOWN
    assert "reduced_work_capacity" in placement.verdict.would_change
    assert chains[0] == "trying_out_working_life"
    assert {"avklaring", "oppfolging"} <= set(proposed)


@pytest.mark.parametrize("profile", EVERYBODY)
def test_given_any_of_them_then_what_is_unknown_is_named_and_nobody_is_refused(
    profile: NeedsProfile, catalogue: Catalogue
) -> None:
    placement, _chains, _proposed = weigh(profile, catalogue)
    assert not placement.stopped
    assert placement.unknown
    assert unknowns(profile)
