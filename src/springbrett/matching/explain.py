"""Reasons and refusals of matching in sentences that the person can read too."""

from collections.abc import Callable
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from springbrett.access.voice import addressed, addressed_lazy
from springbrett.employers.explain import code_name, code_names
from springbrett.kernel.verdict import Verdict
from springbrett.mapping import explain as mapping_explain
from springbrett.matching.services import MatchRefused
from springbrett.matching.wording import CHANGES, FACTS

Sentence = Callable[[Verdict], str]

PROBLEMS: dict[str, str | Promise] = {
    "no_choice": gettext_lazy("Decide on a measure first. The match follows from what it is for."),
    "no_reason": gettext_lazy("Write why this workplace suits the person."),
    "unknown_code": gettext_lazy("Choose one from the list."),
    "in_the_future": gettext_lazy("This day has not come yet. Write when it happened."),
    "no_place": gettext_lazy("Choose an opening or a workplace."),
    "changed_meanwhile": gettext_lazy(
        "Somebody has chosen a workplace meanwhile. Read their choice; what you wrote is still here. "
        "Save again to let yours count."
    ),
    "diagnosis": mapping_explain.PROBLEMS["diagnosis"],
    "national_id": mapping_explain.PROBLEMS["national_id"],
    "stopped": gettext_lazy("This opening cannot be chosen now. The page says why."),
    "not_overridden": gettext_lazy("Tick every warning that you set aside, and say why."),
}

LABELS: dict[str, str | Promise] = {"score": gettext_lazy("Points in all")}

