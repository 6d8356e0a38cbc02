"""The agreement in words: sentences for verdicts, names of parts, parties and fields, and reasons for refusals."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from springbrett import catalogue
from springbrett.agreement.records import AgreementContent, ContactPoint, FollowUpPlan, HoursStep, Support
from springbrett.kernel.verdict import Verdict

PARTS: dict[str, str | Promise] = {
    "purpose": gettext_lazy("Purpose"),
    "tasks": gettext_lazy("Tasks"),
    "training": gettext_lazy("Training at the workplace"),
    "expected": gettext_lazy("What is expected to be reached"),
    "adaptation": gettext_lazy("Adaptation"),
    "support": gettext_lazy("Other support"),
    "hours": gettext_lazy("Hours"),
    "days": gettext_lazy("Days"),
    "dates": gettext_lazy("Start and end"),
    "followup": gettext_lazy("Follow-up plan"),
    "contacts": gettext_lazy("Contact persons"),
    "declarations": gettext_lazy("Declarations"),
}

PARTIES: dict[str, str | Promise] = {
    "participant": gettext_lazy("The participant"),
    "employer": gettext_lazy("The employer"),
    "caseworker": gettext_lazy("The caseworker"),
}

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
    "unknown_mentor": gettext_lazy("The mentor must have an account with this employer."),
}

FACTS: dict[str, str | Promise] = {
    "contact_at_workplace": gettext_lazy("Contact person at the workplace"),
    "contact_at_nav": gettext_lazy("Contact person in NAV"),
    "other_considered": gettext_lazy("Other support has been considered"),
    "requests_complete": gettext_lazy("Every request says what it is for"),
    "purpose_decided_on": gettext_lazy("Purpose written down"),
    "start": gettext_lazy("First day"),
    "end": gettext_lazy("Last day"),
    "latest_end": gettext_lazy("Latest end that is sure"),
    "latest_end_possible": gettext_lazy("Latest end with reduced work capacity"),
    "displaces_ordinary_staff": gettext_lazy("Takes the place of ordinary staff"),
    "close_relative": gettext_lazy("Close to the employer"),
    "special_reasons": gettext_lazy("Special reasons are written down"),
    "discussed_with_employee_reps": gettext_lazy("Discussed with the employees’ representatives"),
    "employed_in_company": gettext_lazy("Employed by the company"),
    "days_back": gettext_lazy("Days back in time"),
    "days_back_allowed": gettext_lazy("Days back in time that practice allows"),
    "steps": gettext_lazy("Steps in the hours"),
    "main_purpose": gettext_lazy("Main purpose"),
    "chain_purpose": gettext_lazy("Purpose of the chosen chain"),
    "waiting_for": gettext_lazy("Waits for, by the agreement"),
    "choice_waiting_for": gettext_lazy("Waits for, by the choice"),
    "cooperation_stopped": gettext_lazy("Cooperation with the employer has ended"),
}

CHANGES: dict[str, str | Promise] = {
    **PARTS,
    "end": gettext_lazy("another last day"),
    "start": gettext_lazy("another first day"),
}


def _either(met: str | Promise, not_met: str | Promise, unknown: str | Promise) -> Callable[[Verdict], str]:
    """A sentence for each of the three answers."""

    def sentence(verdict: Verdict) -> str:
        return str({"met": met, "not_met": not_met, "unknown": unknown}[verdict.answer.value])

    return sentence


def _part_stated(verdict: Verdict) -> str:
    part = str(PARTS[verdict.rule.removesuffix("_stated")])
    if verdict.met:
        return _("The agreement says: %(part)s.") % {"part": part.lower()}
    return _("The agreement does not say yet: %(part)s.") % {"part": part.lower()}


def _duration(verdict: Verdict) -> str:
    if "latest_end" not in {fact.name for fact in verdict.facts}:
        return _("The length cannot be judged until both dates are set.")
    sure, possible = verdict.fact("latest_end"), verdict.fact("latest_end_possible")
    said = {"sure": day(sure) or _("no day"), "possible": day(possible) or _("no day")}
    if verdict.met:
        return _("The length is within the limit, earlier placements counted.")
    if verdict.unknown:
        return (
            _(
                "The last day is after %(sure)s. That is only possible, until %(possible)s, if work capacity "
                "is reduced, and nobody has settled that."
            )
            % said
        )
    return _("The last day is too late. Earlier placements counted, it can be %(sure)s at the latest.") % said


def _start_back(verdict: Verdict) -> str:
    if not verdict.facts:
        return _("No limit is recorded for starting back in time.")
    said = {"days": verdict.fact("days_back"), "allowed": verdict.fact("days_back_allowed")}
    if verdict.unknown:
        return _("The first day is not set.")
    if verdict.met:
        return _("The first day is not too far back in time.")
    return _("The first day is %(days)s days back in time. Practice allows %(allowed)s.") % said


SENTENCES: dict[str, Callable[[Verdict], str]] = {
    "agreement_ready": _either(
        gettext_lazy("The agreement may come into force."),
        gettext_lazy("The agreement cannot come into force as it stands."),
        gettext_lazy("The agreement cannot come into force until more is known."),
    ),
    "agreement_text_ready": _either(
        gettext_lazy("The agreement is complete and can be approved."),
        gettext_lazy("The agreement cannot be approved as it stands."),
        gettext_lazy("The agreement has questions without an answer."),
    ),
    "agreement_content": _either(
        gettext_lazy("The agreement says everything it must."),
        gettext_lazy("The agreement lacks something it must say."),
        gettext_lazy("The agreement has questions without an answer."),
    ),
    **{f"{part}_stated": _part_stated for part in PARTS},
    "contact_points": _either(
        gettext_lazy("There is somebody to turn to at the workplace and in NAV."),
        gettext_lazy("Somebody to turn to is missing, at the workplace or in NAV, with phone or e-mail."),
        gettext_lazy("It is not known whom to turn to."),
    ),
    "other_support_considered": _either(
        gettext_lazy("Other support has been considered."),
        gettext_lazy("Other support has not been considered, or a request does not say what it is for."),
        gettext_lazy("Nobody has said whether other support has been considered."),
    ),
    "purpose_before_start": _either(
        gettext_lazy("The purpose was written down before the start."),
        gettext_lazy("The purpose is missing, or was not written down before the start."),
        gettext_lazy("The first day is not set, so it is not known whether the purpose came first."),
    ),
    "duration_within_limit": _duration,
    "no_displacement": _either(
        gettext_lazy("The participant comes in addition to the ordinary staff."),
        gettext_lazy("The place takes somebody’s ordinary job, and that is not allowed."),
        gettext_lazy("The employer has not said whether the place takes somebody’s ordinary job."),
    ),
    "no_close_relatives": _either(
        gettext_lazy("The participant is not close to the employer, or special reasons are written down."),
        gettext_lazy("The participant is close to the employer, and no special reasons are written down."),
        gettext_lazy("Nobody has said whether the participant is close to the employer."),
    ),
    "discussed_with_employee_reps": _either(
        gettext_lazy("The place has been discussed with the employees’ representatives."),
        gettext_lazy("The place has not been discussed with the employees’ representatives."),
        gettext_lazy(
            "The employer has not said whether the place has been discussed with the employees’ representatives."
        ),
    ),
    "not_employed": _either(
        gettext_lazy("The participant is not employed by the company."),
        gettext_lazy("The participant is employed by the company, and that is not allowed."),
        gettext_lazy("Nobody has said whether the participant is employed by the company."),
    ),
    "start_not_too_far_back": _start_back,
    "hours_fit_the_dates": _either(
        gettext_lazy("The hours begin on the first day and fit the dates."),
        gettext_lazy(
            "The hours must begin on the first day, come in order, lie inside the dates and fit in a full week."
        ),
        gettext_lazy("The hours or the dates are not set."),
    ),
    "purpose_follows_chain": _either(
        gettext_lazy("The main purpose is the one the chosen chain works towards."),
        gettext_lazy(
            "The main purpose is not the one the chosen chain works towards. Should the chain be chosen again?"
        ),
        gettext_lazy("The main purpose or the chain is not chosen."),
    ),
    "waiting_is_named": _either(
        gettext_lazy("The agreement says that the person is waiting for another measure."),
        gettext_lazy("The choice and the agreement do not say the same about waiting for another measure."),
        gettext_lazy("It is not known whether the person is waiting for another measure."),
    ),
    "cooperation_open": _either(
        gettext_lazy("The office works with this employer."),
        gettext_lazy("The office has ended its cooperation with this employer."),
        gettext_lazy("It is not known whether the office works with this employer."),
    ),
}  # fmt: skip


def refusal(code: str) -> str:
    """Why a service refused, as a sentence."""
    return str(REFUSALS.get(code) or _("It could not be done."))


def language() -> str:
    """The language of the page."""
    return (get_language() or "nb")[:2]


def day(value: object) -> str:
    """A date in words; empty for anything else."""
    return formats.date_format(value, "DATE_FORMAT") if isinstance(value, date) else ""


def amount(value: Decimal | None) -> str:
    """Hours without needless zeros, with the language's decimal sign."""
    if value is None:
        return ""
    text = format(value.normalize(), "f")
    return text if language() == "en" else text.replace(".", ",")


