"""The forms of the agreement: the whole content with its base version, and the approvals."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from springbrett import catalogue
from springbrett.agreement import explain
from springbrett.agreement.records import AgreementContent, ContactPoint, FollowUpPlan, HoursStep, Support
from springbrett.mapping.rules import words_problem

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

RAMP_ROWS = 4
"""How many rows for the hours the form offers; more when the agreement already has more."""
MAX_TEXT = 4000
YES_NO = (("yes", _("Yes")), ("no", _("No")), ("", _("Not answered")))
SAID = {"yes": True, "no": False}
PLAIN = ("main_purpose", "purpose_note", "tasks", "training", "expected", "adaptation_text", "start", "end",
         "close_relative_reason")  # fmt: skip
"""Fields that go between form and content as they are."""
DECLARED = ("discussed_with_employee_reps", "displaces_ordinary_staff", "close_relative", "employed_in_company")
"""The declarations: yes, no, or not answered."""
Choices = list[tuple[str, str]]


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


class Answer(forms.ChoiceField):
    """Yes, no, or not answered yet."""

    def __init__(self, label: "str | _StrPromise", help_text: "str | _StrPromise" = "") -> None:
        super().__init__(label=label, required=False, choices=YES_NO, widget=forms.RadioSelect, help_text=help_text)


def _hours(label: "str | _StrPromise") -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, min_value=Decimal(0), max_digits=4, decimal_places=1,
                              localize=False)  # fmt: skip


class AgreementForm(forms.Form):
    """The whole agreement. Nothing is required here: a draft may be saved unfinished, and the check says what is
    missing. Only what could not be kept (half a row, an end before the start) is an error."""

    base_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    purposes = forms.MultipleChoiceField(label=_("Purposes"), required=False, widget=forms.CheckboxSelectMultiple)
    main_purpose = forms.ChoiceField(label=_("Main purpose"), required=False, widget=forms.RadioSelect)
    purpose_note = Words(_("More about the purpose"))
    tasks = Words(_("Tasks"), rows=4, help_text=_("What the participant will do, in addition to the ordinary staff."))
    training = Words(_("Training at the workplace"), help_text=_("What will be taught, by whom, and when."))
    expected = Words(_("What is expected to be reached"), help_text=_("How you will see that the purpose is reached."))
    adaptations = forms.MultipleChoiceField(label=_("Adaptation"), required=False, widget=forms.CheckboxSelectMultiple)
    adaptation_text = Words(_("More about adaptation"), help_text=_("Write what is done, not why: never health."))
    other_considered = Answer(_("Has other support been considered?"))
    mentor_requested = forms.BooleanField(label=_("Request a mentor"), required=False)
    mentor_hours_week = _hours(_("Mentor, hours a week"))
    mentor_name = forms.CharField(label=_("Mentor’s name"), required=False, max_length=120)
    mentor_account = forms.ChoiceField(label=_("Mentor’s account"), required=False)
    inclusion_grant_requested = forms.BooleanField(label=_("Request an inclusion grant"), required=False)
    inclusion_grant_for = Words(_("What the inclusion grant is for"))
    other_support = Words(_("Other support"), help_text=_("For example a language course beside the placement."))
    start = forms.DateField(label=_("First day"), required=False)
    end = forms.DateField(label=_("Last day"), required=False)
    days = forms.MultipleChoiceField(label=_("Days"), required=False, widget=forms.CheckboxSelectMultiple)
    first_contact_weeks = forms.TypedChoiceField(
        label=_("First contact after the start, within weeks"), required=False, coerce=int, empty_value=None
    )
    contact_every_weeks = forms.IntegerField(label=_("Then contact every so many weeks"), required=False, min_value=1)
    visit_every_weeks = forms.IntegerField(label=_("Visit to the workplace every so many weeks"), required=False,
                                           min_value=0, help_text=_("0 means that none is planned."))  # fmt: skip
    joint = forms.BooleanField(label=_("Meetings with all three"), required=False)
    separate = forms.BooleanField(label=_("Talks with each party alone"), required=False)
    review_every_months = forms.IntegerField(label=_("NAV reviews every so many months"), required=False, min_value=1)
    report_months = forms.TypedMultipleChoiceField(
        label=_("The employer reports after months"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    contact_employer_name = forms.CharField(label=_("Name at the workplace"), required=False, max_length=120)
    contact_employer_phone = forms.CharField(label=_("Phone at the workplace"), required=False, max_length=20)
    contact_employer_email = forms.EmailField(label=_("E-mail at the workplace"), required=False)
    contact_nav_name = forms.CharField(label=_("Name in NAV"), required=False, max_length=120)
    contact_nav_phone = forms.CharField(label=_("Phone in NAV"), required=False, max_length=20)
    contact_nav_email = forms.EmailField(label=_("E-mail in NAV"), required=False)
    discussed_with_employee_reps = Answer(
        _("Has the employer discussed the place with the employees’ representatives?")
    )
    displaces_ordinary_staff = Answer(_("Does the place take the job of ordinary staff?"))
    close_relative = Answer(_("Is the participant family of, or otherwise close to, the employer?"))
    close_relative_reason = Words(_("If so: the special reasons"), rows=2)
    employed_in_company = Answer(_("Is the participant employed by the company?"))
    reason_code = forms.ChoiceField(label=_("Why is it changed?"), required=False)
    reason_text = forms.CharField(label=_("More about the reason"), required=False, max_length=MAX_TEXT,
                                  widget=forms.Textarea(attrs={"rows": 2}))  # fmt: skip

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, initial: dict[str, Any] | None = None,
        report_months: Iterable[int] = (), contact_weeks: Iterable[int] = (), mentors: Choices | None = None,
    ) -> None:  # fmt: skip
        super().__init__(data, initial=initial)
        held = [*(data or ()), *(initial or ())]
        self.rows = range(1, max(RAMP_ROWS, sum(name.startswith("ramp_from_") for name in set(held))) + 1)
        for row in self.rows:
            self.fields[f"ramp_from_{row}"] = forms.DateField(label=_("From"), required=False)
            self.fields[f"ramp_hours_{row}"] = _hours(_("Hours a week"))
        self._offer("purposes", codes("purpose"))
        self._offer("main_purpose", codes("purpose"))
        self._offer("adaptations", codes("adaptation"))
        self._offer("days", codes("weekday"))
        self._offer("report_months", [(str(month), str(month)) for month in report_months])
        self._offer("first_contact_weeks", [("", ""), *((str(week), str(week)) for week in contact_weeks)])
        self._offer("mentor_account", [("", ""), *(mentors or [])])
        self._offer("reason_code", [("", ""), *codes("change_reason")])

    def _offer(self, name: str, choices: Choices) -> None:
        """Set the choices, keeping any value already in the agreement that the catalogue no longer lists."""
        kept = self.initial.get(name) or ()
        known = {value for value, _label in choices}
        extra = [(str(v), str(v)) for v in (kept if isinstance(kept, tuple | list) else [kept]) if str(v) not in known]
        _offer(self, name, [*choices, *extra])

    def ramp_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The rows of the hours, as bound fields, for the template."""
        return [(self[f"ramp_from_{row}"], self[f"ramp_hours_{row}"]) for row in self.rows]

    def clean(self) -> dict[str, Any]:
        """Refuse what could not be kept."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and end < start:
            self.add_error("end", forms.ValidationError(_("The last day cannot be before the first day.")))
        for row in self.rows:
            when, hours = cleaned.get(f"ramp_from_{row}"), cleaned.get(f"ramp_hours_{row}")
            if (when is None) != (hours is None) and not {f"ramp_from_{row}", f"ramp_hours_{row}"} & self.errors.keys():
                missing = "from" if when is None else "hours"
                self.add_error(
                    f"ramp_{missing}_{row}", forms.ValidationError(_("Fill in both the date and the hours."))
                )
        main = cleaned.get("main_purpose")
        if main and main not in cleaned.get("purposes", ()):
            self.add_error("main_purpose", forms.ValidationError(_("Tick the main purpose among the purposes too.")))
        return cleaned

    def content(self) -> AgreementContent:
        """The agreement as typed; call when the form is valid."""
        said = self.cleaned_data
        plain: dict[str, Any] = {name: said[name] for name in PLAIN}
        plain |= {name: SAID.get(said[name]) for name in DECLARED}
        return AgreementContent(
            **plain,
            purposes=tuple(said["purposes"]),
            adaptations=tuple(said["adaptations"]),
            days=tuple(said["days"]),
            support=_support(said),
            hours_ramp=tuple(step for step in (_step(said, row) for row in self.rows) if step),
            followup=_followup(said),
            contact_employer=_contact(said, "contact_employer"),
            contact_nav=_contact(said, "contact_nav"),
        )


def _support(said: Mapping[str, Any]) -> Support:
    return Support(
        mentor_requested=said["mentor_requested"],
        mentor_hours_week=said["mentor_hours_week"],
        mentor_name=said["mentor_name"],
        mentor_account_id=UUID(said["mentor_account"]) if said["mentor_account"] else None,
        inclusion_grant_requested=said["inclusion_grant_requested"],
        inclusion_grant_for=said["inclusion_grant_for"],
        other_considered=SAID.get(said["other_considered"]),
        other=said["other_support"],
    )


def _step(said: Mapping[str, Any], row: int) -> HoursStep | None:
    when, hours = said[f"ramp_from_{row}"], said[f"ramp_hours_{row}"]
    return HoursStep(when, hours) if when is not None else None


def _followup(said: Mapping[str, Any]) -> FollowUpPlan:
    return FollowUpPlan(
        first_contact_weeks=said["first_contact_weeks"] or 0,
        contact_every_weeks=said["contact_every_weeks"] or 0,
        visit_every_weeks=said["visit_every_weeks"] or 0,
        joint=said["joint"],
        separate=said["separate"],
        review_every_months=said["review_every_months"] or 0,
        report_months=tuple(sorted(said["report_months"])),
    )


def _contact(said: Mapping[str, Any], side: str) -> ContactPoint:
    return ContactPoint(said[f"{side}_name"], said[f"{side}_phone"], said[f"{side}_email"])


def initial_of(content: AgreementContent, base_version: int) -> dict[str, Any]:
    """The form's values for a content."""
    said: dict[bool | None, str] = {None: "", True: "yes", False: "no"}
    plan, support = content.followup, content.support
    values: dict[str, Any] = {name: getattr(content, name) for name in (*PLAIN, "purposes", "adaptations", "days")}
    for name in DECLARED:
        values[name] = said[getattr(content, name)]
    for name in ("mentor_requested", "mentor_hours_week", "mentor_name", "inclusion_grant_requested",
                 "inclusion_grant_for"):  # fmt: skip
        values[name] = getattr(support, name)
    values |= {
        "mentor_account": str(support.mentor_account_id) if support.mentor_account_id else "",
        "other_considered": said[support.other_considered],
        "other_support": support.other,
        "base_version": base_version,
        "first_contact_weeks": plan.first_contact_weeks or "",
        "contact_every_weeks": plan.contact_every_weeks or None,
        "review_every_months": plan.review_every_months or None,
        "report_months": tuple(str(month) for month in plan.report_months),
    }
    values |= {name: getattr(plan, name) for name in ("visit_every_weeks", "joint", "separate")}
    for side in ("contact_employer", "contact_nav"):
        point: ContactPoint = getattr(content, side)
        values |= {f"{side}_name": point.name, f"{side}_phone": point.phone, f"{side}_email": point.email}
    for row, step in enumerate(content.hours_ramp, start=1):
        values |= {f"ramp_from_{row}": step.from_on, f"ramp_hours_{row}": step.hours_per_week}
    return values


