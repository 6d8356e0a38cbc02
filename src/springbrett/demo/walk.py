"""`springbrett demo --walk`: Josef's whole way, from the first talk to a job, printed step by step.

It runs through the same services as a click, in a cast of its own, and is rolled back at the end: the database is as
it was. The days are fixed, so the same text comes out each time.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import translation

from springbrett.demo.cast.employers import DATA, EMPLOYERS, OPENINGS, read
from springbrett.demo.stories.diary import Diary
from springbrett.demo.stories.script import Story, day
from springbrett.demo.stories.walk import Walk
from springbrett.demo.telling import Teller
from springbrett.demo.world import World
from springbrett.kernel import clock
from springbrett.site import translations

FIRST_DAY, LAST_DAY = date(2026, 1, 12), date(2027, 12, 31)
CAST, ROW = "walk-", 7
BEFORE, AFTER = -1, 1


def walk_josef(say: Callable[[str], None]) -> None:
    """Tell Josef's way through `say`, a line at a time, in Bokmål. An empty database is migrated first."""
    if "people_person" not in connection.introspection.table_names():
        call_command("migrate", verbosity=0)
    with suppress(OSError):  # a read-only installation has its translations already
        translations.compile_all()
    with _left_as_it_was(), translation.override("nb"), clock.at(LAST_DAY):
        _diary(say).live()


@contextmanager
def _left_as_it_was() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _diary(say: Callable[[str], None]) -> Diary:
    """Everything that happens, with the telling before or after it on the same day."""
    story = read(DATA / "walk_josef.toml", dict[str, tuple[Story, ...]])["stories"][0]
    world = World(FIRST_DAY, kind=CAST, row=ROW)
    walk, diary = Walk(world, story), Diary()
    diary.write(FIRST_DAY, lambda: _register(world), owner=BEFORE)
    walk.write_into(diary)
    tell = Teller(walk, say)
    choice, agreed = story.choice, story.agreement
    if choice is None or agreed is None:
        raise ValueError("the walk needs a choice and an agreement")
    for when, telling, place in (
        (story.opened, tell.opening, AFTER),
        (story.mapped, tell.mapping, AFTER),
        (choice.on, tell.options, BEFORE),
        (choice.on, tell.choice, AFTER),
        (agreed.chosen, tell.candidates, BEFORE),
        (agreed.chosen, tell.match, AFTER),
        (agreed.drafted, tell.draft, AFTER),
        (agreed.signed, tell.approvals, AFTER),
        (agreed.signed, tell.plan, AFTER),
    ):
        diary.write(day(when, FIRST_DAY), telling, owner=place)
    for then in story.then:
        diary.write(then.day(FIRST_DAY), tell.happening(then), owner=AFTER)
    diary.write(LAST_DAY, tell.ledger, owner=AFTER)
    return diary


def _register(world: World) -> None:
    world.open_offices()
    for employer in EMPLOYERS:
        world.register_employer(employer)
    for opening in OPENINGS:
        world.register_opening(opening)
