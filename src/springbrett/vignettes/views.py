"""The advisers' pages: which studies are open, what one is about, one page of it, and the end. Thin."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from springbrett.access.roles import CASEWORKERS, Role
from springbrett.access.web import ViewerRequest, page
from springbrett.mapping.explain import language
from springbrett.vignettes import explain, library, selectors, services
from springbrett.vignettes.errors import StudyNotFound, VignetteError
from springbrett.vignettes.forms import SheetForm
from springbrett.vignettes.selectors import Standing

INVITED = (*sorted(CASEWORKERS), Role.MARKET_CONTACT)


P = ParamSpec("P")
StudyView = Callable[Concatenate[ViewerRequest, P], HttpResponseBase]


def of_a_study(view: StudyView[P]) -> StudyView[P]:
    """404 for a study that is not there, or not open to the viewer."""

    @wraps(view)
    def inside(request: ViewerRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except StudyNotFound:
            raise Http404 from None

    return inside


@contextmanager
def refusal_said(request: ViewerRequest) -> Iterator[None]:
    """What the study refuses, said on the next page."""
    try:
        yield
    except VignetteError as error:
        messages.warning(request, explain.refusal(error.code))


def see_other(name: str, *args: object) -> HttpResponse:
    """303 to the page."""
    response = HttpResponseRedirect(reverse(name, args=args))
    response.status_code = 303
    return response


@require_safe
@page(*INVITED, Role.ANALYST)
def studies(request: ViewerRequest) -> HttpResponseBase:
    """The studies: those the adviser is invited to, or all of them for the analyst."""
    if request.viewer.role is Role.ANALYST:
        rounds = selectors.all_rounds(request.viewer)
        rows = [{"study": held.study, "title": held.study.title, "question": held.study.question,
                 "newest": next(iter(rounds.get(code, ())), None)}
                for code, held in library.studies().items()]  # fmt: skip
        return render(request, "vignettes/studies.html", {"rows": rows})
    return render(request, "vignettes/invited.html", {"rows": selectors.invitations(request.viewer)})


@require_safe
@page(*INVITED)
@of_a_study
def intro(request: ViewerRequest, study: str) -> HttpResponseBase:
    """What the study is about and what is done with the answers, before anything is asked."""
    at = selectors.standing(request.viewer, study)
    context = {"at": at, "study": at.study, "about": at.study.about, "pages": _page_count(at),
               "answered": len(at.answered)}  # fmt: skip
    return render(request, "vignettes/intro.html", context)


@require_POST
@page(*INVITED)
@of_a_study
def begin(request: ViewerRequest, study: str) -> HttpResponseBase:
    """Begin, or go on where one was."""
    at = selectors.standing(request.viewer, study)
    if at.withdrawn:
        return see_other("vignettes:study", study)
    if at.respondent is None:
        services.answering_begin(actor=request.viewer, study=study)
        at = selectors.standing(request.viewer, study)
    return see_other("vignettes:page", study, at.next_place) if at.next_place else see_other("vignettes:done", study)


@require_http_methods(["GET", "HEAD", "POST"])
@page(*INVITED)
@of_a_study
def sheet(request: ViewerRequest, study: str, place: int) -> HttpResponseBase:
    """One page: a person, or a section of the form."""
    at = selectors.standing(request.viewer, study)
    if at.respondent is None or at.withdrawn:
        return see_other("vignettes:study", study)
    if not 1 <= place <= len(at.pages):
        raise Http404
    subject = at.pages[place - 1]
    if request.method == "POST":
        return _saved(request, at, place, subject)
    given = selectors.given_by(at.respondent, subject)
    form = SheetForm(at.study, subject, initial=SheetForm.initial_of(at.study, subject, given))
    return _shown(request, at, place, form)


def _saved(request: ViewerRequest, at: Standing, place: int, subject: str) -> HttpResponseBase:
    later = request.POST.get("do") == "later"
    form = SheetForm(at.study, subject, request.POST, whole=not later)
    if form.is_valid():
        try:
            services.answers_save(actor=request.viewer, study=at.study.code, subject=subject, given=form.said(),
                                  whole=not later)  # fmt: skip
        except VignetteError as error:
            form.add_error(error.field if error.field in form.fields else None, explain.refusal(error.code))
        else:
            if later:
                messages.success(request, _("Saved. Go on when you like, as long as the study is open."))
                return see_other("vignettes:study", at.study.code)
            if place < len(at.pages):
                return see_other("vignettes:page", at.study.code, place + 1)
            return see_other("vignettes:done", at.study.code)
    return _shown(request, at, place, form)


def _shown(request: ViewerRequest, at: Standing, place: int, form: SheetForm) -> HttpResponseBase:
    subject = at.pages[place - 1]
    person, section = at.study.person(subject), at.study.section(subject)
    tongue = language()
    context = {
        "at": at, "study": at.study, "place": place, "pages": len(at.pages), "form": form, "person": person,
        "section": section, "facts": [fact.get(tongue) for fact in person.facts] if person else (),
        "heading": _("%(name)s, %(age)s years") % {"name": person.name, "age": person.age} if person
        else section.title.get(tongue) if section else "",
        "intro": section.intro if section else None, "last": place == len(at.pages),
    }  # fmt: skip
    return render(request, "vignettes/sheet.html", context, status=422 if form.errors else 200)


@require_safe
@page(*INVITED)
@of_a_study
def done(request: ViewerRequest, study: str) -> HttpResponseBase:
    """The end: what is answered, what is left, and how to change or take back."""
    at = selectors.standing(request.viewer, study)
    if at.respondent is None or at.withdrawn:
        return see_other("vignettes:study", study)
    tongue, rows = language(), []
    for place, subject in enumerate(at.pages, 1):
        person, section = at.study.person(subject), at.study.section(subject)
        name = person.name if person else section.title.get(tongue) if section else subject
        rows.append((name, place, subject in at.answered))
    return render(request, "vignettes/done.html", {"at": at, "study": at.study, "rows": rows})


@require_POST
@page(*INVITED)
@of_a_study
def withdraw(request: ViewerRequest, study: str) -> HttpResponseBase:
    """Take the answers back."""
    with refusal_said(request):
        services.answers_withdraw(actor=request.viewer, study=study)
    return see_other("vignettes:study", study)


def _page_count(at: Standing) -> int:
    return len(at.pages) or len(at.study.pages(at.round.seed, 0))
