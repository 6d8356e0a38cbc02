"""The demonstration can be made on any day: weekends, the ends of months and the night the clocks change."""

from datetime import date

import pytest

from springbrett.access.selectors import viewer_by_id
from springbrett.demo.cast.people import STAFF_BY_KEY
from springbrett.demo.office import fill
from springbrett.followup.selectors import due_for
from springbrett.kernel import clock


@pytest.mark.django_db
@pytest.mark.parametrize("made_on", [date(2027, 10, 30), date(2028, 2, 29)], ids=["saturday", "leap_day"])
def test_something_is_due_on_the_day_it_is_made(made_on: date) -> None:
    with clock.at(made_on):
        fill()
        caseworker = viewer_by_id(STAFF_BY_KEY["ingrid"].account_id)
        assert caseworker is not None
        assert any(item.due_on == made_on for item in due_for(caseworker, made_on))
