"""The office's budget: per measure and year what there is, what is bound, paid and free."""

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from springbrett import catalogue
from springbrett.access.roles import Role
from springbrett.access.selectors import account_names
from springbrett.access.web import ViewerRequest, page
from springbrett.funding import budgets, explain, forms, show
from springbrett.funding.answers import put, see_other
from springbrett.funding.errors import FundingError
from springbrett.funding.records import BudgetRow, Month
from springbrett.funding.services import YEARS_NEAR, budget_set
from springbrett.kernel import clock

KEEPERS = (Role.BUDGET_APPROVER, Role.OFFICE_LEADER)


@require_safe
@page(*KEEPERS)
def budget(request: ViewerRequest) -> HttpResponseBase:
    """The budget lines of a year."""
    this_year = clock.today().year
    year = _year(request.GET.get("year", ""), this_year)
    choice = forms.NewLineForm(request.GET if "code" in request.GET else None)
    if choice.is_bound and choice.is_valid():
        return see_other("funding:line", year, choice.cleaned_data["code"])
    rows = budgets.budget_of(request.viewer, None, year)
    context = {
        "year": year, "lines": [show.budget_line(row) for row in rows], "choice": choice,
        "years": [(str(y), reverse("funding:budget", query={"year": y}), y == year)
                  for y in range(this_year - 1, this_year + 2)],
        "is_approver": request.viewer.role is Role.BUDGET_APPROVER,
    }  # fmt: skip
    return render(request, "funding/budget.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(*KEEPERS)
def line(request: ViewerRequest, year: int, code: str) -> HttpResponseBase:
    """One line of a year: its months ahead, its history, and a new amount."""
    known = catalogue.load()
    if not (known.has_code("budget_group", code) or code in known.measures) or not _near(year):
        raise Http404
    history = budgets.budget_history(request.viewer, None, code, year)
    first = {"amount": history[0].amount if history else None, "base": history[0].number if history else 0}
    form = forms.BudgetForm(request.POST if request.method == "POST" else None, initial=first)
    if form.is_valid():
        try:
            assert request.viewer.office_id is not None
            budget_set(actor=request.viewer, office_id=request.viewer.office_id, code=code, year=year,
                       **form.cleaned_data)  # fmt: skip
        except FundingError as error:
            put(form, error)
        else:
            messages.success(request, _("The budget is set."))
            return see_other("funding:line", year, code)
    rows = budgets.budget_of(request.viewer, None, year)
    row = next((r for r in rows if r.code == code), BudgetRow(code, year, (code,), None, 0, 0))
    names = account_names({one.set_by for one in history})
    context = {
        "line": show.budget_line(row), "year": year, "form": form, "is_group": known.has_code("budget_group", code),
        "measures": [explain.line_name(measure) for measure in row.measures],
        "months": _months(request, row),
        "history": [(one, explain.kroner(one.amount), names.get(one.set_by, "")) for one in history],
        "back": reverse("funding:budget", query={"year": year}),
    }  # fmt: skip
    return render(request, "funding/line.html", context, status=422 if form.errors else 200)


def _months(request: ViewerRequest, row: BudgetRow) -> list[tuple[str, int, str]]:
    """What is committed in each month of the year: name, kroner, and the kroner in words."""
    ahead = budgets.months_ahead(request.viewer, None, row.year)
    sums: dict[int, int] = {}
    for measure in row.measures:
        for month, amount in ahead.get(measure, ()):
            sums[month] = sums.get(month, 0) + amount
    return [(explain.month_name(Month(row.year, month)), amount, "") for month, amount in sorted(sums.items())]


def _year(said: str, otherwise: int) -> int:
    return int(said) if said.isdigit() and len(said) == len(str(otherwise)) and _near(int(said)) else otherwise


def _near(year: int) -> bool:
    return abs(year - clock.today().year) <= YEARS_NEAR
