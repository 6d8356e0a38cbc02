"""What chapter 1 of tiltaksforskriften, the act above it and the practice beside it say of places with an employer.

One spec for what the places share; what is each one's own stands in a file of its own.
"""

from datetime import date

import pytest

from springbrett.catalogue.measures import Measure
from springbrett.choice import rules
from springbrett.kernel.verdict import Answer, Severity
from springbrett.mapping.records import NeedsProfile
from tests.spec.law import DAY, TODAY, by_law, changes_on, part, rule_of, the, told_on_every_first_day

SUBSIDISED = ("midlertidig_lonnstilskudd", "varig_lonnstilskudd", "sommerjobb", "firearig_lonnstilskudd")
ORDINARY = ("arbeidstrening", *SUBSIDISED, "vtao")
"""Places in ordinary companies, which the agreement system of the practice knows."""
ALL = (*ORDINARY, "vta")
HIRED = (*SUBSIDISED, "vtao")
FIRST_DAY = {"sommerjobb": date(2021, 4, 22), "firearig_lonnstilskudd": date(2026, 8, 1), "vtao": date(2026, 9, 1)}


@pytest.fixture(params=ALL)
def measure(request: pytest.FixtureRequest) -> Measure:
    return the(request.param)


@pytest.mark.parametrize("code", ALL)
def test_each_can_be_given_from_its_first_day_and_not_the_day_before(code: str) -> None:
    first = FIRST_DAY.get(code, date(2016, 1, 1))
    assert the(code).in_force(first)
    assert not the(code).in_force(first - DAY)


@pytest.mark.rule("tiltaksforskriften § 1-3")
@pytest.mark.parametrize("code", [code for code in ALL if code not in ("firearig_lonnstilskudd", "vtao")])
def test_1_3_who_turns_16_today_is_old_enough_and_who_turns_16_tomorrow_is_not(code: str) -> None:
    on = date(2025, 8, 1)
    of_age = rules.minimum_age(the(code), NeedsProfile(birth_date=date(2009, 8, 1)), on)
    too_young = rules.minimum_age(the(code), NeedsProfile(birth_date=date(2009, 8, 2)), on)
    assert of_age is not None and of_age.met
    assert too_young is not None and too_young.answer is Answer.NOT_MET and too_young.severity is Severity.STOP


@pytest.mark.rule("tiltaksforskriften § 1-3")
@pytest.mark.parametrize("code", [code for code in ALL if code not in ("firearig_lonnstilskudd", "vtao")])
def test_1_3_before_august_2025_there_is_an_age_limit_that_is_not_known_here(code: str) -> None:
    limit = the(code).min_age_on(date(2025, 7, 31))
    assert by_law(limit, "1-3") and limit is not None and limit.years is None and limit.note
    asked = rules.minimum_age(the(code), NeedsProfile(birth_date=date(2015, 1, 1)), date(2025, 7, 31))
    assert asked is not None and asked.unknown


@pytest.mark.rule("tiltaksforskriften § 1-3")
@pytest.mark.parametrize("code", ["firearig_lonnstilskudd", "vtao"])
def test_1_3_what_came_after_august_2025_had_the_limit_from_its_first_day(code: str) -> None:
    limit = the(code).min_age_on(FIRST_DAY[code])
    assert by_law(limit, "1-3") and limit is not None and limit.years == 16


@pytest.mark.rule("tiltaksforskriften § 1-3")
def test_1_3_every_place_is_chosen_together_should_be_needed_and_gives_way_to_work(measure: Measure) -> None:
    assert by_law(rule_of(measure, "chosen_together", TODAY), "1-3")
    offered = rule_of(measure, "ends_when_offered_work", TODAY)
    assert by_law(offered, "1-3") and offered.exception is not None
    asked = part(rules.eligibility(measure, NeedsProfile(), TODAY),
                 f"target_group.{measure.code}.necessary_and_appropriate")  # fmt: skip
    assert asked.unknown and asked.severity is Severity.WARNING


@pytest.mark.rule("tiltaksforskriften § 1-3a")
def test_1_3a_a_place_can_be_on_a_ship_from_10_january_2025(measure: Measure) -> None:
    first = max(date(2025, 1, 10), FIRST_DAY.get(measure.code, date(2016, 1, 1)))
    assert by_law(rule_of(measure, "on_ships", first), "1-3a")
    assert measure.rule_on("on_ships", first - DAY) is None


@pytest.mark.rule("tiltaksforskriften § 1-4")
@pytest.mark.parametrize("code", ORDINARY)
def test_1_4_length_and_hours_are_fitted_to_the_person(code: str) -> None:
    assert by_law(rule_of(the(code), "fitted_to_the_person", TODAY), "1-4")


