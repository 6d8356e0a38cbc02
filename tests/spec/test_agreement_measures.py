"""What the agreements of the other measures must hold: the catalogue's rules on both sides of every limit."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from springbrett import catalogue
from springbrett.agreement import explain, rules
from springbrett.agreement.facts import Main, Money
from springbrett.agreement.records import PARTS, AgreementContent, GrantItem
from springbrett.agreement.rules import Context
from springbrett.agreement.show import objections
from springbrett.choice.records import Stay
from springbrett.kernel.period import Period, add_months
from springbrett.kernel.verdict import Answer, Severity, Verdict
from springbrett.site import explain_registry
from tests.builders.agreement import content_for

BORN = date(2000, 3, 3)
FULL = [m.code for m in catalogue.load().measures.values() if m.depth == "full"]
MIDLERTIDIG, VARIG, SUMMER = "midlertidig_lonnstilskudd", "varig_lonnstilskudd", "sommerjobb"
FOUR_YEARS, VTAO, MENTOR, GRANT = "firearig_lonnstilskudd", "vtao", "mentor", "inkluderingstilskudd"
STARTS = {SUMMER: date(2026, 6, 8), FOUR_YEARS: date(2026, 9, 7), VTAO: date(2026, 10, 5)}
ADAPTED = {"needs_level": "spesielt_tilpasset_innsats", "reduced_work_capacity": True}


def start_of(measure: str) -> date:
    return STARTS.get(measure, date(2026, 4, 6))


def content(measure: str, **said: Any) -> AgreementContent:
    start = said.pop("start", start_of(measure))
    end = said.pop("end", start + timedelta(days=27))
    found = content_for(measure, start)
    ramp = tuple(replace(step, from_on=start) for step in found.hours_ramp)
    return replace(found, start=start, end=end, hours_ramp=ramp, **said)


def context(measure: str, **said: Any) -> Context:
    known = catalogue.load()
    plain: dict[str, Any] = {
        "measure": known.measure(measure), "on": start_of(measure) - timedelta(days=10), "birth_date": BORN,
        "profile": ADAPTED, "reduced_work_capacity": True, "purpose_decided_on": date(2026, 1, 1),
        "cooperation_stopped": False, "max_week_hours": 40.0, "known": known,
    }  # fmt: skip
    if known.measure(measure).kind == "support":
        main = Period(start_of(measure) - timedelta(days=30), start_of(measure) + timedelta(days=300))
        plain |= {"is_support": True, "main": Main("arbeidstrening", main)}
    return Context(**{**plain, **said})


def verdict(rule: str, said: AgreementContent, known: Context) -> Verdict:
    return next(v for v in rules.check(said, known).walk() if v.rule == rule or v.rule.startswith(f"{rule}."))


def rules_in(measure: str) -> set[str]:
    return {v.rule for v in rules.check(content(measure), context(measure)).children}


# ---- parts and questions ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", FULL)
def test_a_complete_agreement_of_any_measure_says_everything_it_must(measure: str) -> None:
    found = rules.check_content(content(measure), catalogue.load().measure(measure), start_of(measure), ADAPTED)
    assert found.met, [v.rule for v in found.walk() if not v.met]


@pytest.mark.parametrize("measure", FULL)
def test_every_part_the_catalogue_requires_is_missed_when_it_is_left_out(measure: str) -> None:
    known = catalogue.load().measure(measure)
    assert known.agreement is not None
    for part in set(known.agreement.content_required_on(start_of(measure))) - {"support", "declarations"}:
        emptied = content(measure).with_parts(AgreementContent(), frozenset({part}))
        found = rules.content_complete(emptied, known, start_of(measure), ADAPTED)
        assert not found.met, part


@pytest.mark.parametrize("measure", FULL)
def test_a_measures_agreement_has_only_rules_about_parts_it_has(measure: str) -> None:
    parts = catalogue.load().measure(measure).agreement.parts  # type: ignore[union-attr]
    found = rules_in(measure)
    assert ("hours_fit_the_dates" in found) is ("hours" in parts)
    assert ("other_support_considered" in found) is ("support" in parts)
    assert ("purpose_follows_chain" in found) is bool(catalogue.load().measure(measure).chains)
    assert set(parts) <= set(PARTS)


@pytest.mark.rule("tiltaksforskriften § 9-3")
def test_9_3_a_question_is_asked_only_of_those_it_concerns() -> None:
    measure = catalogue.load().measure(MIDLERTIDIG)
    said = content(MIDLERTIDIG)
    hired = replace(said, answers=tuple((c, y) for c, y in said.answers if c not in {"already_employed"}))
    without = tuple((c, y) for c, y in said.answers if c not in {"sick_listed_twelve_months", "at_risk_of_falling_out"})
    assert rules.questions_answered(replace(said, answers=without), measure, start_of(MIDLERTIDIG)).met
    assert rules.questions_answered(hired, measure, start_of(MIDLERTIDIG)).unknown
    already = tuple((c, True if c == "already_employed" else y) for c, y in without)
    found = rules.questions_answered(replace(said, answers=already), measure, start_of(MIDLERTIDIG))
    assert found.unknown and "sick_listed_twelve_months" in found.would_change


def test_the_purpose_of_a_measure_without_chains_is_what_the_parties_write() -> None:
    measure = catalogue.load().measure(MIDLERTIDIG)
    assert rules.purpose_stated(content(MIDLERTIDIG), measure, start_of(MIDLERTIDIG))
    assert not rules.purpose_stated(content(MIDLERTIDIG, purpose_note="  "), measure, start_of(MIDLERTIDIG))
    work = catalogue.load().measure("arbeidstrening")
    assert not rules.purpose_stated(content(MIDLERTIDIG), work, start_of(MIDLERTIDIG))


@pytest.mark.rule("tiltaksforskriften § 9-6")
def test_9_6_a_length_we_do_not_hold_is_unknown_with_its_section_and_shown_to_the_one_who_approves() -> None:
    start = date(2019, 6, 30)
    found = verdict("duration_within_limit", content(MIDLERTIDIG, start=start), context(MIDLERTIDIG))
    assert found.unknown and str(found.ref) == "tiltaksforskriften § 9-6" and found.severity is Severity.WARNING
    assert found in objections(rules.check(content(MIDLERTIDIG, start=start), context(MIDLERTIDIG)))
    day_after = verdict("duration_within_limit", content(MIDLERTIDIG, start=start + timedelta(days=1)),
                        context(MIDLERTIDIG))  # fmt: skip
    assert day_after.met


@pytest.mark.rule("tiltaksforskriften § 1-13")
def test_1_13_an_answer_the_rule_does_not_allow_is_not_met() -> None:
    said = content(MIDLERTIDIG)
    for code in ("other_public_support", "company_in_difficulty"):
        wrong = replace(said, answers=tuple((c, True if c == code else y) for c, y in said.answers))
        found = [v for v in rules.check(wrong, context(MIDLERTIDIG)).children if v.would_change == (code,)]
        assert found and all(v.answer is Answer.NOT_MET for v in found)


# ---- time ------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("tiltaksforskriften § 9-4")
@pytest.mark.parametrize(("reduced", "months"), [(False, 12), (True, 24)])
def test_9_4_the_longest_stay_to_the_day(reduced: bool, months: int) -> None:
    start = start_of(MIDLERTIDIG)
    last = add_months(start, months) - timedelta(days=1)
    known = context(MIDLERTIDIG, reduced_work_capacity=reduced, profile={**ADAPTED, "reduced_work_capacity": reduced})
    assert verdict("duration_within_limit", content(MIDLERTIDIG, end=last), known).met
    over = verdict("duration_within_limit", content(MIDLERTIDIG, end=last + timedelta(days=1)), known)
    assert over.stops and explain.day(last) in explain_registry.sentence(over)


@pytest.mark.rule("tiltaksforskriften § 8-4")
@pytest.mark.parametrize(
    ("start", "end", "answer"),
    [
        (date(2026, 6, 1), date(2026, 6, 28), Answer.MET),
        (date(2026, 5, 31), date(2026, 6, 20), Answer.NOT_MET),
        (date(2026, 8, 10), date(2026, 8, 31), Answer.MET),
        (date(2026, 8, 10), date(2026, 9, 1), Answer.NOT_MET),
    ],
)
def test_8_4_a_summer_job_lies_in_the_summer(start: date, end: date, answer: Answer) -> None:
    assert verdict("within_season", content(SUMMER, start=start, end=end), context(SUMMER)).answer is answer


@pytest.mark.rule("tiltaksforskriften § 8-4")
def test_8_4_special_reasons_excuse_other_days_and_are_unknown_until_somebody_has_said() -> None:
    outside = content(SUMMER, start=date(2026, 9, 7), end=date(2026, 9, 20))
    silent = tuple((c, y) for c, y in outside.answers if c != "summer_special_reasons")
    assert verdict("within_season", replace(outside, answers=silent), context(SUMMER)).unknown
    excused = (*silent, ("summer_special_reasons", True))
    assert verdict("within_season", replace(outside, answers=excused), context(SUMMER)).met


@pytest.mark.rule("tiltaksforskriften § 8-4")
def test_8_4_a_summer_job_lasts_four_weeks_at_most() -> None:
    start = start_of(SUMMER)
    assert verdict("duration_within_limit", content(SUMMER, end=start + timedelta(days=27)), context(SUMMER)).met
    assert verdict("duration_within_limit", content(SUMMER, end=start + timedelta(days=28)), context(SUMMER)).stops


def test_a_trial_closes_on_its_last_day() -> None:
    measure = catalogue.load().measure(FOUR_YEARS)
    closing = measure.last_day_on(start_of(FOUR_YEARS))
    if closing is None:
        assert "before_last_day" not in rules_in(FOUR_YEARS)
        return
    known = context(FOUR_YEARS)
    assert verdict("before_last_day", content(FOUR_YEARS, end=closing.day), known).met
    assert verdict("before_last_day", content(FOUR_YEARS, end=closing.day + timedelta(days=1)), known).stops


@pytest.mark.parametrize(("measure", "day"), [(FOUR_YEARS, date(2026, 8, 1)), (VTAO, date(2026, 9, 1))])
def test_a_measure_is_given_from_the_day_it_comes_into_force(measure: str, day: date) -> None:
    assert verdict("measure_in_force", content(measure, start=day), context(measure)).met
    assert verdict("measure_in_force", content(measure, start=day - timedelta(days=1)), context(measure)).stops


@pytest.mark.parametrize("measure", [SUMMER, FOUR_YEARS])
def test_an_upper_age_in_the_law_is_held_against_the_first_day(measure: str) -> None:
    limit = catalogue.load().measure(measure).max_age_on(start_of(measure))
    assert limit is not None and limit.years is not None and limit.at == "start"
    start = start_of(measure)
    if limit.basis == "calendar_year":
        young, old = date(start.year - limit.years + 1, 1, 1), date(start.year - limit.years, 12, 31)
    else:
        old = start.replace(year=start.year - limit.years)
        young = old + timedelta(days=1)
    assert verdict("maximum_age", content(measure), context(measure, birth_date=young)).met
    assert not verdict("maximum_age", content(measure), context(measure, birth_date=old)).met


# ---- the post --------------------------------------------------------------------------------------------------------


def post(measure: str, permanent: bool | None) -> AgreementContent:
    return content(measure, position=replace(content(measure).position, permanent=permanent))


@pytest.mark.rule("tiltaksforskriften § 14A-5")
def test_the_post_is_permanent_where_that_is_required() -> None:
    assert verdict("permanent_post", post(VTAO, True), context(VTAO)).met
    assert verdict("permanent_post", post(VTAO, False), context(VTAO)).stops
    assert verdict("permanent_post", post(VTAO, None), context(VTAO)).unknown


def test_a_temporary_post_warns_where_a_permanent_one_is_the_main_rule() -> None:
    assert verdict("permanent_post", post(MIDLERTIDIG, False), context(MIDLERTIDIG)).warns
    assert verdict("permanent_post", post(MIDLERTIDIG, True), context(MIDLERTIDIG)).met
    assert "permanent_post" not in rules_in(SUMMER)


def test_a_temporary_post_lasts_no_longer_than_the_catalogue_lets_it() -> None:
    asked = catalogue.load().measure(FOUR_YEARS).employment_on(start_of(FOUR_YEARS))
    assert asked is not None and asked.temporary_months is not None
    last = add_months(start_of(FOUR_YEARS), asked.temporary_months) - timedelta(days=1)
    temporary = post(FOUR_YEARS, False)
    known = context(FOUR_YEARS)
    assert verdict("temporary_post_not_too_long", replace(temporary, end=last), known).met
    assert verdict("temporary_post_not_too_long", replace(temporary, end=last + timedelta(days=1)), known).stops
    assert verdict("temporary_post_not_too_long", replace(post(FOUR_YEARS, None), end=last), known).unknown
    assert "temporary_post_not_too_long" not in {v.rule for v in rules.check(post(FOUR_YEARS, True), known).children}


# ---- beside and after ------------------------------------------------------------------------------------------------


@pytest.mark.rule("tiltaksforskriften § 10-3")
def test_10_3_others_are_tried_or_considered_first() -> None:
    said = content(VARIG)
    silent = replace(said, answers=tuple((c, y) for c, y in said.answers if c != "other_measures_considered"))
    tried = (Stay(MIDLERTIDIG, Period(date(2025, 1, 6), date(2025, 12, 31))),)
    assert verdict("requires_first", silent, context(VARIG)).unknown
    assert verdict("requires_first", silent, context(VARIG, stays=tried)).met
    no = replace(silent, answers=(*silent.answers, ("other_measures_considered", False)))
    assert not verdict("requires_first", no, context(VARIG)).met


def test_two_measures_at_once_are_held_against_the_catalogue_only_where_they_share_a_day() -> None:
    measure = catalogue.load().measure(MIDLERTIDIG)
    start = start_of(MIDLERTIDIG)
    unwanted = {c.code: c.together for c in measure.combinations if c.together != "allowed" and c.holds_on(start)}
    assert unwanted
    for other, together in unwanted.items():
        before = (Stay(other, Period(start - timedelta(days=60), start - timedelta(days=1))),)
        same = (Stay(other, Period(start - timedelta(days=60), start)),)
        apart = rules.check(content(MIDLERTIDIG), context(MIDLERTIDIG, stays=before))
        assert "combination" not in {v.rule for v in apart.children}
        found = verdict("combination", content(MIDLERTIDIG), context(MIDLERTIDIG, stays=same))
        assert not found.met and found.severity is (Severity.STOP if together == "refused" else Severity.WARNING)


@pytest.mark.parametrize("measure", [MENTOR, GRANT])
def test_a_support_stands_beside_what_the_catalogue_lists_and_needs_it_in_force(measure: str) -> None:
    assert verdict("support_beside_measure", content(measure), context(measure)).met
    wrong = context(measure, main=Main("ungdomsgaranti", Period(date(2026, 1, 1), date(2026, 12, 31))))
    assert verdict("support_beside_measure", content(measure), wrong).stops
    waiting = context(measure, main=Main("arbeidstrening"))
    assert verdict("support_within_main", content(measure), waiting).stops


@pytest.mark.rule("tiltaksforskriften § 5-3")
@pytest.mark.parametrize(("start", "answer"), [(date(2017, 12, 31), Answer.UNKNOWN), (date(2018, 1, 1), Answer.MET)])
def test_a_support_whose_list_we_do_not_hold_is_unknown_and_not_refused(start: date, answer: Answer) -> None:
    main = Main("arbeidstrening", Period(start - timedelta(days=30), start + timedelta(days=300)))
    known = context(MENTOR, main=main, on=start)
    assert verdict("support_beside_measure", content(MENTOR, start=start), known).answer is answer


def test_a_support_that_can_be_given_alone_needs_no_main_agreement_and_no_days_to_keep_within() -> None:
    alone = context(GRANT, main=None)
    assert verdict("support_beside_measure", content(GRANT), alone).met
    assert "support_within_main" not in {v.rule for v in rules.check(content(GRANT), alone).walk()}


def test_a_support_that_nobody_knows_can_be_given_alone_is_unknown_without_a_main_agreement() -> None:
    start = date(2022, 8, 31)
    without = context(GRANT, main=None, on=start)
    for rule in ("support_beside_measure", "support_within_main"):
        assert verdict(rule, content(GRANT, start=start), without).unknown
    day_after = rules.check(content(GRANT, start=start + timedelta(days=1)), context(GRANT, main=None))
    assert "support_within_main" not in {v.rule for v in day_after.walk()}


@pytest.mark.parametrize("measure", FULL)
def test_nothing_stops_a_complete_agreement_but_the_money(measure: str) -> None:
    tried = (Stay("arbeidstrening", Period(date(2025, 1, 6), date(2025, 3, 5))),) if measure == VARIG else ()
    profile = {**ADAPTED, "needs_level": "varig_tilpasset_innsats"} if measure in {VARIG, VTAO} else ADAPTED
    profile |= {"situation": "disability_benefit"} if measure == VTAO else {}
    found = rules.check(content(measure), context(measure, stays=tried, profile=profile))
    if measure == "arbeidstrening":
        return
    assert found.met, [(v.rule, v.facts) for v in found.children if not v.met]


# ---- money -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("money", "answer"),
    [
        (Money("a", 100), Answer.NOT_MET),
        (Money("a", 100, answer="asked", asked="a"), Answer.NOT_MET),
        (Money("a", 100, answer="refused"), Answer.NOT_MET),
        (Money("a", 100, answer="granted", granted="a"), Answer.MET),
        (Money("a", 100, answer="granted", granted="b"), Answer.NOT_MET),
        (Money("a", 100, answer="asked", granted="a", asked="b"), Answer.MET),
        (Money("a", 0, complete=False), Answer.UNKNOWN),
        (Money("a", 0), Answer.MET),
    ],
)
def test_house_the_money_is_granted_for_exactly_the_agreements_amounts(money: Money, answer: Answer) -> None:
    found = verdict("money_granted", content(MIDLERTIDIG), context(MIDLERTIDIG, money=money))
    assert found.answer is answer and explain_registry.sentence(found) != found.rule


def test_house_a_cost_our_sources_cannot_count_is_dealt_with_outside_with_a_reason() -> None:
    money = Money("a", 0, complete=False, no_rate=True)
    assert verdict("money_outside", content(VTAO), context(VTAO, money=money)).warns


@pytest.mark.rule("tiltaksforskriften § 11-4")
def test_11_4_the_expenses_of_a_grant_stay_within_the_ceiling() -> None:
    end = content(GRANT).end
    assert end is not None
    limit = catalogue.load().rate_on("inkluderingstilskudd_max", end)
    assert limit is not None and limit.amount is not None
    for over, stops in ((Decimal(0), False), (Decimal(1), True)):
        items = (GrantItem("work_aids", limit.amount + over, "Utstyr"),)
        assert verdict("grant_items", content(GRANT, grant=items), context(GRANT)).stops is stops


def test_a_wage_is_held_against_the_shares_that_exist_and_the_percentage_against_the_most() -> None:
    said = content(MIDLERTIDIG)
    assert verdict("wage_input", said, context(MIDLERTIDIG)).met
    odd = content(MIDLERTIDIG, wage=replace(said.wage, contribution_share=Decimal("0.33")))
    assert verdict("wage_input", odd, context(MIDLERTIDIG)).stops
    lasting = content(VARIG)
    top = replace(lasting.wage, agreed_percent=Decimal(100))
    assert verdict("agreed_percent", content(VARIG, wage=top), context(VARIG)).stops


@pytest.mark.parametrize("measure", FULL)
def test_every_rule_of_every_measure_has_a_sentence(measure: str) -> None:
    for said in (content(measure), AgreementContent()):
        for found in rules.check(said, context(measure, money=Money("a", 5), waiting_for="aft")).walk():
            for answer in Answer:
                assert explain_registry.sentence(replace(found, answer=answer)) != found.rule, found.rule
