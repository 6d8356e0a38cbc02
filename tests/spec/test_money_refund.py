"""What an employer is refunded, when it must be asked for, and what may be typed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from springbrett import catalogue
from springbrett.kernel.verdict import Verdict
from springbrett.money import checks, refund
from springbrett.money.explain import LABELS, RULES, UNKNOWNS, unknown_code
from springbrett.money.records import WageTerms
from tests.builders.money import AGREED, NORMAL_WAGE, TWO_GROUPS, measure_funded, measure_with

KNOWN = catalogue.load()
DAY = date(2026, 3, 2)
CLAIM = refund.Claim(NORMAL_WAGE, Decimal(60))


def _paid(claim: refund.Claim) -> int | None:
    return refund.refund(claim, KNOWN, DAY).value


def _wage(**changed: str | None) -> Verdict:
    shares = {name: None if share is None else Decimal(share) for name, share in changed.items()}
    return checks.check_wage(replace(NORMAL_WAGE, **shares), KNOWN, DAY)


@pytest.mark.rule("tiltaksforskriften § 9-5")
def test_9_5_a_refund_is_the_percentage_of_the_cost_before_rounding() -> None:
    shares = (Decimal(0), Decimal(0), Decimal(0))
    assert _paid(CLAIM) == 15642
    assert _paid(refund.Claim(WageTerms(Decimal("1000.83"), *shares), Decimal(60))) == 600
    assert _paid(refund.Claim(WageTerms(Decimal("1000.84"), *shares), Decimal(60))) == 601


def test_a_refund_is_never_more_than_the_agreement_pays_for_the_period() -> None:
    assert [_paid(replace(CLAIM, agreed_amount=most)) for most in (15641, 15642, 15643)] == [15641, 15642, 15642]


def test_what_is_paid_already_is_taken_off_and_too_much_paid_is_owed_back() -> None:
    assert [_paid(replace(CLAIM, already_paid=paid)) for paid in (0, 15641, 15642, 16000)] == [15642, 1, 0, -358]


def test_the_ceiling_comes_before_what_is_paid_already() -> None:
    assert _paid(replace(CLAIM, agreed_amount=5000, already_paid=4999)) == 1


def test_a_corrected_wage_takes_the_place_of_the_reported_one() -> None:
    assert _paid(replace(CLAIM, corrected_gross=Decimal(10000))) == 7821


def test_a_refund_without_a_reported_wage_is_not_known() -> None:
    assert _paid(replace(CLAIM, terms=replace(NORMAL_WAGE, monthly_wage=None))) is None


@pytest.mark.parametrize(
    ("end", "last"),
    [
        (date(2026, 7, 31), date(2026, 9, 30)), (date(2026, 7, 30), date(2026, 9, 30)),
        (date(2026, 7, 29), date(2026, 9, 29)), (date(2025, 12, 31), date(2026, 2, 28)),
        (date(2027, 12, 31), date(2028, 2, 29)),
    ],
)  # fmt: skip
def test_a_claim_is_due_two_months_after_the_period_clamped_to_the_end_of_the_month(end: date, last: date) -> None:
    assert refund.deadline(end, KNOWN).value == last


def test_an_agreement_can_say_another_number_of_months() -> None:
    assert refund.deadline(date(2026, 7, 31), KNOWN, 12).value == date(2027, 7, 31)


@pytest.mark.parametrize(
    ("share", "answer"),
    [("-0.001", "not_met"), ("0", "met"), ("0.30", "met"), ("0.301", "not_met"), (None, "unknown")],
)
def test_a_pension_share_lies_between_nothing_and_thirty_percent(share: str | None, answer: str) -> None:
    assert _wage(pension_share=share).answer.value == answer


@pytest.mark.parametrize("zone", ["0.141", "0.106", "0.064", "0.051", "0.079", "0"])
def test_the_shares_of_the_zones_can_be_entered(zone: str) -> None:
    assert _wage(contribution_share=zone).met


def test_a_contribution_of_no_zone_stops_and_an_unusual_holiday_share_only_warns() -> None:
    assert [stop.rule for stop in _wage(contribution_share="0.14").stopping] == ["contribution_known"]
    unusual = _wage(holiday_share="0.13")
    assert unusual.met
    assert [warning.rule for warning in unusual.warnings] == ["holiday_usual"]


@pytest.mark.parametrize(("wage", "answer"), [("1", "met"), ("0", "not_met"), ("-1", "not_met"), (None, "unknown")])
def test_a_wage_is_more_than_nothing(wage: str | None, answer: str) -> None:
    assert _wage(monthly_wage=wage).answer.value == answer


@pytest.mark.rule("tiltaksforskriften § 10-7")
@pytest.mark.parametrize(
    ("percent", "answer"),
    [("-1", "not_met"), ("0", "met"), ("75", "met"), ("75.01", "not_met"), ("100", "not_met"), (None, "unknown")],
)
def test_10_7_an_agreed_percentage_is_at_most_the_maximum(percent: str | None, answer: str) -> None:
    agreed = None if percent is None else Decimal(percent)
    verdict = checks.check_percent(measure_with(AGREED), {}, DAY, agreed)
    assert verdict is not None
    assert verdict.answer.value == answer


def test_a_fixed_percentage_is_not_agreed_on_and_a_measure_without_a_subsidy_has_none() -> None:
    fixed = checks.check_percent(measure_with(TWO_GROUPS), {"reduced_work_capacity": True}, DAY, None)
    unsure = checks.check_percent(measure_with(TWO_GROUPS), {}, DAY, None)
    assert fixed is not None
    assert unsure is not None
    assert fixed.met
    assert unsure.unknown
    assert checks.check_percent(measure_funded("mentor_wage"), {}, DAY, Decimal(50)) is None


def test_the_choices_of_a_form_are_the_rates_of_the_group_in_force_on_the_day() -> None:
    holiday = [str(value.amount) for _code, value in checks.choices(KNOWN, checks.HOLIDAY, DAY)]
    assert holiday == ["0.102", "0.12", "0.125", "0.143"]
    assert len(checks.choices(KNOWN, checks.CONTRIBUTION, DAY)) == 6
    assert checks.choices(KNOWN, checks.HOLIDAY, date(2015, 12, 31)) == ()


def test_a_code_of_something_unknown_can_carry_its_year() -> None:
    assert unknown_code("ceiling_2027") == ("ceiling", 2027)
    assert unknown_code("wage_terms") == ("wage_terms", None)


def test_every_line_rule_and_unknown_the_room_gives_is_listed() -> None:
    from tests.spec import test_money_ceiling as ceiling
    from tests.spec import test_money_subsidy as wages
    from tests.spec import test_money_support as support

    made = [
        ceiling._plan(60_000, support.HALF_YEAR, {DAY.year: 1_000}),
        ceiling._plan(60_000, ceiling.Period(DAY, date(2027, 12, 31))),
        wages._plan(TWO_GROUPS, wages.WEAK, support.HALF_YEAR), wages._plan(TWO_GROUPS, {}, support.HALF_YEAR),
        support._of_mentor(support.MENTOR), support._of_grant(1000), support._of_grant(None),
    ]  # fmt: skip
    steps = [step for one in made for top in one.steps for step in top.walk()]
    steps += [step for top in refund.refund(CLAIM, KNOWN, DAY).steps for step in top.walk()]
    steps += [step for top in refund.deadline(DAY, KNOWN).steps for step in top.walk()]
    verdicts = [found for one in made for top in one.verdicts for found in top.walk()]
    assert {step.label for step in steps} <= LABELS.keys()
    assert {verdict.rule for verdict in [*verdicts, *_wage().walk()]} <= set(RULES)
    assert {unknown_code(code)[0] for one in made for code in one.value.unknown} <= set(UNKNOWNS)
    assert LABELS.keys() - {step.label for step in steps} == set()
