"""A study under way at the demonstration's offices: the six constructed persons, judged by twelve advisers.

The answers are drawn by the study's own recipe, as for `springbrett study run six_persons`, one drawn adviser for each
who answers: those of the offices' staff named here, and others of the offices who have no log-in in the demonstration.
Without them hardly any number would be large enough to show. Ingrid has not begun, so that the form can be seen too.
"""

from collections import defaultdict
from datetime import date, timedelta
from functools import partial

from springbrett.access.roles import Role, Viewer
from springbrett.demo.stories.diary import Diary
from springbrett.demo.world import World
from springbrett.evaluation.vignettes.answers import Answer
from springbrett.evaluation.vignettes.simulate import draw, read_recipe
from springbrett.vignettes import library
from springbrett.vignettes.selectors import study_of
from springbrett.vignettes.services import answering_begin, answers_save, round_open

STUDY, LEADER = "six_persons", "lars"
OPENED_DAYS_AGO = 20
ANSWERED = {"per": 16, "nina": 13, "torarne": 12, "camilla": 9, "marit": 4}
"""Who has answered, and how many days ago."""
OTHERS = {"asvik": 1, "lyngmo": 6}
"""How many more have answered at each office, all of them advisers, the day before yesterday."""
Given = dict[str, dict[str, list[str]]]
"""Page → question → values."""


def open_study(diary: Diary, world: World, today: date) -> None:
    """Write the round and its answers into the diary."""
    diary.write(today - timedelta(days=OPENED_DAYS_AGO), partial(_open, world))
    drawn = iter(_drawn())
    for key, days_ago in ANSWERED.items():
        diary.write(today - timedelta(days=days_ago), partial(_staff_answers, world, key, next(drawn)))
    for office, count in OTHERS.items():
        for number in range(count):
            account, place = world.id("adviser", f"{office}-{number}"), world.id("office", office)
            other = Viewer(account, Role.CASEWORKER, office_id=place)
            diary.write(today - timedelta(days=2), partial(_answer, other, next(drawn)))


def _open(world: World) -> None:
    round_open(actor=world.staff(LEADER), study=STUDY)


def _staff_answers(world: World, key: str, given: Given) -> None:
    _answer(world.staff(key), given)


def _answer(actor: Viewer, given: Given) -> None:
    """Everything drawn about every page, in the adviser's own order; a page nothing was drawn for is passed over."""
    for subject in answering_begin(actor=actor, study=STUDY).pages:
        if subject in given:
            answers_save(actor=actor, study=STUDY, subject=subject, given=given[subject])


def _drawn() -> list[Given]:
    """What each drawn adviser answers, those who were asked about everything first."""
    by_adviser: dict[str, list[Answer]] = defaultdict(list)
    for row in draw(study_of(STUDY), read_recipe(library.recipe_path(STUDY))).rows:
        by_adviser[row.respondent].append(row)
    found: list[Given] = []
    for rows in by_adviser.values():
        pages: Given = {}
        for row in rows:
            pages.setdefault(row.subject, {}).setdefault(row.question, []).append(row.value)
        found.append(pages)
    return sorted(found, key=len, reverse=True)