@pytest.mark.rule("tiltaksforskriften § 1-6")
@pytest.mark.parametrize(
    ("rule", "fact"), [("no_displacement", "displaces_ordinary_staff"), ("no_close_relatives", "close_relative")]
)
@pytest.mark.parametrize("code", ORDINARY)
def test_1_6_nobody_is_displaced_and_no_relative_is_supported(code: str, rule: str, fact: str) -> None:
    found = rule_of(the(code), rule, TODAY)
    assert by_law(found, "1-6")
    assert (found.severity, found.fact, found.must_be) == ("stop", fact, False)
    assert (found.exception is not None) == (rule == "no_close_relatives")


@pytest.mark.rule("tiltaksforskriften § 1-6")
def test_1_6_whoever_runs_the_place_tells_nav_what_matters(measure: Measure) -> None:
    assert by_law(rule_of(measure, "organiser_reports", TODAY), "1-6")


@pytest.mark.rule("tiltaksforskriften § 1-7")
@pytest.mark.parametrize("code", [*HIRED, "vta"])
def test_1_7_who_is_hired_is_an_employee_like_the_others(code: str) -> None:
    assert by_law(rule_of(the(code), "covered_by_working_environment_act", TODAY), "1-7")
    standing = the(code).employment_on(TODAY)
    assert standing is not None and standing.status == "employee"


@pytest.mark.rule("tiltaksforskriften § 1-7")
@pytest.mark.parametrize("code", ["midlertidig_lonnstilskudd", "varig_lonnstilskudd", "vta"])
def test_1_7_its_wording_before_1_july_2017_is_not_known_and_is_said_to_be_our_reading(code: str) -> None:
    assert rule_of(the(code), "covered_by_working_environment_act", date(2017, 7, 1)).source == "law"
    before = rule_of(the(code), "covered_by_working_environment_act", date(2017, 6, 30))
    assert before.source == "house" and before.note


@pytest.mark.rule("tiltaksforskriften § 1-7")
def test_1_7_names_the_new_chapter_14a_from_1_september_2026() -> None:
    assert changes_on(the("vta").rules, date(2026, 9, 1), "covered_by_working_environment_act")


@pytest.mark.rule("tiltaksforskriften § 1-8")
@pytest.mark.parametrize("code", ORDINARY)
def test_1_8_an_employer_does_its_own_part_before_an_employee_is_given_a_measure(code: str) -> None:
    rule = rule_of(the(code), "employer_adapts_first", TODAY)
    assert by_law(rule, "1-8") and rule.severity == "stop"


@pytest.mark.rule("tiltaksforskriften § 1-12")
@pytest.mark.parametrize("code", [*HIRED, "vta"])
def test_1_12_nav_checks_how_the_money_is_used(code: str) -> None:
    assert by_law(rule_of(the(code), "nav_checks", TODAY), "1-12")


@pytest.mark.rule("tiltaksforskriften § 1-13")
@pytest.mark.parametrize("code", ["midlertidig_lonnstilskudd", "varig_lonnstilskudd", "sommerjobb", "vta"])
def test_1_13_other_support_is_asked_about_from_29_march_2026_and_its_wording_before_is_not_known(code: str) -> None:
    before, after = (rule_of(the(code), "support_not_accumulated", on) for on in (date(2026, 3, 28), date(2026, 3, 29)))
    assert not before.fact and before.severity == "info" and before.note
    assert by_law(after, "1-13")
    assert (after.fact, after.must_be, after.severity) == ("other_public_support", False, "warning")
    assert after.exception is not None


@pytest.mark.rule("tiltaksforskriften § 1-13")
@pytest.mark.parametrize("code", HIRED)
def test_1_13_a_company_in_difficulty_has_no_grant(code: str) -> None:
    rule = rule_of(the(code), "no_company_in_difficulty", TODAY)
    assert by_law(rule, "1-13")
    assert (rule.fact, rule.must_be, rule.severity) == ("company_in_difficulty", False, "stop")
    assert the(code).rule_on("no_company_in_difficulty", date(2026, 3, 28)) is None


@pytest.mark.rule("tiltaksforskriften § 1-14")
@pytest.mark.parametrize("code", [*HIRED, "vta"])
def test_1_14_whoever_has_the_grant_tells_of_other_support_for_the_same_costs(code: str) -> None:
    assert by_law(rule_of(the(code), "tell_of_other_support", TODAY), "1-14")


@pytest.mark.rule("arbeidsmarkedsloven § 17")
@pytest.mark.parametrize("code", ORDINARY)
def test_17_a_place_with_an_employer_can_be_appealed_within_three_weeks(code: str) -> None:
    for on in (FIRST_DAY.get(code, date(2016, 1, 1)), TODAY):
        appeal = the(code).appeal_on(on)
        assert by_law(appeal, "17", "arbeidsmarkedsloven")
        assert appeal is not None and appeal.weeks == 3


