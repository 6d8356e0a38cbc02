"""Follow-up in words: sentences for verdicts, labels of trace steps, titles of duties, reasons for refusals."""

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from springbrett.access.roles import Role, Viewer
from springbrett.agreement import explain as agreement_explain
from springbrett.agreement.explain import name
from springbrett.followup.records import EMPLOYER, PARTICIPANT, Duty, Kind, State
from springbrett.kernel.verdict import Verdict


def _either(met: str | Promise, not_met: str | Promise) -> Callable[[Verdict], str]:
    """A sentence for each answer of a rule that is never unknown."""
    return lambda verdict: str(met if verdict.met else not_met)


def _extension(verdict: Verdict) -> str:
    if verdict.unknown:
        return _("Something must be clarified before the placement can be extended.")
    return str(_("The placement can be extended.") if verdict.met else _("The placement cannot be extended like this."))


SENTENCES: dict[str, Callable[[Verdict], str]] = {
    "extension_allowed": _extension,
    "extension_moves_the_end": _either(
        gettext_lazy("The new last day is later than the agreed one."),
        gettext_lazy("The new last day must be later than the agreed one."),
    ),
    "placement_still_running": _either(
        gettext_lazy("The placement is still running."),
        gettext_lazy("The placement is over. It needs an outcome, and perhaps a new agreement."),
    ),
    "extension_reason_given": _either(
        gettext_lazy("A reason for the extension is given."), gettext_lazy("A reason for the extension is missing.")
    ),
    "reviewed_before_extension": _either(
        gettext_lazy("No review is overdue."),
        gettext_lazy("A review is overdue. Hold it before the placement is extended."),
    ),
    "vacancy_not_promised_again": _either(
        gettext_lazy("This is not one of several extensions here with «soon a vacancy»."),
        gettext_lazy("This employer has had «soon a vacancy» as the reason before. Is the post real?"),
    ),
    "few_extensions": _either(
        gettext_lazy("The placement has not been extended many times."),
        gettext_lazy("The placement has been extended before. Is it still moving towards its purpose?"),
    ),
    "ending_allowed": _either(
        gettext_lazy("The placement can be ended like this."), gettext_lazy("The placement cannot be ended like this.")
    ),
    "end_not_in_the_future": _either(
        gettext_lazy("The last day has come."),
        gettext_lazy("The last day has not come yet. Write it down when it has."),
    ),
    "end_within_placement": _either(
        gettext_lazy("The last day lies within the placement."),
        gettext_lazy("The last day lies outside the placement."),
    ),
    "end_reason_fits": _either(
        gettext_lazy("The reason fits the day."),
        gettext_lazy("A planned end is on the agreed day. An end before it needs the reason for it."),
    ),
}

FACTS: dict[str, str | Promise] = {
    "end": gettext_lazy("agreed last day"),
    "new_end": gettext_lazy("new last day"),
    "ended_on": gettext_lazy("last day"),
    "today": gettext_lazy("today"),
    "extension_reason": gettext_lazy("reason for the extension"),
    "end_reason": gettext_lazy("reason for the end"),
    "review_on_time": gettext_lazy("reviews held on time"),
    "vacancy_extensions": gettext_lazy("earlier extensions with «soon a vacancy» at this employer"),
    "vacancy_sign": gettext_lazy("a sign to look at from"),
    "extensions": gettext_lazy("earlier extensions of this placement"),
    "extensions_sign": gettext_lazy("a sign to look at from"),
}

CHANGES: dict[str, str | Promise] = {
    "new_end": gettext_lazy("another last day"),
    "ended_on": gettext_lazy("another last day"),
    "extension_reason": gettext_lazy("another reason"),
    "end_reason": gettext_lazy("another reason"),
    "review_held": gettext_lazy("a review"),
}

LABELS: dict[str, str | Promise] = {
    "due_on": gettext_lazy("Due"),
    "counted_from": gettext_lazy("Counted from"),
    "interval_months": gettext_lazy("Months between"),
    "interval_weeks": gettext_lazy("Weeks between"),
    "within_days": gettext_lazy("Within days"),
    "days_before_end": gettext_lazy("Days before the end"),
    "added_by_caseworker": gettext_lazy("Added by the caseworker"),
}

TITLES: dict[Kind, str | Promise] = {
    Kind.STARTUP_MEETING: gettext_lazy("Start-up meeting"),
    Kind.CONTACT: gettext_lazy("Contact with the participant"),
    Kind.VISIT: gettext_lazy("Visit to the workplace"),
    Kind.JOINT_MEETING: gettext_lazy("Meeting with both parties"),
    Kind.PARTICIPANT_TALK: gettext_lazy("Talk with the participant alone"),
    Kind.EMPLOYER_TALK: gettext_lazy("Talk with the employer alone"),
    Kind.REVIEW: gettext_lazy("Review of the placement"),
    Kind.REPORT: gettext_lazy("Report from the employer"),
    Kind.WHAT_NEXT: gettext_lazy("Talk about what comes after"),
    Kind.FEEDBACK: gettext_lazy("Invitation to say how it goes"),
    Kind.EXTRA: gettext_lazy("Added to the plan"),
    Kind.OUTCOME: gettext_lazy("Outcome"),
}

