"""The rules of the choice of arbeidstrening, one test per rule and §. Each test reads: given … then …"""

from datetime import date

import pytest

from springbrett.catalogue import Catalogue, load
from springbrett.catalogue.measures import Measure
from springbrett.choice import rules
from springbrett.kernel.period import Length, Period
from springbrett.kernel.verdict import Answer, Severity, Verdict
from springbrett.mapping.records import NeedsProfile

ON = date(2026, 11, 22)
YEAR_BEFORE = Period(date(2025, 1, 1), date(2025, 12, 31))
NINE_MONTHS = Period(date(2025, 1, 1), date(2025, 9, 30))
EIGHTEEN = (YEAR_BEFORE, Period(date(2026, 1, 1), date(2026, 6, 30)))


@pytest.fixture
def catalogue() -> Catalogue:
    return load()


@pytest.fixture
def measure(catalogue: Catalogue) -> Measure:
    return catalogue.measure("arbeidstrening")


def child(verdict: Verdict, rule: str) -> Verdict:
    return next(v for v in verdict.children if v.rule.startswith(rule))


def in_target_group(measure: Measure, on: date = ON, **facts: object) -> Verdict:
    tree = rules.eligibility(measure, NeedsProfile(**facts), on)  # type: ignore[arg-type]
    return child(tree, "target_group.arbeidstrening.little")


@pytest.mark.rule("tiltaksforskriften § 1-3")
def test_given_somebody_who_turns_16_today_then_the_lowest_age_is_reached(measure: Measure) -> None:
    verdict = rules.minimum_age(measure, NeedsProfile(birth_date=date(2010, 11, 22)), ON)
    assert verdict is not None and verdict.met
    assert str(verdict.ref) == "tiltaksforskriften § 1-3"


@pytest.mark.rule("tiltaksforskriften § 1-3")
def test_given_somebody_who_turns_16_tomorrow_then_arbeidstrening_is_stopped(measure: Measure) -> None:
    tree = rules.eligibility(measure, NeedsProfile(birth_date=date(2010, 11, 23)), ON)
    assert tree.answer is Answer.NOT_MET
    assert [v.rule for v in tree.stopping] == ["minimum_age"]


@pytest.mark.rule("tiltaksforskriften § 1-3")
def test_given_no_birth_date_then_the_age_is_unknown_and_not_a_no(measure: Measure) -> None:
    verdict = rules.minimum_age(measure, NeedsProfile(), ON)
    assert verdict is not None and verdict.unknown and verdict.would_change == ("birth_date",)


@pytest.mark.rule("tiltaksforskriften § 1-3")
def test_given_a_date_before_the_limit_is_known_then_the_age_rule_is_unknown(measure: Measure) -> None:
    verdict = rules.minimum_age(measure, NeedsProfile(birth_date=date(1990, 1, 1)), date(2024, 5, 1))
    assert verdict is not None and verdict.unknown and verdict.would_change == ("age_limit",)


@pytest.mark.rule("tiltaksforskriften § 3-3")
def test_given_a_job_seeker_without_work_experience_then_the_target_group_is_met(measure: Measure) -> None:
    assert in_target_group(measure, job_seeker=True, work_experience_years=0).met


@pytest.mark.rule("tiltaksforskriften § 3-3")
def test_given_a_job_seeker_without_norwegian_experience_then_the_target_group_is_met(measure: Measure) -> None:
    facts = {"job_seeker": True, "work_experience_years": 12, "work_experience_norway_years": 0}
    assert in_target_group(measure, **facts).met


@pytest.mark.rule("tiltaksforskriften § 3-3")
def test_given_reduced_work_capacity_then_long_experience_does_not_matter(measure: Measure) -> None:
    assert in_target_group(measure, reduced_work_capacity=True, work_experience_years=30).met


@pytest.mark.rule("tiltaksforskriften § 3-3")
def test_given_long_recent_experience_and_full_capacity_then_the_target_group_is_not_met(measure: Measure) -> None:
    verdict = in_target_group(
        measure, job_seeker=True, reduced_work_capacity=False, work_experience_years=20,
        work_experience_norway_years=20, last_worked_years_ago=0,
    )  # fmt: skip
    assert verdict.stops


@pytest.mark.rule("tiltaksforskriften § 3-3")
def test_given_nothing_known_then_the_target_group_is_unknown_and_says_what_would_tell(measure: Measure) -> None:
    verdict = in_target_group(measure)
    assert verdict.unknown
    assert {"reduced_work_capacity", "job_seeker", "work_experience_years"} <= set(verdict.would_change)


@pytest.mark.rule("tiltaksforskriften § 1-3")
def test_given_any_profile_then_what_is_necessary_and_suitable_is_left_to_the_caseworker(measure: Measure) -> None:
    tree = rules.eligibility(measure, NeedsProfile(job_seeker=True, work_experience_years=0), ON)
    verdict = child(tree, "target_group.arbeidstrening.necessary")
    assert verdict.unknown and verdict.severity is Severity.WARNING
    assert rules.CONSIDERED in verdict.would_change


