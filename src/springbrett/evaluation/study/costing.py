"""The stage that counts what it costs: accounts of every party, cost per extra month in work, and what it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from springbrett.catalogue.base import Text
from springbrett.catalogue.loader import load
from springbrett.evaluation.costs.accounts import Accounts, Party, Use, accounts_of, needed_prices
from springbrett.evaluation.costs.effectiveness import CostEffectiveness, acceptability, cost_effectiveness
from springbrett.evaluation.costs.present_value import (
    NetPresentValue,
    net_present_value,
    present_value,
    public_rules,
)
from springbrett.evaluation.costs.prices import Price, Prices, prices_on
from springbrett.evaluation.costs.resampling import Resampling
from springbrett.evaluation.effects.comparison import Comparison
from springbrett.evaluation.effects.records import CannotEstimate, Flags, Floats
from springbrett.evaluation.outcomes.definitions import Outcome, Source, Where, Words, outcome_paths
from springbrett.evaluation.study.comparing import weights
from springbrett.evaluation.study.context import Context
from springbrett.evaluation.study.cost_ranges import Priced, horizons, sensitivity
from springbrett.evaluation.study.manifest import plain
from springbrett.evaluation.study.protocol import Costs
from springbrett.evaluation.study.tables import Rows

SHOWN_DRAWS = 500
TAILS = (0.025, 0.975)


def costs(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """Everything about money. Raises CannotEstimate: unknown_price (the protocol must give it), empty_group."""
    wanted = context.protocol.costs
    assert wanted is not None
    known, use, work = _use(context, wanted)
    prices = _prices(context, wanted)
    accounts = accounts_of(use, prices)
    rules = public_rules(wanted.on)
    x, names = context.covariates
    data = Comparison(work.sum(axis=1), context.cohort.treated[known], x[known], names).informative()
    cluster = None if context.cluster is None else context.cluster[known]
    drawing = Resampling(data.treated, weights(context, data), cluster, wanted.draws, context.protocol.seed)
    worth = net_present_value(accounts, data.treated, rules, drawing)
    priced = Priced(use, prices, rules, wanted, drawing)
    state = -present_value(accounts.net(Party.STATE), rules.discount)
    found = cost_effectiveness(state, work.sum(axis=1), drawing)
    rows = [*_lines(accounts, drawing, rules.discount), *_totals(worth)]
    curve = acceptability(found, np.array(wanted.willing_to_pay))
    plane: Rows = [{"draw": k, "effect": e, "cost": c} for k, (e, c) in enumerate(found.plane[:SHOWN_DRAWS])]
    chance: Rows = [{"willing_to_pay": t, "probability": p} for t, p in zip(curve.threshold, curve.chance, strict=True)]
    told = {line.code: line.source if isinstance(line.source, str) else plain(line.source) for line in wanted.prices}
    facts = _facts(found, worth, prices, use, told) | {"rate": rules.discount[0].rate, "tax_cost": rules.tax_cost}
    made = {"costs": rows, "plane": plane, "acceptability": chance, "cost_horizons": horizons(priced, accounts, worth),
            "cost_sensitivity": sensitivity(priced)}  # fmt: skip
    return made, {"costs": facts | {"rules": rules.ref, "months": worth.seen - 1, "repaid": worth.repaid}}


def _use(context: Context, wanted: Costs) -> tuple[Flags, Use, Floats]:
    """Who is followed for the whole horizon, what they used and earned, and their months in work."""
    start = context.window.before
    paths = {code: context.path(code)[:, start:] for code in ("in_work", "wage", "benefits")}
    known = np.asarray(np.isfinite(paths["in_work"]).all(axis=1))
    if not known.any():
        raise CannotEstimate("empty_group", "nobody is followed for the whole horizon; choose a shorter one")
    cohort = context.cohort.chosen(known)
    place, subsidised = (
        outcome_paths(outcome, context.tables, cohort.person, cohort.start, context.window)[:, start:]
        for outcome in (_in(context.protocol.population.measures), SUBSIDISED_WAGE)
    )
    by_caseworker, by_employer = (place * hours if hours else None for hours in
                                  (wanted.caseworker_hours_month, wanted.employer_hours_month))  # fmt: skip
    use = Use(wage=paths["wage"][known], benefit=paths["benefits"][known], place=place, subsidised_wage=subsidised,
              caseworker_hours=by_caseworker, employer_hours=by_employer)  # fmt: skip
    return known, use, paths["in_work"][known]


SUBSIDISED_WAGE = Outcome(
    code="subsidised_wage", name=Words(nb="", nn="", en=""), amount="wage_month", unit="NOK",
    any_of=(Source(table="employment", where=(Where(column="subsidised", op="true"),)),),
)  # fmt: skip
"""Pay in work that registers mark as subsidised."""


def _in(measures: tuple[str, ...]) -> Outcome:
    """Being in the measures, whoever is: the comparison may come to use them too."""
    where = (Where(column="measure", op="in", value=measures),)
    return Outcome(code="in_these", name=Words(nb="", nn="", en=""), any_of=(Source(table="spells", where=where),))


def _prices(context: Context, wanted: Costs) -> Prices:
    given = {line.code: Price(line.code, line.amount, wanted.on, _english(line.source)) for line in wanted.prices}
    measures = context.protocol.population.measures
    return prices_on(wanted.on, load(), given.values(), measure=measures[0])


def _english(source: str | Text) -> str:
    return source if isinstance(source, str) else source.en


def _lines(accounts: Accounts, drawing: Resampling, discount: Any) -> Rows:
    """Every flow on the accounts of the one who pays and the one who gets it."""
    values = np.column_stack([present_value(flow.amount, discount) for flow in accounts.flows])
    point, draws = drawing.differences(values)
    rows: Rows = []
    for k, flow in enumerate(accounts.flows):
        for party, sign in ((flow.payer, -1.0), (flow.receiver, 1.0)):
            if party is not None:
                ends = sorted(float(sign * np.quantile(draws[:, k], tail)) for tail in TAILS)
                rows.append({"account": party.value, "item": flow.code, "value": float(sign * point[k]),
                             "lower": ends[0], "upper": ends[1]})  # fmt: skip
    order = ["state", "participant", "employer"]
    return sorted(rows, key=lambda row: order.index(row["account"]))


def _totals(worth: NetPresentValue) -> Rows:
    named = {("state", "net"): worth.state, ("participant", "net"): worth.participant,
             ("employer", "net"): worth.employer, ("society", "tax_cost"): worth.tax_cost,
             ("society", "net"): worth.society}  # fmt: skip
    return [{"account": account, "item": item, "value": each.value, "lower": each.lower, "upper": each.upper}
            for (account, item), each in named.items()]  # fmt: skip


def _facts(
    found: CostEffectiveness, worth: NetPresentValue, prices: Prices, use: Use, told: Mapping[str, Any]
) -> dict[str, Any]:  # fmt: skip
    """The ratio where it has one meaning: more work for more money, with an interval that is one. `told`: what the
    protocol says of the source of each price that it states."""
    plain = found.quadrant.value == "more_work_dearer"
    interval = found.fieller if found.fieller.shape == "interval" else None
    asked = [prices.known[code] for code in needed_prices(use)]
    return {
        "saves": found.quadrant.value == "more_work_cheaper" and found.cost_interval[1] < 0,
        "per_month": found.ratio if plain else None, "lower": interval.lower if plain and interval else None,
        "upper": interval.upper if plain and interval else None,
        "society": {"value": worth.society.value, "lower": worth.society.lower, "upper": worth.society.upper},
        "prices": [{"code": each.code, "amount": each.amount, "source": told.get(each.code, each.source)}
                   for each in asked],
    }  # fmt: skip
