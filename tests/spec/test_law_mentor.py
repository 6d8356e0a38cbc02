"""Mentor by the law: tiltaksforskriften chapter 5, with the days on which it changed."""

from datetime import date

import pytest

from springbrett.catalogue import commands
from springbrett.catalogue.terms import AgreementRules, Question
from springbrett.choice import rules
from springbrett.choice.chaining import combination
from springbrett.kernel.period import Length, Period
from springbrett.kernel.verdict import Answer, Severity
from tests.spec.law import (
    DAY,
    FIRST_DAYS,
    TODAY,
    by_law,
    changes_on,
    condition,
    last_day,
    length_is_unknown,
    rule_of,
    the,
)

MENTOR = the("mentor")
FIRST_DAY = date(2016, 1, 1)
KNOWN_LIST = date(2018, 1, 1)
SUMMER_JOB = date(2021, 4, 22)
AGREEMENT = date(2022, 9, 1)
NEW_LETTERS = date(2025, 7, 1)
KNOWN_LENGTH = date(2025, 8, 1)
SPECIAL_NEED = {"reduced_work_capacity": True, "special_need_for_mentor": True, "in_adapted_vocational_training": False}
ORDINARY = {"reduced_work_capacity": False, "age": 45, "in_adapted_vocational_training": False}


def beside(on: date) -> set[str]:
    """The measures a mentor could stand beside on the day."""
    found = MENTOR.attaches_to_on(on)
    assert found is not None
    return set(found.measures)


@pytest.fixture
def agreement() -> AgreementRules:
    assert MENTOR.agreement is not None and MENTOR.depth == "full"
    return MENTOR.agreement


@pytest.mark.rule("tiltaksforskriften § 5-1")
def test_5_1_a_mentor_is_for_those_who_need_one_to_carry_through_or_to_keep_a_job() -> None:
    early = condition(MENTOR, "needs_support", FIRST_DAY, followup_need=2)
    assert early.met and str(early.ref) == "tiltaksforskriften § 5-1"
    none = condition(MENTOR, "needs_support", TODAY, followup_need=1, cefr_oral="B2", reduced_work_capacity=False)
    assert none.warns and none.severity is Severity.WARNING


@pytest.mark.rule("tiltaksforskriften § 5-2")
def test_5_2_who_the_mentor_can_be_is_known_from_august_2025() -> None:
    assert changes_on(MENTOR.rules, KNOWN_LENGTH, "who_can_be_mentor")
    assert "vet vi ikke" in rule_of(MENTOR, "who_can_be_mentor", KNOWN_LENGTH - DAY).text.nb
    assert "medelev" in rule_of(MENTOR, "who_can_be_mentor", KNOWN_LENGTH).text.nb
    assert str(condition(MENTOR, "needs_support", KNOWN_LENGTH).ref) == "tiltaksforskriften § 5-2"


@pytest.mark.rule("tiltaksforskriften § 5-3")
@pytest.mark.parametrize("on", [FIRST_DAY, KNOWN_LIST - DAY])
def test_5_3_before_2018_the_list_is_not_known_here_and_nothing_is_claimed(on: date) -> None:
    found = MENTOR.attaches_to_on(on)
    assert found is not None and not found.known and found.note
    assert "vet vi ikke" in next(c for c in MENTOR.target_group_on(on) if c.section == "5-3").text.nb


@pytest.mark.rule("tiltaksforskriften § 5-3")
@pytest.mark.parametrize(
    ("changed", "added"),
    [
        (KNOWN_LIST, {"arbeidstrening", "amo", "midlertidig_lonnstilskudd", "varig_lonnstilskudd", "language_course",
                      "fag_og_yrkesopplaering", "hoyere_utdanning"}),
        (date(2019, 7, 1), {"hoyere_yrkesfaglig"}),
        (SUMMER_JOB, {"sommerjobb"}),
        (NEW_LETTERS, {"studiespesialisering"}),
        (KNOWN_LENGTH, {"tilrettelagt_fagopplaering"}),
        (date(2026, 8, 1), {"firearig_lonnstilskudd"}),
    ],
)  # fmt: skip
def test_5_3_the_list_grows_on_these_days_and_loses_nothing(changed: date, added: set[str]) -> None:
    assert beside(changed) - beside(changed - DAY) == added
    assert beside(changed - DAY) <= beside(changed)
    assert by_law(MENTOR.attaches_to_on(changed), "5-3")


