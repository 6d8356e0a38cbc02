"""Pages of matching. Thin: forms in, services called, answers shown."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from springbrett import catalogue
from springbrett.access.policy import Action
from springbrett.access.web import ViewerRequest
from springbrett.employers import selectors as employer_selectors
from springbrett.employers.explain import refusal
from springbrett.employers.models import Opening, Workplace
from springbrett.employers.records import Refused
from springbrett.employers.web import see_other
from springbrett.kernel import clock, trace, verdict
from springbrett.matching import explain, selectors, services
from springbrett.matching.forms import ChooseForm, ContactForm, QuickOpeningForm
from springbrett.matching.models import Match
from springbrett.matching.records import Candidate, Ranking, Reason
from springbrett.matching.services import MatchRefused
from springbrett.people.models import Case
from springbrett.people.selectors import decision_on
from springbrett.people.web import case_page

SHOWN_FOR, SHOWN_AGAINST, SHOWN_STOPPED, SHOWN_CONTACTS = 3, 2, 10, 5
"""How much the list tells: reasons each way (an opening's own page tells all), stopped openings, contacts."""
edits = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@case_page(Action.MATCH)
def openings(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """The openings ranked for the person, those that are stopped below, first contacts, and the match that counts."""
    everywhere = request.GET.get("everywhere") == "1"
    context: dict[str, Any] = {"case": case, "everywhere": everywhere}
    try:
        ranking = selectors.ranking_of(request.viewer, case, clock.today(), everywhere=everywhere)
    except selectors.NoProfile:
        return render(request, "matching/page.html", context)
    context |= _list_of(ranking, _number(request.GET.get("page")), everywhere=everywhere)
    context |= {"match": ranking.match, "contacts": selectors.contacts_of(case)[:SHOWN_CONTACTS]}
    return render(request, "matching/page.html", context)


@edits
@case_page(Action.MATCH)
def opening(request: ViewerRequest, case: Case, opening_id: UUID) -> HttpResponseBase:
    """One opening: everything that speaks for and against, what is unknown; choose it or tell of a contact."""
    found = _opening(request, opening_id)
    candidate = _weighed(request, case, found)
    form = ChooseForm(request.POST or None, candidate=candidate, initial={"seen": _seen(case)})
    if request.method == "POST" and form.is_valid():
        try:
            seen = form.cleaned_data["seen"]
            services.match_choose(
                actor=request.viewer, case_id=case.id, opening_id=found.id,
                seen=services.ANY if seen is None else seen, **form.decision(),
            )  # fmt: skip
        except MatchRefused as refused:
            form.refuse(refused)
            form.saw(_seen(case))
        else:
            messages.success(request, _("The workplace is chosen. Next: write the agreement together."))
            return see_other("matching:page", case.id)
    return _opening_page(request, case, found, candidate, form, _new_contact())


@require_POST
@case_page(Action.MATCH)
def contact(request: ViewerRequest, case: Case, opening_id: UUID) -> HttpResponseBase:
    """Tell that somebody has asked the employer about an opening."""
    found = _opening(request, opening_id)
    form = ContactForm(request.POST, prefix="contact")
    if _recorded(request, case, form, opening_id=found.id):
        return see_other("matching:opening", case.id, found.id)
    candidate = _weighed(request, case, found)
    choose = ChooseForm(candidate=candidate, initial={"seen": _seen(case)})
    return _opening_page(request, case, found, candidate, choose, form)


@require_safe
@case_page(Action.SEE_CASE)
def chosen(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """The match that counts and why, in words the person can read too; and the choices before it."""
    matches = selectors.matches_for(request.viewer, case.id)
    context: dict[str, Any] = {"case": case, "may_match": decision_on(request.viewer, case, Action.MATCH).allowed}
    if matches:
        match, by = matches[0]
        context |= {"match": match, "by": by, "earlier": matches[1:], **_shown_with(match)}
    return render(request, "matching/chosen.html", context)


@require_safe
@case_page(Action.MATCH)
def own(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """Find the employer the person has in mind, when no opening is registered there."""
    query = request.GET.get("q", "").strip()
    rows = employer_selectors.employers_for(request.viewer, query).rows if query else ()
    found = employer_selectors.workplaces_of(request.viewer, [row.id for row in rows])
    context = {"case": case, "query": query, "rows": [(row, found.get(row.id, ())) for row in rows]}
    return render(request, "matching/own.html", context)


@edits
@case_page(Action.MATCH)
def own_workplace(request: ViewerRequest, case: Case, workplace_id: UUID) -> HttpResponseBase:
    """Describe room at a workplace and choose it in one step."""
    workplace = _workplace(request, workplace_id)
    quick = QuickOpeningForm(request.POST or None, prefix="opening")
    if request.method != "POST":
        return _own_page(request, case, workplace, quick, ChooseForm(), _new_contact())
    candidate = None
    if quick.is_valid():
        described = Opening(workplace=workplace, open_from=clock.today(), **quick.cleaned_data)
        candidate = _weighed(request, case, described)
    form = ChooseForm(request.POST, candidate=candidate)
    if form.is_valid() and candidate is not None and _chose_own(request, case, workplace, quick, form):
        messages.success(request, _("The workplace is chosen. Next: write the agreement together."))
        return see_other("matching:page", case.id)
    return _own_page(request, case, workplace, quick, form, _new_contact(), candidate)


@require_POST
@case_page(Action.MATCH)
def own_contact(request: ViewerRequest, case: Case, workplace_id: UUID) -> HttpResponseBase:
    """Tell that somebody has asked at a workplace without an opening."""
    workplace = _workplace(request, workplace_id)
    form = ContactForm(request.POST, prefix="contact")
    if _recorded(request, case, form, workplace_id=workplace.id):
        return see_other("matching:own_workplace", case.id, workplace.id)
    return _own_page(request, case, workplace, QuickOpeningForm(prefix="opening"), ChooseForm(), form)


def _chose_own(
    request: ViewerRequest, case: Case, workplace: Workplace, quick: QuickOpeningForm, form: ChooseForm
) -> bool:
    try:
        services.match_choose_own(
            actor=request.viewer, case_id=case.id, workplace_id=workplace.id,
            opening={**quick.cleaned_data, "open_from": clock.today()},  # type: ignore[typeddict-item]
            **form.decision(),
        )  # fmt: skip
    except MatchRefused as refused:
        form.refuse(refused)
        return False
    except Refused as refused:
        quick.add_error(refused.field if refused.field in quick.fields else None, refusal(refused))
        return False
    return True


def _recorded(request: ViewerRequest, case: Case, form: ContactForm, **place: UUID) -> bool:
    """Record a first contact from the form; False when something is wrong with it."""
    if not form.is_valid():
        return False
    try:
        services.contact_record(
            actor=request.viewer, case_id=case.id, opening_id=place.get("opening_id"),
            workplace_id=place.get("workplace_id"), **form.cleaned_data,
        )  # fmt: skip
    except MatchRefused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, explain.problem(refused))
        return False
    messages.success(request, _("The contact is recorded."))
    return True


def _opening_page(
    request: ViewerRequest, case: Case, found: Opening, candidate: Candidate, form: ChooseForm, told: ContactForm
) -> HttpResponse:
    context = {
        "case": case,
        "opening": found,
        "candidate": candidate,
        "card": card(candidate),
        "said": all_said(candidate),
        "points": [(explain.sentence(reason.verdict), reason.points) for reason in candidate.reasons if reason.points],
        "score": candidate.score,
        "form": form,
        "contact_form": told,
        "contacts": [told for told in selectors.contacts_of(case) if told.opening_id == found.id],
        "people": employer_selectors.contacts_at(request.viewer, found.workplace_id),
    }
    return render(request, "matching/opening.html", context, status=422 if form.is_bound or told.is_bound else 200)


def _own_page(  # noqa: PLR0917 - what a page is made of
    request: ViewerRequest, case: Case, workplace: Workplace, quick: QuickOpeningForm, form: ChooseForm,
    told: ContactForm, candidate: Candidate | None = None,
) -> HttpResponse:  # fmt: skip
    context = {
        "case": case,
        "workplace": workplace,
        "quick": quick,
        "form": form,
        "contact_form": told,
        "card": card(candidate) if candidate else None,
        "said": all_said(candidate) if candidate else {},
    }
    return render(
        request, "matching/own_workplace.html", context, status=422 if form.is_bound or told.is_bound else 200
    )


def _list_of(ranking: Ranking, page: int, *, everywhere: bool) -> dict[str, Any]:
    """One page of the list. Stopped openings are told on the first page only, the nearest to fitting."""
    size = catalogue.load().house_int("match_shortlist_size", clock.today())
    first = (page - 1) * size
    part = ranking.open[first : first + size]
    return {
        "ranking": ranking,
        "cards": [(first + place, card(candidate)) for place, candidate in enumerate(part, 1)],
        "stopped": [card(candidate) for candidate in ranking.stopped[:SHOWN_STOPPED]] if page == 1 else [],
        "previous_url": _turn(page - 1, everywhere=everywhere) if page > 1 else "",
        "next_url": _turn(page + 1, everywhere=everywhere) if len(ranking.open) > first + size else "",
    }


def card(candidate: Candidate) -> dict[str, Any]:
    """A candidate in words: the weightiest reasons each way."""
    return {
        "opening": candidate.opening,
        "distance_km": candidate.distance_km,
        "speaks_for": _said(candidate.speaks_for[:SHOWN_FOR]),
        "speaks_against": _said(candidate.speaks_against[:SHOWN_AGAINST]),
        "unknown_count": len(candidate.unknown),
        "warnings": len(candidate.warnings),
        "stops": [explain.sentence(stop) for stop in candidate.stops],
    }


def all_said(candidate: Candidate) -> dict[str, list[str]]:
    """Every reason in words, each way."""
    return {
        "for": _said(candidate.speaks_for),
        "against": _said(candidate.speaks_against),
        "unknown": _said(candidate.unknown),
    }


def _said(reasons: tuple[Reason, ...]) -> list[str]:
    return [explain.sentence(reason.verdict) for reason in reasons]


def _shown_with(match: Match) -> dict[str, Any]:
    """What was shown when the match was chosen, as it was kept."""
    kept = match.snapshot["chosen"]
    verdicts = [verdict.from_data(data) for data in kept["reasons"]]
    steps = trace.from_data(kept["trace"]).children
    return {
        "speaks_for": [explain.sentence(said) for said in verdicts if said.met],
        "speaks_against": [explain.sentence(said) for said in verdicts if not said.met and not said.unknown],
        "unknown": [explain.sentence(said) for said in verdicts if said.unknown],
        "points": [
            (explain.sentence(said), step.value) for said, step in zip(verdicts, steps, strict=True) if step.value
        ],
        "score": kept["score"],
        "shown": match.snapshot["shown"],
    }


def _weighed(request: ViewerRequest, case: Case, found: Opening) -> Candidate:
    try:
        return selectors.candidate_for(request.viewer, case, found, clock.today())
    except selectors.NoProfile:
        raise Http404 from None


def _opening(request: ViewerRequest, opening_id: UUID) -> Opening:
    try:
        return employer_selectors.opening_for(request.viewer, opening_id)
    except employer_selectors.EmployerNotFound:
        raise Http404 from None


def _workplace(request: ViewerRequest, workplace_id: UUID) -> Workplace:
    try:
        return employer_selectors.workplace_for(request.viewer, workplace_id)
    except employer_selectors.EmployerNotFound:
        raise Http404 from None


def _new_contact() -> ContactForm:
    return ContactForm(prefix="contact", initial={"on": clock.today()})


def _seen(case: Case) -> int:
    match = selectors.newest_match(case)
    return match.number if match else 0


def _turn(page: int, *, everywhere: bool) -> str:
    return "?" + urlencode({"page": page, **({"everywhere": 1} if everywhere else {})})


def _number(text: str | None) -> int:
    return max(int(text), 1) if text and text.isdecimal() and len(text) < 7 else 1
