"""The kinds of field the agreement's forms are made of: words the employer reads, yes or no, amounts, percentages."""

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from springbrett import catalogue
from springbrett.agreement import explain
from springbrett.mapping.rules import words_problem

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MAX_TEXT = 4000
YES_NO = (("yes", _("Yes")), ("no", _("No")), ("", _("Not answered")))
SAID = {"yes": True, "no": False}
WORDS_FOR: dict[bool | None, str] = {None: "", True: "yes", False: "no"}
HUNDRED = Decimal(100)
Choices = list[tuple[str, str]]
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]+")
_DOTS_FOR_THOUSANDS = re.compile(r"^\d{1,3}(\.\d{3})+$")
_NUMBER = re.compile(r"^\d+([.,]\d{1,2})?$")


class Words(forms.CharField):
    """Free text the employer will read: no diagnoses, no national identity numbers."""

    def __init__(self, label: "str | _StrPromise", *, rows: int = 3, help_text: "str | _StrPromise" = "") -> None:
        super().__init__(label=label, required=False, max_length=MAX_TEXT, help_text=help_text,
                         widget=forms.Textarea(attrs={"rows": rows}))  # fmt: skip

    def clean(self, value: Any) -> str:
        """The text, or an error that says what to leave out."""
        text: str = super().clean(value)
        if problem := words_problem(text):
            raise forms.ValidationError(explain.refusal(problem))
        return text


class Line(Words):
    """A line of free text the employer will read."""

    def __init__(self, label: "str | _StrPromise", *, help_text: "str | _StrPromise" = "") -> None:
        super().__init__(label, help_text=help_text)
        self.widget = forms.TextInput(attrs={"maxlength": 120})
        self.max_length = 120


class Answer(forms.ChoiceField):
    """Yes, no, or not answered yet."""

    def __init__(self, label: "str | _StrPromise", help_text: "str | _StrPromise" = "") -> None:
        super().__init__(label=label, required=False, choices=YES_NO, widget=forms.RadioSelect, help_text=help_text)


class ShortAnswer(forms.ChoiceField):
    """The same as a list to choose from, where there are many questions under each other."""

    def __init__(self, label: "str | _StrPromise") -> None:
        super().__init__(label=label, required=False, choices=(YES_NO[2], *YES_NO[:2]))


class Amount(forms.Field):
    """An amount as it is written in Norway: «42 500», «42 500,50», «42.500,50». A comma or a point before the decimals.

    None when nothing is written. `most`: the largest that makes sense; None: no limit.
    """

    default_error_messages = {
        "invalid": _("Write the number with digits, for example 42 500 or 42 500,50."),
        "too_much": _("The number is too large."),
    }

    def __init__(
        self, label: "str | _StrPromise", *, most: Decimal | None = None, help_text: "str | _StrPromise" = ""
    ) -> None:  # fmt: skip
        self.most = most
        super().__init__(label=label, required=False, help_text=help_text,
                         widget=forms.TextInput(attrs={"inputmode": "decimal", "data-width": "short"}))  # fmt: skip

    def to_python(self, value: Any) -> Decimal | None:
        """The number. Raises ValidationError for what is no number, or cannot be told apart from another."""
        text = _SPACES.sub("", str(value or ""))
        if not text:
            return None
        if "," in text or _DOTS_FOR_THOUSANDS.match(text):
            text = text.replace(".", "")
        if not _NUMBER.match(text):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        try:
            return Decimal(text.replace(",", "."))
        except InvalidOperation:  # pragma: no cover - the pattern lets only numbers through
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None

    def validate(self, value: Decimal | None) -> None:
        """Raises ValidationError for a number beyond `most`."""
        if value is not None and self.most is not None and value > self.most:
            raise forms.ValidationError(self.error_messages["too_much"], code="too_much")

    def prepare_value(self, value: Any) -> Any:
        """What is kept is written as amounts are read; what somebody typed is shown as typed."""
        return explain.kroner(value) if isinstance(value, Decimal) else value


class Percent(Amount):
    """A percentage of something, 0 to 100."""

    def __init__(self, label: "str | _StrPromise", *, help_text: "str | _StrPromise" = "") -> None:
        super().__init__(label, most=HUNDRED, help_text=help_text)


class Share(Percent):
    """A part of the wage, typed in percent and kept as a share of one (12 % is 0.12)."""

    def clean(self, value: Any) -> Decimal | None:
        """The share."""
        found: Decimal | None = super().clean(value)
        return None if found is None else found / HUNDRED

    def prepare_value(self, value: Any) -> Any:
        """A kept share is shown in percent."""
        return super().prepare_value(value * HUNDRED if isinstance(value, Decimal) else value)


def hours(label: "str | _StrPromise") -> forms.DecimalField:
    """Hours, with at most one decimal."""
    return forms.DecimalField(label=label, required=False, min_value=Decimal(0), max_digits=4, decimal_places=1,
                              localize=False)  # fmt: skip


def line(label: "str | _StrPromise", length: int = 120) -> forms.CharField:
    """A short line: a name, a number."""
    return forms.CharField(label=label, required=False, max_length=length)


def offer(form: forms.Form, name: str, choices: Choices) -> None:
    """Set the choices of a field."""
    cast("forms.ChoiceField", form.fields[name]).choices = choices


def codes(kind: str) -> Choices:
    """A code list as choices in the page's language."""
    return [(code.code, code.name.get(explain.language())) for code in catalogue.load().codes(kind)]
