"""One form per section, made from the guide."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from springbrett import catalogue
from springbrett.mapping import explain, rules
from springbrett.mapping.guide import Question, Section
from springbrett.mapping.records import ABILITIES, Answers, AnswerValue, Clash

NONE = "none_of_these"
DEMAND = "demand__"
SHORT_LIST = 8
"""Longer lists than this become a select instead of radio buttons."""


class SectionForm(forms.Form):
    """The questions of a section. `answers` are kept answers by question; `offered` are found occupations."""

    mark_optional = False

    def __init__(self, section: Section, answers: Answers, data: Any = None, offered: tuple[str, ...] = ()) -> None:
        self.section = section
        self.offered = offered
        super().__init__(data=data, initial=_initial(section, answers))
        for question in section.questions:
            self._add(question, answers)

    def _add(self, question: Question, answers: Answers) -> None:
        if question.kind == "demands_grid":
            for code in rules.choices(question, catalogue.load()):
                self.fields[f"{DEMAND}{code}"] = _demand_field(question, code)
        else:
            self.fields[question.code] = _FIELDS[question.kind](question)
        if question.kind == "occupation_search":
            kept = answers.get(question.code)
            ticked = self.data.getlist(question.code) if hasattr(self.data, "getlist") else []
            chosen = [*(kept if isinstance(kept, list) else []), *ticked, *self.offered]
            self.fields[question.code].choices = [  # type: ignore[attr-defined]
                *((code, explain.choice_label(question, code)) for code in _known(question, chosen)),
                (NONE, _("No particular occupation")),
            ]

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """The fields outside the grid of demands, in order."""
        return [field for field in self if not field.name.startswith(DEMAND)]

    @property
    def grid(self) -> list[dict[str, object]]:
        """The grid of demands: a row for each, with the ability that is chosen ("" for none)."""
        rows = [field for field in self if field.name.startswith(DEMAND)]
        return [{"name": f.html_name, "label": f.label, "code": f.name.removeprefix(DEMAND), "value": f.value() or ""}
                for f in rows]  # fmt: skip

    @property
    def grid_question(self) -> Question | None:
        """The question that the grid answers; None when the section has none."""
        return next((question for question in self.section.questions if question.kind == "demands_grid"), None)

    @property
    def abilities(self) -> list[tuple[str, object]]:
        """The columns of the grid: code and words."""
        return [*explain.ABILITY_LABELS.items(), ("", _("Not talked about"))]

    def clean(self) -> dict[str, Any]:
        """Refuse diagnoses and identity numbers in words, and hours that go backwards, keeping what was typed."""
        cleaned = super().clean() or {}
        for question in self.section.questions:
            if question.kind == "text" and (found := rules.words_problem(cleaned.get(question.code) or "")):
                self.add_error(question.code, explain.problem(found))
        least, most = cleaned.get("hours_min"), cleaned.get("hours_max")
        if least is not None and most is not None and least > most:
            self.add_error("hours_max", _("The most hours cannot be fewer than the hours to begin with."))
        return cleaned

    def answers(self) -> dict[str, AnswerValue | date]:
        """The answers as the service takes them: None where nothing was answered."""
        return {question.code: self._answer(question) for question in self.section.questions}

    def _answer(self, question: Question) -> Any:
        if question.kind == "demands_grid":
            given = {n.removeprefix(DEMAND): v for n, v in self.cleaned_data.items() if n.startswith(DEMAND) and v}
            return given or None
        value = self.cleaned_data.get(question.code)
        if question.kind == "yes_no_unknown":
            return {"yes": True, "no": False}.get(value or "")
        if question.kind == "scale":
            return int(value) if value else None
        if question.kind in {"multi", "occupation_search"}:
            chosen = [code for code in value or [] if code != NONE]
            return chosen if chosen or NONE in (value or []) else None
        return value if value != "" else None

    def show_clashes(self, clashes: tuple[Clash, ...]) -> None:
        """Say beside each question what somebody else answered; the typing stays in the field."""
        for clash in clashes:
            question = self.section.question(clash.question)
            saved = explain.answer_words(question, clash.saved)
            target = clash.question if clash.question in self.fields else next(iter(self.fields))
            self.add_error(target, _(
                "%(who)s answered this while you were writing: «%(answer)s». Your own answer is still here. "
                "Save again to let yours stand."
            ) % {"who": clash.saved_by or _("Somebody else"), "answer": saved})  # fmt: skip


def _initial(section: Section, answers: Answers) -> dict[str, Any]:
    initial: dict[str, Any] = {}
    for question in section.questions:
        value = answers.get(question.code)
        if question.kind == "demands_grid" and isinstance(value, Mapping):
            initial |= {f"{DEMAND}{code}": level for code, level in value.items()}
        elif isinstance(value, bool):
            initial[question.code] = "yes" if value else "no"
        elif isinstance(value, list):
            initial[question.code] = value or [NONE]
        elif value is not None:
            initial[question.code] = value
    return initial


def _choice(question: Question) -> forms.Field:
    codes = rules.choices(question, catalogue.load())
    options = [("", _("Not known yet")), *((code, explain.choice_label(question, code)) for code in codes)]
    widget = forms.RadioSelect if len(codes) <= SHORT_LIST else forms.Select
    return forms.ChoiceField(choices=options, widget=widget, **_common(question))


def _multi(question: Question) -> forms.Field:
    codes = rules.choices(question, catalogue.load())
    options = [*((code, explain.choice_label(question, code)) for code in codes), (NONE, _("None of these"))]
    return forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple, **_common(question))


def _occupations(question: Question) -> forms.Field:
    return forms.MultipleChoiceField(choices=(), widget=forms.CheckboxSelectMultiple, **_common(question))


def _yes_no(question: Question) -> forms.Field:
    options = [("yes", _("Yes")), ("no", _("No")), ("", _("Not known yet"))]
    return forms.ChoiceField(choices=options, widget=forms.RadioSelect, **_common(question))


def _scale(question: Question) -> forms.Field:
    steps = range(question.least, question.most + 1)
    options = [*((str(n), explain.scale_label(question, n)) for n in steps), ("", _("Not known yet"))]
    return forms.ChoiceField(choices=options, widget=forms.RadioSelect, **_common(question))


def _number(question: Question) -> forms.Field:
    common = _common(question)
    common["label"] = f"{question.label} ({question.unit})"
    widget = forms.NumberInput(attrs={"data-width": "short", "inputmode": "decimal"})
    return forms.FloatField(min_value=question.least, max_value=question.most, widget=widget, **common)


def _date(question: Question) -> forms.Field:
    return forms.DateField(**_common(question))


def _text(question: Question) -> forms.Field:
    return forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), **_common(question))


def _demand_field(question: Question, code: str) -> forms.Field:
    options = [("", gettext_lazy("Not talked about")), *((level, explain.ABILITY_LABELS[level]) for level in ABILITIES)]
    return forms.ChoiceField(choices=options, required=False, label=explain.choice_label(question, code))


def _common(question: Question) -> dict[str, Any]:
    return {"label": question.label, "help_text": question.help, "required": False}


def _known(question: Question, codes: list[str]) -> list[str]:
    offered = set(rules.choices(question, catalogue.load()))
    return [code for code in dict.fromkeys(codes) if code in offered]


_FIELDS = {
    "choice": _choice, "multi": _multi, "occupation_search": _occupations, "yes_no_unknown": _yes_no, "scale": _scale,
    "number": _number, "date": _date, "text": _text,
}  # fmt: skip
