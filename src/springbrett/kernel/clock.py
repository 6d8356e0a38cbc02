"""What day it is. The only place that asks the machine; everything else asks here.

Time is Norwegian (Europe/Oslo). Three sources, the first that is set wins: :func:`at` around a piece of work, the
environment variable ``SPRINGBRETT_TODAY`` (YYYY-MM-DD) for a whole process, the machine's clock.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")
TODAY_VARIABLE = "SPRINGBRETT_TODAY"
START_OF_DAY = time(9)
"""The time of day when only a date is given."""

_set: ContextVar[datetime | None] = ContextVar("springbrett_clock", default=None)


def now() -> datetime:
    """The time now, aware, in Europe/Oslo. Raises ValueError if ``SPRINGBRETT_TODAY`` is set but is not a date."""
    return _set.get() or _process_time() or datetime.now(OSLO)


def today() -> date:
    """The date now in Norway. Raises ValueError as :func:`now` does."""
    return now().date()


@contextmanager
def at(moment: datetime | date) -> Iterator[datetime]:
    """Let the clock stand still at ``moment`` inside the ``with`` block; a date means 09:00 that day.

    Nests, and belongs to the current thread or task: a thread started inside asks the process's clock again.
    Raises ValueError for a datetime without a time zone.
    """
    token = _set.set(_aware(moment))
    try:
        yield now()
    finally:
        _set.reset(token)


def _aware(moment: datetime | date) -> datetime:
    if not isinstance(moment, datetime):
        return datetime.combine(moment, START_OF_DAY, OSLO)
    if moment.utcoffset() is None:
        raise ValueError("the clock needs a datetime with a time zone")
    return moment.astimezone(OSLO)


def _process_time() -> datetime | None:
    text = os.environ.get(TODAY_VARIABLE, "")
    if not text:
        return None
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            return _aware(date.fromisoformat(text))
        except ValueError:
            pass
    raise ValueError(f"{TODAY_VARIABLE} is {text!r}, which is not a date; write it as YYYY-MM-DD or leave it unset")
