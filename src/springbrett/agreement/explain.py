"""The agreement in words: sentences for verdicts, names of parts, parties and fields, and reasons for refusals."""

from collections.abc import Callable
from datetime import date

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from springbrett.access.voice import addressed_lazy
from springbrett.agreement import explain_declarations, explain_money, explain_rules
from springbrett.agreement.explain_money import either
from springbrett.agreement.wording import (
    DECLARATIONS,
    PARTIES,
    PARTS,
    amount,
    day,
    kroner,
    language,
    name,
    part_lines,
    percent,
    yes_no,
)
from springbrett.choice.explain import length_note
from springbrett.kernel.verdict import Verdict

BOUND: dict[str, str | Promise] = {
    "all": gettext_lazy("For all three"),
    "participant": gettext_lazy("For the participant"),
    "employer": gettext_lazy("For the employer"),
    "caseworker": gettext_lazy("For NAV"),
}
"""Whom a term binds."""

STANDINGS: dict[str, tuple[str | Promise, str]] = {
    "approved": (gettext_lazy("Approved"), "success"),
    "cleared": (gettext_lazy("Must approve again"), "warning"),
    "waiting": (gettext_lazy("Not approved yet"), "neutral"),
}
"""Words and colour for where a party stands."""

SUPPORT_STANDINGS: dict[str, tuple[str | Promise, str]] = {
    "draft": (gettext_lazy("Draft"), "neutral"),
    "in_force": (gettext_lazy("In force"), "success"),
    "ended": (gettext_lazy("Ended"), "neutral"),
}
"""Words and colour for a support beside an agreement."""

CARDS: dict[str, tuple[str, ...]] = {
    "work": ("tasks", "training", "expected"),
    "time": ("dates", "days", "hours"),
    "pay": ("position", "wage"),
}
"""The parts that share a card of the form, in the order they are filled in."""

CARD_TITLES: dict[str, str | Promise] = {
    "work": gettext_lazy("Tasks and training"),
    "time": gettext_lazy("Time"),
    "support": gettext_lazy("Other support"),
    "pay": gettext_lazy("The post and the wage"),
}

MONEY: dict[str, tuple[str | Promise, str]] = {
    "none": (gettext_lazy("Nobody has asked for the money yet"), "neutral"),
    "asked": (gettext_lazy("Asked for; a budget approver has not decided"), "info"),
    "granted": (gettext_lazy("Granted"), "success"),
    "refused": (gettext_lazy("Refused"), "danger"),
    "withdrawn": (gettext_lazy("The request was taken back"), "neutral"),
    "other_amounts": (gettext_lazy("The request was for other amounts: ask again"), "warning"),
}
"""Where the money stands, in words and colour."""

UNKNOWN_COSTS: dict[str, str | Promise] = {
    "subsidy": gettext_lazy("How much of the wage is covered, by the rules of the first day"),
    "subsidy_group": addressed_lazy(
        gettext_lazy("Which rate the person comes under: something in the mapping is not settled"),
        gettext_lazy("Which rate you come under: something in the mapping is not settled"),
    ),
    "wage_terms": gettext_lazy("The wage, or what comes on top of it"),
    "agreed_percent": gettext_lazy("The percentage the parties agree on"),
    "mentor_terms": gettext_lazy("The mentor’s wage or hours"),
    "grant_amounts": gettext_lazy("What the expenses come to"),
    "grant_ceiling": gettext_lazy("The ceiling of the grant"),
    "ceiling": gettext_lazy("The yearly ceiling is not set yet"),
    "rate": gettext_lazy("The rate is not set yet"),
}
"""What an estimate lacks, in words."""