@pytest.mark.rule("tiltaksforskriften § 5-3")
def test_5_3_no_listed_measure_is_one_that_could_not_be_given_on_the_day() -> None:
    for on in FIRST_DAYS:
        closed = {code for code in beside(on) if not the(code).in_force(on)}
        assert closed == set(), on


@pytest.mark.rule("tiltaksforskriften § 5-3")
def test_5_3_a_paid_job_with_reduced_capacity_is_enough_without_a_measure() -> None:
    found = MENTOR.attaches_to_on(KNOWN_LIST)
    assert found is not None and found.alone is True and found.interpretation is not None
    before = MENTOR.attaches_to_on(KNOWN_LIST - DAY)
    assert before is not None and before.alone is None


@pytest.mark.rule("tiltaksforskriften § 5-3")
@pytest.mark.parametrize("code", ["aft", "avklaring", "oppfolging", "vta", "arbeidsrettet_rehabilitering"])
def test_5_3_does_not_name_what_a_provider_runs(code: str) -> None:
    assert code not in beside(TODAY)


@pytest.mark.rule("tiltaksforskriften § 5-4")
def test_5_4_the_length_before_august_2025_is_not_known_here_and_never_guessed() -> None:
    assert length_is_unknown(MENTOR, FIRST_DAY)
    assert length_is_unknown(MENTOR, KNOWN_LENGTH - DAY)
    assert rules.time_left(MENTOR, KNOWN_LENGTH, (), {}) is not None
    assert changes_on(MENTOR.durations, KNOWN_LENGTH)


@pytest.mark.parametrize(("key", "day"), [("durations", KNOWN_LENGTH), ("attaches_to", KNOWN_LIST)])
def test_what_is_not_known_is_shown_as_not_known_and_never_as_a_yes(key: str, day: date) -> None:
    def shown(on: date) -> str:
        (line,) = (line for line in commands.show("mentor", on).splitlines() if line.startswith(f"{key}: "))
        return line.removeprefix(f"{key}: ")

    assert shown(day - DAY).startswith("not known")
    assert not shown(day).startswith(("not known", "yes"))


@pytest.mark.rule("tiltaksforskriften § 5-4")
@pytest.mark.parametrize(
    ("facts", "months"),
    [
        (ORDINARY, 6),
        ({**ORDINARY, "age": 25}, 6),
        ({"reduced_work_capacity": True, "special_need_for_mentor": False, "in_adapted_vocational_training": False}, 6),
        ({"reduced_work_capacity": False, "special_need_for_mentor": True, "in_adapted_vocational_training": False}, 6),
        (SPECIAL_NEED, 36),
        ({"reduced_work_capacity": False, "age": 29, "in_adapted_vocational_training": True}, 36),
        ({"reduced_work_capacity": False, "age": 30, "in_adapted_vocational_training": True}, 6),
        ({"reduced_work_capacity": False, "age": 16, "in_adapted_vocational_training": True}, 36),
    ],
)
def test_5_4_six_months_or_three_years_with_both_reduced_capacity_and_special_need_or_when_young_in_training(
    facts: dict[str, object], months: int
) -> None:
    duration = MENTOR.duration_on(KNOWN_LENGTH)
    assert by_law(duration, "5-4")
    assert duration.lengths(facts) == (Length(months), Length(months))


@pytest.mark.rule("tiltaksforskriften § 5-4")
def test_5_4_reduced_capacity_alone_leaves_three_years_possible_until_the_need_is_answered() -> None:
    duration = MENTOR.duration_on(TODAY)
    known = {"reduced_work_capacity": True, "in_adapted_vocational_training": False}
    assert duration.lengths(known) == (Length(6), Length(36))
    assert duration.lengths({}) == (Length(6), Length(36))


