"""Each kind of dated value said as a sentence or a phrase in the reader's language."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from springbrett import catalogue
from springbrett.catalogue.catalogue import Catalogue
from springbrett.catalogue.house import HouseValue
from springbrett.catalogue.structs import (
    Age,
    Appeal,
    AttachesTo,
    Chain,
    Clause,
    Combination,
    ContentRequired,
    Dated,
    Duration,
    Employment,
    Extension,
    Funding,
    LastDay,
    NeedsLevels,
    PracticeNote,
    Question,
    RateValue,
    ReportDuty,
    RequiresFirst,
    Review,
    Rule,
    Season,
    StartWindow,
    Subsidy,
    SubsidyGroup,
    TargetCondition,
    Text,
    Validity,
)
from springbrett.desk.amounts import amount, day, day_of_year, language, number
from springbrett.mapping.explain import needs_level_label

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
    "position": gettext_lazy("position"),
    "wage": gettext_lazy("wage and wage subsidy"),
    "mentoring": gettext_lazy("the mentor's hours and pay"),
    "grant": gettext_lazy("expenses"),
    "buddy": gettext_lazy("buddy at work"),
    "answers": gettext_lazy("the measure's questions"),
}
"""The parts of an agreement, as words in a sentence."""

TOGETHER: dict[str, Promise] = {
    "allowed": gettext_lazy("%(measure)s: can be held at the same time"),
    "warned": gettext_lazy("%(measure)s: at the same time only with a reason"),
    "refused": gettext_lazy("%(measure)s: not at the same time"),
}
"""Whether two measures go together."""

STATUS: dict[str, Promise] = {
    "employee": gettext_lazy("The participant is an employee"),
    "not_employee": gettext_lazy("The participant is not an employee"),
    "either": gettext_lazy("The participant can be an employee or not"),
}
"""Whether the participant is an employee."""

PERMANENT: dict[str, Promise] = {
    "required": gettext_lazy("the post must be permanent"),
    "main_rule": gettext_lazy("the post is permanent as a main rule"),
}
"""Whether a permanent post is asked for."""


def words_of(value: Dated, known: Catalogue | None = None) -> str:
    """A dated value as a sentence or a phrase; the parts of it that need a line of their own stand in `lines_of`.

    `known`: the catalogue that names the codes, when it is not the one in use. A rate or a house value is said by
    `rate_words` and `house_words`, which know its unit.
    """
    say = _SAYINGS.get(type(value))
    return say(value, known or catalogue.load()) if say else ""


def lines_of(value: Dated) -> tuple[str, ...]:
    """What a value says besides, a line each: extensions of a duration, the steps of a wage subsidy."""
    if isinstance(value, Duration):
        return tuple(map(_extension, value.extensions))
    if isinstance(value, Subsidy):
        return tuple(map(_group, value.groups))
    return ()


def rate_words(value: RateValue, unit: str) -> str:
    """A rate's amount with its unit, or that it is not known."""
    return _("Not known here") if value.amount is None else amount(value.amount, unit)


def house_words(value: HouseValue, unit: str) -> str:
    """A house value with its unit."""
    content = value.value
    if isinstance(content, tuple):
        return ", ".join(map(str, content))
    if isinstance(content, str):
        return content
    if unit in {"days", "months", "weeks", "hours", "percent"}:
        return amount(content, unit)
    return number(content)


def _duration(value: Duration, known: Catalogue) -> str:
    if value.unlimited:
        return _("As long as it is needed")
    if not value.known:
        return _("There is a limit in time, but we do not know it for this period")
    said = [_("Up to %(time)s") % {"time": _time(value.months, value.weeks)}]
    if value.cumulative:
        said.append(_("earlier periods count"))
    if value.cumulative_with:
        said.append(_("so does time in %(measures)s") % {"measures": _measures(value.cumulative_with, known)})
    return "; ".join(said)


def _extension(more: Extension) -> str:
    return _("Up to %(time)s in all: %(when)s") % {"time": _time(more.months, more.weeks), "when": _said(more.text)}


def _time(months: int | None, weeks: int | None) -> str:
    return amount(months, "months") if months is not None else amount(weeks or 0, "weeks")


def _age(value: Age, known: Catalogue) -> str:
    if value.years is None:
        return _("There is a limit, but we do not know it for this period")
    if value.basis == "calendar_year":
        return _("The year the person turns %(years)s") % {"years": value.years}
    return _("%(years)s years") % {"years": value.years}


def _levels(value: NeedsLevels, known: Catalogue) -> str:
    return "; ".join(needs_level_label(code) for code in value.levels)


def _season(value: Season, known: Catalogue) -> str:
    said = _("From %(first)s to %(last)s") % {"first": day_of_year(value.first), "last": day_of_year(value.last)}
    return f"{said}. {_said(value.exception)}" if value.exception else said


def _last_day(value: LastDay, known: Catalogue) -> str:
    return _("No later than %(day)s. %(text)s") % {"day": day(value.day), "text": _said(value.text)}