@pytest.mark.rule("arbeidsmarkedsloven § 17")
def test_17_a_place_in_an_approved_enterprise_has_the_six_weeks_of_other_decisions() -> None:
    appeal = the("vta").appeal_on(TODAY)
    assert by_law(appeal, "17", "arbeidsmarkedsloven")
    assert appeal is not None and appeal.weeks == 6 and appeal.interpretation is not None


@pytest.mark.parametrize("code", ["arbeidstrening", "midlertidig_lonnstilskudd", "varig_lonnstilskudd"])
def test_in_practice_72_is_the_upper_age_held_against_the_last_day_and_it_only_warns(code: str) -> None:
    limit = the(code).max_age_on(TODAY)
    assert limit is not None and (limit.years, limit.at, limit.source) == (72, "end", "practice")
    born = NeedsProfile(birth_date=date(1954, 11, 1))
    day_before, on_the_day = (rules.maximum_age(the(code), born, on) for on in (TODAY - DAY, TODAY))
    assert day_before is not None and day_before.met
    assert on_the_day is not None and on_the_day.warns


LEVELS = ("standard_innsats", "situasjonsbestemt_innsats", "spesielt_tilpasset_innsats", "varig_tilpasset_innsats")


@pytest.mark.parametrize(
    ("code", "open_to"),
    [
        ("midlertidig_lonnstilskudd", LEVELS[1:]),
        ("sommerjobb", LEVELS[1:]),
        ("firearig_lonnstilskudd", LEVELS[2:]),
        ("varig_lonnstilskudd", LEVELS[3:]),
        ("vtao", LEVELS[3:]),
        ("vta", LEVELS[3:]),
    ],
)
def test_in_practice_the_needs_level_opens_the_measure_and_another_level_only_warns(
    code: str, open_to: tuple[str, ...]
) -> None:
    for level in LEVELS:
        verdict = rules.needs_level(the(code), NeedsProfile(needs_level=level), TODAY)
        assert verdict is not None and verdict.ref.source == "practice"
        assert verdict.met == (level in open_to)
        assert verdict.warns == (level not in open_to)
    nobody_said = rules.needs_level(the(code), NeedsProfile(), TODAY)
    assert nobody_said is not None and nobody_said.unknown


PLACES = ("arbeidstrening", "midlertidig_lonnstilskudd", "varig_lonnstilskudd", "sommerjobb", "vtao")


@pytest.mark.parametrize("beside", PLACES)
@pytest.mark.parametrize("code", ALL)
def test_in_practice_a_second_place_with_an_employer_gives_a_warning(code: str, beside: str) -> None:
    found = the(code).combination_on(beside, TODAY)
    assert found is not None and (found.together, found.source) == ("warned", "practice")


@pytest.mark.parametrize("code", ORDINARY)
def test_in_practice_a_running_four_year_subsidy_gives_no_warning_and_the_data_say_it_is_a_gap(code: str) -> None:
    found = the(code).combination_on("firearig_lonnstilskudd", TODAY)
    assert found is not None and (found.together, found.source) == ("allowed", "practice")
    assert found.text is not None and "hull" in found.text.nb


@pytest.mark.parametrize("support", ["mentor", "inkluderingstilskudd"])
@pytest.mark.parametrize("code", ORDINARY)
def test_mentor_and_inclusion_grant_go_beside_every_place(code: str, support: str) -> None:
    found = the(code).combination_on(support, TODAY)
    assert found is not None and found.together == "allowed"


@pytest.mark.rule("tiltaksforskriften § 5-3")
@pytest.mark.parametrize(
    ("code", "first"),
    [
        ("arbeidstrening", date(2018, 1, 1)),
        ("midlertidig_lonnstilskudd", date(2018, 1, 1)),
        ("varig_lonnstilskudd", date(2018, 1, 1)),
        ("sommerjobb", date(2021, 4, 22)),
    ],
)
def test_5_3_names_the_places_a_mentor_can_stand_beside(code: str, first: date) -> None:
    assert by_law(the(code).combination_on("mentor", first), "5-3")
    assert not by_law(the(code).combination_on("mentor", first - DAY), "5-3")


@pytest.mark.rule("tiltaksforskriften § 11-2")
@pytest.mark.parametrize(
    ("code", "first"),
    [
        ("arbeidstrening", date(2016, 10, 1)),
        ("midlertidig_lonnstilskudd", date(2016, 10, 1)),
        ("varig_lonnstilskudd", date(2016, 10, 1)),
        ("sommerjobb", date(2021, 4, 22)),
    ],
)
def test_11_2_names_the_places_an_inclusion_grant_can_stand_beside(code: str, first: date) -> None:
    assert by_law(the(code).combination_on("inkluderingstilskudd", first), "11-2")
    assert not by_law(the(code).combination_on("inkluderingstilskudd", first - DAY), "11-2")