REFUSALS: dict[str, str | Promise] = {
    "stale_version": gettext_lazy(
        "Somebody saved a newer version while you were reading. Read it, and approve that one."
    ),
    "already_approved": gettext_lazy("The approval is already recorded. Nothing more is needed."),
    "rules_stop": gettext_lazy("It cannot be approved yet. Something is missing, or a rule says no."),
    "needs_override": gettext_lazy("There are warnings. Choose why you go on in spite of them."),
    "others_first": gettext_lazy("The participant and the employer must approve before you do."),
    "on_behalf_reason": gettext_lazy("Say why you approve on behalf of the participant."),
    "override_reason": gettext_lazy("Choose one of the reasons in the list."),
    "closed": gettext_lazy("The agreement is closed and cannot be changed."),
    "nothing_changed": gettext_lazy("Nothing was changed, so no new version was made."),
    "no_choice": gettext_lazy("Choose a measure first."),
    "no_match": gettext_lazy("Choose a workplace first."),
    "no_agreement_rules": gettext_lazy("The chosen measure has no three-party agreement here."),
    "already_open": gettext_lazy("The case already has an agreement that has not ended."),
    "in_force": gettext_lazy("The agreement is in force. End it, or agree on a change."),
    "not_approved": gettext_lazy("There is no approval to take back."),
    "national_id": gettext_lazy("Leave out national identity numbers: the employer reads the agreement."),
    "diagnosis": gettext_lazy(
        "Leave out diagnoses: write what is to be adapted instead. The employer reads the agreement."
    ),
    "needs_main": gettext_lazy("This measure stands beside another. Choose that one first, and add this one to it."),
    "not_beside": gettext_lazy("This support cannot stand beside the agreement."),
    "not_come": gettext_lazy("A support is ended on a day that has been."),
    "never_in_force": gettext_lazy("The agreement has not come into force. Put the draft away instead."),
    "after_planned_end": gettext_lazy("The agreement ends before that day."),
    "unknown_reason": gettext_lazy("Choose one of the reasons in the list."),
    "costs_nothing": gettext_lazy("There is nothing to ask money for."),
    "cost_not_known": gettext_lazy("The cost is not known yet: something it is counted from is missing."),
    "money_asked": gettext_lazy("The money has already been asked for."),
    "money_granted": gettext_lazy("The money has already been granted."),
    "unknown_mentor": gettext_lazy("The mentor must have an account with this employer."),
}

FACTS: dict[str, str | Promise] = {
    **explain_money.FACTS,
    "contact_at_workplace": gettext_lazy("Contact person at the workplace"),
    "contact_at_nav": gettext_lazy("Contact person in NAV"),
    "other_considered": gettext_lazy("Other support has been considered"),
    "requests_complete": gettext_lazy("Every request says what it is for"),
    "purpose_decided_on": gettext_lazy("Purpose written down"),
    "start": gettext_lazy("First day"),
    "end": gettext_lazy("Last day"),
    "latest_end": gettext_lazy("Latest end that is sure"),
    "latest_end_possible": gettext_lazy("Latest end with reduced work capacity"),
    **DECLARATIONS,
    "special_reasons": gettext_lazy("Special reasons are written down"),
    "days_back": gettext_lazy("Days back in time"),
    "days_back_allowed": gettext_lazy("Days back in time that practice allows"),
    "steps": gettext_lazy("Steps in the hours"),
    "main_purpose": gettext_lazy("Main purpose"),
    "chain_purpose": gettext_lazy("Purpose of the chosen chain"),
    "waiting_for": gettext_lazy("Waits for, by the agreement"),
    "choice_waiting_for": gettext_lazy("Waits for, by the choice"),
    "cooperation_stopped": gettext_lazy("Cooperation with the employer has ended"),
    "season_first": gettext_lazy("The season begins"),
    "season_last": gettext_lazy("The season ends"),
    "closes_on": gettext_lazy("The measure closes"),
    "permanent": gettext_lazy("Permanent post"),
    "temporary_until": gettext_lazy("A temporary post can last until"),
    "temporary_months": gettext_lazy("Months a temporary post can last"),
    "main_measure": gettext_lazy("Stands beside"),
    "main_start": gettext_lazy("First day of what it stands beside"),
    "main_end": gettext_lazy("Last day of what it stands beside"),
    "supports_outside": gettext_lazy("Supports that reach outside"),
    "money_answer": gettext_lazy("The request for money"),
    "money_total": gettext_lazy("Whole cost in kroner"),
    "money_for_other_amounts": gettext_lazy("Money is granted for other amounts"),
}

CHANGES: dict[str, str | Promise] = {
    **PARTS,
    "end": gettext_lazy("another last day"),
    "money_decided": gettext_lazy("a budget approver’s answer"),
    "start": gettext_lazy("another first day"),
}


def _part_stated(verdict: Verdict) -> str:
    part = str(PARTS[verdict.rule.removesuffix("_stated")])
    if verdict.met:
        return _("The agreement says: %(part)s.") % {"part": part.lower()}
    return _("The agreement does not say yet: %(part)s.") % {"part": part.lower()}


