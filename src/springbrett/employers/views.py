"""Pages of the register of employers. Thin: forms in, services called, answers shown."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from springbrett.access.policy import RegisterAction, may_on_register
from springbrett.access.roles import OFFICE_STAFF, Role
from springbrett.access.web import ViewerRequest, page
from springbrett.employers import explain, selectors, services
from springbrett.employers.forms import ContactForm, EmployerForm, NoteForm, OpeningForm, StopForm, WorkplaceForm
from springbrett.employers.models import CooperationStop, Employer, Opening, Workplace
from springbrett.employers.records import Refused
from springbrett.employers.web import see_other
from springbrett.kernel import clock
from springbrett.kernel.verdict import Verdict

P = ParamSpec("P")
STAFF = tuple(sorted(OFFICE_STAFF - {Role.BUDGET_APPROVER}))
edits = require_http_methods(["GET", "HEAD", "POST"])


def _found(
    view: Callable[Concatenate[ViewerRequest, P], HttpResponseBase],
) -> Callable[Concatenate[ViewerRequest, P], HttpResponseBase]:
    """Turn an unknown employer, workplace or opening into the page for a wrong address."""

    @wraps(view)
    def inside(request: ViewerRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except selectors.EmployerNotFound:
            raise Http404 from None

    return inside  # type: ignore[return-value]


@require_safe
@page(*STAFF)
def employers(request: ViewerRequest) -> HttpResponse:
    """The register: search and list, a page at a time."""
    query = request.GET.get("q", "").strip()
    found = selectors.employers_for(
        request.viewer, query, after=_uuid(request.GET.get("after")), before=_uuid(request.GET.get("before"))
    )
    context = {
        "query": query,
        "rows": found.rows,
        "previous_url": _turn(query, "before", found.before),
        "next_url": _turn(query, "after", found.after),
    }
    return render(request, "employers/list.html", context)


@require_safe
@page(*STAFF, Role.EMPLOYER)
@_found
def employer(request: ViewerRequest, employer_id: UUID) -> HttpResponse:
    """One employer: where, who, what room, and for the office the record, the signs and the contact log."""
    viewer = request.viewer
    found = selectors.employer_for(viewer, employer_id)
    workplaces = list(found.workplaces.all())
    openings = selectors.openings_of(viewer, employer_id)
    today = clock.today()
    staff = may_on_register(viewer, RegisterAction.SEE_EMPLOYERS).allowed
    context: dict[str, Any] = {
        "employer": found,
        "workplaces": [(workplace, list(workplace.contacts.all())) for workplace in workplaces],
        "openings": [opening for opening in openings if _stands_open(opening, today)],
        "closed": [opening for opening in openings if not _stands_open(opening, today)],
        "staff": staff,
        "sector": explain.SECTORS[found.sector],
    }
    context |= _for_the_office(request, found) if staff else {"known": selectors.known_stays(viewer, employer_id)}
    return render(request, "employers/page.html", context)


def _for_the_office(request: ViewerRequest, found: Employer) -> dict[str, Any]:
    history, known = selectors.record_for(request.viewer, found)
    notes = selectors.notes_for(request.viewer, found.id)
    stops = selectors.stops_of(request.viewer, found.id)

    def said(sign: Verdict) -> str:
        return explain.SENTENCES[sign.rule](sign)

    return {
        "history": history,
        "known": known,
        "signs": [said(sign) for sign in history.signs if not sign.met and not sign.unknown],
        "looked_at": [said(sign) for sign in history.signs],
        "notes": notes,
        "last_contact": notes[0].note.on if notes else None,
        "stops": stops,
        "stopped": _in_force(stops),
    }


@edits
@page(*STAFF)
def employer_new(request: ViewerRequest) -> HttpResponse:
    """Register an employer."""
    form = EmployerForm(request.POST or None)

    def save(said: dict[str, Any]) -> str:
        return _page_of(services.employer_register(actor=request.viewer, **said).id)

    return _form(request, form, save, _("Register an employer"), reverse("employers:list"))


@edits
@page(*STAFF)
@_found
def employer_edit(request: ViewerRequest, employer_id: UUID) -> HttpResponse:
    """Correct what is known of an employer."""
    found = selectors.employer_for(request.viewer, employer_id)
    form = EmployerForm(request.POST or None, employer=found)

    def save(said: dict[str, Any]) -> str:
        return _page_of(services.employer_change(actor=request.viewer, employer_id=found.id, **said).id)

    return _form(request, form, save, _("Change the employer"), _page_of(found.id), found)


@edits
@page(*STAFF)
@_found
def workplace_new(request: ViewerRequest, employer_id: UUID) -> HttpResponse:
    """Add a workplace."""
    found = selectors.employer_for(request.viewer, employer_id)

    def save(said: dict[str, Any]) -> str:
        services.workplace_add(actor=request.viewer, employer_id=found.id, **said)
        return _page_of(found.id)

    return _form(request, WorkplaceForm(request.POST or None), save, _("Add a workplace"), _page_of(found.id), found)


@edits
@page(*STAFF)
@_found
def workplace_edit(request: ViewerRequest, workplace_id: UUID) -> HttpResponse:
    """Correct a workplace."""
    found = selectors.workplace_for(request.viewer, workplace_id)
    form = WorkplaceForm(request.POST or None, initial={"name": found.name, "place": found.place})

    def save(said: dict[str, Any]) -> str:
        services.workplace_change(actor=request.viewer, workplace_id=found.id, **said)
        return _page_of(found.employer_id)

    return _form(request, form, save, _("Change the workplace"), _page_of(found.employer_id), found.employer)


@edits
@page(*STAFF)
@_found
def contact_new(request: ViewerRequest, workplace_id: UUID) -> HttpResponse:
    """Add somebody who answers for the employer."""
    found = selectors.workplace_for(request.viewer, workplace_id)

    def save(said: dict[str, Any]) -> str:
        services.contact_add(actor=request.viewer, workplace_id=found.id, **said)
        return _page_of(found.employer_id)

    form = ContactForm(request.POST or None)
    return _form(request, form, save, _("Add a contact person"), _page_of(found.employer_id), found.employer, found)


@edits
@page(*STAFF)
@_found
def contact_edit(request: ViewerRequest, contact_id: UUID) -> HttpResponse:
    """Correct a contact person."""
    found = selectors.contact_for(request.viewer, contact_id)
    initial = {field: getattr(found, field) for field in ContactForm.base_fields}
    workplace = found.workplace

    def save(said: dict[str, Any]) -> str:
        services.contact_change(actor=request.viewer, contact_id=found.id, **said)
        return _page_of(workplace.employer_id)

    form = ContactForm(request.POST or None, initial=initial)
    back = _page_of(workplace.employer_id)
    return _form(request, form, save, _("Change the contact person"), back, workplace.employer, workplace)


@edits
@page(*STAFF)
@_found
def note_new(request: ViewerRequest, employer_id: UUID) -> HttpResponse:
    """Write a line in the contact log."""
    found = selectors.employer_for(request.viewer, employer_id)
    form = NoteForm(request.POST or None, workplaces=list(found.workplaces.all()), initial={"on": clock.today()})

    def save(said: dict[str, Any]) -> str:
        workplace = _uuid(said.pop("workplace"))
        services.employer_note(actor=request.viewer, employer_id=found.id, workplace_id=workplace, **said)
        return _page_of(found.id)

    return _form(request, form, save, _("Write in the contact log"), _page_of(found.id), found)


@edits
@page(*STAFF)
@_found
def stop(request: ViewerRequest, employer_id: UUID) -> HttpResponse:
    """Stop using an employer."""
    found = selectors.employer_for(request.viewer, employer_id)

    def save(said: dict[str, Any]) -> str:
        services.cooperation_stop(actor=request.viewer, employer_id=found.id, **said)
        return _page_of(found.id)

    form = StopForm(request.POST or None)
    return _form(request, form, save, _("Stop the cooperation"), _page_of(found.id), found)


@require_POST
@page(*STAFF)
@_found
def resume(request: ViewerRequest, employer_id: UUID) -> HttpResponse:
    """Begin to use an employer again."""
    found = selectors.employer_for(request.viewer, employer_id)
    try:
        services.cooperation_resume(actor=request.viewer, employer_id=found.id)
        messages.success(request, _("Cooperation goes on."))
    except Refused as refused:
        messages.warning(request, explain.refusal(refused))
    return see_other(_page_of(found.id))


@edits
@page(*STAFF)
@_found
def opening_new(request: ViewerRequest, workplace_id: UUID) -> HttpResponse:
    """Register room for a person."""
    found = selectors.workplace_for(request.viewer, workplace_id)
    form = OpeningForm(request.POST or None, initial={"open_from": clock.today()})

    def save(said: dict[str, Any]) -> str:
        services.opening_register(actor=request.viewer, workplace_id=found.id, **form.said())
        return _page_of(found.employer_id)

    return _form(request, form, save, _("Register an opening"), _page_of(found.employer_id), found.employer, found)


@edits
@page(*STAFF)
@_found
def opening_edit(request: ViewerRequest, opening_id: UUID) -> HttpResponse:
    """Change an opening."""
    found = selectors.opening_for(request.viewer, opening_id)
    form = OpeningForm(request.POST or None, opening=found)
    workplace = found.workplace

    def save(said: dict[str, Any]) -> str:
        services.opening_change(actor=request.viewer, opening_id=found.id, **form.said())
        return _page_of(workplace.employer_id)

    back = _page_of(workplace.employer_id)
    return _form(request, form, save, _("Change the opening"), back, workplace.employer, workplace)


@require_POST
@page(*STAFF)
@_found
def opening_close(request: ViewerRequest, opening_id: UUID) -> HttpResponse:
    """Close an opening."""
    found = selectors.opening_for(request.viewer, opening_id)
    services.opening_close(actor=request.viewer, opening_id=found.id)
    messages.success(request, _("The opening is closed."))
    return see_other(_page_of(found.workplace.employer_id))


def _form(  # noqa: PLR0917
    request: HttpRequest,
    form: django_forms.Form,
    save: Callable[[dict[str, Any]], str],
    title: str,
    back: str,
    employer: Employer | None = None,
    workplace: Workplace | None = None,
) -> HttpResponse:
    """A page that is one form: saved and gone on, or shown again with what was typed and what is wrong."""
    if request.method == "POST" and form.is_valid():
        try:
            onwards = save(dict(form.cleaned_data))
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, explain.refusal(refused))
        else:
            messages.success(request, _("Saved."))
            return see_other(onwards)
    context = {"form": form, "title": title, "back": back, "employer": employer, "workplace": workplace}
    return render(request, "employers/form.html", context, status=422 if form.is_bound else 200)


def _stands_open(opening: Opening, today: date) -> bool:
    return opening.open_to is None or opening.open_to >= today


def _in_force(stops: tuple[CooperationStop, ...]) -> CooperationStop | None:
    today = clock.today()
    return next((s for s in stops if s.from_on <= today and (s.to_on is None or s.to_on >= today)), None)


def _page_of(employer_id: UUID) -> str:
    return reverse("employers:page", args=[employer_id])


def _turn(query: str, way: str, at: UUID | None) -> str:
    if at is None:
        return ""
    return "?" + urlencode({**({"q": query} if query else {}), way: str(at)})


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
