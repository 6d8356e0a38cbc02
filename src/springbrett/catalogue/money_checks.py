"""Checks on money: rates exist, shares are shares, and the steps of a subsidy go one way in time."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise

from springbrett.catalogue.catalogue import Catalogue
from springbrett.catalogue.measures import Measure
from springbrett.catalogue.money import SubsidyGroup

Complain = Callable[[str, str, object, str, str], None]
WHOLE = Decimal(100)


def check_money(catalogue: Catalogue, measure: Measure, file: str, complain: Complain) -> None:
    """Complains about unknown rates and funding codes, percentages outside 0-100, and steps out of order."""
    for funding in measure.funding:
        key = f"funding ({funding.code})"
        if funding.code not in catalogue.lists["funding"]:
            complain(file, key, funding.code, ", ".join(catalogue.lists["funding"]), "the code is not known")
        if funding.rate and funding.rate not in catalogue.rates:
            complain(file, f"{key}.rate", funding.rate, ", ".join(catalogue.rates), "there is no such rate")
    for subsidy in measure.subsidies:
        for group in subsidy.groups:
            _check_steps(group, file, complain)


def _check_steps(group: SubsidyGroup, file: str, complain: Complain) -> None:
    key = f"subsidies.groups ({group.code}).steps"
    if not group.steps or group.steps[0].from_month != 0:
        complain(file, key, None, "a first step with from_month = 0", "the steps do not begin at the start")
    for earlier, later in pairwise(group.steps):
        if later.from_month <= earlier.from_month:
            allowed = f"more than {earlier.from_month}"
            complain(file, f"{key}.from_month", later.from_month, allowed, "the steps are out of order")
    for step in group.steps:
        if not 0 <= step.percent <= WHOLE:
            complain(file, f"{key}.percent", step.percent, "0 to 100", "it is not a percentage")