def _duration(verdict: Verdict) -> str:
    told = {fact.name for fact in verdict.facts}
    if "measure" in told:
        said_so = _("How long the measure may last is not in the rules we hold. Look it up before you approve.")
        return " ".join(filter(None, (said_so, length_note(verdict))))
    if "latest_end" not in told:
        return _("The length cannot be judged until both dates are set.")
    sure, possible = verdict.fact("latest_end"), verdict.fact("latest_end_possible")
    said = {"sure": day(sure) or _("no day"), "possible": day(possible) or _("no day")}
    if verdict.met:
        return _("The length is within the limit, earlier placements counted.")
    if not verdict.unknown:
        return _("The last day is too late. Earlier placements counted, it can be %(sure)s at the latest.") % said
    if set(verdict.would_change) == {"end", "reduced_work_capacity"}:
        return (
            _(
                "The last day is after %(sure)s. That is only possible, until %(possible)s, if work capacity "
                "is reduced, and nobody has settled that."
            )
            % said
        )
    return (
        _(
            "The last day is after %(sure)s. Until %(possible)s is only possible for some, and what decides it "
            "has not been answered."
        )
        % said
    )


def _start_back(verdict: Verdict) -> str:
    if not verdict.facts:
        return _("No limit is recorded for starting back in time.")
    said = {"days": verdict.fact("days_back"), "allowed": verdict.fact("days_back_allowed")}
    if verdict.unknown:
        return _("The first day is not set.")
    if verdict.met:
        return _("The first day is not too far back in time.")
    return _("The first day is %(days)s days back in time. Practice allows %(allowed)s.") % said


def _season(verdict: Verdict) -> str:
    said = {"first": _month_day(verdict.fact("season_first")), "last": _month_day(verdict.fact("season_last"))}
    if verdict.unknown:
        return _("The season is %(first)s to %(last)s. The dates, or what can excuse others, are not known.") % said
    if verdict.met:
        return _("The dates lie in the season, %(first)s to %(last)s, or there is a reason for others.") % said
    return _("The season is %(first)s to %(last)s, and the dates lie outside.") % said


def _month_day(value: object) -> str:
    """A month and a day ("06-01") in words, without a year."""
    month, _dash, number = str(value).partition("-")
    return formats.date_format(date(2000, int(month), int(number)), "MONTH_DAY_FORMAT")


def _closing(verdict: Verdict) -> str:
    said = {"day": day(verdict.fact("closes_on"))}
    if verdict.unknown:
        return _("The measure closes %(day)s. The last day is not set.") % said
    if verdict.met:
        return _("The agreement ends before the measure closes, %(day)s.") % said
    return _("The measure closes %(day)s, and the agreement reaches beyond it.") % said


def _temporary(verdict: Verdict) -> str:
    said = {"day": day(verdict.fact("temporary_until")) or "?"}
    if verdict.unknown:
        return _("It is not settled whether the post is permanent. A temporary one can last until %(day)s.") % said
    if verdict.met:
        return _("The temporary post is not longer than it may be (until %(day)s).") % said
    return _("A temporary post can last until %(day)s, and the agreement reaches beyond it.") % said


def _within_main(verdict: Verdict) -> str:
    if verdict.fact("main_end") is None and verdict.unknown:
        return _("It is not known what the support stands beside.")
    if verdict.fact("main_end") is None:
        return _("What the support stands beside has not come into force yet. It must, before the support can.")
    said = {"start": day(verdict.fact("main_start")), "end": day(verdict.fact("main_end"))}
    if verdict.unknown:
        return _("The support must lie within %(start)s and %(end)s. Its dates are not set.") % said
    if verdict.met:
        return _("The support lies within the agreement it stands beside.")
    return _("The support must lie within %(start)s and %(end)s, the days of what it stands beside.") % said


def _money(verdict: Verdict) -> str:
    if verdict.met:
        return _("The money has been granted for exactly what the agreement costs.")
    if verdict.unknown:
        return _("What the agreement costs is not known yet, so nobody can grant the money.")
    answer = verdict.fact("money_answer")
    if verdict.fact("money_for_other_amounts"):
        return _("The money was granted for other amounts than the agreement now leads to. Ask for it again.")
    if answer == "asked":
        return _("The money has been asked for. A budget approver must grant it before the agreement comes into force.")
    if answer == "refused":
        return _("The money was refused. Change the agreement, or talk with the budget approver.")
    return _("The money must be granted before the agreement comes into force, and nobody has asked for it.")


