"""What it is worth to society when an assumption is another, and when the account goes on: two against two, by hand."""

from dataclasses import replace
from datetime import date

import msgspec
import numpy as np
import pytest

from springbrett import catalogue
from springbrett.evaluation.costs.accounts import Party, Use, accounts_of, needed_prices
from springbrett.evaluation.costs.present_value import NetPresentValue, net_present_value, public_rules
from springbrett.evaluation.costs.prices import Price, prices_on
from springbrett.evaluation.costs.resampling import Resampling
from springbrett.evaluation.effects.records import CannotEstimate
from springbrett.evaluation.study.cost_ranges import Priced, horizons, sensitivity
from springbrett.evaluation.study.protocol import Costs, PriceLine, Range
from springbrett.evaluation.study.tables import Rows

ON, MONTHS = date(2024, 3, 1), 13
STATED = {"tax_on_wage": 0.3, "pension": 0.02, "production_share": 1.0, "place_month": 9000.0, "caseworker_hour": 600.0,
          "subsidy_share": 0.9}  # fmt: skip


def worth_of(found: Priced) -> NetPresentValue:
    return net_present_value(accounts_of(found.use, found.prices), found.drawing.treated, found.rules, found.drawing)


def carried(found: Priced) -> Rows:
    return horizons(found, accounts_of(found.use, found.prices), worth_of(found))


def priced(**wanted: object) -> Priced:
    """Two who took part, two months in a place each, and earned 1 000 a month more than the two others."""
    treated = np.array([True, True, False, False])
    wage = np.where(treated, 21_000.0, 20_000.0)[:, None] + np.array([100.0, -100.0, 100.0, -100.0])[:, None]
    place = np.zeros((4, MONTHS))
    place[:2, :2] = 1.0
    subsidised = np.zeros((4, MONTHS))
    subsidised[0, :6] = wage[0]
    use = Use(wage=np.repeat(wage, MONTHS, axis=1), benefit=np.zeros((4, MONTHS)), place=place,
              subsidised_wage=subsidised, caseworker_hours=place * 4)  # fmt: skip
    prices = prices_on(ON, catalogue.load(), [Price(code, value, ON, "made up") for code, value in STATED.items()])
    lines = tuple(PriceLine(code=code, amount=value, source="made up") for code, value in STATED.items())
    costs = Costs(on=ON, prices=lines, caseworker_hours_month=4, willing_to_pay=(0,), source="made up")
    return Priced(use, prices, public_rules(ON), msgspec.structs.replace(costs, **wanted),
                  Resampling(treated, draws=100))  # fmt: skip


def test_a_subsidy_is_a_share_of_what_the_subsidised_pay_costs_the_employer() -> None:
    found = priced()
    (subsidy,) = [flow for flow in accounts_of(found.use, found.prices).flows if flow.code == "subsidy"]
    paid = {flow.code: flow.amount[0, 0] for flow in accounts_of(found.use, found.prices).flows}
    cost = paid["wage"] + paid["pension"] + paid["employer_contribution"]
    assert (subsidy.payer, subsidy.receiver) == (Party.STATE, Party.EMPLOYER)
    assert subsidy.amount[0, :6] == pytest.approx(0.9 * cost)
    assert not subsidy.amount[0, 6:].any()
    assert not subsidy.amount[1:].any()
    assert "subsidy_share" in needed_prices(found.use)
    assert "subsidy_share" not in needed_prices(replace(found.use, subsidised_wage=np.zeros((4, MONTHS))))


def test_each_assumption_is_tried_alone_and_the_answer_is_that_of_the_whole_account_made_anew() -> None:
    found = priced()
    rows = {row["assumption"]: row for row in sensitivity(found)}
    assert set(rows) == {*STATED, "discount_rate", "tax_cost"}
    dearer = accounts_of(found.use, found.prices.with_amount("place_month", 11_250.0))
    worth = net_present_value(dearer, found.drawing.treated, found.rules, found.drawing).society.value
    assert rows["place_month"]["high"] == 11_250
    assert rows["place_month"]["at_high"] == pytest.approx(worth)
    base = worth_of(found).society.value
    assert rows["place_month"]["at_low"] > base > rows["place_month"]["at_high"]
    assert rows["subsidy_share"]["high"] == 1


def test_the_widest_swing_stands_first() -> None:
    swings = [abs(row["at_high"] - row["at_low"]) for row in sensitivity(priced())]
    assert swings == sorted(swings, reverse=True)


def test_hours_and_rules_are_tried_at_what_the_protocol_says() -> None:
    asked = (Range(code="caseworker_hours_month", low=0, high=8), Range(code="tax_cost", low=0.1, high=0.2))
    found = priced(ranges=asked)
    rows = {row["assumption"]: row for row in sensitivity(found)}
    assert set(rows) == {"caseworker_hours_month", "tax_cost"}
    base = worth_of(found).society.value
    assert rows["tax_cost"]["at_high"] == pytest.approx(base)
    hours = rows["caseworker_hours_month"]
    assert (hours["at_low"] + hours["at_high"]) / 2 == pytest.approx(base)


def test_a_range_that_does_not_hold_the_studys_own_value_is_refused() -> None:
    with pytest.raises(CannotEstimate, match="place_month does not hold"):
        sensitivity(priced(ranges=(Range(code="place_month", low=1, high=2),)))


def test_an_account_is_carried_on_by_what_is_left_of_the_last_years_difference() -> None:
    found = priced(horizons=(24, 36), fade=1.0)
    seen, two, three = carried(found)
    assert [row["months"] for row in (seen, two, three)] == [12, 24, 36]
    assert two["value"] == pytest.approx(seen["value"])  # all is lost at once: nothing is carried on
    on = carried(priced(horizons=(24,), fade=0.0))[1]["value"]
    monthly = found.drawing.difference(accounts_of(found.use, found.prices).society(found.rules.tax_cost))[-12:].mean()
    assert on - seen["value"] == pytest.approx(monthly * sum(1.04 ** -(month / 12) for month in range(MONTHS, 25)))


def test_without_horizons_only_what_is_seen_is_told() -> None:
    assert [row["months"] for row in carried(priced())] == [12]
