"""Weigh every measure: for one person with all the reasons, and for a portfolio with the answers alone."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from springbrett import catalogue
from springbrett.choice import batch
from springbrett.choice.rules import eligibility, options
from springbrett.mapping.records import NeedsProfile
from tests.bench.clock import line, milliseconds

ON = date(2026, 11, 2)
PORTFOLIO = 100_000
SAMPLE = 2_000
GOAL_MS = 5.0


def people(count: int) -> Iterator[NeedsProfile]:
    """Profiles drawn apart from each other, with some of everything unknown; the same ones every time."""
    draw = random.Random(2026)
    levels = [entry.code for entry in catalogue.load().needs_levels]
    certificates = [entry.code for entry in catalogue.load().codes("certificate")]
    yes_no = (True, False, None)
    for _ in range(count):
        yield NeedsProfile(
            birth_date=date(1958, 1, 1) + timedelta(days=draw.randrange(18_000)),
            needs_level=draw.choice([*levels, None]),
            job_seeker=draw.choice(yes_no),
            reduced_work_capacity=draw.choice(yes_no),
            work_capacity_clarified=draw.choice(yes_no),
            work_experience_years=draw.choice([None, 0.0, 1.5, 4.0, 12.0]),
            work_experience_norway_years=draw.choice([None, 0.0, 1.5, 4.0, 12.0]),
            last_worked_years_ago=draw.choice([None, 0.5, 2.0, 7.0]),
            certificates=draw.choice([None, (), tuple(certificates[:1])]),
            followup_need=draw.choice([None, 1, 2, 3]),
        )


def one_person() -> None:
    """Every measure for one person, against one measure for the same person."""
    known = catalogue.load()
    profile = next(people(1))
    one = milliseconds(lambda: eligibility(known.measure("arbeidstrening"), profile, ON), 50)
    whole = milliseconds(lambda: options(profile, known, ON), 50)
    line(f"all {len(known.measures)} measures for one person, with reasons", whole, "one measure", one)
    print(f"{'':<58} {'within' if whole < GOAL_MS else 'OVER'} the goal of {GOAL_MS} ms")


def portfolio() -> None:
    """The answers for a portfolio, one person after the other, against the same with all the reasons."""
    known = catalogue.load()
    drawn = list(people(PORTFOLIO))
    lean = milliseconds(lambda: sum(len(found) for found in batch.answers(drawn, known, ON)), 1)
    full = milliseconds(lambda: sum(len(options(profile, known, ON)) for profile in drawn[:SAMPLE]), 1)
    scaled = full * PORTFOLIO / SAMPLE
    line(f"the answers for {PORTFOLIO} people", lean, f"with all the reasons, from {SAMPLE}", scaled)
    print(f"{'':<58} {PORTFOLIO / lean * 1000:.0f} profiles a second; {len(set(drawn))} of the profiles are different")


def run() -> None:
    """Every comparison of this file."""
    one_person()
    portfolio()


if __name__ == "__main__":
    run()