SENTENCES: dict[str, Callable[[Verdict], str]] = {
    "agreement_ready": either(
        gettext_lazy("The agreement may come into force."),
        gettext_lazy("The agreement cannot come into force as it stands."),
        gettext_lazy("The agreement cannot come into force until more is known."),
    ),
    "agreement_text_ready": either(
        gettext_lazy("The agreement is complete and can be approved."),
        gettext_lazy("The agreement cannot be approved as it stands."),
        gettext_lazy("The agreement has questions without an answer."),
    ),
    "agreement_content": either(
        gettext_lazy("The agreement says everything it must."),
        gettext_lazy("The agreement lacks something it must say."),
        gettext_lazy("The agreement has questions without an answer."),
    ),
    **{f"{part}_stated": _part_stated for part in PARTS},
    "contact_points": either(
        gettext_lazy("There is somebody to turn to at the workplace and in NAV."),
        gettext_lazy("Somebody to turn to is missing, at the workplace or in NAV, with phone or e-mail."),
        gettext_lazy("It is not known whom to turn to."),
    ),
    "other_support_considered": either(
        gettext_lazy("Other support has been considered."),
        gettext_lazy("Other support has not been considered, or a request does not say what it is for."),
        gettext_lazy("Nobody has said whether other support has been considered."),
    ),
    "within_season": _season,
    "before_last_day": _closing,
    "permanent_post": either(
        gettext_lazy("The post is permanent."),
        gettext_lazy("The post is temporary, and the rule is a permanent one."),
        gettext_lazy("It is not settled whether the post is permanent."),
    ),
    "temporary_post_not_too_long": _temporary,
    "support_beside_measure": either(
        gettext_lazy("The support can stand beside this measure."),
        gettext_lazy("The support cannot stand beside this measure."),
        gettext_lazy("It is not known what the support stands beside."),
    ),
    "support_within_main": _within_main,
    "supports_stay_within": either(
        gettext_lazy("The supports beside the agreement lie within its days."),
        gettext_lazy("A support reaches outside the new days. Change it or end it first."),
        gettext_lazy("It is not known whether the supports lie within the agreement."),
    ),
    **explain_rules.SENTENCES,
    **explain_money.SENTENCES,
    **explain_declarations.SENTENCES,
    "money_granted": _money,
    "money_outside": either(
        gettext_lazy("The cost is counted here."),
        gettext_lazy(
            "The rate is not in the sources we hold, so the cost cannot be counted here. See to the money first."
        ),
        gettext_lazy("It is not known whether the cost can be counted here."),
    ),
    "purpose_before_start": either(
        gettext_lazy("The purpose was written down before the start."),
        gettext_lazy("The purpose is missing, or was not written down before the start."),
        gettext_lazy("The first day is not set, so it is not known whether the purpose came first."),
    ),
    "duration_within_limit": _duration,
    "start_not_too_far_back": _start_back,
    "hours_fit_the_dates": either(
        gettext_lazy("The hours begin on the first day and fit the dates."),
        gettext_lazy(
            "The hours must begin on the first day, come in order, lie inside the dates and fit in a full week."
        ),
        gettext_lazy("The hours or the dates are not set."),
    ),
    "purpose_follows_chain": either(
        gettext_lazy("The main purpose is the one the chosen chain works towards."),
        gettext_lazy(
            "The main purpose is not the one the chosen chain works towards. Should the chain be chosen again?"
        ),
        gettext_lazy("The main purpose or the chain is not chosen."),
    ),
    "cooperation_open": either(
        gettext_lazy("The office works with this employer."),
        gettext_lazy("The office has ended its cooperation with this employer."),
        gettext_lazy("It is not known whether the office works with this employer."),
    ),
}  # fmt: skip


def refusal(code: str) -> str:
    """Why a service refused, as a sentence."""
    return str(REFUSALS.get(code) or _("It could not be done."))


__all__ = [
    "BOUND", "CHANGES", "FACTS", "PARTIES", "PARTS", "REFUSALS", "SENTENCES", "STANDINGS", "amount", "day", "kroner",
    "language", "name", "part_lines", "percent", "refusal", "yes_no",
]  # fmt: skip
