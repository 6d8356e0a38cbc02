"""Verdicts of the choice in sentences that the person can read too."""

from collections.abc import Callable, Iterable
from functools import partial

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from springbrett import catalogue
from springbrett.access.voice import addressed, for_reader
from springbrett.catalogue.conditions import Operator
from springbrett.catalogue.day import on_day
from springbrett.choice import explain_chain
from springbrett.choice.chaining import LENGTH
from springbrett.choice.explain_chain import day_words, language, measure_name
from springbrett.choice.records import ChainFit, MeasureOption
from springbrett.choice.services import ChoiceRefused
from springbrett.kernel.verdict import Answer, Verdict
from springbrett.mapping import explain as mapping_explain


def _circumstance(code: str) -> str:
    return for_reader(catalogue.load().code("circumstance", code).name).get(language())


_circumstance_lazy = lazy(_circumstance, str)

FACTS: dict[str, str | Promise] = {
    **{entry.code: _circumstance_lazy(entry.code) for entry in catalogue.load().codes("circumstance")},
    **explain_chain.FACTS,
    "measure": gettext_lazy("Measure"),
    "from": gettext_lazy("In force from"),
    "age_limit": gettext_lazy("Age limit"),
    "required": gettext_lazy("Required"),
    "needs_levels_used": gettext_lazy("Used for"),
    "months_used": gettext_lazy("Months used"),
    "days_used": gettext_lazy("and days"),
    "months_limit": gettext_lazy("Limit in months"),
    "months_limit_extended": gettext_lazy("Limit in months with extension"),
    "months_left": gettext_lazy("Months surely left"),
    "days_left": gettext_lazy("and days left"),
}
CHANGES: dict[str, str | Promise] = {
    **explain_chain.CHANGES,
    "caseworker_considers": gettext_lazy("what the caseworker writes as reason"),
    "age_limit": gettext_lazy("knowing the age limit of that time"),
    LENGTH: gettext_lazy("knowing how long the measure may last"),
    "reduced_work_capacity": gettext_lazy("knowing whether work capacity is reduced"),
    "needs_level": gettext_lazy("a decision on needs level"),
}
REFUSALS: dict[str, str | Promise] = {
    "not_confirmed": gettext_lazy("The mapping must be confirmed before a measure is decided."),
    "changed_meanwhile": gettext_lazy(
        "Somebody else has decided meanwhile. Read their decision below; what you wrote is still here. "
        "Save again to let yours count."
    ),
    "unknown_measure": gettext_lazy("This measure is not in the catalogue. Choose again."),
    "not_offered": gettext_lazy("This measure cannot be chosen on this date. Choose another one."),
    "unknown_chain": gettext_lazy("Choose which way the measure is meant to work."),
    "no_reason": gettext_lazy("Write why this measure is chosen."),
    "words": gettext_lazy("This looks like a diagnosis or an identity number. Write about work instead."),
    "waiting_for": gettext_lazy("Choose another measure to wait for than the one you decide on."),
    "stopped": gettext_lazy("A rule stops this measure for this person now."),
    "not_overridden": gettext_lazy("Choose why you go on in spite of this warning."),
    "not_acknowledged": gettext_lazy("Confirm that you have seen what is unknown."),
}


def refusal(error: ChoiceRefused) -> str:
    """Why a choice could not be saved, and what to do."""
    return str(REFUSALS[error.problem])


def chain_name(code: str) -> str:
    """The chain's name in the page's language."""
    known = catalogue.load()
    return known.chain(code).name.get(language()) if code in known.chains else code


def standing(option: MeasureOption) -> tuple[str, str]:
    """Where an option stands, in words and a tag's colour."""
    if option.opens:
        return _("Comes %(day)s") % {"day": day_words(option.opens)}, "neutral"
    if option.stopped:
        return _("Stopped by a rule"), "danger"
    if option.verdict.answer is Answer.UNKNOWN:
        return (_("Proposed, something is unknown") if option.proposed else _("Something is unknown")), "info"
    return (_("Proposed"), "success") if option.proposed else (_("Possible"), "neutral")


def not_met(options: Iterable[MeasureOption]) -> dict[str, tuple[str, str]]:
    """Where each option stands whose rules are not met, or not known to be: measure → words and a tag's colour."""
    return {option.measure: standing(option) for option in options if not option.verdict.met}


