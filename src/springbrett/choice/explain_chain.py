"""What comes before, beside and after, in sentences the person can read too."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from babel.dates import format_date, format_skeleton
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from springbrett import catalogue
from springbrett.access.voice import addressed_lazy, for_reader
from springbrett.catalogue.day import on_day
from springbrett.choice.records import ChainView, MeasureTime, NextMeasure, Stay
from springbrett.kernel.verdict import Verdict

FACTS: dict[str, str | Promise] = {
    "days_limit": gettext_lazy("Limit in days"),
    "days_limit_extended": gettext_lazy("Limit in days with extension"),
    "must_be_tried": gettext_lazy("Counts as tried"),
    "tried": gettext_lazy("Tried"),
    "other_measure": gettext_lazy("At the same time"),
    "after": gettext_lazy("Usually comes after"),
    "season_first": "",
    "season_last": "",
    "last_day": gettext_lazy("Last possible day"),
}
CHANGES: dict[str, str | Promise] = {
    "previous_measures": addressed_lazy(
        gettext_lazy("knowing which measures the person has had before"),
        gettext_lazy("knowing which measures you have had before"),
    ),
    "other_measures_considered": gettext_lazy("that other measures are considered, and why they do not fit"),
}


def language() -> str:
    """The language of the page."""
    return (get_language() or "nb")[:2]


def measure_name(code: str) -> str:
    """The measure's name in the page's language; the code of one that the catalogue no longer holds."""
    known = catalogue.load().measures
    return known[code].name.get(language()) if code in known else code


def day_words(day: date) -> str:
    """A day as it is read, e.g. 1 September 2026."""
    return str(format_date(day, "long", locale=_locale()))


def _month_day(text: str) -> str:
    """ "06-01" as it is read, e.g. 1 June. A leap year, so that every day of the year can be named."""
    return str(format_skeleton("MMMMd", date.fromisoformat(f"2000-{text}"), locale=_locale()))


def _locale() -> str:
    return {"nn": "nn_NO", "en": "en_GB"}.get(language(), "nb_NO")


def season(verdict: Verdict) -> str:
    """The part of the year a measure is held in."""
    first, last = _month_day(str(verdict.fact("season_first"))), _month_day(str(verdict.fact("season_last")))
    return _("The measure is held between %(first)s and %(last)s.") % {"first": first, "last": last}


def last_day(verdict: Verdict) -> str:
    """The day a measure closes."""
    day = verdict.fact("last_day")
    said = {"day": day_words(day) if isinstance(day, date) else ""}
    if verdict.met:
        return _("The measure closes. No stay can last longer than %(day)s.") % said
    return _("The measure closed on %(day)s.") % said


def combination(verdict: Verdict) -> str:
    """Two measures at the same time."""
    said = _pair(verdict)
    own = _own_words(verdict)
    if own:
        return own
    if verdict.met:
        return _("%(measure)s can be held at the same time as %(other)s.") % said
    if verdict.unknown:
        return (
            _("Nothing is recorded on %(measure)s at the same time as %(other)s. The caseworker considers it.") % said
        )
    if verdict.stops:
        return _("%(measure)s cannot be held at the same time as %(other)s.") % said
    return _("%(measure)s is not usually held at the same time as %(other)s.") % said


def combination_now(verdict: Verdict) -> str:
    """What runs now, seen from a measure that may come next."""
    said = _pair(verdict)
    if verdict.met:
        return _("%(other)s runs now, and %(measure)s can be held at the same time.") % said
    return _("%(other)s runs now. %(measure)s should begin when it has ended.") % said


def _pair(verdict: Verdict) -> dict[str, str]:
    return {
        "measure": measure_name(str(verdict.fact("measure"))),
        "other": measure_name(str(verdict.fact("other_measure"))),
    }


def _own_words(verdict: Verdict) -> str:
    """What the catalogue itself says about the pair; empty when it says nothing."""
    known, on = catalogue.load().measures, verdict.on
    pair = str(verdict.fact("measure")), str(verdict.fact("other_measure"))
    for one, other in (pair, pair[::-1]):
        found = on_day(known[one], on).combinations.get(other) if on and one in known else None
        if found and found.text and found.reference == verdict.ref:
            return for_reader(found.text).get(language())
    return ""


def _requires_first(measure: str, code: str, verdict: Verdict) -> str:
    entries = [entry for entry in catalogue.load().measure(measure).requires_first if entry.code == code]
    held = [entry for entry in entries if verdict.on and entry.holds_on(verdict.on)]
    return for_reader((held or entries)[-1].text).get(language())


def requires_first(verdict: Verdict) -> str:
    """Several requirements together."""
    return _("What must come before the measure.")


def may_be_given(verdict: Verdict) -> str:
    """Whether a measure that may come next is in force, or when it is."""
    begins = verdict.fact("from")
    if isinstance(begins, date):
        return _("The measure can be given from %(day)s.") % {"day": day_words(begins)}
    return _("The measure can be given.") if verdict.met else _("The measure is no longer given.")


def may_come_next(verdict: Verdict) -> str:
    """A measure that may come next."""
    said = {"measure": measure_name(str(verdict.fact("measure"))), "after": measure_name(str(verdict.fact("after")))}
    if verdict.met:
        return _("%(measure)s is open, and often comes after %(after)s.") % said
    if verdict.unknown:
        return _("%(measure)s often comes after %(after)s. Whether it is open is not known yet.") % said
    return _("%(measure)s often comes after %(after)s, but is not open now.") % said


SENTENCES: dict[str, Callable[[Verdict], str]] = {
    "season": season,
    "last_day": last_day,
    "combination": combination,
    "combination_now": combination_now,
    "requires_first": requires_first,
    "may_be_given": may_be_given,
    "may_come_next": may_come_next,
    **{
        f"requires_first.{measure.code}.{required.code}": partial(_requires_first, measure.code, required.code)
        for measure in catalogue.load().measures.values()
        for required in measure.requires_first
    },
}
"""Rule code → sentence. What must come first speaks the catalogue's own words."""


