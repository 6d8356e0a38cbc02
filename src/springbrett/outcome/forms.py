"""The forms of the outcome. What is typed stays on the page until the service has taken it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from springbrett import catalogue
from springbrett.agreement.explain import language, name
from springbrett.followup.forms import codes, fill, one_of, words
from springbrett.outcome.models import Outcome, Source


class OutcomeForm(forms.Form):
    """What came of it. When several purposes were agreed, each is answered on its own as well."""

    outcomes = forms.MultipleChoiceField(label=_("What did it lead to?"), widget=forms.CheckboxSelectMultiple)
    main = forms.ChoiceField(label=_("The main one of these"))
    purpose_reached = one_of(_("Was the purpose reached?"))
    carried_out = words(_("How it was carried out"), help_text=_("The participant can read this."))
    learned = words(
        _("What was learned, and what it gave"), required=True, help_text=_("The participant can read this.")
    )
    next_step = forms.ChoiceField(label=_("Next step"))
    next_measure = forms.ChoiceField(label=_("Which measure, if the next step is a new one"), required=False)

    def __init__(self, purposes: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.purposes = tuple(purposes) if len(purposes) > 1 else ()
        reached = codes("purpose_reached")
        for code in self.purposes:
            label = name("purpose", code)
            self.fields[f"reached_{code}"] = forms.ChoiceField(
                label=_now("Reached: %(purpose)s") % {"purpose": label}, choices=reached, widget=forms.RadioSelect
            )
            self.fields[f"text_{code}"] = words(_now("Why: %(purpose)s") % {"purpose": label}, rows=2)
        measures = [(m.code, m.name.get(language())) for m in catalogue.load().measures.values()]
        fill(self, outcomes=codes("outcome"), main=codes("outcome", empty=_("Choose")), purpose_reached=reached,
             next_step=codes("next_step", empty=_("Choose")), next_measure=[("", _("None")), *measures])  # fmt: skip

    def said(self) -> dict[str, Any]:
        """What the service takes."""
        plain = {key: self.cleaned_data[key] for key in OutcomeForm.base_fields}
        purposes = {
            code: {"reached": self.cleaned_data[f"reached_{code}"], "text": self.cleaned_data[f"text_{code}"]}
            for code in self.purposes
        }
        return {**plain, "purposes": purposes}


class CorrectionForm(OutcomeForm):
    """A decided outcome, to be decided anew. `corrects` is the decision that was read."""

    reason_code = one_of(_("Why is the outcome corrected?"))
    reason_text = words(_("More about why"), rows=2, help_text=_("The participant can read this."))
    corrects = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, purposes: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(purposes, *args, **kwargs)
        fill(self, reason_code=codes("outcome_correction"))

    @staticmethod
    def initial_of(outcome: Outcome) -> dict[str, Any]:
        """The decision as it stands, to be changed."""
        plain = {key: getattr(outcome, key) for key in OutcomeForm.base_fields}
        each = {f"{part}_{code}": answer.get(part, "") for code, answer in outcome.purposes.items()
                for part in ("reached", "text")}  # fmt: skip
        return {**plain, **each, "corrects": outcome.id}


class AnswerForm(forms.Form):
    """A party's own view."""

    purpose_reached = one_of(_("Was the purpose reached, as you see it?"))
    text = words(_("Why, or why not?"), rows=4)
    shared = forms.BooleanField(label=_("The other party may read my answer"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fill(self, purpose_reached=codes("purpose_reached"))


class StatusForm(forms.Form):
    """Where the person stands now."""

    months = forms.TypedChoiceField(label=_("Months after the end"), coerce=int, widget=forms.RadioSelect)
    status = one_of(_("Where does the person stand?"))
    source = one_of(_("Who told it?"))
    note = words(_("Note"))

    def __init__(self, months: Iterable[int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fill(self, months=[(str(count), _now("%(count)s months") % {"count": count}) for count in months],
             status=codes("later_status"), source=list(Source.choices))  # fmt: skip
