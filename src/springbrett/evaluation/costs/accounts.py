"""The accounts of every party, person by person and month by month: who pays whom, what is used up, what is made.

A flow goes from a party to a party. Without a receiver it is used up (hours, a place); without a payer it is made (the
value of work). Money between parties is nobody's gain: it drops out of society's account, except what it costs to
collect what the state pays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from springbrett.evaluation.costs.prices import Prices
from springbrett.evaluation.effects.records import CannotEstimate, Floats


class Party(StrEnum):
    """Whose account."""

    STATE = "state"
    PARTICIPANT = "participant"
    EMPLOYER = "employer"


@dataclass(frozen=True, slots=True)
class Flow:
    """`amount` persons × months in NOK (real, not discounted), from `payer` to `receiver`; None: made, or used up."""

    code: str
    payer: Party | None
    receiver: Party | None
    amount: Floats

    def __post_init__(self) -> None:
        if self.payer is self.receiver:
            raise CannotEstimate("bad_input", "a flow goes from one party to another", flow=self.code)
        if self.amount.ndim != 2 or not np.isfinite(self.amount).all():
            raise CannotEstimate("bad_input", "a flow needs a known amount for every person and month", flow=self.code)


@dataclass(frozen=True, slots=True)
class Use:
    """What each person used and earned: arrays persons × months from the month of start, the same shape.

    `place` share of the month in a place (0–1); `wage` NOK before tax; `benefit` NOK before tax; `subsidy` NOK paid to
    the employer, or `subsidised_wage`: the part of `wage` that is subsidised, by a share of its cost;
    `caseworker_hours`, `employer_hours`; `other` flows of the study itself. Left out: none of it.
    """

    wage: Floats
    benefit: Floats
    place: Floats | None = None
    subsidy: Floats | None = None
    subsidised_wage: Floats | None = None
    caseworker_hours: Floats | None = None
    employer_hours: Floats | None = None
    other: tuple[Flow, ...] = ()

    def __post_init__(self) -> None:
        for name in ("wage", "benefit", "place", "subsidy", "subsidised_wage", "caseworker_hours", "employer_hours"):
            value = getattr(self, name)
            if value is not None and (value.shape != self.wage.shape or value.ndim != 2):
                raise CannotEstimate("bad_input", f"{name} has another shape than wage; both are persons × months")
        if self.place is not None and not ((self.place >= 0) & (self.place <= 1)).all():
            raise CannotEstimate("bad_input", "place is the share of a month in a place: between 0 and 1, none missing")
        if any(flow.amount.shape != self.wage.shape for flow in self.other):
            raise CannotEstimate("bad_input", "a flow has another shape than wage; both are persons × months")


@dataclass(frozen=True, slots=True)
class Accounts:
    """Every flow of n persons over m months. Nets are persons × months: what a party gains less what it pays."""

    flows: tuple[Flow, ...]
    shape: tuple[int, int]

    def net(self, party: Party) -> Floats:
        """What the party gets less what it pays."""
        total = np.zeros(self.shape)
        for flow in self.flows:
            if flow.receiver is party:
                total += flow.amount
            if flow.payer is party:
                total -= flow.amount
        return total

    def society(self, tax_cost: float) -> Floats:
        """All parties together, less what collecting the state's net outlay costs (a gain when the state earns)."""
        state = self.net(Party.STATE)
        others = self.net(Party.PARTICIPANT) + self.net(Party.EMPLOYER)
        return np.asarray(state + others + tax_cost * state)

    def lines(self) -> tuple[tuple[str, str, str, float], ...]:
        """Code, payer, receiver ("" for none) and mean NOK a person over all months."""
        people = max(self.shape[0], 1)
        return tuple((flow.code, flow.payer or "", flow.receiver or "", float(flow.amount.sum()) / people)
                     for flow in self.flows)  # fmt: skip

    def chosen(self, keep: np.ndarray) -> Accounts:
        """The accounts of some persons (flags or positions)."""
        flows = tuple(Flow(f.code, f.payer, f.receiver, f.amount[keep]) for f in self.flows)
        return Accounts(flows, (len(flows[0].amount) if flows else 0, self.shape[1]))


def accounts_of(use: Use, prices: Prices) -> Accounts:
    """The accounts. Every price that is needed must be known: raises CannotEstimate("unknown_price") naming it."""
    state, person, employer = Party.STATE, Party.PARTICIPANT, Party.EMPLOYER
    flows: list[Flow] = []
    if use.wage.any():
        flows += _wage(use.wage, prices)
    if use.benefit.any():
        flows.append(Flow("benefit", state, person, use.benefit))
        flows.append(Flow("tax_on_benefit", person, state, use.benefit * prices.of("tax_on_benefit")))
    if use.place is not None:
        flows.append(Flow("place", state, None, use.place * prices.of("place_month")))
    if use.subsidy is not None:
        flows.append(Flow("subsidy", state, employer, use.subsidy))
    if use.subsidised_wage is not None and use.subsidised_wage.any():
        paid = _wage_cost(use.subsidised_wage, prices) * prices.of("subsidy_share")
        flows.append(Flow("subsidy", state, employer, paid))
    if use.caseworker_hours is not None:
        flows.append(Flow("caseworker", state, None, use.caseworker_hours * prices.of("caseworker_hour")))
    if use.employer_hours is not None:
        flows.append(Flow("employer_time", employer, None, use.employer_hours * prices.of("employer_hour")))
    return Accounts((*flows, *use.other), use.wage.shape)


def _wage(wage: Floats, prices: Prices) -> list[Flow]:
    """Wage, what comes on top of it, what it is taxed, and what the work is worth."""
    state, person, employer = Party.STATE, Party.PARTICIPANT, Party.EMPLOYER
    holiday = wage * prices.of("holiday_pay")
    pension = (wage + holiday) * prices.of("pension")
    cost = _wage_cost(wage, prices)
    contribution = cost - wage - holiday - pension
    return [
        Flow("wage", employer, person, wage + holiday),
        Flow("pension", employer, person, pension),
        Flow("employer_contribution", employer, state, contribution),
        Flow("tax_on_wage", person, state, (wage + holiday) * prices.of("tax_on_wage")),
        Flow("production", None, employer, cost * prices.of("production_share")),
    ]


def _wage_cost(wage: Floats, prices: Prices) -> Floats:
    """What a wage costs the employer: holiday pay, pension and contribution on top of it."""
    on_top = (1 + prices.of("holiday_pay")) * (1 + prices.of("pension")) * (1 + prices.of("employer_contribution"))
    return np.asarray(wage * on_top)


def needed_prices(use: Use) -> tuple[str, ...]:
    """The codes of the prices the accounts of this use ask for: what a protocol must give if the catalogue does not."""
    found: Sequence[str] = ()
    asked: Mapping[str, tuple[bool, Sequence[str]]] = {
        "wage": (bool(use.wage.any()), ("holiday_pay", "pension", "employer_contribution", "tax_on_wage",
                                        "production_share")),
        "benefit": (bool(use.benefit.any()), ("tax_on_benefit",)),
        "place": (use.place is not None, ("place_month",)),
        "subsidy": (use.subsidised_wage is not None and bool(use.subsidised_wage.any()), ("subsidy_share",)),
        "caseworker": (use.caseworker_hours is not None, ("caseworker_hour",)),
        "employer": (use.employer_hours is not None, ("employer_hour",)),
    }  # fmt: skip
    for wanted, codes in asked.values():
        found = (*found, *codes) if wanted else found
    return tuple(found)
