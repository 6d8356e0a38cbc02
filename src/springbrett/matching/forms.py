"""Forms of matching: choose an opening, tell of a first contact, and describe room at a workplace that had none."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from springbrett.employers.explain import code_name
from springbrett.employers.forms import OccupationMixin, options
from springbrett.matching import explain
from springbrett.matching.records import Candidate
from springbrett.matching.services import MatchRefused

FIRST_RESULTS = (
    "interested", "meeting_agreed", "needs_time", "no_capacity", "not_a_match", "no_answer", "declined",
)  # fmt: skip
"""The contact results that a first contact can have; the others belong to follow-up."""


class ChooseForm(forms.Form):
    """Why this opening, and which warnings are set aside."""

    reason = forms.CharField(
        label=gettext_lazy("Why this workplace suits the person"), max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The person can read this. Write about work, wishes and what can be adapted."),
    )  # fmt: skip
    overridden = forms.MultipleChoiceField(
        label=gettext_lazy("I have considered these warnings and set them aside"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    override_reason = forms.ChoiceField(label=gettext_lazy("Why they are set aside"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(self, *args: Any, candidate: Candidate | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mark_optional = False
        warnings = {warning.rule: explain.sentence(warning) for warning in candidate.warnings} if candidate else {}
        if warnings:
            self.fields["overridden"].choices = list(warnings.items())  # type: ignore[attr-defined]
            reasons = options("override_reason", _("Choose"), by_name=False)
            self.fields["override_reason"].choices = reasons  # type: ignore[attr-defined]
        else:
            del self.fields["overridden"], self.fields["override_reason"]

    def decision(self) -> dict[str, Any]:
        """What the service takes of the form."""
        said = self.cleaned_data
        return {
            "reason": said["reason"],
            "overridden": tuple(said.get("overridden", ())),
            "override_reason": said.get("override_reason", ""),
        }

    def saw(self, number: int) -> None:
        """Note that the page now shows the match with this number, so that saving again counts."""
        said = QueryDict(mutable=True)
        said.update(self.data)
        said[self.add_prefix("seen")] = str(number)
        self.data = said

    def refuse(self, refused: MatchRefused) -> None:
        """Put the service's refusal where it belongs."""
        self.add_error(refused.field if refused.field in self.fields else None, explain.problem(refused))


class ContactForm(forms.Form):
    """Somebody has asked the employer."""

    on = forms.DateField(label=gettext_lazy("When"))
    by = forms.ChoiceField(label=gettext_lazy("Who took the step"), widget=forms.RadioSelect)
    result = forms.ChoiceField(label=gettext_lazy("What came of it"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=gettext_lazy("Anything else worth knowing"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["by"].choices = options("initiative", by_name=False)  # type: ignore[attr-defined]
        results = [(code, code_name("contact_result", code)) for code in FIRST_RESULTS]
        self.fields["result"].choices = results  # type: ignore[attr-defined]


class QuickOpeningForm(OccupationMixin):
    """As little as a match needs to know of a workplace that had no opening; the rest can be filled in later."""

    title = forms.CharField(label=gettext_lazy("What the person will do there, in a few words"), max_length=120)
    tasks = forms.CharField(
        label=gettext_lazy("Tasks"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    hours_min = forms.DecimalField(
        label=gettext_lazy("Fewest hours a week"), max_digits=4, decimal_places=1, min_value=Decimal("0.5"),
        required=False,
    )  # fmt: skip
    hours_max = forms.DecimalField(
        label=gettext_lazy("Most hours a week"), max_digits=4, decimal_places=1, min_value=Decimal("0.5"),
        required=False,
    )  # fmt: skip
    hiring_realistic = forms.ChoiceField(
        label=gettext_lazy("Is hiring realistic?"), widget=forms.RadioSelect, initial="unknown"
    )
    field_order = ("title", "occupation_words", "occupation")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        realistic = options("hiring_realistic", by_name=False)
        self.fields["hiring_realistic"].choices = realistic  # type: ignore[attr-defined]
        self.offer_occupations()
