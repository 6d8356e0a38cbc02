"""Costs, by hand: accounts that add up, present values, ratios that mean nothing, prices nobody knows."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from springbrett import catalogue
from springbrett.evaluation.costs.accounts import Accounts, Flow, Party, Use, accounts_of, needed_prices
from springbrett.evaluation.costs.effectiveness import (
    Differences,
    Quadrant,
    acceptability,
    cost_effectiveness,
    extra_months,
    fieller,
    from_differences,
    from_path,
    net_benefit,
    quadrant_of,
    ratio_of,
)  # fmt: skip
from springbrett.evaluation.costs.present_value import (
    DiscountStep,
    Extension,
    discount_factors,
    net_present_value,
    present_value,
    public_rules,
    tornado,
)  # fmt: skip
from springbrett.evaluation.costs.prices import Price, Prices, price_kinds, prices_on
from springbrett.evaluation.costs.resampling import Resampling
from springbrett.evaluation.effects.records import CannotEstimate, EffectPath, Estimand, Estimate

ON = date(2024, 3, 1)
FLAT = (DiscountStep(from_year=0, rate=0.04),)
STATED = tuple(
    Price(code, amount, date(2020, 1, 1), "made up for the test")
    for code, amount in (("tax_on_wage", 0.3), ("tax_on_benefit", 0.25), ("pension", 0.02), ("production_share", 1.0),
                         ("place_month", 9000.0), ("caseworker_hour", 600.0), ("employer_hour", 500.0))
)  # fmt: skip


def prices() -> Prices:
    return prices_on(ON, catalogue.load(), STATED)


def test_what_the_catalogue_knows_is_used_and_the_rest_is_asked_for() -> None:
    found = prices_on(ON, catalogue.load(), measure="vtao")
    assert found.of("employer_contribution") == pytest.approx(0.141)
    assert found.of("place_month") == 6808
    assert set(found.unknown) == {"caseworker_hour", "employer_hour", "tax_on_wage", "tax_on_benefit", "pension",
                                  "production_share", "subsidy_share"}  # fmt: skip
    with pytest.raises(CannotEstimate) as caught:
        found.of("caseworker_hour")
    assert caught.value.code == "unknown_price"
    assert caught.value.facts["price"] == "caseworker_hour"


def test_a_rate_the_catalogue_lacks_for_the_year_stays_unknown() -> None:
    assert "place_month" in prices_on(date(2025, 6, 1), catalogue.load(), measure="vtao").unknown
    assert "place_month" in prices_on(ON, catalogue.load(), measure="aft").unknown


def test_the_last_stated_price_that_holds_goes_before_the_catalogue() -> None:
    stated = [Price("employer_contribution", amount, day, "study") for amount, day in
              ((0.10, date(2020, 1, 1)), (0.05, date(2024, 3, 1)), (0.0, date(2024, 3, 2)))]  # fmt: skip
    assert prices_on(ON, catalogue.load(), stated).of("employer_contribution") == 0.05
    assert prices_on(date(2024, 2, 29), catalogue.load(), stated).of("employer_contribution") == 0.10


@pytest.mark.parametrize("wrong", [Price("nothing", 1.0, ON, "s"), Price("tax_on_wage", 1.2, ON, "s"),
                                   Price("tax_on_wage", -0.1, ON, "s"), Price("place_month", 100.0, ON, ""),
                                   Price("place_month", float("nan"), ON, "s")])  # fmt: skip
def test_prices_that_cannot_be_are_refused(wrong: Price) -> None:
    with pytest.raises(CannotEstimate) as caught:
        prices_on(ON, catalogue.load(), [wrong])
    assert caught.value.code == "bad_input"


def test_every_price_kind_says_what_is_lacking_or_where_it_is_from() -> None:
    assert all(kind.rate or kind.note for kind in price_kinds().values())


def one_month(**parts: float) -> Accounts:
    return accounts_of(Use(**{name: np.array([[value]]) for name, value in ({"wage": 0.0, "benefit": 0.0} | parts)
                              .items()}), prices())  # fmt: skip


def test_a_month_of_work_by_hand() -> None:
    accounts = one_month(wage=30_000.0)
    gross = 30_000 * 1.102
    cost = gross * 1.02 * 1.141
    assert accounts.net(Party.EMPLOYER)[0, 0] == pytest.approx(0.0, abs=1e-9)  # work is worth what it costs
    assert accounts.net(Party.PARTICIPANT)[0, 0] == pytest.approx(gross * 1.02 - 0.3 * gross)
    assert accounts.net(Party.STATE)[0, 0] == pytest.approx(gross * 1.02 * 0.141 + 0.3 * gross)
    assert accounts.society(0.0)[0, 0] == pytest.approx(cost)


def test_a_month_on_benefit_is_nobodys_gain_but_costs_its_collection() -> None:
    accounts = one_month(benefit=20_000.0)
    assert accounts.society(0.0)[0, 0] == pytest.approx(0.0)
    assert accounts.net(Party.STATE)[0, 0] == pytest.approx(-15_000)
    assert accounts.society(0.2)[0, 0] == pytest.approx(-3_000)


def test_a_place_and_hours_are_used_up_and_a_subsidy_changes_hands() -> None:
    accounts = one_month(place=1.0, caseworker_hours=2.0, employer_hours=3.0, subsidy=5_000.0)
    assert accounts.net(Party.STATE)[0, 0] == pytest.approx(-9_000 - 1_200 - 5_000)
    assert accounts.net(Party.EMPLOYER)[0, 0] == pytest.approx(5_000 - 1_500)
    assert accounts.society(0.0)[0, 0] == pytest.approx(-9_000 - 1_200 - 1_500)
    assert {line[0] for line in accounts.lines()} == {"place", "subsidy", "caseworker", "employer_time"}


def test_only_the_prices_that_are_needed_must_be_known() -> None:
    idle = Use(wage=np.zeros((2, 3)), benefit=np.zeros((2, 3)))
    nothing = Prices(ON, {}, tuple(price_kinds()))
    assert needed_prices(idle) == ()
    assert accounts_of(idle, nothing).society(0.2).sum() == 0
    with pytest.raises(CannotEstimate) as caught:
        accounts_of(Use(wage=np.zeros((1, 1)), benefit=np.zeros((1, 1)), place=np.ones((1, 1))), nothing)
    assert caught.value.facts["price"] == "place_month"


def test_flows_with_unknown_amounts_or_within_one_party_are_refused() -> None:
    with pytest.raises(CannotEstimate):
        Flow("x", Party.STATE, None, np.array([[np.nan]]))
    with pytest.raises(CannotEstimate):
        Flow("x", Party.STATE, Party.STATE, np.ones((1, 1)))
    with pytest.raises(CannotEstimate):
        Use(wage=np.zeros((2, 3)), benefit=np.zeros((2, 2)))


def test_discounting_by_hand() -> None:
    factor = discount_factors(25, FLAT)
    assert factor[0] == 1.0
    assert factor[12] == pytest.approx(1 / 1.04)
    assert factor[24] == pytest.approx(1 / 1.04**2)
    assert factor[6] == pytest.approx(1.04**-0.5)
    assert present_value(np.array([-1000.0, *[0.0] * 11, 1040.0]), FLAT) == pytest.approx(0.0)


def test_the_public_rates_fall_after_forty_and_seventy_five_years() -> None:
    factor = discount_factors(12 * 80, public_rules(ON).discount)
    yearly = factor[12::12] / factor[:-12:12]
    assert yearly[:40] == pytest.approx(1 / 1.04)
    assert yearly[40:75] == pytest.approx(1 / 1.03)
    assert yearly[75:] == pytest.approx(1 / 1.02)


def test_rules_before_the_first_circular_we_hold_are_refused() -> None:
    assert public_rules(date(2014, 4, 30)).ref == "rundskriv R-109/14"
    assert public_rules(date(2021, 6, 25)).ref == "rundskriv R-109/21"
    with pytest.raises(CannotEstimate):
        public_rules(date(2014, 4, 29))


def test_rates_that_do_not_begin_at_once_or_stand_out_of_order_are_refused() -> None:
    for wrong in ((), (DiscountStep(from_year=1, rate=0.04),), (*FLAT, DiscountStep(from_year=0, rate=0.03)),
                  (DiscountStep(from_year=0, rate=-1.0),)):  # fmt: skip
        with pytest.raises(CannotEstimate):
            discount_factors(12, wrong)


def two_groups(months: int = 13) -> tuple[Accounts, np.ndarray]:
    """Four persons: a place in month 0 for the treated (9 000), and twelve months on, work worth 1 000 a month."""
    treated = np.array([True, True, False, False])
    place, made = np.zeros((4, months)), np.zeros((4, months))
    place[treated, 0] = 9_000.0
    made[treated, 12:] = 1_000.0
    flows = (Flow("place", Party.STATE, None, place), Flow("production", None, Party.EMPLOYER, made))
    return Accounts(flows, (4, months)), treated


def test_net_present_value_by_hand() -> None:
    accounts, treated = two_groups()
    found = net_present_value(accounts, treated, public_rules(ON), Resampling(treated, draws=100))
    assert found.state.value == pytest.approx(-9_000)
    assert found.tax_cost.value == pytest.approx(-1_800)
    assert found.employer.value == pytest.approx(1_000 / 1.04)
    assert found.society.value == pytest.approx(-9_000 * 1.2 + 1_000 / 1.04)
    assert found.positive == 0.0
    assert found.repaid is None
    assert (found.horizon, found.seen) == (13, 13)


def test_a_difference_carried_on_fades_and_pays_back() -> None:
    accounts, treated = two_groups(24)
    rules, draw = public_rules(ON), Resampling(treated, draws=100)
    lasting = net_present_value(accounts, treated, rules, draw, extension=Extension(12 * 20, 0.0))
    fading = net_present_value(accounts, treated, rules, draw, extension=Extension(12 * 20, 0.5))
    seen = net_present_value(accounts, treated, rules, draw)
    assert seen.society.value < fading.society.value < lasting.society.value
    factor = discount_factors(240, rules.discount)
    assert lasting.society.value == pytest.approx(-10_800 + 1_000 * factor[12:].sum())
    left = 0.5 ** (np.arange(1, 217) / 12)
    assert fading.society.value == pytest.approx(-10_800 + 1_000 * (factor[12:24].sum() + factor[24:] @ left))
    paid = np.cumsum(np.where(np.arange(240) >= 12, 1_000.0, 0.0) * factor) - 10_800
    assert lasting.repaid == int(np.flatnonzero(paid >= 0)[0])
    assert lasting.by_month[:24].sum() == pytest.approx(-10_800 + 12_000)


def test_a_horizon_shorter_than_what_is_seen_is_refused() -> None:
    accounts, treated = two_groups(24)
    with pytest.raises(CannotEstimate):
        net_present_value(accounts, treated, public_rules(ON), Resampling(treated), extension=Extension(23, 0.0))
    with pytest.raises(CannotEstimate):
        Extension(12, 1.1)


def test_the_tornado_is_widest_first_and_refuses_ranges_without_the_base() -> None:
    base = {"a": 1.0, "b": 2.0}

    def answer(at: object) -> float:
        return 3 * at["a"] + at["b"]  # type: ignore[index]

    swings = tornado(answer, base, {"b": (1.0, 3.0), "a": (0.0, 2.0)})
    assert [(s.code, s.at_low, s.at_high, s.width) for s in swings] == [("a", 2.0, 8.0, 6.0), ("b", 4.0, 6.0, 2.0)]
    for wrong in ({"a": (2.0, 3.0)}, {"c": (0.0, 1.0)}):
        with pytest.raises(CannotEstimate):
            tornado(answer, base, wrong)


def test_no_difference_in_effect_has_no_cost_per_extra_month() -> None:
    with pytest.raises(CannotEstimate) as caught:
        ratio_of(1000.0, 0.0)
    assert caught.value.code == "no_variation"
    found = from_differences(Differences(1000.0, 0.0, np.diag([100.0**2, 0.5**2])))
    assert found.ratio is None
    assert found.quadrant is Quadrant.ON_AXIS
    assert found.bootstrap is None
    assert found.fieller.shape == "outside"
    assert not found.fieller.holds(0.0)
    assert found.fieller.holds(1e9)
    assert found.fieller.holds(-1e9)


def test_when_neither_cost_nor_effect_is_told_from_nothing_no_ratio_is_ruled_out() -> None:
    found = fieller(Differences(10.0, 0.1, np.diag([100.0**2, 1.0])))
    assert found.shape == "everything"
    assert found.holds(123.0)


@pytest.mark.parametrize(("effect", "cost", "quadrant", "has_ratio"), [
    (1.0, 100.0, Quadrant.MORE_WORK_DEARER, True), (1.0, -100.0, Quadrant.MORE_WORK_CHEAPER, False),
    (-1.0, 100.0, Quadrant.LESS_WORK_DEARER, False), (-1.0, -100.0, Quadrant.LESS_WORK_CHEAPER, True),
    (1.0, 0.0, Quadrant.ON_AXIS, False)])  # fmt: skip
def test_only_a_trade_off_has_a_price(effect: float, cost: float, quadrant: Quadrant, has_ratio: bool) -> None:
    found = from_differences(Differences(cost, effect, np.diag([1.0, 0.01])))
    assert quadrant_of(effect, cost) is found.quadrant is quadrant
    assert (found.ratio is not None) is has_ratio
    assert sum(found.quadrants.values()) == pytest.approx(1.0)


def test_a_ratio_by_hand_from_persons() -> None:
    treated = np.array([True] * 4 + [False] * 4)
    cost = np.array([10.0, 12, 14, 16, 3, 4, 5, 6]) * 1000
    effect = np.array([6.0, 7, 8, 9, 4, 5, 6, 5])
    found = cost_effectiveness(cost, effect, Resampling(treated, draws=2000))
    assert (found.cost, found.effect) == (13_000 - 4_500, 7.5 - 5.0)
    assert found.ratio == pytest.approx(8_500 / 2.5)
    curve = acceptability(found, np.array([0.0, 3_400.0, 1e6]))
    assert curve.benefit == pytest.approx([-8_500, 0.0, 2.5e6 - 8_500])
    assert curve.chance[0] == 0.0
    assert 0.3 < curve.chance[1] < 0.7
    assert curve.chance[2] == pytest.approx(np.mean(found.plane[:, 0] > 0), abs=0.01)


def test_net_benefit_by_hand() -> None:
    value, se, interval = net_benefit(Differences(1000.0, 2.0, np.array([[400.0, 2.0], [2.0, 0.04]])), 600.0)
    assert value == 200.0
    assert se == pytest.approx(np.sqrt(400 + 600**2 * 0.04 - 2 * 600 * 2))
    assert interval[1] - interval[0] == pytest.approx(2 * 1.959964 * se, rel=1e-6)


def path(covariance: bool = True) -> EffectPath:
    months = np.arange(-2, 4)
    value = np.array([0.0, 0.0, -0.1, 0.0, 0.1, 0.2])
    flat = np.full(6, 0.1)
    overall = Estimate(Estimand.ATT, "test", 0.05, 0.1, (-0.15, 0.25), 10, 10)
    spread = 0.01 * (np.eye(6) + 0.5) if covariance else None
    return EffectPath(months, value, flat, value - flat, value + flat, overall, covariance=spread)


def test_extra_months_are_the_sum_from_the_start_with_the_months_own_covariance() -> None:
    value, se = extra_months(path())
    assert value == pytest.approx(0.2)
    assert se == pytest.approx(np.sqrt(0.01 * (4 + 16 * 0.5)))
    assert extra_months(path(), last=2)[0] == pytest.approx(0.0)
    assert from_path(path(), 5_000.0, 500.0, correlation=-0.3).ratio == pytest.approx(25_000)


def test_extra_months_refuse_what_the_path_does_not_say() -> None:
    with pytest.raises(CannotEstimate) as caught:
        extra_months(path(covariance=False))
    assert caught.value.code == "not_supported"
    for call in (lambda: extra_months(path(), last=4), lambda: extra_months(path(), last=-1),
                 lambda: from_path(path(), 1.0, 1.0, correlation=1.1)):  # fmt: skip
        with pytest.raises(CannotEstimate):
            call()


def test_resampling_refuses_what_has_no_comparison_or_one_cluster() -> None:
    mixed = np.array([True, False, True, False])
    for wrong, code in (
        (lambda: Resampling(np.ones(3, bool)), "no_comparison"),
        (lambda: Resampling(np.zeros(3, bool)), "no_treated"),
        (lambda: Resampling(mixed, weight=np.array([1.0, 0.0, 1.0, 0.0])), "no_comparison"),
        (lambda: Resampling(mixed, weight=np.array([1.0, -1.0, 1.0, 1.0])), "bad_input"),
        (lambda: Resampling(mixed, cluster=np.zeros(4, np.int64)), "one_cluster"),
        (lambda: Resampling(mixed, draws=10), "bad_input"),
    ):
        with pytest.raises(CannotEstimate) as caught:
            wrong()
        assert caught.value.code == code


def test_two_clusters_with_one_group_each_cannot_be_drawn_again() -> None:
    treated = np.repeat([True, False], 5)
    with pytest.raises(CannotEstimate) as caught:
        Resampling(treated, cluster=np.repeat([0, 1], 5)).differences(np.ones((10, 1)))
    assert caught.value.code == "too_few_clusters"


def test_the_same_seed_draws_the_same_and_another_does_not() -> None:
    treated, values = np.arange(40) < 15, np.random.default_rng(0).standard_normal((40, 2))
    first, again, other = (Resampling(treated, seed=seed).differences(values)[1] for seed in (1, 1, 2))
    assert (first == again).all()
    assert not (first == other).all()