@pytest.mark.rule("tiltaksforskriften § 5-4")
@pytest.mark.parametrize(
    ("start", "facts", "last"),
    [
        (KNOWN_LENGTH, ORDINARY, date(2026, 1, 31)),
        (date(2025, 8, 31), ORDINARY, date(2026, 2, 27)),  # month six begins on 28 February
        (date(2027, 8, 31), ORDINARY, date(2028, 2, 28)),  # and on 29 February in a leap year
        (date(2027, 9, 1), ORDINARY, date(2028, 2, 29)),
        (date(2025, 8, 31), SPECIAL_NEED, date(2028, 8, 30)),
        (date(2028, 2, 29), SPECIAL_NEED, date(2031, 2, 27)),
    ],
)
def test_5_4_the_last_day_counted_from_the_first(start: date, facts: dict[str, object], last: date) -> None:
    assert last_day(MENTOR, start, facts=facts) == (last, last)


@pytest.mark.rule("tiltaksforskriften § 5-4")
def test_5_4_mentors_beside_different_measures_count_together_by_our_own_reading() -> None:
    used = (Period(date(2025, 9, 1), date(2025, 11, 30)), Period(date(2026, 2, 1), date(2026, 4, 30)))
    left = rules.time_left(MENTOR, TODAY, used, ORDINARY)
    assert left is not None and left.used == Length(6) and left.exhausted
    assert last_day(MENTOR, TODAY, used, facts=ORDINARY) == (None, None)
    day_short = (used[0], Period(date(2026, 2, 1), date(2026, 4, 29)))
    assert last_day(MENTOR, TODAY, day_short, facts=ORDINARY) == (TODAY, TODAY)
    assert MENTOR.duration_on(TODAY).cumulative_source == "house"


@pytest.mark.rule("tiltaksforskriften § 5-5")
def test_5_5_who_can_organise_changes_in_2018_and_with_the_summer_job() -> None:
    assert "vet vi ikke" in rule_of(MENTOR, "who_can_organise", KNOWN_LIST - DAY).text.nb
    assert by_law(rule_of(MENTOR, "who_can_organise", KNOWN_LIST), "5-5")
    assert "sommerjobb" not in rule_of(MENTOR, "who_can_organise", SUMMER_JOB - DAY).text.nb
    assert "sommerjobb" in rule_of(MENTOR, "who_can_organise", SUMMER_JOB).text.nb


@pytest.mark.rule("tiltaksforskriften § 5-5")
def test_5_5_nav_can_ask_for_a_report_so_no_report_and_no_review_has_a_fixed_day() -> None:
    assert by_law(rule_of(MENTOR, "report_when_asked", FIRST_DAY), "5-5")
    assert MENTOR.reports == () and MENTOR.reviews == ()


@pytest.mark.rule("tiltaksforskriften § 5-6")
def test_5_6_nav_pays_the_mentors_own_hourly_wage_and_what_comes_on_top() -> None:
    (funding,) = MENTOR.funding_on(FIRST_DAY)
    assert by_law(funding, "5-6") and funding.code == "mentor_wage"
    for code in ("pays_ordinary_hourly_wage", "holiday_and_pension_for_own_staff", "paid_to_organiser"):
        assert by_law(rule_of(MENTOR, code, FIRST_DAY), "5-6")


@pytest.mark.rule("tiltaksforskriften § 5-6")
def test_5_6_the_rule_against_double_cover_was_added_in_2018(agreement: AgreementRules) -> None:
    assert MENTOR.rule_on("no_double_cover", KNOWN_LIST - DAY) is None
    rule = rule_of(MENTOR, "no_double_cover", KNOWN_LIST)
    assert by_law(rule, "5-6") and (rule.fact, rule.must_be) == ("costs_covered_elsewhere", False)
    assert rule.severity == "stop"
    assert "no_double_cover" not in {clause.code for clause in agreement.clauses_on(KNOWN_LIST - DAY)}
    assert "no_double_cover" in {clause.code for clause in agreement.clauses_on(KNOWN_LIST)}


@pytest.mark.rule("tiltaksforskriften § 5-7")
def test_5_7_an_agreement_is_asked_for_from_1_september_2022(agreement: AgreementRules) -> None:
    assert MENTOR.rule_on("written_agreement", AGREEMENT - DAY) is None
    assert by_law(rule_of(MENTOR, "written_agreement", AGREEMENT), "5-7")
    assert set(agreement.content_required_on(AGREEMENT - DAY)) == {"mentoring", "dates", "contacts", "declarations"}
    assert {"purpose", "mentoring", "contacts"} <= set(agreement.content_required_on(AGREEMENT))
    assert changes_on(agreement.content_required, AGREEMENT)


