"""Small measures with money, so that a rule can be tested whatever the real entries say; rates are the real ones."""

from datetime import date
from decimal import Decimal
from functools import cache

import msgspec

from springbrett import catalogue
from springbrett.catalogue.base import Text
from springbrett.catalogue.conditions import Condition
from springbrett.catalogue.measures import Measure
from springbrett.catalogue.money import Funding, Subsidy, SubsidyGroup, SubsidyStep
from springbrett.money.records import WageTerms

WORDS = Text(nb="-", nn="-", en="-")
FROM = date(2016, 1, 1)
REDUCED = ((Condition(fact="reduced_work_capacity"),),)

NORMAL_WAGE = WageTerms(Decimal(20000), Decimal("0.12"), Decimal("0.02"), Decimal("0.141"))
"""A wage whose cost is 26 070 kroner a month."""


def group(code: str, *steps: tuple[int, int], when: tuple[tuple[Condition, ...], ...] = ()) -> SubsidyGroup:
    """A group with (month, percent) steps."""
    made = tuple(SubsidyStep(from_month=month, percent=Decimal(percent)) for month, percent in steps)
    return SubsidyGroup(code=code, text=WORDS, steps=made, when=when)


def subsidy(*groups: SubsidyGroup, kind: str = "fixed", ceiling: str | None = None) -> Subsidy:
    """A wage subsidy of the groups, in force since 2016."""
    return Subsidy(
        from_=FROM, ref="tiltaksforskriften § 9-5", source="law", groups=groups,
        kind="fixed" if kind == "fixed" else "maximum",
        ceiling_basic_amounts=Decimal(ceiling) if ceiling else None,
    )  # fmt: skip


TWO_GROUPS = subsidy(group("reduced", (0, 60), (12, 50), when=REDUCED), group("others", (0, 40), (6, 30)))
"""As temporary wage subsidy: 60 % falling to 50 after a year with reduced capacity, otherwise 40 falling to 30."""

AGREED = subsidy(group("all", (0, 75), (12, 67)), kind="maximum", ceiling="5")
"""As lasting wage subsidy: at most 75 %, later 67, and at most five basic amounts a year."""

FOUR_YEARS = subsidy(group("all", (0, 70), (12, 60), (24, 50), (36, 35)), ceiling="5")
"""As the four-year trial."""


@cache
def _plain_measure() -> Measure:
    return catalogue.load().measure("arbeidstrening")


def measure_with(found: Subsidy) -> Measure:
    """A measure with that subsidy and no other funding."""
    return msgspec.structs.replace(_plain_measure(), subsidies=(found,), funding=())


def measure_funded(code: str, rate: str = "") -> Measure:
    """A measure with one kind of funding and no subsidy."""
    funding = Funding(from_=FROM, ref="tiltaksforskriften § 5-6", source="law", code=code, text=WORDS, rate=rate)
    return msgspec.structs.replace(_plain_measure(), subsidies=(), funding=(funding,))
