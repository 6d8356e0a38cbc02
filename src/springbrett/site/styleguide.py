"""What the style guide shows: one example of every component, with made-up content."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from springbrett.kernel.trace import Step
from springbrett.kernel.verdict import Answer, Fact, Ref, Severity, Verdict, all_of

_LAW = Ref("tiltaksforskriften", "3-5", "law")
_HOUSE = Ref("springbrett", "", "house")


class ExampleForm(forms.Form):
    """Every kind of field."""

    name = forms.CharField(label="Name of the workplace", max_length=80)
    tasks = forms.CharField(
        label="Tasks", help_text="What will the person do on an ordinary day?", widget=forms.Textarea(attrs={"rows": 3})
    )
    start = forms.DateField(label="First day", help_text="For example 2026-12-01.")
    hours = forms.IntegerField(label="Hours a week", min_value=1, max_value=40)
    note = forms.CharField(label="Note", required=False)
    level = forms.ChoiceField(label="Level of Norwegian", choices=[("", "Choose"), ("A2", "A2"), ("B1", "B1")])
    purpose = forms.ChoiceField(
        label="Main purpose",
        help_text="One purpose is the main one.",
        widget=forms.RadioSelect,
        choices=[("try", "Try out working life"), ("train", "Get work experience"), ("job", "A job in this company")],
    )
    days = forms.MultipleChoiceField(
        label="Days",
        widget=forms.CheckboxSelectMultiple,
        choices=[("mon", "Monday"), ("tue", "Tuesday")],
        required=False,
    )
    agreed = forms.BooleanField(label="We have talked about this together")


def examples(query: Mapping[str, Any]) -> dict[str, Any]:
    """The context of the style guide page; ``?errors`` shows the form as it looks with mistakes."""
    form = ExampleForm({"name": "", "start": "32.13.2026", "hours": "90"}) if "errors" in query else ExampleForm()
    return {
        "form": form,
        "verdict": _verdict(),
        "trace": Step("next_review", date(2026, 12, 1), _LAW, (Step("started", date(2026, 9, 1)), Step("months", 3))),
        "steps": _steps(),
        "entries": [
            {"on": date(2026, 9, 1), "title": "The placement began", "colour": "success", "who": "Nina"},
            {"on": date(2026, 9, 14), "title": "First contact", "body": "It goes well.\nMore hours from October.",
             "colour": "accent", "url": "#first"},
            {"on": date(2026, 12, 1), "title": "Review", "colour": "warning", "tag": "Overdue"},
        ],
        "rows": [("A job with the same employer", 14, "28 %"), ("A job elsewhere", 9, "18 %"), ("Education", 4, "8 %")],
        "summary": [("Hours", 20), ("First day", date(2026, 9, 1)), ("Tasks", "Storage and delivery", "#tasks")],
        "today": date(2026, 11, 22),
    }  # fmt: skip


def _verdict() -> Verdict:
    age = Verdict("age_reached", Answer.MET, Severity.STOP, _LAW, (Fact("age", 24), Fact("minimum_age", 16)))
    left = Verdict("time_left", Answer.UNKNOWN, Severity.STOP, _LAW, (Fact("months_used", None),), ("months_used",))
    near = Verdict("near_enough", Answer.NOT_MET, Severity.WARNING, _HOUSE, (Fact("kilometres", 48),), ("workplace",))
    return all_of("placement_possible", _LAW, [age, left, near], on=date(2026, 11, 22))


def _steps() -> list[dict[str, object]]:
    codes = ("mapping", "choice", "matching", "agreement", "followup", "outcome", "evaluation")
    states = ("done", "done", "done", "current", "open", "closed", "closed")
    return [
        {"code": code, "state": state, "url": "" if state == "closed" else f"#{code}"}
        for code, state in zip(codes, states, strict=True)
    ]
