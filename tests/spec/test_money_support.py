"""What a mentor, an inclusion grant and a place cost."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from springbrett import catalogue
from springbrett.catalogue.dated import NotInForce
from springbrett.kernel.period import Period
from springbrett.kernel.trace import Traced
from springbrett.money import grant, mentor
from springbrett.money.estimate import estimate, kind_of
from springbrett.money.records import GrantItem, MentorTerms, Schedule, Terms, WageBasis
from tests.builders.money import NORMAL_WAGE, TWO_GROUPS, measure_funded, measure_with

KNOWN = catalogue.load()
DAY = date(2026, 1, 1)
HALF_YEAR = Period(DAY, date(2026, 6, 30))
MENTOR = MentorTerms(
    "hour", Decimal(300), None, Decimal(10), Decimal("0.12"), Decimal("0.02"), Decimal("0.141")
)  # fmt: skip
PLACE = measure_funded("place_grant", "vtao_month")


def _hourly(basis: WageBasis, wage: str, position: int = 100) -> Decimal:
    return mentor.hourly(basis, Decimal(wage), Decimal(position), KNOWN, DAY).value


def _of_mentor(terms: MentorTerms, period: Period = HALF_YEAR) -> Traced[Schedule]:
    made = estimate(measure_funded("mentor_wage"), {}, period, Terms(mentor=terms), KNOWN)
    assert made is not None
    return made


def _of_grant(*amounts: int | None, end: date = date(2026, 6, 30), kind: str = "work_aids") -> Traced[Schedule]:
    items = tuple(GrantItem(kind, None if a is None else Decimal(a), "Skrivebord") for a in amounts)
    measure = measure_funded("actual_costs", "inkluderingstilskudd_max")
    made = estimate(measure, {}, Period(date(2026, 1, 12), end), Terms(items=items), KNOWN)
    assert made is not None
    return made


def _of_place(first: date, last: date) -> Schedule:
    made = estimate(PLACE, {}, Period(first, last), Terms(), KNOWN)
    assert made is not None
    return made.value


@pytest.mark.rule("tiltaksforskriften § 5-6")
@pytest.mark.parametrize(
    ("basis", "wage"), [("hour", "400"), ("day", "3000"), ("week", "15000"), ("month", "65000"), ("year", "780000")]
)
def test_5_6_the_same_wage_is_the_same_hourly_wage_whatever_it_is_stated_for(basis: WageBasis, wage: str) -> None:
    assert _hourly(basis, wage) == 400


@pytest.mark.rule("tiltaksforskriften § 5-6")
def test_5_6_a_wage_for_half_a_position_is_earned_in_half_the_hours_and_an_hourly_wage_stays() -> None:
    assert _hourly("month", "32500", 50) == 400
    assert _hourly("hour", "400", 50) == 400


def test_a_position_of_nothing_has_no_hours_and_no_hourly_wage() -> None:
    assert _hourly("month", "65000", 0) == 0


@pytest.mark.parametrize(("wage", "hourly"), [("500000", "256.41"), ("500010", "256.42"), ("499999.99", "256.41")])
def test_an_hourly_wage_is_rounded_to_the_oere(wage: str, hourly: str) -> None:
    assert _hourly("year", wage) == Decimal(hourly)


@pytest.mark.rule("tiltaksforskriften § 5-6")
def test_5_6_a_month_is_the_hours_agreed_with_holiday_pay_pension_and_contribution() -> None:
    made = _of_mentor(MENTOR)
    assert made.value.total == 6 * 3910
    assert [month.amount for month in made.value.months] == [3910] * 6
    assert made.value.kind == "mentor"
    assert [step.label for step in made.steps[0].children][:2] == ["hourly_wage", "hours_month"]


@pytest.mark.rule("tiltaksforskriften § 5-6")
def test_5_6_holiday_pay_and_pension_are_covered_only_for_a_mentor_who_works_for_the_organiser() -> None:
    elsewhere = replace(MENTOR, employed_by_organiser=False, holiday_share=None, pension_share=None)
    assert _of_mentor(elsewhere).value.months[0].amount == 3423


@pytest.mark.parametrize(
    "missing", ["basis", "wage", "hours_month", "holiday_share", "pension_share", "contribution_share"]
)
def test_a_mentor_whose_terms_are_not_all_said_costs_an_unknown_sum(missing: str) -> None:
    made = _of_mentor(replace(MENTOR, **{missing: None}))
    assert (made.value.months, made.value.unknown) == ((), ("mentor_terms",))
    assert missing in made.verdicts[0].would_change


def test_a_part_of_a_month_of_mentoring_is_paid_by_the_day() -> None:
    made = _of_mentor(MENTOR, Period(date(2026, 1, 12), date(2026, 2, 28)))
    assert [month.amount for month in made.value.months] == [2569, 3910]


@pytest.mark.rule("tiltaksforskriften § 11-4")
@pytest.mark.parametrize(
    ("end", "total", "answer"),
    [
        (date(2025, 12, 31), 154_800, "met"), (date(2025, 12, 31), 154_801, "not_met"),
        (date(2026, 1, 1), 160_400, "met"), (date(2026, 1, 1), 160_401, "not_met"),
        (date(2023, 6, 30), 143_900, "met"), (date(2024, 6, 30), 1, "unknown"), (date(2027, 1, 1), 1, "unknown"),
    ],
)  # fmt: skip
def test_11_4_the_ceiling_is_that_of_the_year_the_agreement_ends_in(end: date, total: int, answer: str) -> None:
    items = (GrantItem("work_aids", Decimal(total - 1), "-"), GrantItem("software", Decimal(1), "-"))
    assert grant.check_items(items if total > 1 else items[1:], end, KNOWN).answer.value == answer


@pytest.mark.rule("tiltaksforskriften § 11-3")
@pytest.mark.parametrize(
    ("items", "answer"),
    [
        ((GrantItem("work_aids", Decimal(10)),), "met"),
        ((GrantItem("ordinary_costs", Decimal(10)),), "not_met"),
        ((GrantItem("", Decimal(10)),), "unknown"),
        ((GrantItem("work_aids", None),), "unknown"),
        ((GrantItem("work_aids", Decimal(0)),), "not_met"),
        ((GrantItem("work_aids", Decimal(-5)),), "not_met"),
        ((), "not_met"),
    ],
)
def test_11_3_a_grant_covers_the_kinds_of_expense_that_are_named(items: tuple[GrantItem, ...], answer: str) -> None:
    assert grant.check_items(items, date(2026, 6, 30), KNOWN).answer.value == answer


@pytest.mark.rule("tiltaksforskriften § 11-4")
def test_11_4_a_grant_pays_the_expenses_and_never_more_than_the_ceiling() -> None:
    within, over = _of_grant(1000, 500).value, _of_grant(160_400, 1).value
    assert (within.total, over.total) == (1500, 160_400)
    assert over.months[0].uncut == 160_401
    assert within.months[0].period == Period(date(2026, 1, 12), date(2026, 1, 31))


def test_a_grant_whose_ceiling_is_not_set_pays_what_is_asked_and_says_that_the_ceiling_is_not_known() -> None:
    made = _of_grant(1000, end=date(2027, 1, 10))
    assert (made.value.total, made.value.unknown) == (1000, ("grant_ceiling",))
    assert made.verdicts[0].unknown


def test_an_expense_without_an_amount_makes_the_grant_unknown() -> None:
    assert _of_grant(1000, None).value.unknown == ("grant_amounts",)
    assert _of_grant().value.total == 0


@pytest.mark.rule("tiltaksforskriften § 14-8")
def test_14_8_a_place_is_paid_at_the_rate_of_its_month_and_a_part_by_the_day() -> None:
    plan = _of_place(date(2023, 12, 1), date(2024, 2, 10))
    assert [month.amount for month in plan.months] == [6428, 6808, 2237]
    assert plan.complete


def test_a_year_whose_rate_is_not_known_is_left_out_and_told_and_never_counted_as_nothing() -> None:
    plan = _of_place(date(2024, 11, 1), date(2026, 1, 31))
    assert plan.by_year() == {2024: 2 * 6808}
    assert plan.unknown == ("rate_2025", "rate_2026")
    assert not plan.complete


def test_the_catalogue_entry_says_which_calculation_it_is() -> None:
    found = [
        kind_of(measure, KNOWN, DAY)
        for measure in (
            measure_with(TWO_GROUPS), measure_funded("mentor_wage"), PLACE, measure_funded("wage_from_employer"),
            measure_funded("actual_costs", "inkluderingstilskudd_max"), measure_funded("actual_costs"),
        )
    ]  # fmt: skip
    assert found == ["wage_subsidy", "mentor", "place", None, "grant", None]
    assert estimate(measure_funded("procured"), {}, HALF_YEAR, Terms(NORMAL_WAGE), KNOWN) is None


def test_before_the_regulation_there_are_no_conventions_to_count_with() -> None:
    with pytest.raises(NotInForce, match="mentor_hours_per_day"):
        mentor.hourly("day", Decimal(1), Decimal(100), KNOWN, date(2015, 12, 31))
