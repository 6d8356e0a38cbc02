"""The forms of follow-up. What is typed stays on the page until the service has taken it."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from springbrett import catalogue
from springbrett.agreement import explain as agreement_explain
from springbrett.agreement.records import AgreementContent, HoursStep
from springbrett.followup.models import Attendance, Chance, Headway
from springbrett.followup.records import EMPLOYER, PARTICIPANT, PARTIES
from springbrett.kernel import clock

MAX_TEXT = 4000
EXTENDING = frozenset({"extension", "shortening", "correction"})
"""Change reasons that belong to other pages than adjusting."""
Choices = list[tuple[str, str | Promise]]
Label = Any
"""A string or a lazy translation of one (the stubs know lazy strings by a name that is not there at run time)."""


def codes(kind: str, *, leave_out: Iterable[str] = (), empty: str | Promise = "") -> Choices:
    """The codes of a list that can be chosen today, with their names in the page's language."""
    today, hidden = clock.today(), set(leave_out)
    found: Choices = [
        (code.code, code.name.get(agreement_explain.language()))
        for code in catalogue.load().codes(kind)
        if code.holds_on(today) and code.code not in hidden
    ]
    return [("", empty), *found] if empty else found


def words(
    label: Label, *, rows: int = 3, required: bool = False, help_text: Label = ""
) -> forms.CharField:  # fmt: skip
    """A text area."""
    return forms.CharField(label=label, required=required, max_length=MAX_TEXT, help_text=help_text,
                           widget=forms.Textarea(attrs={"rows": rows}))  # fmt: skip


def one_of(label: Label, *, required: bool = True, help_text: Label = "") -> forms.ChoiceField:
    """One code of a short list; the choices are filled in when the form is made."""
    return forms.ChoiceField(label=label, required=required, widget=forms.RadioSelect, help_text=help_text)


def fill(form: forms.Form, **choices: Choices) -> None:
    """Give choice fields their choices."""
    for field, found in choices.items():
        form.fields[field].choices = found  # type: ignore[attr-defined]


