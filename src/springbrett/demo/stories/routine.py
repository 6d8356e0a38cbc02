"""Ordinary follow-up: contacts in the agreed rhythm, visits, reviews and reports on time, told in a few plain words."""

from collections.abc import Iterator
from datetime import date, timedelta
from zlib import crc32

from springbrett import catalogue
from springbrett.catalogue.chains import FollowupTemplate
from springbrett.catalogue.dated import in_force
from springbrett.catalogue.structs import Measure
from springbrett.demo.cast.employers import DATA, read
from springbrett.demo.stories.script import Agreed, Contact, Happening, Report, ReviewHeld
from springbrett.demo.stories.writing import end_of
from springbrett.kernel.period import add_months

WORDS: dict[str, tuple[str, ...]] = read(DATA / "routine.toml", dict[str, tuple[str, ...]])
REPORTS = {3: "status_3", 6: "status_6", 9: "status_9", 12: "status_12"}
WITHOUT_CHAIN = FollowupTemplate(first_contact_weeks=2, contact_every_weeks=4, visit_every_weeks=0,
                                 startup_meeting=True, joint=True, separate=False, intensity=1)  # fmt: skip
"""How a measure without chains of effects is followed up here: as its draft proposes."""
WHAT_NEXT = timedelta(days=58)


def routine(
    agreed: Agreed, measure: Measure, chain: str, start: date, until: date, seed: str
) -> tuple[tuple[date, Happening], ...]:
    """What a diligent caseworker and employer do from the start to `until`, both included, in order."""
    end = end_of(agreed, start)
    words = _Words(crc32(seed.encode()))
    rhythm = catalogue.load().chain(chain).followup if chain else WITHOUT_CHAIN
    found = [*_contacts(agreed, rhythm, start, end, words), *_reviews(measure, start, end, words),
             *_reports(measure, start, words)]  # fmt: skip
    return tuple(sorted(((on, then) for on, then in found if start < on <= min(until, end)), key=lambda pair: pair[0]))


class _Words:
    """Sentences in turn, from a place of the case's own."""

    def __init__(self, turn: int) -> None:
        self._turn = turn

    def say(self, kind: str) -> str:
        self._turn += 1
        return WORDS[kind][self._turn % len(WORDS[kind])]


def _contacts(
    agreed: Agreed, rhythm: FollowupTemplate, start: date, end: date, words: _Words
) -> Iterator[tuple[date, Happening]]:  # fmt: skip
    """Contacts one day before they are due: visits when it is time for one, meetings and calls in between."""
    every = agreed.contact_every_weeks or rhythm.contact_every_weeks or 4
    visit_every = rhythm.visit_every_weeks
    on, last_visit, number = start + timedelta(weeks=rhythm.first_contact_weeks, days=-2), start, 0
    kinds = ("phone_participant", "joint_meeting", "participant_meeting")
    while on <= end:
        day, number = workday(on), number + 1
        visit = bool(visit_every) and day + timedelta(weeks=every) > last_visit + timedelta(weeks=visit_every)
        kind = "workplace_visit" if visit else kinds[number % len(kinds)]
        last_visit = day if visit else last_visit
        yield day, _contact(kind, day, words, what_next=day + WHAT_NEXT >= end)
        if number % 3 == 1:
            yield day, _contact("employer_meeting", day, words)
        if number % 3 == 2 and kind == "workplace_visit":
            yield day, _contact("participant_meeting", day, words)
        on = day + timedelta(weeks=every, days=-1)


def _contact(kind: str, on: date, words: _Words, *, what_next: bool = False) -> Contact:
    return Contact(on=_text(on), kind=kind, agreed=words.say(kind), result="goes_well", what_next=what_next)


def _reviews(measure: Measure, start: date, end: date, words: _Words) -> Iterator[tuple[date, Happening]]:
    """NAV's reviews, some days before they are due, as often as the measure's law asks; none where it asks for none."""
    every = in_force(measure.reviews, start)
    held = start
    while every is not None and held <= end:
        held = workday(add_months(held, every.every_months) - timedelta(days=4))
        yield held, ReviewHeld(on=_text(held), text=words.say("review"), chance="good", headway="good")


def _reports(measure: Measure, start: date, words: _Words) -> Iterator[tuple[date, Happening]]:
    """The reports that the employer owes under way."""
    owed = {duty.code for duty in measure.reports_on(start)}
    on = workday(start + timedelta(days=9))
    if "start" in owed:
        yield on, Report(on=_text(on), kind="start", tasks=words.say("start"))
    for months, kind in REPORTS.items():
        if kind not in owed:
            continue
        on = workday(add_months(start, months) + timedelta(days=4))
        yield on, Report(on=_text(on), kind=kind, tasks=words.say("status"), progress=words.say("status"))


def final_report(seed: str) -> Report:
    """What the employer writes when a placement is over."""
    words = _Words(crc32(seed.encode()))
    return Report(on="0d", kind="final", tasks=words.say("final"))


def workday(on: date) -> date:
    """The day, or the Friday before if it is in a weekend."""
    return on - timedelta(days=max(0, on.weekday() - 4))


def _text(on: date) -> str:
    return on.isoformat()