TITLES_FOR: dict[str, dict[Kind, str | Promise]] = {
    PARTICIPANT: {
        Kind.CONTACT: gettext_lazy("Contact with you"),
        Kind.JOINT_MEETING: gettext_lazy("Meeting with you and the employer"),
        Kind.PARTICIPANT_TALK: gettext_lazy("Talk with you alone"),
        Kind.REVIEW: gettext_lazy("NAV reviews your placement"),
        Kind.WHAT_NEXT: gettext_lazy("Talk with you about what comes after"),
        Kind.FEEDBACK: gettext_lazy("You can say how it goes"),
        Kind.OUTCOME: gettext_lazy("NAV sums up how it went"),
    },
    EMPLOYER: {
        Kind.CONTACT: gettext_lazy("NAV contacts the participant"),
        Kind.VISIT: gettext_lazy("NAV visits your workplace"),
        Kind.JOINT_MEETING: gettext_lazy("Meeting with you at the workplace and the participant"),
        Kind.EMPLOYER_TALK: gettext_lazy("Talk between NAV and you at the workplace"),
        Kind.REVIEW: gettext_lazy("NAV reviews the placement"),
        Kind.REPORT: gettext_lazy("Your report to NAV"),
        Kind.OUTCOME: gettext_lazy("NAV sums up how it went"),
    },
}
"""The duties that are put otherwise to the one they concern: the participant, and the employer's contact."""

YOU: dict[str, str | Promise] = {
    PARTICIPANT: gettext_lazy("You yourself"),
    EMPLOYER: gettext_lazy("You at the workplace"),
}
"""Who owes it, said to the one who does."""

STATES: dict[State, str | Promise] = {
    State.DONE: gettext_lazy("Done"),
    State.OVERDUE: gettext_lazy("Overdue"),
    State.DUE: gettext_lazy("Due"),
    State.COMING: gettext_lazy("Coming"),
    State.MISSED: gettext_lazy("Not done"),
}

REFUSALS: dict[str, str | Promise] = {
    "not_in_force": gettext_lazy("The agreement is not in force yet. All three must approve it first."),
    "in_the_future": gettext_lazy("The day has not come yet. Write what has happened, not what is planned."),
    "outside_placement": gettext_lazy("The day must be within the placement."),
    "already_reviewed": gettext_lazy("A review is already written for this day."),
    "already_submitted": gettext_lazy("This report has been submitted already."),
    "not_owed": gettext_lazy("This report is not part of the plan."),
    "too_early": gettext_lazy("It is too early for this report. You can submit it closer to the day it is due."),
    "attended": gettext_lazy("Those who took part do not fit the kind of contact. If nobody answered, tick nobody."),
    "text_missing": gettext_lazy("Write something here."),
    "reason_missing": gettext_lazy("Choose a reason."),
    "dates_not_adjusted": gettext_lazy("The dates are not adjusted here. Extend or end the placement instead."),
    "no_such_item": gettext_lazy("It has been taken away already."),
    "words_national_id": gettext_lazy("Take out the national identity number."),
    "words_diagnosis": gettext_lazy("Do not write diagnoses. Write what is needed at work."),
    "needs_override": gettext_lazy("There is something to look at first. Choose why you go on in spite of it."),
    "rules_stop": gettext_lazy("A rule stops this. Read why below."),
    "stale_version": gettext_lazy("Somebody changed the agreement while you were writing. Check it and save again."),
}


def refusal(code: str) -> str:
    """Why it was not done, and what to do."""
    return str(REFUSALS.get(code) or agreement_explain.refusal(code))


def reader_of(viewer: Viewer) -> str:
    """The party the duties are put to; empty for everybody else (a mentor sits at the workplace but owes nothing)."""
    return {Role.PARTICIPANT: PARTICIPANT, Role.EMPLOYER: EMPLOYER}.get(viewer.role, "")


def title(duty: Duty, reader: str = "") -> str:
    """What the duty is, in words for the `reader`: a party, or empty for those who work at NAV."""
    if duty.kind is Kind.REPORT:
        return name("report_kind", duty.code)
    if duty.kind is Kind.EXTRA:
        return name("contact_kind", duty.code)
    return str(TITLES_FOR.get(reader, {}).get(duty.kind, TITLES[duty.kind]))


def owed_by(duty: Duty, reader: str = "") -> str:
    """Who owes it, in words for the `reader`."""
    return str(YOU[reader] if reader == duty.owed_by else agreement_explain.PARTIES[duty.owed_by])
