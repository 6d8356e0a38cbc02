"""The catalogue to read in: measures, what applies on a day and why, chains, code lists. Open to everyone logged in."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from springbrett import catalogue
from springbrett.access.web import ViewerRequest, page
from springbrett.catalogue.entries import ahead
from springbrett.catalogue.structs import Measure
from springbrett.desk import reading
from springbrett.desk.views.preview import may_preview
from springbrett.kernel import clock

KINDS = {
    "placement": _("Placement with an employer"),
    "subsidy": _("Wage subsidy"),
    "followup": _("Follow-up"),
    "clarification": _("Clarification"),
    "training": _("Training"),
    "sheltered": _("Sheltered work"),
    "support": _("Support beside another measure"),
    "municipal": _("Municipal programmes"),
    "health": _("Health and work"),
    "programme": _("Programmes on top of a measure"),
}
LISTS = ("purpose", "needs_level", "end_reason", "outcome", "later_status", "extension_reason", "on_behalf_reason",
         "adjustment_kind", "change_reason", "contact_kind", "contact_result", "report_kind", "review_conclusion",
         "next_step", "cooperation_stop_reason", "demand", "adaptation", "situation", "education_level",
         "cefr")  # fmt: skip
"""The code lists a reader may want; occupations, places and industries are registers, too long to read."""
LIST_NAMES = {
    "purpose": _("Purposes of a placement"),
    "needs_level": _("Needs levels"),
    "end_reason": _("Why a placement ended"),
    "outcome": _("What a placement led to"),
    "later_status": _("Where the person stands later"),
    "extension_reason": _("Why a placement is extended"),
    "on_behalf_reason": _("Why somebody approves on behalf of the participant"),
    "adjustment_kind": _("What is adjusted under way"),
    "change_reason": _("Why an agreement is changed"),
    "contact_kind": _("Kinds of contact"),
    "contact_result": _("What a first contact led to"),
    "report_kind": _("Reports from the employer"),
    "review_conclusion": _("Conclusions of a review"),
    "next_step": _("Next steps"),
    "cooperation_stop_reason": _("Why cooperation with an employer is stopped"),
    "demand": _("Demands of work"),
    "adaptation": _("Adaptations at the workplace"),
    "situation": _("Situation and benefit"),
    "education_level": _("Education"),
    "cefr": _("Language level"),
}


SOON_SHOWN = 8
"""How many changes the front page shows; the page of coming changes has them all."""


class DayForm(forms.Form):
    """Which day to read the rules of."""

    on = forms.DateField(label=_("Show what applies on"), required=False)
    mark_optional = False


@require_safe
@page()
def measures(request: ViewerRequest) -> HttpResponse:
    """What can be given on a day, by kind; what could be given earlier; and what changes soon."""
    form, on = chosen_day(request)
    known = catalogue.load()
    reader = reading.Reader(on)
    context = {
        "groups": _by_kind(m for m in known.measures.values() if m.in_force(on)),
        "coming": [m for m in known.measures.values() if _begins(m, on)],
        "earlier": [(m, replaced_by(m)) for m in known.measures.values() if not m.in_force(on) and not _begins(m, on)],
        "may_preview": may_preview(request.viewer),
        "soon": [reader.change(change) for change in ahead(known, on)[:SOON_SHOWN]],
        "form": form,
        "on": on,
        "version": known.version,
    }
    return render(request, "desk/catalogue.html", context)


@require_safe
@page()
def measure(request: ViewerRequest, code: str) -> HttpResponse:
    """One measure: what applies on a day, with § and source, its history of rules, and its neighbours."""
    found = _measure(code)
    form, on = chosen_day(request)
    reader = reading.Reader(on)
    contrasts = reader.contrasts(found)
    context = {
        "measure": found,
        "form": form,
        "on": on,
        "given": found.in_force(on),
        "topics": _said(reader, code, contrasts),
        "contrasts": contrasts,
        "basis": [_basis(b.act, b.sections) for b in found.legal_basis],
        "related": _related(found),
        "replaced_by": replaced_by(found),
        "based_on": _measures((found.based_on,)),
        "chains": catalogue.load().chains_of(code),
        "may_preview": may_preview(request.viewer),
    }
    return render(request, "desk/measure.html", context)


@require_safe
@page()
def measure_history(request: ViewerRequest, code: str) -> HttpResponse:
    """What has had more than one version, or will have: every value of those topics, oldest first."""
    found = _measure(code)
    history = reading.Reader(clock.today()).measure(code)
    changed = {value.topic for value in history if not value.in_force}
    topics = reading.topics_of(value for value in history if value.topic in changed)
    return render(request, "desk/measure_history.html", {"measure": found, "history": topics})


@require_safe
@page()
def chain(request: ViewerRequest, code: str) -> HttpResponse:
    """One chain of effects: its five links, what is usual, what it assumes, and what research says."""
    known = catalogue.load()
    if code not in known.chains:
        raise Http404
    found = known.chain(code)
    context = {
        "chain": found,
        "measure": known.measure(found.measure),
        "links": [(reading.LINKS[name], items) for name, items in found.links.in_order()],
        "desired": [known.code("outcome", c) for c in found.desired_outcomes],
        "branches": [known.code("outcome", c) for c in found.legitimate_branches],
        "fallbacks": _measures(found.fallbacks),
        "near": _measures(found.near_alternatives),
        "supporting": _measures(found.supporting),
        "evidence": known.evidence_of(code),
        "source": reading.reference(found.ref),
    }
    return render(request, "desk/chain.html", context)


@require_safe
@page()
def codes(request: ViewerRequest) -> HttpResponse:
    """The code lists: their names, so that one can open the one needed."""
    known = catalogue.load()
    lists = [(name, LIST_NAMES[name], len(known.lists[name])) for name in LISTS if name in known.lists]
    return render(request, "desk/codes.html", {"lists": lists})


@require_safe
@page()
def code_list(request: ViewerRequest, name: str) -> HttpResponse:
    """One code list."""
    known = catalogue.load()
    if name not in LISTS or name not in known.lists:
        raise Http404
    return render(request, "desk/code_list.html", {"name": LIST_NAMES[name], "codes": known.codes(name)})


def _measure(code: str) -> Measure:
    known = catalogue.load()
    if code not in known.measures:
        raise Http404
    return known.measure(code)


def _measures(codes: tuple[str, ...]) -> list[Measure]:
    known = catalogue.load().measures
    return [known[code] for code in codes if code in known]


def _said(reader: reading.Reader, code: str, contrasts: tuple[reading.Contrast, ...]) -> tuple[reading.Topic, ...]:
    """What applies on the day, topic by topic, without what the page says elsewhere: that the measure can be given, and
    the practice that stands beside the law."""
    beside = {(row.practice.topic, row.practice.words) for row in contrasts if row.practice.topic == "practice"}
    values = (value for value in reader.measure(code) if value.in_force and value.topic != "valid")
    return reading.topics_of(value for value in values if (value.topic, value.words) not in beside)


def _by_kind(found: Iterable[Measure]) -> list[tuple[object, list[Measure]]]:
    order = list(KINDS)
    ordered = sorted(found, key=lambda m: (order.index(m.kind), m.depth != "full"))
    return [(KINDS[kind], list(group)) for kind, group in groupby(ordered, key=lambda m: m.kind)]


def _begins(found: Measure, on: date) -> bool:
    """Whether the measure cannot be given on the day, but can later."""
    return not found.in_force(on) and any(value.from_ > on for value in found.valid)


def replaced_by(found: Measure) -> list[Measure]:
    """The measures that say they took the place of this one."""
    return [m for m in catalogue.load().measures.values() if found.code in {old.code for old in m.replaces}]


def _basis(act: str, sections: tuple[str, ...]) -> tuple[str, str, list[tuple[str, str]]]:
    """An act with its page, and its sections with theirs."""
    return reading.reference(act), reading.source_page(act, ""), [(s, reading.source_page(act, s)) for s in sections]


def _related(found: Measure) -> list[tuple[object, list[Measure]]]:
    rows = [
        (_("Near this one"), _measures(found.related.near)),
        (_("Can support it"), _measures(found.related.supporting)),
        (_("Often before"), _measures(found.related.predecessors)),
        (_("Often after"), _measures(found.related.successors)),
        (_("Not at the same time"), _measures(found.related.incompatible)),
    ]
    return [(name, measures) for name, measures in rows if measures]


def chosen_day(request: ViewerRequest) -> tuple[DayForm, date]:
    """The form and the day it asks for; today when nothing, or nothing readable, is asked."""
    today = clock.today()
    if "on" not in request.GET:
        return DayForm(initial={"on": today}), today
    form = DayForm(request.GET)
    return form, (form.cleaned_data["on"] or today) if form.is_valid() else today
