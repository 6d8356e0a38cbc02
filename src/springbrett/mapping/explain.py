"""Answers, facts and problems of the mapping in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from springbrett import catalogue
from springbrett.catalogue.codelists import NeedsLevel, Ordered
from springbrett.mapping import guide
from springbrett.mapping.guide import Question
from springbrett.mapping.records import CAN, CANNOT, WITH_ADAPTATION, AnswerValue

FACTS: dict[str, str | Promise] = {
    "age": gettext_lazy("Age"),
    "birth_date": gettext_lazy("Birth date"),
    "needs_level": gettext_lazy("Needs level"),
    "needs_level_decided_on": gettext_lazy("Needs level decided on"),
    "situation": gettext_lazy("Income"),
    "job_seeker": gettext_lazy("Job seeker"),
    "reduced_work_capacity": gettext_lazy("Reduced work capacity"),
    "work_capacity_clarified": gettext_lazy("Work capacity is clear"),
    "years_in_norway": gettext_lazy("Years in Norway"),
    "work_experience_years": gettext_lazy("Years of work"),
    "work_experience_norway_years": gettext_lazy("Years of work in Norway"),
    "last_worked_years_ago": gettext_lazy("Years since the last job"),
    "work_history": gettext_lazy("Earlier work"),
    "previous_measures": gettext_lazy("Earlier measures"),
    "education_level": gettext_lazy("Education"),
    "education_recognised": gettext_lazy("Education recognised"),
    "started_trade_certificate": gettext_lazy("Has begun on a trade certificate"),
    "certificates": gettext_lazy("Certificates"),
    "cefr_oral": gettext_lazy("Spoken Norwegian"),
    "cefr_written": gettext_lazy("Written Norwegian"),
    "knows_what_work": gettext_lazy("Knows what work"),
    "wishes_occupations": gettext_lazy("Wished occupations"),
    "wishes_industries": gettext_lazy("Wished industries"),
    "wish_employer": gettext_lazy("Wished employer"),
    "contact_employer_self": gettext_lazy("Can contact an employer"),
    "motivation": gettext_lazy("Motivation"),
    "motivation_words": gettext_lazy("Motivation in own words"),
    "confidence": gettext_lazy("Confidence"),
    "confidence_words": gettext_lazy("Confidence in own words"),
    "demands_hard": gettext_lazy("Demands talked about"),
    "demands_cannot": gettext_lazy("Demands that cannot be met"),
    "demands_with_adaptation": gettext_lazy("Demands that need adaptation"),
    "adaptations_needed": gettext_lazy("Adaptation needed"),
    "followup_need": gettext_lazy("Need for follow-up"),
    "hours_min": gettext_lazy("Fewest hours a week"),
    "hours_max": gettext_lazy("Most hours a week"),
    "commute_max_km": gettext_lazy("Longest way to work"),
    "licences": gettext_lazy("Driving licences"),
    "childcare_limits": gettext_lazy("Limits from childcare"),
    "practical_limits": gettext_lazy("Practical limits"),
    "support_network": gettext_lazy("Support network"),
    "goals": gettext_lazy("Goals"),
    "own_wish_measure": gettext_lazy("Own wish of measure"),
}
"""Every field of the profile, short: in verdicts, unknowns and comparisons."""

ABILITY_LABELS: dict[str, str | Promise] = {
    CAN: gettext_lazy("Manages"),
    WITH_ADAPTATION: gettext_lazy("Manages with adaptation"),
    CANNOT: gettext_lazy("Cannot now"),
}
STEPS: dict[str, str | Promise] = {
    guide.CHOICE: gettext_lazy("Choice"),
    guide.MATCHING: gettext_lazy("Matching"),
    guide.AGREEMENT: gettext_lazy("Agreement"),
    guide.FOLLOWUP: gettext_lazy("Follow-up"),
}
PROBLEMS: dict[str, str | Promise] = {
    "diagnosis": gettext_lazy(
        "This looks like a diagnosis. Describe what the person can and cannot do at work instead, and what would help."
    ),
    "national_id": gettext_lazy(
        "This looks like a national identity number. Take it out: the case already knows who it is about."
    ),
    "out_of_range": gettext_lazy("The number is outside what is possible."),
    "unknown_code": gettext_lazy("This choice is not in the list any more. Choose again."),
}


def problem(code: str) -> str:
    """What is wrong with an answer, and what to do."""
    return str(PROBLEMS.get(code) or _("The answer could not be read. Try again."))


def language() -> str:
    """The language of the page."""
    return (get_language() or "nb")[:2]


def choice_label(question: Question, code: str) -> str:
    """The name of a choice; needs levels show both the older and the newer name."""
    known = catalogue.load()
    if question.codes == guide.MEASURES:
        return known.measure(code).name.get(language()) if code in known.measures else code
    name = "occupation" if question.kind == "occupation_search" else question.codes
    if name == "needs_level" and known.has_code(name, code):
        return needs_level_label(code)
    return known.name(name, code, language())


def needs_level_label(code: str) -> str:
    """A needs level by its older name with the newer names after it."""
    entry = catalogue.load().code("needs_level", code)
    newer = " / ".join(new.name.get(language()) for new in entry.new_names) if isinstance(entry, NeedsLevel) else ""
    return _("%(older)s (now: %(newer)s)") % {"older": entry.name.get(language()), "newer": newer}


def scale_label(question: Question, step: int) -> str:
    """A step on a scale: the catalogue's word for it, or the number."""
    if question.codes:
        ranked = {e.rank: e for e in catalogue.load().codes(question.codes) if isinstance(e, Ordered)}
        if step in ranked:
            return ranked[step].name.get(language())
    return str(step)


def answer_words(question: Question, value: AnswerValue) -> str:
    """A kept answer in words; «not known yet» for None."""
    if value is None:
        return _("Not known yet")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Mapping):
        return "; ".join(_ability(question, demand, level) for demand, level in value.items())
    if isinstance(value, list):
        return ", ".join(choice_label(question, code) for code in value) or _("None of these")
    if question.kind == "scale" and isinstance(value, int):
        return scale_label(question, value)
    if isinstance(value, int | float):
        return f"{value:g} {question.unit}".strip()
    return choice_label(question, value) if question.kind == "choice" else value


def _ability(question: Question, demand: str, level: str) -> str:
    return f"{choice_label(question, demand)}: {str(ABILITY_LABELS.get(level, level)).lower()}"
