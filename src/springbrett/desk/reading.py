"""The catalogue for reading: each dated value of a measure in words, with where it comes from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from springbrett import catalogue
from springbrett.catalogue.structs import (
    Age,
    Clause,
    ContentRequired,
    Dated,
    Duration,
    Measure,
    NeedsLevels,
    PracticeNote,
    ReportDuty,
    Review,
    Rule,
    StartWindow,
    TargetCondition,
    Text,
    Validity,
)
from springbrett.mapping.explain import needs_level_label

TOPICS: dict[str, str | Promise] = {
    "valid": gettext_lazy("Can be given"),
    "target_group": gettext_lazy("Who it is for"),
    "min_age": gettext_lazy("Lowest age"),
    "max_age": gettext_lazy("Upper age limit"),
    "needs_levels": gettext_lazy("Needs level"),
    "durations": gettext_lazy("How long"),
    "seasons": gettext_lazy("Season"),
    "last_days": gettext_lazy("Last day"),
    "requires_first": gettext_lazy("What must come first"),
    "combinations": gettext_lazy("Together with other measures"),
    "attaches_to": gettext_lazy("Stands beside"),
    "employment": gettext_lazy("Employment"),
    "funding": gettext_lazy("Money"),
    "subsidies": gettext_lazy("Wage subsidy"),
    "reviews": gettext_lazy("Review"),
    "reports": gettext_lazy("Reports"),
    "appeals": gettext_lazy("Deadline for appeal"),
    "questions": gettext_lazy("What the agreement must answer"),
    "rules": gettext_lazy("What must hold"),
    "content_required": gettext_lazy("What the agreement must say"),
    "clauses": gettext_lazy("Terms of the agreement"),
    "start_window": gettext_lazy("Start back in time"),
    "practice": gettext_lazy("How it is practised"),
}
"""The keys of a measure's dated values, in the order they are read."""

SOURCES: dict[str, Promise] = {
    "law": gettext_lazy("Law or regulation"),
    "practice": gettext_lazy("Practice"),
    "house": gettext_lazy("Our own choice"),
}
"""What kind of rule a value is."""

PARTS: dict[str, Promise] = {
    "purpose": gettext_lazy("purpose"),
    "tasks": gettext_lazy("tasks"),
    "training": gettext_lazy("training"),
    "expected": gettext_lazy("what is expected to be reached"),
    "adaptation": gettext_lazy("adaptation"),
    "support": gettext_lazy("support"),
    "hours": gettext_lazy("hours"),
    "days": gettext_lazy("days"),
    "dates": gettext_lazy("dates"),
    "followup": gettext_lazy("follow-up"),
    "contacts": gettext_lazy("contact persons"),
    "declarations": gettext_lazy("declarations"),
}
"""The parts of an agreement, as words in a sentence."""

LINKS: dict[str, Promise] = {
    "characteristics": gettext_lazy("Who it suits"),
    "clarifications": gettext_lazy("Clear before the start"),
    "implementation": gettext_lazy("How it is carried out"),
    "desired_outcome": gettext_lazy("What it should give"),
    "desired_development": gettext_lazy("Where it should lead"),
}
"""The five links of a chain."""


@dataclass(frozen=True, slots=True)
class ReadValue:
    """One value as it is read: in words, and where it comes from (the answer to «Why?»).

    `reading` says how the wording is read here, or how practice stands to the law; `exception` what can justify going
    on in spite of it. Both are empty for most values.
    """

    topic: str
    words: str
    from_on: date
    to_on: date | None
    reference: str
    source: str
    note: str
    reading: str
    exception: str
    in_force: bool


@dataclass(frozen=True, slots=True)
class Topic:
    """The values under one heading."""

    code: str
    name: str
    values: tuple[ReadValue, ...]


def applies_on(measure: Measure, on: date) -> tuple[Topic, ...]:
    """What applies for the measure on the day, topic by topic; topics without a value that day are left out."""
    return _topics(tuple(value for value in history_of(measure, on) if value.in_force))


def history_of(measure: Measure, on: date) -> tuple[ReadValue, ...]:
    """Every value the measure has had or will have, oldest first in its topic; `in_force` says whether on the day."""
    dated = measure.dated_values
    lasting = _in_force(measure, on)
    values = (_read(key, value, in_force=any(value is other for other in lasting)) for key, value in dated)
    order = list(TOPICS)
    return tuple(sorted(values, key=lambda read: (order.index(read.topic), read.from_on)))


def topics_of(values: tuple[ReadValue, ...]) -> tuple[Topic, ...]:
    """The values gathered under their headings."""
    return _topics(values)


