"""The forms of the funding room. What is typed stays on the page until the service has taken it."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from springbrett import catalogue
from springbrett.catalogue.codelists import FundingReason
from springbrett.funding import explain
from springbrett.funding.services import LARGEST
from springbrett.kernel import clock

MAX_TEXT = 1000
COVERED = "within_budget"
"""The reason that says that the budget covers a request."""


def _words(label: Any, help_text: Any = "", rows: int = 3) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=MAX_TEXT, help_text=help_text,
                           widget=forms.Textarea(attrs={"rows": rows}))  # fmt: skip


def _kroner(label: Any, help_text: Any = "", least: int = 1) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"data-width": "medium", "inputmode": "numeric"})
    return forms.IntegerField(label=label, help_text=help_text, min_value=least, max_value=LARGEST, widget=widget)


def _codes(name: str) -> list[tuple[str, str]]:
    today = clock.today()
    return [(c.code, c.name.get(explain.language())) for c in catalogue.load().codes(name) if c.holds_on(today)]


def _reasons(*, broken: bool) -> list[tuple[str, str]]:
    """The reasons of a decision, each saying which decision it belongs to. Nobody is offered to say that a broken
    budget covers the request."""
    said = {"granted": gettext("Grant: %(reason)s"), "refused": gettext("Refuse: %(reason)s")}
    return [
        (code.code, said[code.result] % {"reason": code.name.get(explain.language())})
        for code in catalogue.load().codes("funding_decision")
        if isinstance(code, FundingReason) and code.holds_on(clock.today()) and not (broken and code.code == COVERED)
    ]


class DecisionForm(forms.Form):
    """Grant or refuse, and why. `broken`: the request breaks the budget, so granting needs a reason of its own."""

    reason_code = forms.ChoiceField(label=_("What do you decide?"), widget=forms.RadioSelect)
    override_reason = forms.ChoiceField(
        label=_("Why is it granted although the budget does not cover it?"), required=False,
        help_text=_("Only if you grant the request."),
    )  # fmt: skip
    reason_text = _words(_("More about the reason"), _("The caseworker can read this."))

    def __init__(self, *args: Any, broken: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason_code"].choices = _reasons(broken=broken)  # type: ignore[attr-defined]
        if broken:
            choices = [("", gettext("Choose")), *_codes("over_budget")]
            self.fields["override_reason"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["override_reason"]

    def said(self) -> dict[str, Any]:
        """What the service takes."""
        code = self.cleaned_data["reason_code"]
        entry = catalogue.load().code("funding_decision", code)
        granted = isinstance(entry, FundingReason) and entry.result == "granted"
        return {"granted": granted, "reason_code": code, "reason_text": self.cleaned_data["reason_text"],
                "override_reason": self.cleaned_data.get("override_reason", "") if granted else ""}  # fmt: skip


class ClaimForm(forms.Form):
    """What the employer paid for a month."""

    spent = _kroner(
        _("What have you paid for the month, in whole kroner?"),
        _("Ordinary pay and fixed additions before tax. Leave out overtime and variable additions."),
    )

    def __init__(self, *args: Any, wage: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not wage:
            self.fields["spent"].help_text = gettext("The costs that the grant covers.")


class ReturnForm(forms.Form):
    """Why a claim is sent back."""

    reason_code = forms.ChoiceField(label=_("Why is the claim sent back?"), widget=forms.RadioSelect)
    reason_text = _words(_("More about the reason"), _("The employer can read this."), rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason_code"].choices = _codes("claim_return")  # type: ignore[attr-defined]


class BudgetForm(forms.Form):
    """What may be spent on a line in a year. `base` is the amount that was read."""

    amount = _kroner(_("How much may be spent in the year, in whole kroner?"), least=0)
    note = _words(_("Where the amount comes from"), _("For example the number of a letter of allocation."), rows=2)
    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class NewLineForm(forms.Form):
    """Which measure or group gets a budget."""

    code = forms.ChoiceField(label=_("Measure or group of measures"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = _codes("budget_group")
        grouped = {measure for code, _name in groups for measure in _members(code)}
        measures = [(code, explain.line_name(code)) for code in catalogue.load().measures if code in grouped]
        self.fields["code"].choices = [*groups, *measures]  # type: ignore[attr-defined]


def _members(code: str) -> tuple[str, ...]:
    entry = catalogue.load().code("budget_group", code)
    return tuple(getattr(entry, "measures", ()))
