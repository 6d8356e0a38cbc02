"""Net present value by the Norwegian rules for public cost–benefit analysis, and what it rests on.

The rates stand in rules.toml, dated, with the circular they come from. Prices are real; month 0 is the month of start
and is not discounted; months within a year are discounted by parts of the year.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec
import numpy as np

from springbrett.evaluation.costs.accounts import Accounts, Party
from springbrett.evaluation.costs.resampling import Resampling
from springbrett.evaluation.effects.records import CannotEstimate, Flags, Floats

OWN = Path(__file__).with_name("rules.toml")
MONTHS = 12


class DiscountStep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A yearly rate from a year of the analysis on."""

    from_year: int
    rate: float


class PublicRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rules in force from a date: discount rates by year, and what collecting a krone of public money costs."""

    from_: date = msgspec.field(name="from")
    ref: str
    source: str
    tax_cost: float
    discount: tuple[DiscountStep, ...]
    note: str = ""


def public_rules(on: date, path: Path = OWN) -> PublicRules:
    """The rules in force on a day. Raises CannotEstimate("not_supported") for a day before the first we know."""
    rules = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8"))["rule"], list[PublicRules])
    held = [rule for rule in rules if rule.from_ <= on]
    if not held:
        raise CannotEstimate("not_supported", f"the rules in force on {on} are not in our sources")
    return max(held, key=lambda rule: rule.from_)


def discount_factors(months: int, discount: tuple[DiscountStep, ...]) -> Floats:
    """(months,) what a krone in each month is worth in month 0; the rate of a year is used on the months within it."""
    if not discount or discount[0].from_year != 0 or any(not -1 < step.rate < 1 for step in discount):
        raise CannotEstimate("bad_input", "discounting needs a rate from year 0 on, as a part of one (0.04)")
    year = np.arange(months) // MONTHS
    starts, rates = np.array([s.from_year for s in discount]), np.array([s.rate for s in discount])
    if (np.diff(starts) <= 0).any():
        raise CannotEstimate("bad_input", "the discount rates stand in the order of their years")
    growth = np.log1p(rates[np.searchsorted(starts, year, "right") - 1]) / MONTHS
    return np.asarray(np.exp(-np.concatenate([[0.0], np.cumsum(growth[:-1])]))[:months])


def present_value(amounts: Floats, discount: tuple[DiscountStep, ...]) -> Floats:
    """Amounts … × months → their worth in month 0. Linear in the amounts."""
    return np.asarray(amounts @ discount_factors(amounts.shape[-1], discount))


@dataclass(frozen=True, slots=True)
class Extension:
    """What is assumed after the last month seen: a difference lasts until month `months`, and each year `fade` (0–1) of
    it is lost; the difference carried on is the mean of the last year seen. An assumption, always shown as one."""

    months: int
    fade: float

    def __post_init__(self) -> None:
        if self.months < 1 or not 0 <= self.fade <= 1:
            raise CannotEstimate("bad_input", "the horizon is at least a month, and the loss a year lies in 0–1")


@dataclass(frozen=True, slots=True)
class Worth:
    """NOK per participant, with an interval at the level of the result (percentiles of the bootstrap)."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class NetPresentValue:
    """Treated minus comparison, discounted, in NOK per participant. `tax_cost`: the cost of collecting what the state
    pays (negative: a cost). `society` = state + participant + employer + tax_cost. `positive`: share of the bootstrap
    draws in which society gains. `by_month`: society's undiscounted difference, (horizon,). `seen` months of it rest on
    data, the rest on the extension. `repaid`: the month from which the discounted sum stays at or above zero (None:
    it does not)."""

    state: Worth
    participant: Worth
    employer: Worth
    tax_cost: Worth
    society: Worth
    positive: float
    by_month: Floats
    horizon: int
    seen: int
    repaid: int | None
    rules: PublicRules
    level: float
    draws: Floats