_PLAIN: dict[str, Promise] = {
    "wish_employer": addressed_lazy(
        gettext_lazy("The person has named this employer."), gettext_lazy("You have named this employer.")
    ),
    "demands_not_stated": gettext_lazy("What the work demands is not recorded."),
    "must_speak_for_language": gettext_lazy("One must speak Norwegian with others here, and language is the purpose."),
    "must_speak_missing": gettext_lazy("One speaks little with others here, and language is the purpose."),
    "must_speak_unknown": gettext_lazy("It is not known whether one must speak with others at work."),
    "hours_of_person_unknown": addressed_lazy(
        gettext_lazy("How many hours a week the person can work is not known."),
        gettext_lazy("How many hours a week you can work is not known."),
    ),
    "hours_of_opening_unknown": gettext_lazy("How many hours a week the employer needs is not known."),
    "distance_unknown": gettext_lazy("How far away the workplace is, is not known."),
    "followup_need_unknown": addressed_lazy(
        gettext_lazy("How much follow-up the person needs is not known."),
        gettext_lazy("How much follow-up you need is not known."),
    ),
    "followup_capacity_unknown": gettext_lazy("How closely the employer can follow up is not known."),
    "followup_capacity_met": addressed_lazy(
        gettext_lazy("The employer can follow up as closely as the person needs."),
        gettext_lazy("The employer can follow up as closely as you need."),
    ),
    "followup_capacity_gap": addressed_lazy(
        gettext_lazy("The employer can follow up less closely than the person needs."),
        gettext_lazy("The employer can follow up less closely than you need."),
    ),
    "mentor_available": gettext_lazy("There is a mentor or buddy at the workplace."),
    "mentor_missing": addressed_lazy(
        gettext_lazy("There is no mentor or buddy at the workplace, and the person should have one."),
        gettext_lazy("There is no mentor or buddy at the workplace, and you should have one."),
    ),
    "mentor_unknown": gettext_lazy("It is not known whether the workplace has a mentor."),
    "hiring_realistic": gettext_lazy("The employer says hiring is realistic, and a job here is the purpose."),
    "hiring_realistic_other_aim": gettext_lazy("The employer says hiring is realistic."),
    "hiring_unrealistic": gettext_lazy("The employer says hiring is not realistic now, and a job here is the purpose."),
    "hiring_unknown": gettext_lazy("It is not known whether hiring is realistic, and a job here is the purpose."),
    "training_company": gettext_lazy("Approved training company, and a trade certificate is the purpose."),
    "training_company_missing": gettext_lazy(
        "Not an approved training company, and a trade certificate is the purpose."
    ),
    "training_company_unknown": gettext_lazy("It is not known whether this is an approved training company."),
    "opening_not_open": gettext_lazy("The opening does not stand open on this day."),
    "history_none": gettext_lazy("Nobody has finished a placement here yet."),
    "own_stay_went_well": addressed_lazy(
        gettext_lazy("The person has been here before, and it went as agreed."),
        gettext_lazy("You have been here before, and it went as agreed."),
    ),
    "own_stay_broke_off": addressed_lazy(
        gettext_lazy("The person has been here before, and it broke off."),
        gettext_lazy("You have been here before, and it broke off."),
    ),
    "own_stay_before": addressed_lazy(
        gettext_lazy("The person has been here before. Talk about how it went."),
        gettext_lazy("You have been here before. Talk about how it went."),
    ),
    "language_not_stated": gettext_lazy("How much Norwegian the work needs is not recorded."),
    "wish_occupation_unknown": addressed_lazy(
        gettext_lazy("Which occupations the person wants is not known."),
        gettext_lazy("Which occupations you want is not known."),
    ),
}
_ABOUT: dict[str, tuple[Promise, str, str]] = {
    "wish_occupation": (
        addressed_lazy(
            gettext_lazy("The person wants to work as this: %(named)s."),
            gettext_lazy("You want to work as this: %(named)s."),
        ),
        "occupation",
        "occupation",
    ),
    "wish_occupation_near": (
        addressed_lazy(
            gettext_lazy("%(named)s is close to what the person wants."),
            gettext_lazy("%(named)s is close to what you want."),
        ),
        "occupation",
        "occupation",
    ),
    "wish_occupation_related": (
        addressed_lazy(
            gettext_lazy("%(named)s is in the same field as what the person wants."),
            gettext_lazy("%(named)s is in the same field as what you want."),
        ),
        "occupation",
        "occupation",
    ),
    "wish_occupation_other": (
        addressed_lazy(
            gettext_lazy("%(named)s is not what the person has wished for."),
            gettext_lazy("%(named)s is not what you have wished for."),
        ),
        "occupation",
        "occupation",
    ),
    "wish_industry": (
        addressed_lazy(
            gettext_lazy("The person wants to work in this industry: %(named)s."),
            gettext_lazy("You want to work in this industry: %(named)s."),
        ),
        "industry",
        "industry",
    ),
    "demand_can": (
        addressed_lazy(gettext_lazy("The person manages: %(named)s."), gettext_lazy("You manage: %(named)s.")),
        "demands",
        "demand",
    ),
    "demand_with_adaptation": (
        addressed_lazy(
            gettext_lazy("The person manages this with adaptation that the employer can give: %(named)s."),
            gettext_lazy("You manage this with adaptation that the employer can give: %(named)s."),
        ),
        "demands",
        "demand",
    ),
    "demand_adaptation_missing": (
        addressed_lazy(
            gettext_lazy("The person needs adaptation for this, and the employer has not offered it: %(named)s."),
            gettext_lazy("You need adaptation for this, and the employer has not offered it: %(named)s."),
        ),
        "demands",
        "demand",
    ),
    "demand_adaptation_not_asked": (
        addressed_lazy(
            gettext_lazy("The person needs adaptation for this; ask the employer: %(named)s."),
            gettext_lazy("You need adaptation for this; ask the employer: %(named)s."),
        ),
        "demands",
        "demand",
    ),
    "demand_not_talked_about": (
        addressed_lazy(
            gettext_lazy("Not talked about with the person: %(named)s."),
            gettext_lazy("Not talked about with you: %(named)s."),
        ),
        "demands",
        "demand",
    ),
    "demand_cannot": (
        addressed_lazy(
            gettext_lazy("The work demands this, and the person cannot: %(named)s."),
            gettext_lazy("The work demands this, and you cannot: %(named)s."),
        ),
        "demands",
        "demand",
    ),
    "usual_demand_cannot": (
        addressed_lazy(
            gettext_lazy("Such work usually demands this, and the person cannot: %(named)s. Ask the employer."),
            gettext_lazy("Such work usually demands this, and you cannot: %(named)s. Ask the employer."),
        ),
        "demands",
        "demand",
    ),
    "adaptation_offered": (
        addressed_lazy(
            gettext_lazy("The employer can give what the person needs: %(named)s."),
            gettext_lazy("The employer can give what you need: %(named)s."),
        ),
        "adaptations_needed",
        "adaptation",
    ),
    "adaptation_not_offered": (
        addressed_lazy(
            gettext_lazy("The person needs this, and the employer has not offered it: %(named)s."),
            gettext_lazy("You need this, and the employer has not offered it: %(named)s."),
        ),
        "adaptations_needed",
        "adaptation",
    ),
    "adaptation_not_asked": (
        addressed_lazy(
            gettext_lazy("The person needs this; ask the employer: %(named)s."),
            gettext_lazy("You need this; ask the employer: %(named)s."),
        ),
        "adaptations_needed",
        "adaptation",
    ),
    "licence_held": (
        addressed_lazy(
            gettext_lazy("The person has the licence: %(named)s."), gettext_lazy("You have the licence: %(named)s.")
        ),
        "licence",
        "driving_licence",
    ),
    "licence_missing": (
        addressed_lazy(
            gettext_lazy("The work needs a licence that the person does not have: %(named)s."),
            gettext_lazy("The work needs a licence that you do not have: %(named)s."),
        ),
        "licence",
        "driving_licence",
    ),
    "licence_unknown": (
        addressed_lazy(
            gettext_lazy("The work needs a licence, and it is not known whether the person has it: %(named)s."),
            gettext_lazy("The work needs a licence, and it is not known whether you have it: %(named)s."),
        ),
        "licence",
        "driving_licence",
    ),
    "employer_stopped": (
        gettext_lazy("Cooperation with this employer is stopped: %(named)s."),
        "stop_reason",
        "cooperation_stop_reason",
    ),
}
_WITH_FACTS: dict[str, Promise] = {
    "language_met": addressed_lazy(
        gettext_lazy("The person's Norwegian (%(cefr_oral)s) is enough for the work (%(language_min)s)."),
        gettext_lazy("Your Norwegian (%(cefr_oral)s) is enough for the work (%(language_min)s)."),
    ),
    "language_below": addressed_lazy(
        gettext_lazy("The work needs %(language_min)s in Norwegian, and the person has %(cefr_oral)s."),
        gettext_lazy("The work needs %(language_min)s in Norwegian, and you have %(cefr_oral)s."),
    ),
    "language_far_below": addressed_lazy(
        gettext_lazy(
            "The work needs %(language_min)s in Norwegian, and the person has %(cefr_oral)s. That is too far apart now."
        ),
        gettext_lazy(
            "The work needs %(language_min)s in Norwegian, and you have %(cefr_oral)s. That is too far apart now."
        ),
    ),
    "language_unknown": addressed_lazy(
        gettext_lazy("The work needs %(language_min)s in Norwegian, and the person's level is not known."),
        gettext_lazy("The work needs %(language_min)s in Norwegian, and your level is not known."),
    ),
    "distance_within": addressed_lazy(
        gettext_lazy("%(distance_km)s km away, within the %(commute_max_km)s km the person can travel."),
        gettext_lazy("%(distance_km)s km away, within the %(commute_max_km)s km you can travel."),
    ),
    "distance_beyond": addressed_lazy(
        gettext_lazy("%(distance_km)s km away, more than the %(commute_max_km)s km the person can travel."),
        gettext_lazy("%(distance_km)s km away, more than the %(commute_max_km)s km you can travel."),
    ),
    "distance_far": addressed_lazy(
        gettext_lazy("%(distance_km)s km away, far more than the %(commute_max_km)s km the person can travel."),
        gettext_lazy("%(distance_km)s km away, far more than the %(commute_max_km)s km you can travel."),
    ),
    "commute_limit_unknown": addressed_lazy(
        gettext_lazy("%(distance_km)s km away; how far the person can travel is not known."),
        gettext_lazy("%(distance_km)s km away; how far you can travel is not known."),
    ),
    "places_taken": gettext_lazy("All places (%(places)s) are chosen for others."),
}


