"""Pages of the choice: every measure weighed, one measure in full, and the decision."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from springbrett import catalogue
from springbrett.access.policy import Action
from springbrett.access.selectors import account_names
from springbrett.access.web import ViewerRequest
from springbrett.choice import explain, explain_chain, explain_evidence, proposal, selectors, services
from springbrett.choice.forms import DecideForm
from springbrett.choice.models import Choice
from springbrett.choice.records import ChainFit, ChainView, MeasureOption
from springbrett.kernel import clock
from springbrett.mapping import selectors as mapping_selectors
from springbrett.mapping.models import MappingVersion
from springbrett.people.models import Case
from springbrett.people.web import case_page

LINKS = {
    "characteristics": gettext_lazy("Who it is for"),
    "clarifications": gettext_lazy("What must be clear first"),
    "implementation": gettext_lazy("How it is done"),
    "desired_outcome": gettext_lazy("What it should give"),
    "desired_development": gettext_lazy("What it should lead on to"),
}
"""The five links of a chain, in order."""


@require_safe
@case_page(Action.SEE_CASE)
def overview(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """What is decided, and every measure with what speaks for and against it."""
    confirmed = mapping_selectors.confirmed_version_of(case)
    version = confirmed or mapping_selectors.newest_version_of(case)
    found, history = selectors.weighed(case, version, clock.today()) if version else (None, None)
    choices = selectors.choices_of(case)
    context = {
        "case": case,
        "rows": [_row(option) for option in found or ()],
        "history": _history(found or (), history),
        "mapped": found is not None,
        "may_choose": mapping_selectors.may_write(request.viewer, case, Action.CHOOSE),
        "confirmed": confirmed is not None,
        "weighed_by": version,
        "newer": _newer(case, confirmed),
        "decided": [_decided(choice, who) for choice, who in choices],
    }
    return render(request, "choice/overview.html", context)


def _history(options: Iterable[MeasureOption], history: ChainView | None) -> dict[str, Any] | None:
    """What has been and may come next, for a person who has had something."""
    if history is None or not history.stays:
        return None
    return explain_chain.view_rows(history, clock.today(), explain.not_met(options))


def _newer(case: Case, confirmed: MappingVersion | None) -> MappingVersion | None:
    """The open version that has begun after the confirmed one, if there is one: it is not weighed yet."""
    newest = mapping_selectors.newest_version_of(case) if confirmed else None
    return newest if newest and not newest.confirmed else None


@require_safe
@case_page(Action.SEE_CASE)
def measure(request: ViewerRequest, case: Case, measure: str) -> HttpResponseBase:
    """One measure in full: the tree of reasons, the chains, near alternatives, time used and left."""
    option = _option(case, measure)
    known = catalogue.load().measure(measure)
    context = {
        "case": case,
        "measure": known,
        "row": _row(option),
        "fits": [_fit(fit) for fit in option.chain_fits],
        "programmes": [catalogue.load().measure(code) for code in option.programmes],
        "asked": explain.asked_and_unknown(option),
        "may_choose": mapping_selectors.may_write(request.viewer, case, Action.CHOOSE),
        "near": [(code, explain.measure_name(code)) for code in option.near],
    }
    return render(request, "choice/measure.html", context)


@require_safe
@case_page(Action.SEE_CASE)
def why(request: ViewerRequest, case: Case, measure: str) -> HttpResponseBase:
    """The tree of reasons of one measure alone, to be put into the list (HTMX)."""
    return render(request, "choice/why.html", {"option": _option(case, measure)})


@require_safe
@case_page(Action.SEE_CASE)
def decision(request: ViewerRequest, case: Case, number: int) -> HttpResponseBase:
    """One decision with the proposal as it was shown when it was made."""
    choice = selectors.choice_of(case, number)
    if choice is None:
        raise Http404
    kept = proposal.from_data(choice.proposal)
    context = {
        "case": case,
        "row": _decided(choice, account_names({choice.decided_by}).get(choice.decided_by, "")),
        "proposed": [explain.measure_name(option.measure) for option in kept if option.proposed],
        "decided": next((option for option in kept if option.measure == choice.measure), None),
    }
    return render(request, "choice/decision.html", context)


@require_safe
@case_page(Action.SEE_CASE)
def chain(request: ViewerRequest, case: Case, measure: str, chain: str) -> HttpResponseBase:
    """One chain of effects: the five links, what it takes for granted, and what research has found."""
    known = catalogue.load()
    if measure not in known.measures or chain not in known.measure(measure).chains:
        raise Http404
    entry = known.chain(chain)
    option = _option(case, measure)
    context = {
        "case": case,
        "measure": known.measure(measure),
        "chain": entry,
        "links": [(LINKS[name], items) for name, items in entry.links.in_order()],
        "evidence": [(found, explain_evidence.figure(found)) for found in known.evidence_of(chain)],
        "fit": _fit(next(fit for fit in option.chain_fits if fit.chain == chain)),
        "near": [(code, explain.measure_name(code)) for code in entry.near_alternatives],
        "fallbacks": [explain.measure_name(code) for code in entry.fallbacks],
    }
    return render(request, "choice/chain.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(Action.CHOOSE)
def decide(request: ViewerRequest, case: Case, measure: str) -> HttpResponseBase:
    """The decision: measure, chain, reason, the person's wish."""
    option = _option(case, measure)
    newest = selectors.newest_choice(case)
    if request.method != "POST":
        version = mapping_selectors.confirmed_version_of(case)
        return _decide_page(request, case, option, _fresh_form(case, option, version), seen=newest)
    form = DecideForm(option, data=request.POST)
    if not form.is_valid():
        return _decide_page(request, case, option, form, seen=_seen(request, case), status=422)
    seen = _seen(request, case)
    try:
        services.choice_decide(
            actor=request.viewer, case_id=case.id, measure=measure, seen=seen.id if seen else None, **form.decision()
        )
    except services.ChoiceRefused as refused:
        form.refuse(refused)
        return _decide_page(request, case, option, form, seen=newest, status=409)
    messages.success(request, _("The decision is recorded. %(next)s") % {"next": explain.next_step(measure)})
    return redirect("choice:page", case.id)