def net_present_value(
    accounts: Accounts, treated: Flags, rules: PublicRules, resampling: Resampling, *,
    extension: Extension | None = None, level: float = 0.95,
) -> NetPresentValue:  # fmt: skip
    """The accounts of those who took part against those of the comparison (weighted as `resampling` says).

    Raises CannotEstimate: bad_input (lengths; a horizon shorter than what is seen), no_treated, no_comparison.
    """
    if accounts.shape[0] != len(treated) or resampling.count != len(treated):
        raise CannotEstimate("bad_input", "accounts, treated and weights are not of the same persons")
    seen = accounts.shape[1]
    kernel = _kernel(seen, rules, extension)
    nets = np.column_stack([accounts.net(party) @ kernel for party in Party])
    point, draws = resampling.differences(nets)
    everything = np.vstack([point, draws])
    tax = rules.tax_cost * everything[:, :1]
    society = everything.sum(axis=1, keepdims=True) + tax
    columns = np.hstack([everything, tax, society])
    state, participant, employer, collecting, whole = (_worth(column, level) for column in columns.T)
    month = _by_month(accounts, rules, resampling, extension)
    factors = discount_factors(len(month), rules.discount)
    return NetPresentValue(
        state=state, participant=participant, employer=employer, tax_cost=collecting, society=whole,
        positive=float((columns[1:, -1] > 0).mean()), by_month=month, horizon=len(month), seen=seen,
        repaid=_repaid(month * factors), rules=rules, level=level, draws=columns[1:, -1],
    )  # fmt: skip


def _kernel(seen: int, rules: PublicRules, extension: Extension | None) -> Floats:
    """(seen,) what a krone in each seen month counts for, the months it is carried on to included."""
    horizon = _horizon(seen, extension)
    factors = discount_factors(horizon, rules.discount)
    kernel = factors[:seen].copy()
    if extension is not None and horizon > seen:
        last = min(MONTHS, seen)
        kernel[seen - last :] += float(factors[seen:] @ _left(horizon - seen, extension.fade)) / last
    return kernel


def _horizon(seen: int, extension: Extension | None) -> int:
    if seen < 1:
        raise CannotEstimate("bad_input", "there are no months in the accounts")
    if extension is not None and extension.months < seen:
        raise CannotEstimate("bad_input", "the horizon is shorter than what is seen; cut the accounts instead")
    return extension.months if extension is not None else seen


def _left(months: int, fade: float) -> Floats:
    """(months,) the share of the difference left in each month after the last seen."""
    return np.asarray((1 - fade) ** (np.arange(1, months + 1) / MONTHS))


def _by_month(
    accounts: Accounts, rules: PublicRules, resampling: Resampling, extension: Extension | None
) -> Floats:  # fmt: skip
    society = resampling.difference(accounts.society(rules.tax_cost))
    seen = len(society)
    horizon = _horizon(seen, extension)
    if extension is None or horizon == seen:
        return society
    carried = society[-min(MONTHS, seen) :].mean() * _left(horizon - seen, extension.fade)
    return np.concatenate([society, carried])


def _repaid(discounted: Floats) -> int | None:
    under = np.flatnonzero(np.cumsum(discounted) < 0)
    if not len(under):
        return 0
    return int(under[-1]) + 1 if under[-1] + 1 < len(discounted) else None


def _worth(column: Floats, level: float) -> Worth:
    tail = (1 - level) / 2
    lower, upper = np.quantile(column[1:], (tail, 1 - tail))
    return Worth(float(column[0]), float(lower), float(upper))


@dataclass(frozen=True, slots=True)
class Swing:
    """What the answer is at the `low` and the `high` value of one assumption, all others as in the base."""

    code: str
    low: float
    high: float
    at_low: float
    at_high: float
    base: float

    @property
    def width(self) -> float:
        """How much the answer moves."""
        return abs(self.at_high - self.at_low)


def tornado(
    answer: Callable[[Mapping[str, float]], float], base: Mapping[str, float],
    ranges: Mapping[str, tuple[float, float]],
) -> tuple[Swing, ...]:  # fmt: skip
    """One assumption at a time, widest swing first. Raises CannotEstimate("bad_input") for a range of nothing known,
    or one that does not hold the base value."""
    middle = answer(base)
    found = []
    for code, (low, high) in ranges.items():
        if code not in base or not low <= base[code] <= high:
            raise CannotEstimate("bad_input", f"the range of {code} does not hold its base value", assumption=code)
        found.append(Swing(code, low, high, answer({**base, code: low}), answer({**base, code: high}), middle))
    return tuple(sorted(found, key=lambda swing: (-swing.width, swing.code)))
