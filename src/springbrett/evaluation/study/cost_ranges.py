"""What it is worth to society when one assumption is another, and when the account is carried on further.

The rules for public cost–benefit analysis ask for both (rundskriv R-109: the horizon is said, and what is uncertain is
tried). Nothing here is estimated anew: the same persons' use and earnings are priced and discounted in other ways.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from springbrett.evaluation.costs.accounts import Accounts, Use, accounts_of, needed_prices
from springbrett.evaluation.costs.present_value import (
    DiscountStep,
    Extension,
    NetPresentValue,
    PublicRules,
    net_present_value,
    present_value,
    tornado,
)
from springbrett.evaluation.costs.prices import Prices, price_kinds
from springbrett.evaluation.costs.resampling import Resampling
from springbrett.evaluation.effects.records import Floats
from springbrett.evaluation.study.protocol import Costs
from springbrett.evaluation.study.tables import Rows

RULES = ("discount_rate", "tax_cost")
HOURS = ("caseworker_hours_month", "employer_hours_month")
"""What may be tried at other values beside the prices."""
A_QUARTER, TWO_POINTS = 0.25, 0.02


@dataclass(frozen=True, slots=True)
class Priced:
    """What the persons compared used, what it costs and the rules, as the study has them."""

    use: Use
    prices: Prices
    rules: PublicRules
    wanted: Costs
    drawing: Resampling

    @property
    def base(self) -> dict[str, float]:
        """The value of everything that may be tried at another."""
        found = {code: self.prices.of(code) for code in needed_prices(self.use)}
        found |= {name: hours for name in HOURS if (hours := getattr(self.wanted, name))}
        return found | {"discount_rate": self.rules.discount[0].rate, "tax_cost": self.rules.tax_cost}

    def society(self, values: Mapping[str, float]) -> float:
        """NOK per participant for society at those values."""
        prices = self.prices
        for code in values.keys() & prices.known.keys():
            prices = prices.with_amount(code, values[code])
        more = values["discount_rate"] - self.rules.discount[0].rate
        discount = tuple(
            DiscountStep(from_year=step.from_year, rate=max(step.rate + more, 0.0)) for step in self.rules.discount
        )
        accounts = accounts_of(self._with_hours(values), prices)
        worth = present_value(accounts.society(values["tax_cost"]), discount)
        return float(self.drawing.difference(worth))

    def _with_hours(self, values: Mapping[str, float]) -> Use:
        def other(hours: Floats | None, name: str) -> Floats | None:
            return (
                hours * (values[name] / getattr(self.wanted, name)) if hours is not None and name in values else hours
            )

        use = self.use
        return replace(use, caseworker_hours=other(use.caseworker_hours, "caseworker_hours_month"),
                       employer_hours=other(use.employer_hours, "employer_hours_month"))  # fmt: skip


def sensitivity(priced: Priced) -> Rows:
    """Society's account at the low and the high value of each assumption, the widest swing first.

    Raises CannotEstimate("bad_input"): a range does not hold the value of the study.
    """
    base = priced.base
    ranges = {line.code: (line.low, line.high) for line in priced.wanted.ranges if line.code in base}
    swings = tornado(priced.society, base, ranges or _usual(priced, base))
    return [{"assumption": swing.code, "low": swing.low, "high": swing.high, "at_low": swing.at_low,
             "at_high": swing.at_high} for swing in swings]  # fmt: skip


def _usual(priced: Priced, base: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    """Prices that the protocol states, a quarter lower and higher; what rules and agreements say is left as it is, but
    for the discount rate and what collecting taxes costs."""
    kinds, found = price_kinds(), {}
    for code in (line.code for line in priced.wanted.prices):
        if base.get(code):
            most = 1.0 if code in kinds and kinds[code].unit == "share" and code != "production_share" else float("inf")
            found[code] = (base[code] * (1 - A_QUARTER), min(base[code] * (1 + A_QUARTER), most))
    rate, tax = base["discount_rate"], base["tax_cost"]
    return found | {"discount_rate": (max(rate - TWO_POINTS, 0.0), rate + TWO_POINTS), "tax_cost": (0.0, 2 * tax)}


def horizons(priced: Priced, accounts: Accounts, seen: NetPresentValue) -> Rows:
    """Society's account carried on to each horizon of the protocol, after the one that is `seen`.

    Raises CannotEstimate("bad_input"): a horizon within what is seen.
    """
    wanted, drawing = priced.wanted, priced.drawing
    carried = [(months, net_present_value(accounts, drawing.treated, priced.rules, drawing,
                                          extension=Extension(months + 1, wanted.fade or 0.0)))
               for months in wanted.horizons]  # fmt: skip
    return [{"months": months, "value": worth.society.value, "lower": worth.society.lower, "upper": worth.society.upper}
            for months, worth in [(seen.seen - 1, seen), *carried]]  # fmt: skip


__all__ = ["HOURS", "RULES", "Priced", "horizons", "sensitivity"]