def name(kind: str, code: str) -> str:
    """The catalogue's name for a code, in the page's language."""
    return catalogue.load().name(kind, code, language())


def _names(kind: str, codes: tuple[str, ...]) -> str:
    return ", ".join(name(kind, code) for code in codes)


def yes_no(value: object) -> str:
    """Yes, no, or not answered."""
    return _("Not answered") if value is None else (_("Yes") if value else _("No"))


def part_lines(part: str, content: AgreementContent) -> list[str]:
    """One part of the agreement in plain lines; empty when nothing is said."""
    return [line for line in _LINES[part](content) if line]


def _purpose(content: AgreementContent) -> list[str]:
    others = tuple(code for code in content.purposes if code != content.main_purpose)
    main = _("Main purpose: %(name)s") % {"name": name("purpose", content.main_purpose)} if content.main_purpose else ""
    also = _("Also: %(names)s") % {"names": _names("purpose", others)} if others else ""
    return [main, also, content.purpose_note]


def _support(content: AgreementContent) -> list[str]:
    support: Support = content.support
    lines = []
    if support.mentor_requested:
        lines.append(_("Mentor is requested, %(hours)s hours a week. %(name)s") % {
            "hours": amount(support.mentor_hours_week) or "?", "name": support.mentor_name})  # fmt: skip
    if support.inclusion_grant_requested:
        lines.append(_("Inclusion grant is requested for: %(what)s") % {"what": support.inclusion_grant_for or "?"})
    if support.other:
        lines.append(support.other)
    if not lines and support.other_considered:
        lines.append(_("Considered; no other support is needed now."))
    return lines


