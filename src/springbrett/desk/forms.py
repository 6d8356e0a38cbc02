"""What is typed at the desk: a search, a number, a new person."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from springbrett import catalogue, flow
from springbrett.desk.reading import language
from springbrett.kernel.identity import IdentityError, NationalId

STEP_CHOICES = {
    "mapping": _("Mapping"),
    "choice": _("Choice"),
    "matching": _("Matching"),
    "agreement": _("Agreement"),
    "followup": _("Follow-up"),
    "outcome": _("Outcome"),
    "evaluation": _("Evaluation"),
}
LANGUAGES = [("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English")]


class FilterForm(forms.Form):
    """Which cases of the portfolio to show. Only codes: a name never stands in an address."""

    overdue = forms.BooleanField(label=_("Only with something overdue"), required=False)
    ends = forms.BooleanField(label=_("Only those that end soon"), required=False)
    mark_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = [("", _("All steps")), *((code, STEP_CHOICES[code]) for code in flow.CODES)]
        self.fields["step"] = forms.ChoiceField(label=_("Step on the path"), required=False, choices=steps)
        self.order_fields(["step", "overdue", "ends"])


class SearchForm(forms.Form):
    """A search by name. Posted, so that the name stays out of addresses and logs."""

    q = forms.CharField(label=_("Search by name"), required=False, max_length=80)


class NumberForm(forms.Form):
    """A national identity number, posted."""

    national_id = forms.CharField(
        label=_("National identity number"),
        help_text=_("11 digits. The number is never shown again."),
        max_length=14,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "data-width": "medium"}),
    )

    def clean_national_id(self) -> str:
        """The digits of a possible number."""
        try:
            return NationalId.parse(self.cleaned_data["national_id"]).value
        except IdentityError:
            raise forms.ValidationError(
                _("This is not a national identity number. Check that all 11 digits are right.")
            ) from None


class PersonForm(NumberForm):
    """Somebody who is not in the register yet."""

    given_name = forms.CharField(label=_("Given name"), max_length=80)
    family_name = forms.CharField(label=_("Family name"), max_length=80)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    phone = forms.CharField(label=_("Telephone"), max_length=20, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = sorted(((p.code, p.name.get(language())) for p in catalogue.load().codes("place")), key=lambda p: p[1])
        self.fields["home_place"] = forms.ChoiceField(
            label=_("Home place"), required=False, choices=[("", _("Not known")), *places]
        )
        self.order_fields(["national_id", "given_name", "family_name", "language", "home_place", "phone", "email"])