class ContactForm(forms.Form):
    """A contact that took place."""

    kind = forms.ChoiceField(label=_("How"))
    on = forms.DateField(label=_("When"))
    attended = forms.MultipleChoiceField(
        label=_("Who took part"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Leave empty if nobody answered."),
    )  # fmt: skip
    result = forms.ChoiceField(label=_("What came of it"), required=False)
    agreed = words(_("What was agreed"), help_text=_("Those who took part can read this."))
    what_next = forms.BooleanField(label=_("We talked about what comes after the placement"), required=False)
    for_caseworkers = words(
        _("Note for NAV"), help_text=_("The employer never sees this. The participant can ask to read it.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        before_the_placement = ("interested", "not_a_match", "no_capacity", "declined", "needs_time")
        fill(self, kind=codes("contact_kind"),
             attended=[(p, agreement_explain.PARTIES[p]) for p in (PARTICIPANT, EMPLOYER)],
             result=codes("contact_result", leave_out=before_the_placement, empty=_("Not said")))  # fmt: skip


class ReviewForm(forms.Form):
    """NAV's review of the placement."""

    on = forms.DateField(label=_("When"))
    duration_ok = forms.TypedChoiceField(
        label=_("Does the length still fit what the participant needs?"), widget=forms.RadioSelect,
        choices=[("yes", _("Yes")), ("no", _("No"))], coerce=lambda answer: answer == "yes",
    )  # fmt: skip
    headway = one_of(_("How far towards the purpose?"))
    work_chance = one_of(_("How near is ordinary work?"))
    conclusion = one_of(_("What now?"))
    text = words(_("What the assessment rests on"), required=True, help_text=_("The participant can read this."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fill(self, headway=list(Headway.choices), work_chance=list(Chance.choices),
             conclusion=codes("review_conclusion"))  # fmt: skip


class ReportForm(forms.Form):
    """The employer's report."""

    tasks = words(_("What the participant works with now"), required=True)
    attendance = one_of(_("Does the participant come as agreed?"), required=False)
    progress = words(_("What goes well, and what is learned"))
    needs = words(_("What is needed: training, adaptation, other hours"), help_text=_("Do not write about health."))
    hiring = one_of(_("Is it realistic to hire?"), required=False)
    wants_contact = forms.BooleanField(label=_("I want NAV to get in touch"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fill(self, attendance=list(Attendance.choices), hiring=codes("hiring_realistic"))


class PrivateFeedbackForm(forms.Form):
    """The participant's word to NAV alone."""

    topics = forms.MultipleChoiceField(label=_("What it is about"), required=False, widget=forms.CheckboxSelectMultiple)
    text = words(_("What you want NAV to know"), rows=5, required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fill(self, topics=codes("feedback_topic", leave_out=("masters_well", "needs_more_training")))


class EmployerFeedbackForm(forms.Form):
    """The participant's word to the employer."""

    masters = words(_("This I master well"))
    needs_training = words(_("I need more training in this"))
    text = words(_("Something else I want to say"))

    def clean(self) -> dict[str, Any]:
        """At least one of the fields says something."""
        cleaned = super().clean() or {}
        if not any((cleaned.get(field) or "").strip() for field in ("masters", "needs_training", "text")):
            raise forms.ValidationError(_("Write in at least one of the fields."))
        return cleaned


class PlanItemForm(forms.Form):
    """Something more in the plan."""

    kind = forms.ChoiceField(label=_("What"))
    on = forms.DateField(label=_("When"))
    owed_by = one_of(_("Who does it"))
    note = words(_("Note"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fill(self, kind=codes("contact_kind"), owed_by=[(p, agreement_explain.PARTIES[p]) for p in reversed(PARTIES)])


class OverrideForm(forms.Form):
    """A form that may have to say why it goes on in spite of a warning; the field is left out until then."""

    def ask_override(self) -> None:
        """Add the field for the reason."""
        self.fields["override_reason"] = forms.ChoiceField(
            label=_("Why go on all the same?"), widget=forms.RadioSelect, choices=codes("override_reason")
        )


class ExtendForm(OverrideForm):
    """A new last day, and why."""

    base_version = forms.IntegerField(widget=forms.HiddenInput)
    new_end = forms.DateField(label=_("New last day"))
    reason_code = one_of(_("Why"))
    reason_text = words(_("In your own words"), help_text=_("All three parties can read this."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fill(self, reason_code=codes("extension_reason"))
        if self.data.get("override_reason"):
            self.ask_override()


class EndForm(forms.Form):
    """The last day, and why."""

    ended_on = forms.DateField(label=_("Last day"))
    reason_code = one_of(_("Why it ends"))
    note = words(_("Note for NAV"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fill(self, reason_code=codes("end_reason"))


ADJUSTED_PARTS = {"tasks": "tasks", "training": "training", "adaptation_text": "adaptation", "hours_from": "hours",
                  "hours_per_week": "hours", "mentor_requested": "support"}  # fmt: skip
"""Which part of the agreement each field of the adjustment changes."""


class AdjustForm(forms.Form):
    """Tasks, training, hours, adaptation and mentor, as they should be from now on: those the agreement has."""

    base_version = forms.IntegerField(widget=forms.HiddenInput)
    tasks = words(_("Tasks"), required=True)
    training = words(_("Training at the workplace"))
    adaptation_text = words(_("Adaptation"))
    hours_from = forms.DateField(label=_("New hours from"), required=False)
    hours_per_week = forms.DecimalField(label=_("Hours a week"), required=False, min_value=Decimal(1), max_digits=4,
                                        decimal_places=1)  # fmt: skip
    mentor_requested = forms.BooleanField(label=_("A mentor is requested"), required=False)
    reason_code = forms.ChoiceField(label=_("Why"))
    reason_text = words(_("In your own words"), help_text=_("All three parties can read this."))

    def __init__(self, *args: Any, parts: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fill(self, reason_code=codes("change_reason", leave_out=EXTENDING, empty=_("Choose")))
        for name in [name for name, part in ADJUSTED_PARTS.items() if part not in parts]:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """New hours need a day, and a day needs hours."""
        cleaned = super().clean() or {}
        if bool(cleaned.get("hours_from")) != bool(cleaned.get("hours_per_week")):
            self.add_error("hours_per_week", _("Write both the day and the hours."))
        return cleaned

    @staticmethod
    def initial_of(content: AgreementContent, number: int) -> dict[str, Any]:
        """What the form shows to begin with."""
        return {"base_version": number, "tasks": content.tasks, "training": content.training,
                "adaptation_text": content.adaptation_text,
                "mentor_requested": content.support.mentor_requested}  # fmt: skip

    def applied_to(self, content: AgreementContent) -> AgreementContent:
        """The content with what was typed. From the day of the new hours, earlier planned steps fall away."""
        said = self.cleaned_data
        texts = {name: said[name] for name in ("tasks", "training", "adaptation_text") if name in said}
        ramp = content.hours_ramp
        if said.get("hours_from"):
            kept = tuple(step for step in ramp if step.from_on < said["hours_from"])
            ramp = (*kept, HoursStep(said["hours_from"], said["hours_per_week"]))
        asked = said.get("mentor_requested", content.support.mentor_requested)
        return replace(content, **texts, hours_ramp=ramp, support=replace(content.support, mentor_requested=asked))


def today() -> dict[str, date]:
    """The day a form begins with."""
    return {"on": clock.today()}