def _combination(value: Combination, known: Catalogue) -> str:
    said = str(TOGETHER[value.together]) % {"measure": _measures((value.code,), known)}
    return f"{said}. {_said(value.text)}" if value.text else said


def _attaches(value: AttachesTo, known: Catalogue) -> str:
    if not value.known:
        return _("Not known here")
    said = _("Together with %(measures)s") % {"measures": _measures(value.measures, known)} if value.measures else ""
    alone = _("to somebody in an ordinary job") if value.alone else ""
    return "; ".join(part for part in (said, alone) if part)


def _employment(value: Employment, known: Catalogue) -> str:
    said = [str(STATUS[value.status])]
    if value.permanent in PERMANENT:
        said.append(str(PERMANENT[value.permanent]))
    if value.temporary_months is not None:
        said.append(_("temporary for up to %(time)s") % {"time": amount(value.temporary_months, "months")})
    return f"{'; '.join(said)}. {_said(value.text)}"


def _funding(value: Funding, known: Catalogue) -> str:
    said = f"{known.name('funding', value.code, language())}. {_said(value.text)}"
    return f"{said} {_rate_name(value.rate, known)}" if value.rate else said


def _rate_name(code: str, known: Catalogue) -> str:
    name = known.rates[code].name.get(language()) if code in known.rates else code
    return _("Rate: %(name)s.") % {"name": name}


def _subsidy(value: Subsidy, known: Catalogue) -> str:
    said = (
        _("A fixed part of the wage cost is refunded") if value.kind == "fixed"
        else _("A part of the wage cost is refunded, agreed up to a highest percentage")
    )  # fmt: skip
    if value.ceiling_basic_amounts is None:
        return said
    ceiling = _("at most %(count)s times the basic amount (G) in a year") % {
        "count": number(value.ceiling_basic_amounts)
    }
    return f"{said}; {ceiling}"


def _group(group: SubsidyGroup) -> str:
    steps = (
        _("%(percent)s from the start") % {"percent": amount(step.percent, "percent")} if step.from_month == 0
        else _("%(percent)s after %(time)s") % {
            "percent": amount(step.percent, "percent"), "time": amount(step.from_month, "months")
        }
        for step in group.steps
    )  # fmt: skip
    return f"{_said(group.text)}: {', '.join(steps)}"


def _review(value: Review, known: Catalogue) -> str:
    said = ngettext("At least every month", "At least every %(count)d months", value.every_months) % {
        "count": value.every_months
    }
    return said if value.owed_by == "caseworker" else f"{said} ({_party(value.owed_by, known)})"


def _report(value: ReportDuty, known: Catalogue) -> str:
    return _("%(report)s, from: %(party)s, within %(days)s days") % {
        "report": _said(value.name), "party": _party(value.owed_by, known), "days": value.due_within_days,
    }  # fmt: skip


def _appeal(value: Appeal, known: Catalogue) -> str:
    return _("Within %(time)s") % {"time": amount(value.weeks, "weeks")}


def _question(value: Question, known: Catalogue) -> str:
    name = known.name("circumstance", value.code, language())
    return _("%(question)s Answered by: %(party)s") % {"question": name, "party": _party(value.party, known)}


def _content(value: ContentRequired, known: Catalogue) -> str:
    return ", ".join(str(PARTS.get(part, part)) for part in value.fields)


def _start_window(value: StartWindow, known: Catalogue) -> str:
    return _("Up to %(days)s days without a decision of its own") % {"days": value.days_back}


def _text(value: TargetCondition | Rule | Clause | PracticeNote | RequiresFirst, known: Catalogue) -> str:
    return _said(value.text)


def _chain(value: Chain, known: Catalogue) -> str:
    return _said(value.name)


def _valid(value: Validity, known: Catalogue) -> str:
    return _("Yes")


def _said(text: Text | None) -> str:
    return text.get(language()) if text else ""


def _party(code: str, known: Catalogue) -> str:
    """The party inside a sentence. A provider is not a party to agreements, and has no code among them."""
    name = known.name("party", code, language()) if known.has_code("party", code) else _("Provider")
    return name[:1].lower() + name[1:]


def _measures(codes: Sequence[str], known: Catalogue) -> str:
    return ", ".join(known.measures[c].name.get(language()) if c in known.measures else c for c in codes)


_SAYINGS: dict[type, Callable[[Any, Catalogue], str]] = {
    Age: _age,
    Appeal: _appeal,
    AttachesTo: _attaches,
    Chain: _chain,
    Clause: _text,
    Combination: _combination,
    ContentRequired: _content,
    Duration: _duration,
    Employment: _employment,
    Funding: _funding,
    LastDay: _last_day,
    NeedsLevels: _levels,
    PracticeNote: _text,
    Question: _question,
    ReportDuty: _report,
    RequiresFirst: _text,
    Review: _review,
    Rule: _text,
    Season: _season,
    StartWindow: _start_window,
    Subsidy: _subsidy,
    TargetCondition: _text,
    Validity: _valid,
}
"""How each kind of dated value is said."""