def hours_fit(verdict: Verdict) -> str:
    """The hours overlap."""
    return addressed(
        _("The hours fit: the person can work %(person)s a week, the employer needs %(opening)s."),
        _("The hours fit: you can work %(person)s a week, the employer needs %(opening)s."),
    ) % _hours(verdict)


def hours_gap(verdict: Verdict) -> str:
    """The hours do not overlap."""
    return addressed(
        _("The hours do not fit: the person can work %(person)s a week, the employer needs %(opening)s."),
        _("The hours do not fit: you can work %(person)s a week, the employer needs %(opening)s."),
    ) % _hours(verdict)


def history_hired(verdict: Verdict) -> str:
    """How many were hired of those who finished."""
    hired, finished = int(str(verdict.fact("hired_after"))), int(str(verdict.fact("finished_stays")))
    return ngettext(
        "The employer has hired %(hired)d of the %(finished)d who have finished here.",
        "The employer has hired %(hired)d of the %(finished)d who have finished here.",
        hired,
    ) % {"hired": hired, "finished": finished}


def history_no_hires(verdict: Verdict) -> str:
    """Many have finished, and none was hired."""
    finished = int(str(verdict.fact("finished_stays")))
    return _("%(finished)d have finished here, and nobody was hired.") % {"finished": finished}


