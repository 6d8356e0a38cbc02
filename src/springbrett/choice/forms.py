"""The form of a decision."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from springbrett import catalogue
from springbrett.catalogue.day import catalogue_day
from springbrett.choice import explain, rules
from springbrett.choice.records import MeasureOption, key_of
from springbrett.choice.services import ChoiceRefused
from springbrett.kernel import clock

OVERRIDE = "override__"


class DecideForm(forms.Form):
    """Measure decided on, why, the person's own wish, and what has been overridden and acknowledged."""

    chain = forms.ChoiceField(
        label=gettext_lazy("How is the measure meant to work for this person?"), widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=gettext_lazy("Why this measure?"),
        help_text=gettext_lazy("Why it is necessary and suitable, and what it should lead to. The person reads this."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
    )
    person_wish_measure = forms.ChoiceField(label=gettext_lazy("Which measure does the person want?"), required=False)
    person_wish = forms.CharField(
        label=gettext_lazy("What does the person say?"),
        help_text=gettext_lazy("In the person's own words."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )
    agrees_with_person = forms.ChoiceField(
        label=gettext_lazy("Does the person agree?"),
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        widget=forms.RadioSelect,
    )
    waiting_for = forms.ChoiceField(
        label=gettext_lazy("Is this used while the person waits for another measure?"),
        help_text=gettext_lazy("If so, name it. The employer and the person are told."),
        required=False,
    )
    acknowledged = forms.BooleanField(
        label=gettext_lazy("I have seen what is unknown, and decide all the same"), required=False
    )

    def __init__(self, option: MeasureOption, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        best = option.best_chain
        super().__init__(data=data, initial={"chain": best.chain if best else "", **(initial or {})})
        known = catalogue.load()
        self.barriers = rules.barriers(option, known.measure(option.measure).depth)
        self._chains(option)
        offered = [measure.code for measure in catalogue_day(known, clock.today()).offered]
        others = [(code, explain.measure_name(code)) for code in offered]
        self._options("person_wish_measure", [("", _("Not known yet")), *others])
        self._options("waiting_for", [("", _("No, it is used for its own sake")),
                                      *(pair for pair in others if pair[0] != option.measure)])  # fmt: skip
        if not self.barriers.unknowns:
            del self.fields["acknowledged"]
        reasons = [("", _("Choose a reason")),
                   *((c.code, c.name.get(explain.language())) for c in known.codes("override_reason"))]  # fmt: skip
        for verdict in self.barriers.warnings:
            self.fields[f"{OVERRIDE}{key_of(verdict)}"] = forms.ChoiceField(
                label=_("Warning: %(warning)s Why go on?") % {"warning": explain.sentence(verdict)}, choices=reasons
            )

    def _chains(self, option: MeasureOption) -> None:
        if not option.chain_fits:
            del self.fields["chain"]
            return
        self._options("chain", [
            (fit.chain, f"{explain.chain_name(fit.chain)} ({explain.fit_words(fit)[0].lower()})")
            for fit in option.chain_fits
        ])  # fmt: skip

    def _options(self, field: str, options: list[tuple[str, str]]) -> None:
        self.fields[field].choices = options  # type: ignore[attr-defined]

    def decision(self) -> dict[str, Any]:
        """The arguments of the service."""
        given = self.cleaned_data
        return {
            "chain": given.get("chain", ""),
            "reason": given["reason"],
            "person_wish": given["person_wish"],
            "person_wish_measure": given["person_wish_measure"],
            "agrees_with_person": given["agrees_with_person"] == "yes",
            "waiting_for": given["waiting_for"],
            "unknowns_acknowledged": given.get("acknowledged", False),
            "overrides": {n.removeprefix(OVERRIDE): v for n, v in given.items() if n.startswith(OVERRIDE)},
        }

    def refuse(self, error: ChoiceRefused) -> None:
        """Say beside the right field why the decision was not saved."""
        said = explain.refusal(error)
        fields = {"not_overridden": [f"{OVERRIDE}{key}" for key in error.keys], "not_acknowledged": ["acknowledged"]}
        named = [name for name in fields.get(error.problem, list(error.keys)) if name in self.fields]
        if not named:
            self.add_error(None, said)
        for name in named:
            self.add_error(name, said)