def _step(step: HoursStep) -> str:
    return _("From %(day)s: %(hours)s hours a week") % {"day": day(step.from_on), "hours": amount(step.hours_per_week)}


def _followup(content: AgreementContent) -> list[str]:
    plan: FollowUpPlan = content.followup
    meetings = [text for wanted, text in ((plan.joint, _("all three together")), (plan.separate, _("each party alone")))
                if wanted]  # fmt: skip
    first, often, visits = plan.first_contact_weeks, plan.contact_every_weeks, plan.visit_every_weeks
    review, reports = plan.review_every_months, ", ".join(str(month) for month in plan.report_months)
    lines = [
        (first, ngettext("First contact within %(n)s week", "First contact within %(n)s weeks", first)),
        (often, ngettext("Then contact every week", "Then contact every %(n)s weeks", often)),
        (visits, ngettext("Visit to the workplace every week", "Visit to the workplace every %(n)s weeks", visits)),
        (review, ngettext("NAV reviews every month", "NAV reviews at least every %(n)s months", review)),
    ]
    return [
        *(text % {"n": count} for count, text in lines if count),
        _("Meetings: %(how)s") % {"how": ", ".join(meetings)} if meetings else "",
        _("The employer reports at the start, after %(months)s months and at the end") % {"months": reports}
        if reports else "",
    ]  # fmt: skip


def _contact(label: str, point: ContactPoint) -> str:
    said = ", ".join(filter(None, (point.name, point.phone, point.email)))
    return f"{label}: {said}" if said else ""


def _declarations(content: AgreementContent) -> list[str]:
    asked = ("discussed_with_employee_reps", "displaces_ordinary_staff", "close_relative", "employed_in_company")
    lines = [f"{FACTS[field]}: {yes_no(getattr(content, field)).lower()}" for field in asked]
    reason = content.close_relative_reason
    return [*lines, _("Special reasons: %(why)s") % {"why": reason} if reason else ""]


_LINES: dict[str, Callable[[AgreementContent], list[Any]]] = {
    "purpose": _purpose,
    "tasks": lambda c: c.tasks.splitlines(),
    "training": lambda c: c.training.splitlines(),
    "expected": lambda c: c.expected.splitlines(),
    "adaptation": lambda c: [*(name("adaptation", code) for code in c.adaptations), *c.adaptation_text.splitlines()],
    "support": _support,
    "hours": lambda c: [_step(step) for step in c.hours_ramp],
    "days": lambda c: [_names("weekday", c.days)],
    "dates": lambda c: [
        _("First day: %(day)s") % {"day": day(c.start)} if c.start else "",
        _("Last day: %(day)s") % {"day": day(c.end)} if c.end else "",
    ],
    "followup": _followup,
    "contacts": lambda c: [
        _contact(_("At the workplace"), c.contact_employer), _contact(_("In NAV"), c.contact_nav)
    ],
    "declarations": _declarations,
}  # fmt: skip
