"""Josef's way, printed; and the days stories are written with."""

from datetime import date

import pytest

from springbrett.demo.stories.script import day
from springbrett.demo.walk import walk_josef
from springbrett.ledger.models import Event
from springbrett.people.models import Person


def test_a_day_is_counted_in_months_and_days() -> None:
    today = date(2026, 3, 31)
    assert day("-1m+2d", today) == date(2026, 3, 2)
    assert day("+10d", today) == date(2026, 4, 10)


def test_a_weekend_becomes_the_friday_before_when_asked() -> None:
    sunday = date(2026, 11, 22)
    assert day("0d", sunday, workday=True) == date(2026, 11, 20)
    assert day("0d", sunday) == sunday


@pytest.mark.parametrize("words", ["", "yesterday", "3", "-1y"])
def test_other_ways_of_writing_a_day_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match="not months and days"):
        day(words, date(2026, 1, 1))


@pytest.mark.django_db
def test_the_walk_tells_every_step_and_leaves_the_database_as_it_was() -> None:
    told: list[str] = []
    walk_josef(told.append)
    steps = ["1 Kartlegging", "2 Valg", "3 Matching", "4 Avtale", "5 Oppfølging", "6 Utfall", "Hendelsene i saken"]
    found = [line.partition(" · ")[0] for line in told if line and not line.startswith(" ")]
    assert [line for line in found if line in steps] == steps
    text = "\n".join(told)
    for needed in (
        "Tannklinikken Smilerud AS",
        "agreement.started",
        "followup.extended",
        "outcome.status_recorded",
        "§ 3-5",
    ):
        assert needed in text
    assert 80 <= len(told) <= 160
    assert not Event.objects.exists()
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_the_walk_tells_the_same_twice() -> None:
    first: list[str] = []
    second: list[str] = []
    walk_josef(first.append)
    walk_josef(second.append)
    assert first == second
