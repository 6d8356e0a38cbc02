"""Forms of the register. Lists come from the catalogue; the services check everything once more."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from springbrett import catalogue
from springbrett.catalogue.codelists import Occupation
from springbrett.employers.explain import SECTORS, code_name, language
from springbrett.employers.models import Employer, Opening, Workplace

Choices = list[tuple[str, Any]]
YES_NO_UNKNOWN: Choices = [
    ("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No")), ("", gettext_lazy("Not known yet")),
]  # fmt: skip
MOST_OFFERED = 12


def options(listed: str, empty: Any = None, *, by_name: bool = True) -> Choices:
    """A code list as choices in the page's language, by name unless its own order matters."""
    found: Choices = [(entry.code, entry.name.get(language())) for entry in catalogue.load().codes(listed)]
    if by_name:
        found.sort(key=lambda choice: str(choice[1]).lower())
    return ([("", empty)] if empty is not None else []) + found


def occupations_matching(words: str) -> Choices:
    """Occupations whose name in any language, or STYRK-08 number, holds every word; at most a dozen."""
    wanted = words.lower().split()
    found: Choices = []
    for entry in catalogue.load().codes("occupation") if wanted else ():
        number = entry.styrk if isinstance(entry, Occupation) else ""
        everything = " ".join((entry.name.nb, entry.name.nn, entry.name.en, number)).lower()
        if all(word in everything for word in wanted):
            found.append((entry.code, entry.name.get(language())))
    return sorted(found, key=lambda choice: str(choice[1]).lower())[:MOST_OFFERED]


