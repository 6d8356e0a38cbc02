"""The form of one page, made from the study's own questions."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from springbrett.evaluation.vignettes.studies import Question, Study
from springbrett.mapping.explain import language, needs_level_label
from springbrett.vignettes.rules import LONGEST_TEXT


class SheetForm(forms.Form):
    """One page. `whole` False lets required questions wait."""

    def __init__(self, study: Study, subject: str, *args: Any, whole: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.study = study
        for question in study.asked(subject):
            self.fields[question.code] = _field(study, question, required=question.required and whole)

    @staticmethod
    def initial_of(study: Study, subject: str, given: Mapping[str, list[str]]) -> dict[str, Any]:
        """What stands in the form when it is opened again."""
        many = {question.code for question in study.asked(subject) if question.kind == "many"}
        return {code: values if code in many else values[0] for code, values in given.items() if values}

    def said(self) -> dict[str, list[str]]:
        """What the service takes: the fields without errors, so that it also serves «save and go on later»."""
        found: dict[str, list[str]] = {}
        for code, value in self.cleaned_data.items():
            values = value if isinstance(value, list) else [str(value).strip()] if value is not None else []
            found[code] = [one for one in values if one]
        return found


def _field(study: Study, question: Question, *, required: bool) -> forms.Field:
    """A field as the question wants it."""
    tongue = language()
    common: dict[str, Any] = {
        "label": question.text.get(tongue),
        "help_text": question.help.get(tongue) if question.help else "",
        "required": required,
    }
    if question.kind == "text":
        widget = forms.Textarea(attrs={"rows": 3})
        return forms.CharField(max_length=LONGEST_TEXT, widget=widget, **common)
    if question.kind == "number":
        limits = _now("A whole number from %(least)s to %(most)s.") % {"least": question.least, "most": question.most}
        common["help_text"] = common["help_text"] or limits
        return forms.IntegerField(min_value=question.least, max_value=question.most, **common)
    choices = [(option.code, _option(question, option.code, option.text.get(tongue)))
               for option in study.options(question)]  # fmt: skip
    if question.kind == "many":
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
    common["error_messages"] = {"required": _("Choose one answer.")}
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)


def _option(question: Question, code: str, text: str) -> str:
    return needs_level_label(code) if question.codes == "needs_level" else text