def view_rows(view: ChainView, on: date, not_met: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """The chain as a page shows it: what has been, how much time is used, and what may come next.

    `not_met`: measures whose rules are not met for the person, with the words and colour they stand with
    (`explain.not_met`), so that what a rule stops is not said to be able to come.
    """
    return {
        "stays": [_stay_row(stay, on) for stay in view.stays],
        "times": [_time_row(time) for time in view.times],
        "next": [_next_row(step, not_met.get(step.measure)) for step in view.next],
    }


def _stay_row(stay: Stay, on: date) -> Mapping[str, Any]:
    known = catalogue.load()
    return {
        "measure": measure_name(stay.measure),
        "start": stay.period.start,
        "end": stay.period.end,
        "outcome": known.name("outcome", stay.outcome, language()) if stay.outcome else "",
        "running": stay.runs_on(on),
        "planned": stay.period.start > on,
    }


def _time_row(time: MeasureTime) -> Mapping[str, Any]:
    return {"measure": measure_name(time.measure), "code": time.measure, "time": time, "left": time.left}


def _next_row(step: NextMeasure, stands: tuple[str, str] | None) -> Mapping[str, Any]:
    colour = "success" if step.verdict.met else "info" if step.verdict.unknown else "neutral"
    words = {"success": _("Can come next"), "info": _("Something is unknown"), "neutral": _("Not open now")}[colour]
    if step.opens and step.open:
        words, colour = _("Comes %(day)s") % {"day": day_words(step.opens)}, "neutral"
    elif step.open and stands is not None:
        words, colour = stands
    return {
        "code": step.measure,
        "measure": measure_name(step.measure),
        "after": measure_name(step.after),
        "words": words,
        "colour": colour,
        "step": step,
    }
