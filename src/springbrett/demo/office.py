"""Fill an empty database with the demonstration office."""

from datetime import date, timedelta
from functools import partial

from django.db import transaction

from springbrett.demo.budgets import write_budgets
from springbrett.demo.cast.employers import EMPLOYERS, OPENINGS
from springbrett.demo.stories.diary import Diary
from springbrett.demo.stories.script import possible, stories
from springbrett.demo.stories.walk import Walk
from springbrett.demo.studies import open_study
from springbrett.demo.world import World
from springbrett.kernel import clock
from springbrett.kernel.period import add_months

BEGINS_MONTHS_AGO = 17
"""When the oldest of the demonstration is entered: before the first story, whose placements the rules of 2025 judge."""


def fill() -> None:
    """Make the offices, employers and cases, each step on its day, through the services. All or nothing.

    Everything is counted from today, so that something is due today whichever day it is first started.
    """
    today = clock.today()
    with transaction.atomic():
        diary = Diary()
        world = World(today)
        first = add_months(today, -BEGINS_MONTHS_AGO)
        diary.write(first, world.open_offices)
        _registers(diary, world, first, today)
        write_budgets(diary, world, first, today)
        open_study(diary, world, today)
        told = (story for story in stories() if possible(story, today))
        for place, story in enumerate(told, start=1):
            Walk(world, story, owner=place).write_into(diary)
        diary.live()


def _registers(diary: Diary, world: World, first: date, today: date) -> None:
    for employer in EMPLOYERS:
        diary.write(first, partial(world.register_employer, employer))
        for place, note in enumerate(employer.notes):
            diary.write(max(first, today - timedelta(days=note.days_ago)), partial(world.write_note, employer, place))
    for opening in OPENINGS:
        diary.write(max(first, today - timedelta(days=opening.days_ago)), partial(world.register_opening, opening))
        if opening.closed_days_ago is not None:
            diary.write(today - timedelta(days=opening.closed_days_ago), partial(world.close_opening, opening))