@pytest.mark.parametrize("code", ORDINARY)
def test_an_agreement_may_start_seven_days_back_in_practice(code: str) -> None:
    agreement = the(code).agreement
    assert the(code).depth == "full" and agreement is not None
    window = agreement.start_window_on(TODAY)
    assert window is not None and (window.days_back, window.severity, window.source) == (7, "warning", "practice")
    assert "start_seven_days_back" in {note.code for note in the(code).practice}


@pytest.mark.parametrize("code", HIRED)
def test_the_parties_agree_on_every_part_and_the_caseworker_approves_last(code: str) -> None:
    agreement = the(code).agreement
    assert agreement is not None
    assert agreement.parties == ("participant", "employer", "caseworker")
    assert agreement.last_to_approve == "caseworker"
    assert set(agreement.parts) == set(agreement.clears)
    for name in ("position", "wage", "dates", "tasks"):
        assert set(agreement.clears[name]) == set(agreement.parties)
    assert agreement.clears["contacts"] == ()
    assert set(agreement.clears["answers"]) == {"employer", "caseworker"}


@pytest.mark.parametrize("code", HIRED)
def test_what_an_agreement_must_hold_is_among_its_parts_on_every_day(code: str) -> None:
    agreement = the(code).agreement
    assert agreement is not None
    for required in agreement.content_required:
        assert set(required.fields) <= set(agreement.parts)
        assert {"position", "wage", "dates", "contacts"} <= set(required.fields)


@pytest.mark.parametrize("code", HIRED)
def test_every_fact_a_rule_asks_is_a_declaration_or_a_question_of_the_agreement(code: str) -> None:
    measure = the(code)
    assert measure.agreement is not None
    asked = {question.code for question in measure.agreement.questions_on(TODAY)}
    declared = {"discussed_with_employee_reps", "displaces_ordinary_staff", "close_relative", "employed_in_company"}
    assert {rule.fact for rule in measure.rules_on(TODAY) if rule.fact} <= asked | declared


@pytest.mark.parametrize("code", [*SUBSIDISED[:2]])
def test_what_concerns_only_the_one_already_employed_is_asked_only_then(code: str) -> None:
    agreement = the(code).agreement
    assert agreement is not None
    only_then = {"sick_listed_twelve_months", "at_risk_of_falling_out", "employer_duty_met"}
    of_all = {q.code for q in agreement.questions_on(TODAY)}
    of_new = {q.code for q in agreement.questions_on(TODAY, {"already_employed": False})}
    of_kept = {q.code for q in agreement.questions_on(TODAY, {"already_employed": True})}
    of_unknown = {q.code for q in agreement.questions_on(TODAY, {})}
    assert only_then <= of_all and only_then <= of_kept
    assert not only_then & of_new
    assert of_unknown == of_all


def test_every_clause_says_where_it_comes_from_and_whom_it_binds(measure: Measure) -> None:
    clauses = measure.agreement.clauses_on(TODAY) if measure.agreement else ()
    assert bool(clauses) == (measure.depth == "full")
    for clause in clauses:
        assert clause.source == "house" or clause.section
        assert len({clause.text.nb, clause.text.en}) == 2
    bound = {clause.party for clause in clauses}
    assert not clauses or {"participant", "employer", "caseworker"} <= bound


def test_every_first_of_the_month_from_2016_to_2027_has_an_answer(measure: Measure) -> None:
    answered = list(told_on_every_first_day(measure.code))
    assert len(answered) == 2 * 12 * 12
    for on, shown, verdict in answered:
        assert f"{on.isoformat()}: {'in force' if measure.in_force(on) else 'NOT in force'}" in shown
        assert verdict.on == on and verdict.children


@pytest.mark.parametrize("code", ALL)
def test_on_every_day_it_can_be_given_the_main_questions_have_an_answer_or_a_stated_unknown(code: str) -> None:
    measure = the(code)
    for year in range(2016, 2028):
        for month in range(1, 13):
            on = date(year, month, 1)
            if not measure.in_force(on):
                continue
            assert measure.duration_on(on).known or measure.duration_on(on).note
            assert measure.min_age_on(on) is not None
            assert measure.target_group_on(on)
            assert measure.appeal_on(on) is not None
            assert measure.funding_on(on)
            assert code == "arbeidstrening" or measure.employment_on(on) is not None


def test_every_change_has_a_day_an_act_and_a_source(measure: Measure) -> None:
    first = date(2016, 1, 1) if measure.code == "vtao" else measure.valid[0].from_
    for key, value in measure.dated_values:
        assert value.from_ >= first, key
        assert value.source != "law" or value.section, key
        assert value.source != "house" or value.interpretation or value.note or key.startswith(
            ("agreement.clauses", "reports", "target_group", "rules")
        ), key  # fmt: skip
