"""The leader's page: the office as a whole."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from springbrett import catalogue
from springbrett.access.roles import Role
from springbrett.access.web import ViewerRequest, page
from springbrett.desk import explain
from springbrett.desk.reading import language
from springbrett.employers import explain as employers_explain
from springbrett.employers.records import Stay
from springbrett.funding.explain import kroner, line_name
from springbrett.kernel import clock
from springbrett.steering import explain as steering_explain
from springbrett.steering.money import droughts_for
from springbrett.steering.records import Drought, Signs
from springbrett.steering.selectors import Office, office_for

SHOWN, SIGNS_SHOWN, LOADS_SHOWN = 8, 5, 20
YEARS_BACK = 5
"""How many years back the money that ran out can be looked up."""


@require_safe
@page(Role.OFFICE_LEADER)
def office(request: ViewerRequest) -> HttpResponse:
    """What runs, what is late, what ends, who carries how much, and what is worth a look."""
    found = office_for(request.viewer, clock.today())
    names = {row.caseworker_id: row.caseworker for row in found.carried.values()}
    droughts = droughts_for(request.viewer, found.on.year, found.on)
    context = {
        "office": found,
        "droughts": [drought_words(one) for one in droughts],
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


@require_safe
@page(Role.OFFICE_LEADER, Role.BUDGET_APPROVER)
def money(request: ViewerRequest) -> HttpResponse:
    """Where the money of a year has run out, and which placements were prolonged meanwhile."""
    today = clock.today()
    asked = request.GET.get("year", "")
    years = range(today.year - YEARS_BACK, today.year + 1)
    year = int(asked) if asked.isdigit() and len(asked) < 5 and int(asked) in years else today.year
    droughts = droughts_for(request.viewer, year, min(today, date(year, 12, 31)))
    context = {
        "year": year,
        "years": [(str(one), reverse("desk:office_money", query={"year": one}), one == year) for one in years],
        "droughts": [(one, drought_words(one), kroner(one.free)) for one in droughts],
        "is_leader": request.viewer.role is Role.OFFICE_LEADER,
    }
    return render(request, "desk/office_money.html", context)


def drought_words(one: Drought) -> dict[str, object]:
    """A budget line without money: its name, the observation as a sentence, and its tree."""
    return {"name": line_name(one.line), "sentence": steering_explain.money_lasts(one.verdict), "verdict": one.verdict}


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
