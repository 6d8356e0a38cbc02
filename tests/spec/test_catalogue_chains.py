"""The effect chains and the persons they are told of: what is proposed from facts, and never from health or origin."""

from dataclasses import fields

import pytest

from springbrett.catalogue import load
from springbrett.catalogue.conditions import score
from springbrett.catalogue.structs import LINKS, Chain
from springbrett.mapping.records import NeedsProfile

ATLE = NeedsProfile(
    needs_level="situasjonsbestemt_innsats", job_seeker=True, reduced_work_capacity=False, work_experience_years=0.5,
    work_experience_norway_years=0.5, education_level="upper_secondary_started", started_trade_certificate=False,
    cefr_oral="C2", knows_what_work=False, motivation=2,
)  # fmt: skip
ANITA = NeedsProfile(
    needs_level="spesielt_tilpasset_innsats", started_trade_certificate=True, work_experience_years=0,
    work_experience_norway_years=0, education_level="upper_secondary_started", reduced_work_capacity=True,
    work_capacity_clarified=False, cefr_oral="C2",
)  # fmt: skip
JOSEF = NeedsProfile(
    needs_level="situasjonsbestemt_innsats", job_seeker=True, reduced_work_capacity=False, work_experience_years=6,
    work_experience_norway_years=0, education_level="vocational", education_recognised=False, cefr_oral="A2",
    motivation=4, knows_what_work=True, wishes_occupations=("3256",),
)  # fmt: skip
MARJA = NeedsProfile(
    needs_level="situasjonsbestemt_innsats", job_seeker=True, work_experience_years=0, work_experience_norway_years=0,
    education_level="none", cefr_oral="A2", motivation=4, knows_what_work=True, reduced_work_capacity=False,
    wishes_industries=("social_childcare",), wishes_occupations=("5311",),
)  # fmt: skip
KENNETH = NeedsProfile(
    needs_level="spesielt_tilpasset_innsats", reduced_work_capacity=True, work_capacity_clarified=False,
    work_experience_years=30, work_experience_norway_years=30, knows_what_work=False, cefr_oral="C2", motivation=3,
    last_worked_years_ago=2,
)  # fmt: skip
SILJE = NeedsProfile(
    needs_level="spesielt_tilpasset_innsats", job_seeker=True, work_capacity_clarified=False, work_experience_years=2,
    last_worked_years_ago=4, motivation=4, cefr_oral="C2",
)  # fmt: skip


def ranked(profile: NeedsProfile) -> list[str]:
    """The chains of arbeidstrening, best fit first."""
    found = [(score(chain.fits, profile).total, chain.code) for chain in load().chains_of("arbeidstrening")]
    return [code for _, code in sorted(found, key=lambda item: -item[0])]


def test_atle_out_of_school_with_little_wish_to_work_tries_out_working_life() -> None:
    assert ranked(ATLE)[0] == "trying_out_working_life"


def test_anita_with_an_unfinished_trade_certificate_completes_it_or_tries_out_working_life() -> None:
    assert ranked(ANITA)[:2] == ["trade_certificate", "trying_out_working_life"]


def test_josef_with_little_norwegian_and_no_norwegian_experience_gets_language_and_work_experience() -> None:
    assert ranked(JOSEF)[:2] == ["language", "work_experience"]


def test_marja_who_wants_the_kindergarten_gets_language_and_tries_out_the_industry() -> None:
    assert ranked(MARJA)[:2] == ["language", "trying_out_industry"]


def test_kenneth_who_must_leave_his_trade_tries_out_an_industry_with_avklaring_as_nearest_alternative() -> None:
    best = ranked(KENNETH)[0]
    assert best == "trying_out_industry"
    assert load().chain(best).near_alternatives[0] == "avklaring"


def test_silje_who_wants_to_work_and_whose_capacity_is_unclear_tries_out_working_life() -> None:
    assert ranked(SILJE)[0] == "trying_out_working_life"