def _offer(form: forms.Form, name: str, choices: Choices) -> None:
    cast("forms.ChoiceField", form.fields[name]).choices = choices


def codes(kind: str) -> Choices:
    """A code list as choices in the page's language."""
    return [(code.code, code.name.get(explain.language())) for code in catalogue.load().codes(kind)]


class ClashForm(forms.Form):
    """For each part that two people changed: whose words shall stand."""

    def __init__(self, parts: Iterable[str]) -> None:
        super().__init__(initial={f"take_{part}": "mine" for part in parts})
        choices = (("mine", _("Keep what stands in the form below (yours)")), ("theirs", _("Take theirs")))
        for part in parts:
            self.fields[f"take_{part}"] = forms.ChoiceField(
                label=str(explain.PARTS[part]), choices=choices, widget=forms.RadioSelect
            )


class CompareForm(forms.Form):
    """Which two versions to compare."""

    before = forms.TypedChoiceField(label=_("From version"), coerce=int)
    after = forms.TypedChoiceField(label=_("To version"), coerce=int)

    def __init__(self, numbers: Iterable[int], data: Mapping[str, Any]) -> None:
        super().__init__(data)
        for name in ("before", "after"):
            _offer(self, name, [(str(number), str(number)) for number in numbers])


class ApprovalForm(forms.Form):
    """One party's yes. The version is the one that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    confirm = forms.BooleanField(
        label=_("I have read the agreement and approve it"),
        error_messages={"required": _("Tick the box to show that you have read it.")},
    )


class CaseworkerApprovalForm(ApprovalForm):
    """The caseworker's yes; with warnings, why they go on."""

    override_reason = forms.ChoiceField(label=_("Why do you go on in spite of the warnings?"), required=False)
    override_text = forms.CharField(label=_("More about the reason"), required=False, max_length=MAX_TEXT,
                                    widget=forms.Textarea(attrs={"rows": 2}))  # fmt: skip

    def __init__(self, *args: Any, warns: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not warns:
            del self.fields["override_reason"], self.fields["override_text"]
            return
        self.fields["override_reason"].required = True
        _offer(self, "override_reason", [("", ""), *codes("override_reason")])


class OnBehalfForm(ApprovalForm):
    """The caseworker's yes on behalf of the participant, with the reason."""

    on_behalf_reason = forms.ChoiceField(label=_("Why do you approve on behalf of the participant?"))
    field_order = ("version", "on_behalf_reason", "confirm")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confirm"].label = _("The participant knows the agreement and approves it")
        _offer(self, "on_behalf_reason", [("", ""), *codes("on_behalf_reason")])
