"""The diary: what is to happen when. Read from the first day to the last with the clock set back, so that the ledger
comes out in the order things happened."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from springbrett.kernel import clock

OPENS = time(8, 30)


@dataclass(slots=True)
class Diary:
    """Appointments. Those of one owner on one day come in the order they were written."""

    entries: list[tuple[date, int, int, Callable[[], object]]] = field(default_factory=list)

    def write(self, on: date, act: Callable[[], object], *, owner: int = 0) -> None:
        """Write down that something happens on the day."""
        self.entries.append((on, owner, len(self.entries), act))

    def live(self) -> None:
        """Do everything, day by day; whatever is left for a day to come is left undone."""
        now = clock.now()
        slot, before = 0, None
        for on, _, _, act in sorted(self.entries, key=lambda entry: entry[:3]):
            slot = slot + 1 if on == before else 0
            before = on
            moment = datetime.combine(on, OPENS, clock.OSLO) + timedelta(minutes=4 * slot)
            if on > now.date():
                continue
            with clock.at(min(moment, now)):
                act()
