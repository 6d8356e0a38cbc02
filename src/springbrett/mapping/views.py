"""Pages of the mapping. Thin: forms in, services called, answers shown."""

from dataclasses import dataclass
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from springbrett.access.policy import Action
from springbrett.access.web import ViewerRequest
from springbrett.mapping import explain, guide, rules, selectors, services
from springbrett.mapping.forms import SectionForm
from springbrett.mapping.guide import Section
from springbrett.mapping.models import MappingVersion
from springbrett.mapping.records import Answers, AnswerValue, NeedsProfile
from springbrett.people.models import Case
from springbrett.people.web import case_page


@dataclass(frozen=True, slots=True)
class Opened:
    """What a section page was opened on: goes out in hidden fields and comes back with the answers."""

    version: int
    revision: int
    sheet: str


@require_safe
@case_page(Action.SEE_MAPPING)
def overview(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """How far the conversation has come, what is unknown and why it matters, and the versions."""
    rows = selectors.versions_of(case)
    newest = rows[0].version if rows else None
    profile = selectors.profile_of(case, newest) if newest else None
    parts = {part.section: part for part in rules.progress(newest.answers if newest else {})}
    context = {
        "case": case,
        "newest": newest,
        "rows": rows,
        "may_map": selectors.may_write(request.viewer, case, Action.MAP),
        "sections": [(section, parts[section.code]) for section in guide.SECTIONS],
        "answered": sum(part.answered for part in parts.values()),
        "questions": sum(part.questions for part in parts.values()),
        "unknowns": _unknown_rows(profile) if profile else [],
    }
    return render(request, "mapping/overview.html", context)


def _unknown_rows(profile: NeedsProfile) -> list[dict[str, object]]:
    return [
        {
            "label": explain.FACTS[unknown.question],
            "why": guide.QUESTIONS[unknown.question].why,
            "section": unknown.section,
            "steps": [explain.STEPS[step] for step in unknown.matters_for],
        }
        for unknown in rules.unknowns(profile)
    ]


@require_POST
@case_page(Action.MAP)
def start(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """Open the first version, or the next one as a copy of the newest."""
    try:
        services.mapping_start(actor=request.viewer, case_id=case.id)
    except services.AlreadyOpen:
        messages.info(request, _("A version is open already. Go on with that one."))
    return redirect("mapping:section", case.id, guide.SECTIONS[0].code)


@require_POST
@case_page(Action.MAP)
def confirm(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """Freeze the open version."""
    try:
        version = services.mapping_confirm(actor=request.viewer, case_id=case.id)
        messages.success(request, _("Version %(number)s is confirmed and kept.") % {"number": version.number})
    except services.NothingToConfirm:
        messages.warning(request, _("There is no open version with answers to confirm."))
    return redirect("mapping:page", case.id)


@require_http_methods(["GET", "HEAD", "POST"])
@case_page(Action.MAP)
def section(request: ViewerRequest, case: Case, section: str) -> HttpResponseBase:
    """One section of the conversation: read, write, go on to the next."""
    asked = _section(section)
    newest = selectors.newest_version_of(case)
    answers = newest.answers if newest else {}
    if request.method != "POST":
        offered = _found(request)
        form = SectionForm(asked, answers, offered=offered)
        opened = Opened(newest.number if newest else 0, newest.revision if newest else 0, uuid4().hex)
        return _section_page(request, case, newest, form, opened=opened)
    form = SectionForm(asked, answers, data=request.POST, offered=_found(request))
    opened = _opened(request)
    if not form.is_valid():
        return _section_page(request, case, newest, form, opened=opened, status=422)
    try:
        _save(request, case, form, opened)
    except services.MappingConflict as conflict:
        form.show_clashes(conflict.clashes)
        opened = Opened(conflict.version, conflict.revision, opened.sheet)
        return _section_page(request, case, newest, form, opened=opened, status=409)
    return redirect(_onwards(request, case, asked))


@require_POST
@case_page(Action.MAP)
def autosave(request: ViewerRequest, case: Case, section: str) -> HttpResponseBase:
    """Save what is typed so far; answers with one line of text for the status."""
    form = SectionForm(_section(section), _answers(case), data=request.POST, offered=_found(request))
    if not form.is_valid():
        return _said(_("Not saved yet. Look at: %(fields)s") % {"fields": _fields_with_errors(form)}, 422)
    try:
        _save(request, case, form, _opened(request))
    except services.MappingConflict:
        return _said(_("Not saved: somebody else has answered the same. Press Save to see both answers."), 409)
    return _said(_("Saved"))


@require_safe
@case_page(Action.MAP)
def occupations(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """Occupations that match the words in `q`, as tick boxes to put into the form (HTMX)."""
    question = guide.QUESTIONS["wishes_occupations"]
    found = [(code, explain.choice_label(question, code)) for code in _found(request)]
    context = {"found": found, "name": question.code, "q": request.GET.get("q", "").strip()}
    return render(request, "mapping/occupations.html", context)


@require_safe
@case_page(Action.SEE_MAPPING)
def version(request: ViewerRequest, case: Case, number: int) -> HttpResponseBase:
    """One version to read: every question and its answer."""
    try:
        _profile, found = selectors.profile_for(request.viewer, case.id, number)
    except selectors.NoMapping:
        raise Http404 from None
    sections = [
        (part, [(q.label, explain.answer_words(q, found.answers.get(q.code))) for q in part.questions])
        for part in guide.SECTIONS
    ]
    return render(request, "mapping/version.html", {"case": case, "version": found, "sections": sections})


@require_safe
@case_page(Action.SEE_MAPPING)
def compare(request: ViewerRequest, case: Case) -> HttpResponseBase:
    """Two versions side by side, only what differs."""
    try:
        before, after = int(request.GET.get("a", "")), int(request.GET.get("b", ""))
        found = selectors.compared(request.viewer, case.id, before, after)
    except (ValueError, selectors.NoMapping):
        raise Http404 from None
    rows = [(explain.FACTS[d.question], _words_of(d.question, d.before), _words_of(d.question, d.after)) for d in found]
    return render(request, "mapping/compare.html", {"case": case, "before": before, "after": after, "rows": rows})


def _words_of(question: str, value: AnswerValue) -> str:
    return explain.answer_words(guide.QUESTIONS[question], value)


def _save(request: ViewerRequest, case: Case, form: SectionForm, opened: Opened) -> None:
    try:
        services.mapping_answer(
            actor=request.viewer, case_id=case.id, section=form.section.code, answers=form.answers(),
            base_version=opened.version, base_revision=opened.revision, sheet=opened.sheet,
        )  # fmt: skip
    except services.NothingChanged:
        return


def _section_page(
    request: HttpRequest, case: Case, newest: MappingVersion | None, form: SectionForm, *, opened: Opened,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    place = [section.code for section in guide.SECTIONS].index(form.section.code)
    context = {
        "case": case,
        "form": form,
        "section": form.section,
        "newest": newest,
        "opened": opened,
        "number": place + 1,
        "count": len(guide.SECTIONS),
        "before": guide.SECTIONS[place - 1] if place else None,
        "searches": any(question.kind == "occupation_search" for question in form.section.questions),
        "q": _words(request),
        "nothing_found": bool(_words(request)) and not form.offered,
    }
    return render(request, "mapping/section.html", context, status=status)


def _onwards(request: HttpRequest, case: Case, asked: Section) -> str:
    """Where Save leads: back here with search results, to the overview, or to the next section."""
    going = request.POST.get("do", "next")
    here = reverse("mapping:section", args=[case.id, asked.code])
    if going == "search":
        return f"{here}?{urlencode({'q': _words(request)})}#occupations"
    following = guide.after(asked.code)
    if going == "overview" or following is None:
        return reverse("mapping:page", args=[case.id])
    return reverse("mapping:section", args=[case.id, following.code])


def _section(code: str) -> Section:
    try:
        return guide.section(code)
    except KeyError:
        raise Http404 from None


def _answers(case: Case) -> Answers:
    newest = selectors.newest_version_of(case)
    return newest.answers if newest else {}


def _words(request: HttpRequest) -> str:
    return (request.POST.get("q") or request.GET.get("q") or "").strip()[:80]


def _found(request: HttpRequest) -> tuple[str, ...]:
    return selectors.occupations_matching(_words(request), explain.language())


def _opened(request: HttpRequest) -> Opened:
    def whole(name: str) -> int:
        text = request.POST.get(name, "")
        return int(text) if text.isdecimal() and len(text) < 9 else 0

    return Opened(whole("base_version"), whole("base_revision"), request.POST.get("sheet", "")[:32])


def _fields_with_errors(form: SectionForm) -> str:
    return ", ".join(str(form.fields[name].label) for name in form.errors if name in form.fields)


def _said(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