def test_an_unknown_profile_fits_no_chain_and_everything_is_still_open() -> None:
    for chain in load().chains_of("arbeidstrening"):
        found = score(chain.fits, NeedsProfile())
        assert (found.total, found.for_, found.against) == (0, (), ())
        assert len(found.unknown) == len(chain.fits)


def test_the_six_proposals_are_strong_enough_to_be_shown() -> None:
    for profile in (ATLE, ANITA, JOSEF, MARJA, KENNETH, SILJE):
        best = max(score(chain.fits, profile).total for chain in load().chains_of("arbeidstrening"))
        assert best >= 45


def chains() -> tuple[Chain, ...]:
    return load().chains_of("arbeidstrening")


def test_there_are_six_chains_and_one_for_what_none_of_them_tells() -> None:
    assert [chain.code for chain in chains()] == [
        "trying_out_working_life", "trying_out_industry", "work_experience", "job_in_company", "trade_certificate",
        "language", "other",
    ]  # fmt: skip


@pytest.mark.parametrize("chain", chains(), ids=lambda chain: chain.code)
def test_a_chain_tells_all_five_links_with_assumptions_that_can_be_observed(chain: Chain) -> None:
    assert tuple(name for name, items in chain.links.in_order() if items) == LINKS
    assert chain.assumptions
    assert all(assumption.indicator for assumption in chain.assumptions)
    assert chain.desired_outcomes
    assert chain.near_alternatives


@pytest.mark.parametrize("chain", chains(), ids=lambda chain: chain.code)
def test_clarification_is_a_legitimate_result_of_every_chain(chain: Chain) -> None:
    outcomes = {*chain.desired_outcomes, *chain.legitimate_branches}
    groups = {load().code("outcome", code).group for code in outcomes}  # type: ignore[attr-defined]
    assert "clarified" in groups
    assert "none" not in groups


def test_every_purpose_leads_to_its_chains_and_back() -> None:
    for purpose in load().purposes:
        for code in purpose.chains:
            assert load().chain(code).purpose == purpose.code


def test_the_shares_of_2021_are_only_those_the_report_ties_to_a_purpose() -> None:
    shares = {entry.code: entry.share_2021_percent for entry in load().purposes if entry.share_2021_percent}
    assert shares == {"work_experience": 38, "job_in_company": 26, "trying_out": 17}


def test_facts_in_conditions_are_fields_of_the_needs_profile_and_never_health_or_origin() -> None:
    known = {entry.code for entry in load().codes("fact")}
    facts = set(NeedsProfile().facts(load().released))
    assert known <= facts
    refused = ("diagnos", "health", "origin", "country", "years_in_norway", "sex", "gender", "religion")
    assert not [code for code in known if any(word in code for word in refused)]
    assert {field.name for field in fields(NeedsProfile)} >= known - {
        "age",
        "demands_cannot",
        "demands_with_adaptation",
    }


def test_each_study_of_the_research_review_is_there_and_says_which_measure_it_is_about() -> None:
    studies = {(entry.study, entry.about) for entry in load().evidence.values()}
    predecessor = {
        "Nossen mfl. 2021", "Zhang 2016", "Hardoy og Zhang 2013", "Hardoy og Zhang 2019", "von Simson 2012",
        "von Simson 2019", "von Simson 2023", "Saltkjel og Steen 2017",
    }  # fmt: skip
    assert {study for study, about in studies if about == "arbeidspraksis"} == predecessor
    itself = {"Hyggen 2017", "Rygh 2018", "Mandal mfl. 2019", "Nicolaisen 2017"}
    assert {study for study, about in studies if about == "arbeidstrening"} == itself


def test_every_measure_that_can_be_proposed_rests_on_its_section_and_a_record_on_what_tells_of_it() -> None:
    for measure in load().measures.values():
        assert measure.legal_basis
        assert measure.summary.nb != measure.name.nb
        allowed = {"law", "practice"} if measure.depth == "record" else {"law"}
        assert {value.source for value in measure.durations} <= allowed
        for condition in measure.target_group:
            assert condition.source in allowed or condition.interpretation is not None
