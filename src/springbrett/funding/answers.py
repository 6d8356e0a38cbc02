"""What every view of the room does after a form: say why it was refused, or go on."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from springbrett.funding import explain
from springbrett.funding.errors import FundingError


def put(form: Form, error: FundingError, request: HttpRequest | None = None) -> None:
    """The refusal at the field it is about, else above the form, or as a message when the form was not sent."""
    if request is not None and not form.is_bound:
        messages.warning(request, explain.refusal(error.code))
        return
    field = error.field if error.field in form.fields else None
    form.add_error(field, explain.refusal(error.code))


def see_other(name: str, *args: object) -> HttpResponse:
    """303 to the page."""
    response = HttpResponseRedirect(reverse(name, args=args))
    response.status_code = 303
    return response
