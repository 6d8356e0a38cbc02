"""`springbrett catalogue preview` in text: what a change set changes in the catalogue, and for which cases."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

from django.db import DatabaseError

from springbrett import catalogue
from springbrett.access.roles import Viewer
from springbrett.catalogue import Catalogue, commands
from springbrett.catalogue.compare import Difference, between_editions
from springbrett.catalogue.overlay import change_set, laid_over
from springbrett.desk.reading import Reader
from springbrett.kernel import clock
from springbrett.kernel.verdict import Verdict
from springbrett.steering.preview import CaseShift, Shift, affected


def preview_lines(path: Path, on: date | None) -> Iterator[str]:
    """The preview line by line, cases by reference, so that a long one shows how far it has come.

    Judged as on the day: today, or the first day the change set holds from if that is later. Raises CatalogueError.
    """
    edition = laid_over(change_set(path))
    difference = between_editions(catalogue.load(), edition)
    judged_on = on or max([clock.today(), *difference.days[:1]])
    yield commands.edition(difference, Reader(judged_on, edition).whole)
    yield f"Cases that would get another answer, judged as on {judged_on.isoformat()}:"
    try:
        yield from _cases(edition, difference, judged_on)
    except DatabaseError:
        yield "  no cases were looked through: there is no database here (springbrett migrate makes one)"


def _cases(edition: Catalogue, difference: Difference, on: date) -> Iterator[str]:
    last: UUID | None = None
    changed = 0
    while True:
        found = affected(Viewer.system(), edition, difference, on, last)
        changed += len(found.cases)
        for case in found.cases:
            yield from _case(case)
        yield f"  … {found.seen} of {found.total} cases looked through, {changed} would get another answer"
        last = found.last
        if last is None:
            return


def _case(case: CaseShift) -> Iterator[str]:
    state = "draft" if case.draft else "running"
    yield f"  case {case.reference} ({case.office}) {case.measure or 'no agreement yet'} {state}"
    yield from (f"    {_shift(shift)}" for shift in case.shifts)


def _shift(shift: Shift) -> str:
    name = {"rule": shift.code, "option": shift.code, "amount": f"kroner in {shift.code}"}.get(shift.what)
    return f"{name or shift.what.replace('_', ' ')}: {_plain(shift.before)} → {_plain(shift.after)}"


def _plain(value: object) -> str:
    if isinstance(value, Verdict):
        return value.answer.value.replace("_", " ")
    if isinstance(value, tuple):
        return ", ".join(map(_plain, value)) or "none"
    return "none" if value is None else value.isoformat() if isinstance(value, date) else str(value)
