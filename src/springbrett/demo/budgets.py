"""The budgets of the demonstration: set at the start of the year, and cut in the autumn so that the money runs out."""

from collections.abc import Iterator
from datetime import date
from functools import partial

from springbrett.demo.cast.employers import DATA, Seed, read
from springbrett.demo.stories.diary import Diary
from springbrett.demo.stories.script import day
from springbrett.demo.world import World
from springbrett.funding.budgets import budget_rows
from springbrett.funding.services import budget_set

TENTH_OF_JANUARY = (1, 10)


class BudgetSeed(Seed, frozen=True, kw_only=True):
    """What an office may spend on a budget line in a year; `year` counts from the year the demonstration is made."""

    office: str
    by: str
    code: str
    year: int
    amount: int


class CutSeed(Seed, frozen=True, kw_only=True):
    """On a day the line's amount for that year is lowered, so that `leaves` kroner are still free of it."""

    office: str
    by: str
    code: str
    on: str
    leaves: int
    note: str


class BudgetSeeds(Seed, frozen=True, kw_only=True):
    """The whole file."""

    budgets: tuple[BudgetSeed, ...]
    cuts: tuple[CutSeed, ...]


SEEDS = read(DATA / "budgets.toml", BudgetSeeds)


def write_budgets(diary: Diary, world: World, first: date, today: date) -> None:
    """Put the setting and the cutting of budgets in the diary. Nothing is set before `first`."""
    for seed in SEEDS.budgets:
        year = today.year + seed.year
        on = max(first, date(year, *TENTH_OF_JANUARY))
        diary.write(on, partial(_set, world, seed, year))
    for cut in SEEDS.cuts:
        diary.write(day(cut.on, today, workday=True), partial(_cut, world, cut, day(cut.on, today, workday=True).year))


def _set(world: World, seed: BudgetSeed, year: int) -> None:
    budget_set(actor=world.staff(seed.by), office_id=world.id("office", seed.office), code=seed.code, year=year,
               amount=seed.amount)  # fmt: skip


def _cut(world: World, cut: CutSeed, year: int) -> None:
    office = world.id("office", cut.office)
    for amount in _bound(world, cut, year):
        budget_set(actor=world.staff(cut.by), office_id=office, code=cut.code, year=year, amount=amount + cut.leaves,
                   note=cut.note)  # fmt: skip


def _bound(world: World, cut: CutSeed, year: int) -> Iterator[int]:
    """What is granted or paid of the line, if it has a budget that can be cut."""
    for row in budget_rows(world.id("office", cut.office), year):
        if row.code == cut.code and row.budget is not None and (row.free or 0) > cut.leaves:
            yield row.committed + row.paid