def fit_words(fit: ChainFit) -> tuple[str, str]:
    """How well a chain fits, in words and a tag's colour."""
    if fit.strong:
        return _("Good fit"), "success"
    return (_("Some fit"), "info") if fit.fits else (_("Little speaks for it"), "neutral")


def next_step(measure: str) -> str:
    """What happens after the decision."""
    if catalogue.load().measure(measure).depth == "full":
        return addressed(
            _("Next: find a workplace that suits the person."), _("Next: find a workplace that suits you.")
        )
    return _("The decision is recorded here. The measure itself goes on outside this system.")


def eligible(verdict: Verdict) -> str:
    """The whole of an option."""
    name = measure_name(str(verdict.fact("measure")))
    if verdict.answer is Answer.MET:
        return _("Nothing in the rules stops %(measure)s.") % {"measure": name}
    if verdict.answer is Answer.NOT_MET:
        return _("The rules stop %(measure)s now.") % {"measure": name}
    return _("Whether %(measure)s is open cannot be said before more is known.") % {"measure": name}


def measure_in_force(verdict: Verdict) -> str:
    """Whether the measure exists on the day."""
    if verdict.met:
        return _("The measure can be given on this date.")
    return _("The measure cannot be given on this date.")


def minimum_age(verdict: Verdict) -> str:
    """The lowest age."""
    limit = verdict.fact("age_limit")
    if verdict.unknown:
        return addressed(
            _("There is a lowest age, but the limit or the person's age is not known."),
            _("There is a lowest age, but the limit or your age is not known."),
        )
    said = {"limit": limit}
    if verdict.met:
        return (
            addressed(_("The person is at least %(limit)s years old."), _("You are at least %(limit)s years old."))
            % said
        )
    return addressed(_("The person is not %(limit)s years old yet."), _("You are not %(limit)s years old yet.")) % said


def maximum_age(verdict: Verdict) -> str:
    """The highest age."""
    if verdict.unknown:
        return addressed(
            _("There is a highest age, but the limit or the person's age is not known."),
            _("There is a highest age, but the limit or your age is not known."),
        )
    said = {"limit": verdict.fact("age_limit")}
    if verdict.met:
        return addressed(_("The person is younger than %(limit)s."), _("You are younger than %(limit)s.")) % said
    return addressed(_("The person has reached %(limit)s."), _("You have reached %(limit)s.")) % said


def needs_level_used(verdict: Verdict) -> str:
    """The needs level against those the measure is used for."""
    if verdict.unknown:
        return _("The needs level is not recorded yet.")
    if verdict.met:
        return addressed(
            _("The measure is used for the person's needs level."), _("The measure is used for your needs level.")
        )
    return addressed(
        _("The measure is not usually given for the person's needs level."),
        _("The measure is not usually given for your needs level."),
    )


def time_left(verdict: Verdict) -> str:
    """Time used and left, summed over the person's placements."""
    if LENGTH in verdict.would_change:
        return _length_not_known(verdict)
    if verdict.unknown:
        said = {"what": ", ".join(fact_label(name) for name in verdict.would_change)}
        return (
            _("The ordinary time is used up. Whether more is open depends on this, which is unknown: %(what)s") % said
        )
    if not verdict.met:
        return _("The time in this measure is used up.")
    left, days = verdict.fact("months_left"), verdict.fact("days_left")
    if not isinstance(left, int) or not isinstance(days, int):
        return _("The measure has no limit in time.")
    if left == 0:
        return ngettext("%(days)d day is left in this measure.", "%(days)d days are left in this measure.", days) % {
            "days": days
        }
    return ngettext("%(left)d month is left in this measure.", "%(left)d months are left in this measure.", left) % {
        "left": left
    }


def _length_not_known(verdict: Verdict) -> str:
    """There is a limit, and the catalogue does not hold it."""
    said = _("The rules set how long the measure may last, but our sources do not say how long. Look it up.")
    return " ".join(filter(None, (said, length_note(verdict))))


def length_note(verdict: Verdict) -> str:
    """Why the catalogue does not hold the length, on English pages: its notes are written for those who keep it."""
    known = catalogue.load().measures.get(str(verdict.fact("measure")))
    duration = on_day(known, verdict.on).duration if known and verdict.on else None
    return duration.note if duration and language() == "en" else ""