def reference(ref: str) -> str:
    """ "ACT § SECTION" with the name of the act in the reader's language."""
    act, _sign, section = ref.partition(" § ")
    name = catalogue.load().name("act", act, language())
    return f"{name} § {section}" if section else name


def language() -> str:
    """The language of the page: nb, nn or en."""
    return (get_language() or "nb")[:2]


def _topics(values: tuple[ReadValue, ...]) -> tuple[Topic, ...]:
    return tuple(
        Topic(code, str(name), found)
        for code, name in TOPICS.items()
        if (found := tuple(value for value in values if value.topic == code))
    )


def _in_force(measure: Measure, on: date) -> list[Dated]:
    lasting: list[Dated] = [*measure.target_group_on(on), *measure.reports_on(on), *measure.rules_on(on)]
    lasting += catalogue.all_in_force(measure.practice, on)
    singles: list[tuple[Dated, ...]] = [
        measure.valid, measure.min_age, measure.max_age, measure.needs_levels, measure.durations, measure.reviews
    ]  # fmt: skip
    if measure.agreement:
        lasting += measure.agreement.clauses_on(on)
        singles += [measure.agreement.content_required, measure.agreement.start_window]
    return lasting + [found for values in singles if (found := catalogue.in_force(values, on))]


def _read(key: str, value: Dated, *, in_force: bool) -> ReadValue:
    parts = key.split(".")
    topic = parts[1] if parts[0] == "agreement" else parts[0]
    exception = value.exception if isinstance(value, Rule) else None
    return ReadValue(
        topic, words_of(value), value.from_, value.to, reference(value.ref), str(SOURCES[value.source]),
        value.note if language() == "en" else "",  # notes are written in English, for those who keep the catalogue
        _said(value.interpretation), _said(exception), in_force,
    )  # fmt: skip


def _said(text: Text | None) -> str:
    return text.get(language()) if text else ""


def words_of(value: Dated) -> str:
    """A dated value as a sentence or a phrase in the reader's language."""
    say = _SAYINGS.get(type(value))
    return say(value) if say else ""


def _duration(value: Duration) -> str:
    if value.unlimited:
        return _("As long as it is needed")
    said = [_("Up to %(time)s") % {"time": _time(value.months, value.weeks)}] if value.months or value.weeks else []
    said += [
        _("up to %(time)s in all %(when)s") % {"time": _time(more.months, more.weeks), "when": _said(more.text)}
        for more in value.extensions
    ]
    if value.cumulative:
        said.append(_("earlier periods count"))
    return "; ".join(said) or _("No limit in time is recorded")


def _time(months: int | None, weeks: int | None) -> str:
    if months:
        return ngettext("%(count)d month", "%(count)d months", months) % {"count": months}
    return ngettext("%(count)d week", "%(count)d weeks", weeks or 0) % {"count": weeks or 0}


def _age(value: Age) -> str:
    if value.years is None:
        return _("There is a limit, but we do not know it for this period")
    if value.basis == "calendar_year":
        return _("The year the person turns %(years)s") % {"years": value.years}
    return _("%(years)s years") % {"years": value.years}


def _report(value: ReportDuty) -> str:
    party = catalogue.load().name("party", value.owed_by, language())
    return _("%(report)s, from: %(party)s, within %(days)s days") % {
        "report": value.name.get(language()), "party": party.lower(), "days": value.due_within_days,
    }  # fmt: skip


def _levels(value: NeedsLevels) -> str:
    return "; ".join(needs_level_label(code) for code in value.levels)


def _review(value: Review) -> str:
    return ngettext("At least every month", "At least every %(count)d months", value.every_months) % {
        "count": value.every_months
    }


def _content(value: ContentRequired) -> str:
    return ", ".join(str(PARTS.get(part, part)) for part in value.fields)


def _start_window(value: StartWindow) -> str:
    return _("Up to %(days)s days without a decision of its own") % {"days": value.days_back}


def _text(value: TargetCondition | Rule | Clause | PracticeNote) -> str:
    return value.text.get(language())


def _valid(value: Validity) -> str:
    return _("Yes")


_SAYINGS: dict[type, Callable[[Any], str]] = {
    Duration: _duration,
    Age: _age,
    NeedsLevels: _levels,
    Review: _review,
    ReportDuty: _report,
    ContentRequired: _content,
    StartWindow: _start_window,
    TargetCondition: _text,
    Rule: _text,
    Clause: _text,
    PracticeNote: _text,
    Validity: _valid,
}
"""How each kind of dated value is said."""
