"""Time what an estimate takes: a four-year agreement with every step and a ceiling, and a portfolio of them."""

from datetime import date
from decimal import Decimal

from springbrett import catalogue
from springbrett.kernel.period import Period, split_per_month
from springbrett.money.estimate import estimate
from springbrett.money.records import Terms, WageTerms
from springbrett.money.wage import wage_cost
from tests.bench.clock import line, milliseconds

FOUR_YEARS = Period(date(2026, 9, 15), date(2030, 9, 14))
WAGE = WageTerms(Decimal(41_250), Decimal("0.12"), Decimal("0.05"), Decimal("0.141"))
PORTFOLIO = 500


def run() -> None:
    """The schedule of a four-year agreement, against the bare split of its months and against one wage cost."""
    known = catalogue.load()
    measure = known.measure("firearig_lonnstilskudd")

    def once() -> None:
        made = estimate(measure, {"reduced_work_capacity": True}, FOUR_YEARS, Terms(WAGE), known)
        assert made is not None
        assert len(made.value.months) == 52

    split = milliseconds(lambda: split_per_month(FOUR_YEARS), 50)
    cost = milliseconds(lambda: wage_cost(WAGE, known, FOUR_YEARS.start), 50)
    took = milliseconds(once, 50)
    line("a four-year schedule with its trace", took, "the bare split of its months", split)
    line("a four-year schedule with its trace", took, "one wage cost", cost)
    many = milliseconds(lambda: [once() for _ in range(PORTFOLIO)], 3)
    line(f"{PORTFOLIO} four-year schedules", many, "one of them", took)


if __name__ == "__main__":
    run()