def asked_and_unknown(option: MeasureOption) -> list[str]:
    """What a longer time depends on and nobody has told, in words."""
    asked = option.time.asked if option.time else ()
    told = next((verdict.facts for verdict in option.verdict.children if verdict.rule == "time_left"), ())
    return [fact_label(fact.name) for fact in told if fact.name in asked and fact.value is None]


def no_suitable_offer(verdict: Verdict) -> str:
    """Offered work comes before a measure."""
    return addressed(
        _("The person has no offer of a suitable job or another measure. An offer comes first."),
        _("You have no offer of a suitable job or another measure. An offer comes first."),
    )


def target_group_way(verdict: Verdict) -> str:
    """One of several ways into the target group."""
    if verdict.met:
        return _("This way into the target group is open.")
    return _("Not known whether this way is open.") if verdict.unknown else _("This way is not open.")


def _target_group(measure: str, condition: str, verdict: Verdict) -> str:
    entries = [c for c in catalogue.load().measure(measure).target_group if c.code == condition]
    held = [entry for entry in entries if verdict.on and entry.holds_on(verdict.on)]
    return for_reader((held or entries)[-1].text).get(language())


def _condition(words: str | Promise, verdict: Verdict) -> str:
    name, required = verdict.facts[0].name, verdict.facts[1].value
    return str(words) % {"fact": fact_label(name), "value": _value(required)}


def fact_label(name: str) -> str:
    """What a fact about the person, or a circumstance of the stay, is called."""
    return str(mapping_explain.FACTS.get(name) or FACTS.get(name) or name)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, tuple):
        return ", ".join(_value(item) for item in value)
    if isinstance(value, int | float):
        return f"{value:g}"
    return _named(str(value))


def _named(code: str) -> str:
    known = catalogue.load()
    if code in known.measures:
        return measure_name(code)
    return next((known.name(name, code, language()) for name in known.lists if known.has_code(name, code)), code)


CONDITIONS: dict[Operator, str | Promise] = {
    "eq": gettext_lazy("%(fact)s: %(value)s"),
    "ne": gettext_lazy("%(fact)s: something else than %(value)s"),
    "in": gettext_lazy("%(fact)s: one of %(value)s"),
    "not_in": gettext_lazy("%(fact)s: none of %(value)s"),
    "lt": gettext_lazy("%(fact)s: less than %(value)s"),
    "lte": gettext_lazy("%(fact)s: at most %(value)s"),
    "gt": gettext_lazy("%(fact)s: more than %(value)s"),
    "gte": gettext_lazy("%(fact)s: at least %(value)s"),
    "contains": gettext_lazy("%(fact)s: %(value)s is among them"),
    "contains_any": gettext_lazy("%(fact)s: one of %(value)s is among them"),
    "empty": gettext_lazy("%(fact)s: none"),
    "not_empty": gettext_lazy("%(fact)s: at least one"),
}

SENTENCES: dict[str, Callable[[Verdict], str]] = {
    **explain_chain.SENTENCES,
    "eligible": eligible,
    "measure_in_force": measure_in_force,
    "minimum_age": minimum_age,
    "maximum_age": maximum_age,
    "needs_level_used": needs_level_used,
    "time_left": time_left,
    "no_suitable_offer": no_suitable_offer,
    "target_group_way": target_group_way,
    **{f"condition_{operator}": partial(_condition, words) for operator, words in CONDITIONS.items()},
    **{
        f"target_group.{measure.code}.{condition.code}": partial(_target_group, measure.code, condition.code)
        for measure in catalogue.load().measures.values()
        for condition in measure.target_group
    },
}
"""Rule code → sentence. Target group conditions speak the catalogue's own words."""


def objection(verdict: Verdict) -> str:
    """A verdict that is not met, as it reads outside its tree: a condition says of itself that it is not met."""
    if verdict.rule.startswith(("target_group.", "requires_first.")):
        return _("This condition is not met: %(condition)s") % {"condition": sentence(verdict)}
    return sentence(verdict)


def sentence(verdict: Verdict) -> str:
    """The sentence of a verdict; its code if this room has none."""
    said = SENTENCES.get(verdict.rule)
    return said(verdict) if said else verdict.rule


__all__ = [
    "CHANGES", "FACTS", "REFUSALS", "SENTENCES", "asked_and_unknown", "chain_name", "day_words", "fact_label",
    "fit_words", "language", "length_note", "measure_name", "next_step", "objection", "refusal", "sentence", "standing",
]  # fmt: skip