class EmployerForm(forms.Form):
    """An employer as it is registered or corrected."""

    organisation_number = forms.CharField(
        label=gettext_lazy("Organisation number"), max_length=11, help_text=gettext_lazy("Nine digits."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-width": "short"}),
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    industry = forms.ChoiceField(label=gettext_lazy("Industry"))
    sector = forms.ChoiceField(
        label=gettext_lazy("Sector"), choices=list(SECTORS.items()), widget=forms.RadioSelect, initial="private"
    )
    staff_count = forms.IntegerField(
        label=gettext_lazy("How many work there"), min_value=0, max_value=1_000_000, required=False
    )

    def __init__(self, *args: Any, employer: Employer | None = None, **kwargs: Any) -> None:
        if employer is not None:
            fields = ("name", "industry", "sector", "staff_count")
            kwargs["initial"] = {field: getattr(employer, field) for field in fields}
        super().__init__(*args, **kwargs)
        self.fields["industry"].choices = options("industry", "")  # type: ignore[attr-defined]
        if employer is not None:
            del self.fields["organisation_number"]


class WorkplaceForm(forms.Form):
    """A place where people work."""

    name = forms.CharField(label=gettext_lazy("Name of the workplace"), max_length=120)
    place = forms.ChoiceField(label=gettext_lazy("Place"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = options("place", "")  # type: ignore[attr-defined]


class ContactForm(forms.Form):
    """Somebody who answers for the employer."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=80, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=20, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)


class NoteForm(forms.Form):
    """A line of the contact log."""

    on = forms.DateField(label=gettext_lazy("When"))
    kind = forms.ChoiceField(label=gettext_lazy("How"))
    workplace = forms.ChoiceField(label=gettext_lazy("Workplace"), required=False)
    text = forms.CharField(
        label=gettext_lazy("What was said and agreed"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("About the employer. Nothing about a person who has been or will be placed there."),
    )  # fmt: skip

    def __init__(self, *args: Any, workplaces: list[Workplace], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = options("contact_kind", "")  # type: ignore[attr-defined]
        places = [(str(workplace.id), workplace.name) for workplace in workplaces]
        self.fields["workplace"].choices = [("", _("The employer as a whole")), *places]  # type: ignore[attr-defined]


class StopForm(forms.Form):
    """Why cooperation stops, and for how long."""

    reason = forms.ChoiceField(label=gettext_lazy("Why"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=gettext_lazy("What happened, and what was said to the employer"), max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    to_on = forms.DateField(
        label=gettext_lazy("Last day of the stop"), required=False,
        help_text=gettext_lazy("Leave it empty if nothing is decided about beginning again."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = options("cooperation_stop_reason", by_name=False)  # type: ignore[attr-defined]


class OccupationMixin(forms.Form):
    """An occupation found by its name: words are written, and one of the occupations found is chosen."""

    occupation_words = forms.CharField(
        label=gettext_lazy("Occupation"), max_length=80, required=False,
        help_text=gettext_lazy("Write part of the name or the STYRK-08 number. You choose among what is found."),
    )  # fmt: skip
    occupation = forms.ChoiceField(
        label=gettext_lazy("Choose the occupation"), required=False, widget=forms.RadioSelect
    )

    def offer_occupations(self) -> None:
        """Offer what the words find, and what is chosen already. Called once, when the form is made."""
        words = str(self.data.get(self.add_prefix("occupation_words"), "")) if self.is_bound else ""
        chosen = str(self.data.get(self.add_prefix("occupation"), "") or self.initial.get("occupation") or "")
        offered = dict(occupations_matching(words))
        if chosen and catalogue.load().has_code("occupation", chosen):
            offered.setdefault(chosen, code_name("occupation", chosen))
        if offered:
            self.fields["occupation"].choices = list(offered.items())  # type: ignore[attr-defined]
        else:
            self.fields["occupation"].widget = forms.HiddenInput()
        self.offered = list(offered)

    def clean(self) -> dict[str, Any]:
        """One occupation: the one chosen, or the only one found."""
        cleaned = super().clean() or {}
        if not cleaned.get("occupation") and "occupation" not in self.errors:
            if len(self.offered) == 1:
                cleaned["occupation"] = self.offered[0]
            elif self.offered:
                self.add_error("occupation", _("Choose one of these."))
            else:
                self.add_error("occupation_words", _("No occupation was found. Try another word."))
        cleaned.pop("occupation_words", None)
        return cleaned


class OpeningForm(OccupationMixin):
    """Room for a person at a workplace. What is not known may stay empty."""

    title = forms.CharField(label=gettext_lazy("What the opening is called"), max_length=120)
    tasks = forms.CharField(
        label=gettext_lazy("Tasks"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    demands = forms.MultipleChoiceField(
        label=gettext_lazy("What the work demands"), required=False, widget=forms.CheckboxSelectMultiple
    )
    adaptations = forms.MultipleChoiceField(
        label=gettext_lazy("What the employer can adapt"), required=False, widget=forms.CheckboxSelectMultiple
    )
    language_min = forms.ChoiceField(label=gettext_lazy("Norwegian the work needs"), required=False)
    must_speak = forms.ChoiceField(
        label=gettext_lazy("Must one speak with others at work?"), required=False, choices=YES_NO_UNKNOWN,
        widget=forms.RadioSelect,
    )  # fmt: skip
    hours_min = forms.DecimalField(
        label=gettext_lazy("Fewest hours a week"),
        max_digits=4,
        decimal_places=1,
        min_value=Decimal("0.5"),
        required=False,
    )
    hours_max = forms.DecimalField(
        label=gettext_lazy("Most hours a week"),
        max_digits=4,
        decimal_places=1,
        min_value=Decimal("0.5"),
        required=False,
    )
    days = forms.MultipleChoiceField(label=gettext_lazy("Days"), required=False, widget=forms.CheckboxSelectMultiple)
    followup_capacity = forms.ChoiceField(
        label=gettext_lazy("How closely the employer can follow up"), required=False, widget=forms.RadioSelect,
        choices=[("1", gettext_lazy("A little")), ("2", gettext_lazy("Some")), ("3", gettext_lazy("Closely")),
                 ("", gettext_lazy("Not known yet"))],
    )  # fmt: skip
    mentor_available = forms.ChoiceField(
        label=gettext_lazy("Is there a mentor or buddy?"), required=False, choices=YES_NO_UNKNOWN,
        widget=forms.RadioSelect,
    )  # fmt: skip
    hiring_realistic = forms.ChoiceField(label=gettext_lazy("Is hiring realistic?"), widget=forms.RadioSelect)
    training_company = forms.ChoiceField(
        label=gettext_lazy("Approved training company?"), required=False, choices=YES_NO_UNKNOWN,
        widget=forms.RadioSelect,
    )  # fmt: skip
    licence = forms.ChoiceField(label=gettext_lazy("Licence the work needs"), required=False)
    places = forms.IntegerField(label=gettext_lazy("Places"), min_value=1, max_value=500, initial=1)
    open_from = forms.DateField(label=gettext_lazy("Open from"))
    open_to = forms.DateField(label=gettext_lazy("Open to"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Anything else worth knowing"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ("title", "occupation_words", "occupation")

    def __init__(self, *args: Any, opening: Opening | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {**_initial(opening), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        lists = {
            "demands": options("demand"), "adaptations": options("adaptation"),
            "days": options("weekday", by_name=False),
            "language_min": options("cefr", _("Not known yet"), by_name=False),
            "hiring_realistic": options("hiring_realistic", by_name=False),
            "licence": options("driving_licence", _("None"), by_name=False),
        }  # fmt: skip
        for field, choices in lists.items():
            self.fields[field].choices = choices  # type: ignore[attr-defined]
        self.offer_occupations()

    def said(self) -> dict[str, Any]:
        """What was said of the opening, as the service takes it."""
        said = dict(self.cleaned_data)
        for field in ("must_speak", "mentor_available", "training_company"):
            said[field] = {"yes": True, "no": False}.get(said[field])
        said["followup_capacity"] = int(said["followup_capacity"]) if said["followup_capacity"] else None
        return said


def _initial(opening: Opening | None) -> dict[str, Any]:
    if opening is None:
        return {"hiring_realistic": "unknown"}
    initial = {field: getattr(opening, field) for field in OpeningForm.base_fields if hasattr(opening, field)}
    for field in ("must_speak", "mentor_available", "training_company"):
        initial[field] = {True: "yes", False: "no", None: ""}[initial[field]]
    initial["followup_capacity"] = str(opening.followup_capacity or "")
    return initial