def history_ended_by_employer(verdict: Verdict) -> str:
    """How many stays the employer ended."""
    count = int(str(verdict.fact("ended_by_employer")))
    return ngettext(
        "The employer has ended %(count)d placement early.", "The employer has ended %(count)d placements early.", count
    ) % {"count": count}


def _plain(words: Promise) -> Sentence:
    return lambda verdict: str(words)


def _about(words: Promise, fact: str, listed: str) -> Sentence:
    def say(verdict: Verdict) -> str:
        value = verdict.fact(fact)
        named = code_names(listed, value) if isinstance(value, tuple) else code_name(listed, str(value))
        return str(words) % {"named": named}

    return say


def _with_facts(words: Promise) -> Sentence:
    return lambda verdict: str(words) % {fact.name: fact.value for fact in verdict.facts}


def _hours(verdict: Verdict) -> dict[str, str]:
    return {"person": _span(verdict.fact("hours_person")), "opening": _span(verdict.fact("hours_opening"))}


def _span(value: object) -> str:
    fewest, most = value if isinstance(value, tuple) and len(value) == 2 else (None, None)
    said = {"low": _hour(fewest), "high": _hour(most)}
    if fewest is not None and most is not None and fewest != most:
        return _("%(low)s to %(high)s hours") % said
    if most is not None:
        return _("up to %(high)s hours") % said if fewest is None else _("%(high)s hours") % said
    return _("from %(low)s hours") % said


def _hour(value: Any) -> str:
    """37.5 with the language's decimal sign."""
    return "" if value is None else number_format(f"{float(value):g}")


SENTENCES: dict[str, Sentence] = {
    **{code: _plain(words) for code, words in _PLAIN.items()},
    **{code: _about(*said) for code, said in _ABOUT.items()},
    **{code: _with_facts(words) for code, words in _WITH_FACTS.items()},
    "hours_fit": hours_fit,
    "hours_gap": hours_gap,
    "history_hired": history_hired,
    "history_no_hires": history_no_hires,
    "history_ended_by_employer": history_ended_by_employer,
}
"""Reason code → sentence."""


def sentence(verdict: Verdict) -> str:
    """A reason as a sentence in the page's language; its code if there is none."""
    say = SENTENCES.get(verdict.rule)
    return say(verdict) if say else verdict.rule


def problem(refused: MatchRefused) -> str:
    """Why a step was refused and what to do."""
    return str(PROBLEMS[refused.problem])


__all__ = ["CHANGES", "FACTS", "LABELS", "PROBLEMS", "SENTENCES", "problem", "sentence"]