@pytest.mark.rule("tiltaksforskriften § 5-7")
@pytest.mark.parametrize("code", ["contact_at_workplace", "contact_at_nav", "purpose_guides"])
def test_5_7_its_clauses_stand_in_agreements_from_that_day(agreement: AgreementRules, code: str) -> None:
    assert code not in {clause.code for clause in agreement.clauses_on(AGREEMENT - DAY)}
    assert code in {clause.code for clause in agreement.clauses_on(AGREEMENT)}


@pytest.mark.rule("tiltaksforskriften § 5-7")
def test_5_7_participant_organiser_and_nav_agree_and_the_caseworker_last(agreement: AgreementRules) -> None:
    assert agreement.parties == ("participant", "employer", "caseworker")
    assert agreement.last_to_approve == "caseworker"
    for shared in ("purpose", "mentoring", "dates", "support"):
        assert set(agreement.clears[shared]) == set(agreement.parties)
    assert agreement.clears["contacts"] == ()
    assert set(agreement.parts) == set(agreement.clears)


@pytest.mark.rule("tiltaksforskriften § 5-4")
def test_5_4_what_decides_the_length_is_asked_from_the_day_it_does(agreement: AgreementRules) -> None:
    def codes(found: tuple[Question, ...]) -> set[str]:
        return {question.code for question in found}

    assert codes(agreement.questions_on(KNOWN_LIST - DAY)) == set()
    assert codes(agreement.questions_on(KNOWN_LENGTH - DAY)) == {"costs_covered_elsewhere"}
    everything = {"costs_covered_elsewhere", "special_need_for_mentor", "in_adapted_vocational_training"}
    assert codes(agreement.questions_on(KNOWN_LENGTH)) == everything
    assert codes(agreement.questions_on(KNOWN_LENGTH, {"reduced_work_capacity": False, "age": 30})) == {
        "costs_covered_elsewhere"
    }
    assert codes(agreement.questions_on(KNOWN_LENGTH, {})) == everything


@pytest.mark.rule("tiltaksforskriften § 5-8")
@pytest.mark.parametrize(
    ("on", "section", "known"),
    [
        (FIRST_DAY, "5-7", False),
        (AGREEMENT - DAY, "5-7", False),
        (AGREEMENT, "5-8", False),
        (date(2026, 3, 28), "5-8", False),
        (date(2026, 3, 29), "5-8", True),
    ],
)
def test_5_8_on_state_aid_was_5_7_and_is_known_from_29_march_2026(on: date, section: str, known: bool) -> None:
    rule = rule_of(MENTOR, "state_aid", on)
    assert rule.section == section
    assert ("vet vi ikke" not in rule.text.nb) is known


def test_in_practice_a_second_mentor_in_the_same_time_warns_and_an_inclusion_grant_does_not() -> None:
    (twice,) = combination(MENTOR, [MENTOR], TODAY)
    assert twice.warns and twice.ref.source == "practice"
    (grant,) = combination(MENTOR, [the("inkluderingstilskudd")], TODAY)
    assert grant.answer is Answer.MET


@pytest.mark.parametrize("code", ["arbeidstrening", "midlertidig_lonnstilskudd", "varig_lonnstilskudd", "sommerjobb",
                                  "firearig_lonnstilskudd", "amo"])  # fmt: skip
def test_a_mentor_goes_together_with_the_measures_it_supports(code: str) -> None:
    (verdict,) = combination(MENTOR, [the(code)], TODAY)
    assert verdict.answer is Answer.MET


def test_practice_differs_in_the_length_and_is_shown_beside_the_law() -> None:
    note = next(note for note in MENTOR.practice if note.code == "length_by_needs_level")
    assert note.source == "practice" and "Her gjelder forskriften" in note.text.nb


def test_practice_takes_agreements_that_began_up_to_seven_days_ago(agreement: AgreementRules) -> None:
    window = agreement.start_window_on(TODAY)
    assert window is not None
    assert (window.days_back, window.severity, window.source) == (7, "warning", "practice")
