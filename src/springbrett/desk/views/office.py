"""The leader's page: the office as a whole."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from springbrett import catalogue
from springbrett.access.roles import Role
from springbrett.access.web import ViewerRequest, page
from springbrett.desk import explain
from springbrett.desk.reading import language
from springbrett.employers import explain as employers_explain
from springbrett.employers.records import Stay
from springbrett.kernel import clock
from springbrett.steering import explain as steering_explain
from springbrett.steering.records import Signs
from springbrett.steering.selectors import Office, office_for

SHOWN, SIGNS_SHOWN, LOADS_SHOWN = 8, 5, 20


@require_safe
@page(Role.OFFICE_LEADER)
def office(request: ViewerRequest) -> HttpResponse:
    """What runs, what is late, what ends, who carries how much, and what is worth a look."""
    found = office_for(request.viewer, clock.today())
    names = {row.caseworker_id: row.caseworker for row in found.carried.values()}
    context = {
        "office": found,
        "figures": _figures(found),
        "overdue_kinds": [(explain.duty_words(kind), count) for kind, count in found.overdue_by_kind],
        "loads": [
            (names[load.caseworker_id], load.cases, _load_note(load.running, load.overdue, load.guidance), load.above)
            for load in found.loads[:LOADS_SHOWN]
        ],
        "ends": [_line(stay, found, stay.end) for stay in found.ends_soon[:SHOWN]],
        "quiet": [_line(row.stay, found, row.since) for row in found.quiet[:SHOWN]],
        "signs": [_sign(signs, found) for signs in found.signs[:SIGNS_SHOWN]],
        "purposes": [
            (catalogue.load().name("purpose", code, language()) if code else _("Not given"), n)
            for code, n in found.purposes
        ],
    }
    return render(request, "desk/office.html", context)


def _figures(found: Office) -> Sequence[tuple[str, int]]:
    return [
        (_("Running placements"), len(found.running)),
        (_("Overdue"), sum(count for _kind, count in found.overdue_by_kind)),
        (_("End soon"), len(found.ends_soon)),
        (_("Without contact for long"), len(found.quiet)),
        (_("Used while waiting for another measure"), found.waiting),
    ]


def _load_note(running: int, overdue: int, guidance: int) -> str:
    note = _("%(running)s running, %(overdue)s overdue") % {"running": running, "overdue": overdue}
    guiding = _("guidance %(count)s") % {"count": guidance}
    return f"{note} · {guiding}" if guidance else note


def _sign(signs: Signs, found: Office) -> dict[str, object]:
    """An employer with its observations, each as a sentence with its tree."""
    sentences = {**employers_explain.SENTENCES, **steering_explain.SENTENCES}
    return {
        "employer_id": signs.employer_id,
        "name": found.employers.get(signs.employer_id, ""),
        "observations": [(sentences[verdict.rule](verdict), verdict) for verdict in signs.observations],
    }


def _line(stay: Stay, found: Office, on: date | None) -> dict[str, object]:
    carried = found.carried.get(stay.case_id) if stay.case_id else None
    case_id: UUID | None = stay.case_id
    return {
        "case_id": case_id,
        "who": carried.person if carried else "",
        "caseworker": carried.caseworker if carried else "",
        "where": found.employers.get(stay.employer_id, ""),
        "on": on,
        "passed": on is not None and on < found.on,
    }
