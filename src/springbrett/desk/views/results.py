"""The first results: what the placements led to, chain by chain."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from springbrett import catalogue
from springbrett.access.roles import OFFICE_STAFF, Role, Viewer
from springbrett.access.web import ViewerRequest, page
from springbrett.desk import explain
from springbrett.desk.outcomes import results_for
from springbrett.desk.reading import language
from springbrett.evaluation.results import JUDGEMENTS, Cell, ChainResult, Quartiles, shown
from springbrett.followup.records import State
from springbrett.followup.selectors import due_for
from springbrett.kernel import clock

DAYS_IN_A_MONTH = 30.4375
"""Mean length of a calendar month, only for showing lengths in days as months."""


@require_safe
@page(*sorted(OFFICE_STAFF - {Role.MARKET_CONTACT} | {Role.ANALYST}))
def results(request: ViewerRequest) -> HttpResponse:
    """Purposes, outcomes against the chain, lengths, early ends and overdue follow-up; small numbers hidden."""
    on = clock.today()
    found = results_for(request.viewer, on)
    context = {
        "results": found,
        "whole_country": request.viewer.office_id is None,
        "purposes": _bars(found.purposes, "purpose"),
        "chains": [_chain(chain) for chain in found.chains],
        "lengths": _length(found.durations),
        "early": _bars(found.early_ends, "end_reason"),
        "overdue": _overdue(request.viewer, on, found.minimum_cell),
    }
    return render(request, "desk/results.html", context)


def _chain(chain: ChainResult) -> dict[str, object]:
    known = catalogue.load().chains.get(chain.chain)
    return {
        "code": chain.chain if known else "",
        "name": known.name.get(language()) if known else _("No chain"),
        "decided": chain.decided,
        "judged": [(c.code, c.count) for c in chain.judged if c.code in JUDGEMENTS],
        "bars": [(str(explain.JUDGED[c.code]).capitalize(), c.count, _note(c)) for c in chain.judged],
        "outcomes": _bars(chain.outcomes, "outcome"),
        "lengths": _length(chain.durations),
    }


def _bars(cells: Iterable[Cell], kind: str) -> list[tuple[str, object, str]]:
    known = catalogue.load()
    return [(known.name(kind, c.code, language()) if c.code else _("Not given"), c.count, _note(c)) for c in cells]


def _note(cell: Cell) -> str:
    if cell.suppressed:
        return _("too few to show")
    return f"{cell.percent:.0f} %" if cell.percent is not None else ""


def _length(found: Quartiles | None) -> dict[str, object] | None:
    if found is None:
        return None
    return {
        "n": found.n,
        "median": round(found.median / DAYS_IN_A_MONTH, 1),
        "lower": round(found.lower / DAYS_IN_A_MONTH, 1),
        "upper": round(found.upper / DAYS_IN_A_MONTH, 1),
    }


def _overdue(viewer: Viewer, on: date, minimum: int) -> list[tuple[str, int | None, str]]:
    """Overdue duties by kind among the cases the viewer lists; an analyst gets the whole, with small numbers hidden."""
    whole = viewer.role is Role.ANALYST
    items = due_for(Viewer.system() if whole else viewer, on)
    counts = Counter(item.kind.value for item in items if item.state is State.OVERDUE)
    rows = [(explain.duty_words(kind), shown(n, minimum) if whole else n) for kind, n in counts.most_common()]
    return [(words, n, _("too few to show") if n is None else "") for words, n in rows]
