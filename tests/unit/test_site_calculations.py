"""A calculation of money is printed line by line, in words and units that a reader knows, in three languages."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override

from springbrett import catalogue
from springbrett.kernel.period import Period
from springbrett.kernel.trace import Step, Traced
from springbrett.kernel.verdict import Ref
from springbrett.money.estimate import estimate
from springbrett.money.explain import LABELS as MONEY_LABELS
from springbrett.money.explain import RULES as MONEY_RULES
from springbrett.money.records import Terms, WageTerms
from springbrett.site import calculations, explain_registry, words
from springbrett.site.trees import calculation

LAW = Ref("tiltaksforskriften", "9-5", "law")
SUM = Step("wage_cost", 37_000, LAW, (Step("wage", 30_000, LAW), Step("holiday_pay", 3_600, LAW, (
    Step("holiday_share", Decimal("0.12")),
))))  # fmt: skip


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\xa0", " ")


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_line_that_money_can_have_has_a_name(language: str) -> None:
    with override(language):
        for label in MONEY_LABELS:
            named = explain_registry.step_label(Step(label, 1))
            assert named, label
            assert explain_registry.explanations().labels.get(label), label
    assert set(calculations.LABELS) >= set(MONEY_LABELS)


def test_every_verdict_about_money_has_a_sentence_in_a_room() -> None:
    assert set(MONEY_RULES) - set(explain_registry.explanations().sentences) == set()


def test_no_room_calls_a_line_of_money_something_else() -> None:
    known = explain_registry.explanations()
    assert {label for label in calculations.LABELS if known.labels[label] is not calculations.LABELS[label]} == set()


def test_the_parts_stand_before_their_sum_and_the_section_beneath() -> None:
    with override("en"):
        shown = text(calculation(SUM, "Why?", open=True))
    inside = shown[shown.index("Wage cost a month") + 10 :]  # the first is the fold's own line
    places = [inside.index(line) for line in ("Wage a month NOK 30,000", "Holiday pay as a share of the wage 12 %",
                                              "Holiday pay NOK 3,600", "Wage cost a month NOK 37,000")]  # fmt: skip
    assert places == sorted(places)
    assert "§ 9-5" in inside


def test_a_year_is_no_number_with_thousands_and_a_month_has_its_name() -> None:
    month = Step("month", 12_000, LAW, (Step("from", date(2027, 8, 1)), Step("to", date(2027, 8, 31))))
    part = Step("month", 6_000, LAW, (Step("from", date(2027, 8, 16)), Step("to", date(2027, 8, 31))))
    year = Step("year", 18_000, LAW, (Step("year_number", 2027), Step("before_ceiling", 18_000)))
    with override("nb"):
        shown = text(calculation(Traced(None, (month, part, year)), "Hvorfor?"))
    assert "August 2027 12 000 kr" in shown
    assert "August 2027 (16.–31.) 6 000 kr" in shown
    assert "Kalenderåret 2027 18 000 kr" in shown
    assert "2 027" not in shown


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_a_whole_estimate_prints_without_a_code(language: str) -> None:
    known = catalogue.load()
    measure = known.measure("midlertidig_lonnstilskudd")
    wage = WageTerms(Decimal(30_000), Decimal("0.12"), Decimal("0.02"), Decimal("0.141"))
    found = estimate(measure, {"reduced_work_capacity": True}, Period(date(2026, 1, 1), date(2027, 3, 31)),
                     Terms(wage=wage), known)  # fmt: skip
    assert found is not None
    with override(language):
        shown = text(calculation(found, "?"))
    groups = measure.subsidies[-1].groups
    assert groups[0].text.get(language) in shown
    assert not re.findall(r"\b[a-z]+_[a-z_]+\b", shown)


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (12345, "kroner", "12 345 kr"), (Decimal("0.141"), "share", "14,1 %"), (60, "percent", "60 %"),
        (Decimal("7.5"), "hours", "7,5 timer"), (1, "hours", "1 time"), (6808, "NOK_per_month", "6 808 kr per måned"),
        (3, "count", "3"), (None, "kroner", "ukjent"), (True, "kroner", "ja"), ("x", "kroner", "x"),
    ],
)  # fmt: skip
def test_a_number_is_said_with_what_it_counts(value: object, unit: str, said: str) -> None:
    assert words.amount(value, unit).replace("\xa0", " ") == said