def _fresh_form(case: Case, option: MeasureOption, version: MappingVersion | None) -> DecideForm:
    wish = mapping_selectors.profile_of(case, version).own_wish_measure if version else None
    return DecideForm(option, initial={"person_wish_measure": wish or ""})


def _decide_page(
    request: ViewerRequest, case: Case, option: MeasureOption, form: DecideForm, *, seen: Choice | None,
    status: int = 200,
) -> HttpResponseBase:  # fmt: skip
    context = {
        "case": case,
        "row": _row(option),
        "form": form,
        "barriers": form.barriers,
        "confirmed": mapping_selectors.confirmed_version_of(case) is not None,
        "seen": seen,
        "current": explain.measure_name(seen.measure) if seen else "",
    }
    return render(request, "choice/decide.html", context, status=status)


def _seen(request: ViewerRequest, case: Case) -> Choice | None:
    try:
        return Choice.objects.filter(case=case, pk=UUID(request.POST.get("seen", ""))).first()
    except ValueError:
        return None


def _options(case: Case) -> tuple[MeasureOption, ...] | None:
    version = mapping_selectors.confirmed_version_of(case) or mapping_selectors.newest_version_of(case)
    return selectors.options_of(case, version, clock.today()) if version else None


def _option(case: Case, measure: str) -> MeasureOption:
    found = _options(case) or ()
    option = next((option for option in found if option.measure == measure), None)
    if option is None:
        raise Http404
    return option


def _row(option: MeasureOption) -> dict[str, Any]:
    words, colour = explain.standing(option)
    best = option.best_chain
    return {
        "option": option,
        "name": explain.measure_name(option.measure),
        "standing": words,
        "colour": colour,
        "chain": explain.chain_name(best.chain) if best and best.fits else "",
        "fit": best if best and best.fits and option.proposed else None,
        "against": [explain.objection(verdict) for verdict in option.against],
        "unknown": [explain.sentence(verdict) for verdict in option.unknown],
        "near": [explain.measure_name(code) for code in option.near],
        "programmes": [explain.measure_name(code) for code in option.programmes],
    }


def _fit(fit: ChainFit) -> dict[str, Any]:
    words, colour = explain.fit_words(fit)
    return {"fit": fit, "name": explain.chain_name(fit.chain), "words": words, "colour": colour}


def _decided(choice: Choice, who: str) -> dict[str, Any]:
    return {
        "choice": choice,
        "who": who,
        "measure": explain.measure_name(choice.measure),
        "chain": explain.chain_name(choice.chain) if choice.chain else "",
        "wish": explain.measure_name(choice.person_wish_measure) if choice.person_wish_measure else "",
        "waiting_for": explain.measure_name(choice.waiting_for) if choice.waiting_for else "",
        "next": explain.next_step(choice.measure),
    }