@pytest.mark.rule("tiltaksforskriften § 1-3")
def test_given_any_profile_then_the_page_reminds_that_an_offer_of_suitable_work_comes_first(measure: Measure) -> None:
    verdict = child(rules.eligibility(measure, NeedsProfile(), ON), "no_suitable_offer")
    assert verdict.unknown and verdict.severity is Severity.INFO


def test_given_standard_needs_level_then_practice_warns_and_does_not_stop(measure: Measure) -> None:
    verdict = rules.needs_level(measure, NeedsProfile(needs_level="standard_innsats"), ON)
    assert verdict is not None and verdict.warns and verdict.ref.source == "practice"


def test_given_no_needs_level_then_the_usual_level_is_unknown(measure: Measure) -> None:
    verdict = rules.needs_level(measure, NeedsProfile(), ON)
    assert verdict is not None and verdict.unknown


@pytest.mark.rule("tiltaksforskriften § 3-5")
@pytest.mark.parametrize(
    ("reduced", "used", "certain", "possible"),
    [
        (False, (), 12, 12),
        (True, (), 18, 18),
        (None, (), 12, 18),
        (False, (NINE_MONTHS,), 3, 3),
        (True, (NINE_MONTHS,), 9, 9),
        (None, (NINE_MONTHS,), 3, 9),
        (None, (YEAR_BEFORE,), 0, 6),
        (True, EIGHTEEN, 0, 0),
    ],
)
def test_given_earlier_placements_then_time_is_summed_and_up_to_12_or_18_months_are_left(
    measure: Measure, reduced: bool | None, used: tuple[Period, ...], certain: int, possible: int
) -> None:
    left = rules.time_left(measure, ON, used, {"reduced_work_capacity": reduced})
    assert left is not None
    assert (left.certain, left.possible) == (Length(certain), Length(possible))


@pytest.mark.rule("tiltaksforskriften § 3-5")
@pytest.mark.parametrize(
    ("reduced", "used", "answer"),
    [
        (None, (), Answer.MET),
        (None, (YEAR_BEFORE,), Answer.UNKNOWN),
        (False, (YEAR_BEFORE,), Answer.NOT_MET),
        (True, (YEAR_BEFORE,), Answer.MET),
        (None, EIGHTEEN, Answer.NOT_MET),
    ],
)
def test_given_unknown_capacity_then_time_beyond_twelve_months_is_unknown_and_never_no(
    measure: Measure, reduced: bool | None, used: tuple[Period, ...], answer: Answer
) -> None:
    verdict = rules.duration_left(measure, NeedsProfile(reduced_work_capacity=reduced), ON, used)
    assert verdict is not None and verdict.answer is answer
    assert str(verdict.ref) == "tiltaksforskriften § 3-5"


@pytest.mark.rule("tiltaksforskriften § 3-5")
def test_given_a_start_then_the_last_day_is_a_year_later_and_half_a_year_more_if_capacity_is_reduced(
    measure: Measure,
) -> None:
    start = date(2026, 3, 10)
    end = rules.latest_end(measure, start, (), {"reduced_work_capacity": None})
    assert end is not None and (end.certain, end.possible) == (date(2027, 3, 9), date(2027, 9, 9))
    used = rules.latest_end(measure, start, (NINE_MONTHS,), {"reduced_work_capacity": False})
    assert used is not None and used.certain == used.possible == date(2026, 6, 9)
    none_left = rules.latest_end(measure, start, (YEAR_BEFORE,), {"reduced_work_capacity": False})
    assert none_left is not None and none_left.certain is None and not none_left.unlimited


def test_given_another_measure_with_weeks_then_its_days_are_counted(catalogue: Catalogue) -> None:
    in_weeks = [m for m in catalogue.measures.values() if m.durations and m.durations[-1].weeks is not None]
    for measure in in_weeks:
        left = rules.time_left(measure, ON, (), {"reduced_work_capacity": False})
        assert left is None or left.unlimited or left.certain is not None


def test_given_a_measure_that_is_not_in_force_then_it_is_stopped_but_still_shown(catalogue: Catalogue) -> None:
    long_ago = date(2015, 12, 31)
    found = rules.options(NeedsProfile(), catalogue, long_ago)
    assert {option.measure for option in found} == {m.code for m in catalogue.measures.values() if m.depth != "record"}
    option = next(o for o in found if o.measure == "arbeidstrening")
    assert option.stopped and option.verdict.stopping[0].rule == "measure_in_force"


@pytest.mark.rule("tiltaksforskriften § 3-1")
def test_given_the_three_aims_of_the_measure_then_a_chain_can_be_chosen_for_each(catalogue: Catalogue) -> None:
    """Trying out the person's possibilities, relevant experience, and a shorter way to an ordinary job."""
    purposes = {chain.purpose for chain in catalogue.chains_of("arbeidstrening")}
    assert {"trying_out", "work_experience", "job_in_company"} <= purposes
    assert all(chain.desired_outcomes for chain in catalogue.chains_of("arbeidstrening") if chain.code != "other")
