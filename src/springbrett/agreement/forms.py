"""The forms of the agreement: the whole content with its base version, the approvals, and the end of a support."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from springbrett.agreement import explain
from springbrett.agreement.fields import MAX_TEXT, Choices, codes, offer
from springbrett.agreement.offers import Offers
from springbrett.agreement.part_forms import PART_FORMS
from springbrett.agreement.records import AgreementContent


class AgreementForm(forms.Form):
    """The whole agreement: the parts that the measure's agreements have. Nothing is required here: a draft may be saved
    unfinished, and the check says what is missing. Only what could not be kept (half a row, an end before the start) is
    an error."""

    base_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    reason_code = forms.ChoiceField(label=_("Why is it changed?"), required=False)
    reason_text = forms.CharField(label=_("More about the reason"), required=False, max_length=MAX_TEXT,
                                  widget=forms.Textarea(attrs={"rows": 2}))  # fmt: skip

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, offers: Offers, initial: dict[str, Any] | None = None
    ) -> None:  # fmt: skip
        super().__init__(data, initial=initial)
        self.offers = offers
        for part in offers.parts:
            self.fields.update(PART_FORMS[part].fields(offers))
        offer(self, "reason_code", [("", ""), *codes("change_reason")])
        for name, field in self.fields.items():
            if isinstance(field, forms.ChoiceField):
                self._keep(name, field)

    def _keep(self, name: str, field: forms.ChoiceField) -> None:
        """Keep any value already in the agreement that the catalogue no longer lists."""
        kept = self.initial.get(name) or ()
        choices: Choices = [(str(value), str(label)) for value, label in field.choices]  # type: ignore[union-attr, misc]
        known = {value for value, _label in choices}
        extra = [(str(v), str(v)) for v in (kept if isinstance(kept, tuple | list) else [kept]) if str(v) not in known]
        if extra:
            offer(self, name, [*choices, *extra])

    def ramp_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The rows of the hours, as bound fields, for the template."""
        return [(self[f"ramp_from_{row}"], self[f"ramp_hours_{row}"]) for row in self.offers.ramp_rows]

    def grant_rows(self) -> list[tuple[forms.BoundField, ...]]:
        """The rows of the expenses, as bound fields."""
        return [tuple(self[f"grant_{n}_{row}"] for n in ("kind", "amount", "text")) for row in self.offers.grant_rows]

    def questions(self) -> list[forms.BoundField]:
        """The measure's questions, as bound fields."""
        return [self[f"answer_{code}"] for code, _question in self.offers.questions]

    def declared(self) -> list[forms.BoundField]:
        """The declarations that are asked for, as bound fields."""
        names = (n for name in self.offers.declared for n in (name, f"{name}_reason") if n in self.fields)
        return [self[name] for name in names]

    def clean(self) -> dict[str, Any]:
        """Refuse what could not be kept."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and end < start:
            self.add_error("end", forms.ValidationError(_("The last day cannot be before the first day.")))
        if "hours" in self.offers.parts:
            self._clean_hours(cleaned)
        main = cleaned.get("main_purpose")
        if main and main not in cleaned.get("purposes", ()):
            self.add_error("main_purpose", forms.ValidationError(_("Tick the main purpose among the purposes too.")))
        return cleaned

    def _clean_hours(self, cleaned: Mapping[str, Any]) -> None:
        for row in self.offers.ramp_rows:
            when, hours = cleaned.get(f"ramp_from_{row}"), cleaned.get(f"ramp_hours_{row}")
            if (when is None) != (hours is None) and not {f"ramp_from_{row}", f"ramp_hours_{row}"} & self.errors.keys():
                missing = "from" if when is None else "hours"
                self.add_error(
                    f"ramp_{missing}_{row}", forms.ValidationError(_("Fill in both the date and the hours."))
                )

    def content(self) -> AgreementContent:
        """The agreement as typed; call when the form is valid."""
        found: dict[str, Any] = {}
        for part in self.offers.parts:
            found |= PART_FORMS[part].said(self.cleaned_data, self.offers)
        return AgreementContent(**found)


def initial_of(content: AgreementContent, base_version: int) -> dict[str, Any]:
    """The form's values for a content, in every part."""
    values: dict[str, Any] = {"base_version": base_version}
    for part in PART_FORMS.values():
        values |= part.shown(content)
    return values


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
            offer(self, name, [(str(number), str(number)) for number in numbers])


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
        offer(self, "override_reason", [("", ""), *codes("override_reason")])


class OnBehalfForm(ApprovalForm):
    """The caseworker's yes on behalf of the participant, with the reason."""

    on_behalf_reason = forms.ChoiceField(label=_("Why do you approve on behalf of the participant?"))
    field_order = ("version", "on_behalf_reason", "confirm")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confirm"].label = _("The participant knows the agreement and approves it")
        offer(self, "on_behalf_reason", [("", ""), *codes("on_behalf_reason")])


class EndSupportForm(forms.Form):
    """The last day of a support, and why it ends before the agreement it stands beside."""

    ended_on = forms.DateField(label=_("Last day"))
    reason_code = forms.ChoiceField(label=_("Why it ends"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "reason_code", codes("end_reason"))
