"""Ordinary follow-up: contacts in the agreed rhythm, visits, reviews and reports on time, told in a few plain words."""

from collections.abc import Iterator
from datetime import date, timedelta
from zlib import crc32

from springbrett.catalogue.structs import Chain
from springbrett.demo.cast.employers import DATA, read
from springbrett.demo.stories.script import Agreed, Contact, Happening, Report, ReviewHeld
from springbrett.kernel.period import add_months

WORDS: dict[str, tuple[str, ...]] = read(DATA / "routine.toml", dict[str, tuple[str, ...]])
REPORTS = {3: "status_3", 6: "status_6", 9: "status_9", 12: "status_12"}
WHAT_NEXT = timedelta(days=58)


def routine(agreed: Agreed, chain: Chain, start: date, until: date, seed: str) -> tuple[tuple[date, Happening], ...]:
    """What a diligent caseworker and employer do from the start to `until`, both included, in order."""
    end = add_months(start, agreed.months) - timedelta(days=1)
    words = _Words(crc32(seed.encode()))
    found = [*_contacts(agreed, chain, start, end, words), *_reviews(start, words), *_reports(start, words)]
    return tuple(sorted(((on, then) for on, then in found if start < on <= min(until, end)), key=lambda pair: pair[0]))


class _Words:
    """Sentences in turn, from a place of the case's own."""

    def __init__(self, turn: int) -> None:
        self._turn = turn

    def say(self, kind: str) -> str:
        self._turn += 1
        return WORDS[kind][self._turn % len(WORDS[kind])]


def _contacts(agreed: Agreed, chain: Chain, start: date, end: date, words: _Words) -> Iterator[tuple[date, Happening]]:
    """Contacts one day before they are due: visits when it is time for one, meetings and calls in between."""
    every = agreed.contact_every_weeks or chain.followup.contact_every_weeks or 4
    visit_every = chain.followup.visit_every_weeks
    on, last_visit, number = start + timedelta(weeks=chain.followup.first_contact_weeks, days=-2), start, 0
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


def _reviews(start: date, words: _Words) -> Iterator[tuple[date, Happening]]:
    held = start
    for _ in range(6):
        held = workday(add_months(held, 3) - timedelta(days=4))
        yield held, ReviewHeld(on=_text(held), text=words.say("review"), chance="good", headway="good")


def _reports(start: date, words: _Words) -> Iterator[tuple[date, Happening]]:
    on = workday(start + timedelta(days=9))
    yield on, Report(on=_text(on), kind="start", tasks=words.say("start"))
    for months, kind in REPORTS.items():
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
