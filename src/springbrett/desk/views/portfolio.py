"""The portfolio: find a case by name, by step, by what is overdue or ends soon."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from springbrett import catalogue
from springbrett.access.roles import CASEWORKERS, Role
from springbrett.access.web import ViewerRequest, page
from springbrett.desk import explain, selectors
from springbrett.desk.forms import FilterForm, SearchForm
from springbrett.desk.selectors import Glance, ListedCase
from springbrett.desk.views.redirects import see_other
from springbrett.followup.records import State
from springbrett.followup.selectors import DueItem, due_for
from springbrett.kernel import clock

PAGE_SIZE = 25
SEARCHED = "portfolio_search"
"""Key of the session that holds the name searched for."""


@dataclass(frozen=True, slots=True)
class Line:
    """One case of the list."""

    case_id: UUID
    name: str
    step: str
    state: str
    employer: str
    ends: date | None
    due: DueItem | None
    due_words: str


@require_http_methods(["GET", "HEAD", "POST"])
@page(*CASEWORKERS, Role.OFFICE_LEADER)
def portfolio(request: ViewerRequest) -> HttpResponse:
    """The list. A search is posted and kept in the session, so a name never stands in an address."""
    if request.method == "POST":
        form = SearchForm(request.POST)
        request.session[SEARCHED] = form.cleaned_data["q"].strip() if form.is_valid() else ""
        if not getattr(request, "htmx", False):
            return see_other(request, request.get_full_path())
    template = "desk/parts/portfolio.html" if getattr(request, "htmx", False) else "desk/portfolio.html"
    return render(request, template, _context(request))


def _context(request: ViewerRequest) -> dict[str, object]:
    on, query = clock.today(), request.session.get(SEARCHED, "")
    filters = FilterForm(request.GET)
    chosen = filters.cleaned_data if filters.is_valid() else {}
    cases = selectors.listed_cases(request.viewer, query)
    due = _first_due(due_for(request.viewer, on)) if request.viewer.carries_cases or chosen.get("overdue") else {}
    glances: dict[UUID, Glance] = {}
    if chosen.get("step") or chosen.get("ends"):
        glances = selectors.glances([case.case_id for case in cases])
    kept = [case for case in cases if _keeps(chosen, on)(case, glances.get(case.case_id), due.get(case.case_id))]
    shown, before, after = _slice(kept, request.GET.get("after", ""), request.GET.get("before", ""))
    codes = {name: value for name, value in chosen.items() if value}
    return {
        "query": query,
        "filters": filters,
        "filtered": bool(codes),
        "total": len(kept),
        "lines": _lines(shown, glances, due),
        "previous_url": _url(codes, before=before) if before else "",
        "next_url": _url(codes, after=after) if after else "",
        "here": request.get_full_path(),
    }


def _keeps(chosen: dict[str, object], on: date) -> Callable[[ListedCase, Glance | None, DueItem | None], bool]:
    soon = on + timedelta(days=catalogue.load().house_int("ends_soon_days", on))

    def keeps(case: ListedCase, glance: Glance | None, due: DueItem | None) -> bool:
        if chosen.get("overdue") and not (due and due.state is State.OVERDUE):
            return False
        if chosen.get("step") and not (glance and glance.standing.code == chosen["step"]):
            return False
        stay = glance.stay if glance else None
        return not chosen.get("ends") or bool(stay and stay.running and stay.end and stay.end <= soon)

    return keeps


def _first_due(items: tuple[DueItem, ...]) -> dict[UUID, DueItem]:
    """The most pressing item of each case; the items come most pressing first."""
    found: dict[UUID, DueItem] = {}
    for item in items:
        found.setdefault(item.case_id, item)
    return found


def _slice(
    cases: Sequence[ListedCase], after: str, before: str
) -> tuple[Sequence[ListedCase], UUID | None, UUID | None]:  # fmt: skip
    """The page after (or before) a case, and the cases to go back and on from; None where there is nothing more."""
    places = {str(case.case_id): place for place, case in enumerate(cases)}
    first = 0
    if after in places:
        first = places[after] + 1
    elif before in places:
        first = max(0, places[before] - PAGE_SIZE)
    shown = cases[first : first + PAGE_SIZE]
    if not shown:
        return (), None, None
    last = first + len(shown)
    return shown, shown[0].case_id if first else None, shown[-1].case_id if last < len(cases) else None


def _lines(cases: Sequence[ListedCase], glances: dict[UUID, Glance], due: dict[UUID, DueItem]) -> list[Line]:
    known = glances or selectors.glances([case.case_id for case in cases])
    stays = {case.case_id: known[case.case_id].stay for case in cases}
    employers = selectors.employer_names(stay.employer_id for stay in stays.values() if stay)
    lines = []
    for case in cases:
        stay, step, item = stays[case.case_id], known[case.case_id].standing, due.get(case.case_id)
        lines.append(Line(
            case.case_id, case.name, step.code, explain.state_words(step),
            employers.get(stay.employer_id, "") if stay and stay.running else "",
            stay.end if stay and stay.running else None, item,
            explain.duty_words(item.kind, item.code) if item else "",
        ))  # fmt: skip
    return lines


def _url(codes: dict[str, object], **place: UUID) -> str:
    return reverse("desk:portfolio", query={**codes, **place})
