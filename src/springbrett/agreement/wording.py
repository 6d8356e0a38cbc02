"""The agreement's parts in plain lines, and its values in words: days, hours, kroner, names of codes."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from springbrett import catalogue
from springbrett.agreement.records import (
    DECLARED,
    AgreementContent,
    ContactPoint,
    FollowUpPlan,
    HoursStep,
    Mentoring,
    Support,
    Wage,
)

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
    "position": gettext_lazy("The post"),
    "wage": gettext_lazy("Wage"),
    "mentoring": gettext_lazy("The mentor"),
    "grant": gettext_lazy("What the grant is for"),
    "buddy": gettext_lazy("Buddy at the workplace"),
    "answers": gettext_lazy("Questions the rules ask"),
}

PARTIES: dict[str, str | Promise] = {
    "participant": gettext_lazy("The participant"),
    "employer": gettext_lazy("The employer"),
    "caseworker": gettext_lazy("The caseworker"),
}

DECLARATIONS: dict[str, str | Promise] = {
    "displaces_ordinary_staff": gettext_lazy("Takes the place of ordinary staff"),
    "close_relative": gettext_lazy("Close to the employer"),
    "discussed_with_employee_reps": gettext_lazy("Discussed with the employees’ representatives"),
    "employed_in_company": gettext_lazy("Employed by the company"),
}

BASES: dict[str, str | Promise] = {
    "hour": gettext_lazy("an hour"),
    "day": gettext_lazy("a day"),
    "week": gettext_lazy("a week"),
    "month": gettext_lazy("a month"),
    "year": gettext_lazy("a year"),
}
"""What a wage is stated for."""


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


def kroner(value: Decimal | None) -> str:
    """A number as it is written in Norway, «42 500» or «42 500,50»; empty for None."""
    if value is None:
        return ""
    whole, _point, part = format(value.normalize(), "f").partition(".")
    grouped = f"{int(whole):,}".replace(",", "\u00a0")
    sign = "." if language() == "en" else ","
    return f"{grouped}{sign}{part:0<2}" if part else grouped


def percent(share: Decimal | None) -> str:
    """A share of one in percent; empty for None."""
    return "" if share is None else _("%(number)s %%") % {"number": amount(share * 100)}


def name(kind: str, code: str) -> str:
    """The catalogue's name for a code, in the page's language."""
    return catalogue.load().name(kind, code, language())


def _names(kind: str, codes: tuple[str, ...]) -> str:
    return ", ".join(name(kind, code) for code in codes)


def yes_no(value: object) -> str:
    """Yes, no, or not answered."""
    return _("Not answered") if value is None else (_("Yes") if value else _("No"))


def part_lines(part: str, content: AgreementContent, asked: Sequence[str] = DECLARED) -> list[str]:
    """One part of the agreement in plain lines; empty when nothing is said. `asked`: the declarations that are."""
    found = _declarations(content, asked) if part == "declarations" else _LINES[part](content)
    return [line for line in found if line]


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


def _declarations(content: AgreementContent, asked: Sequence[str]) -> list[str]:
    lines = [f"{DECLARATIONS[field]}: {yes_no(getattr(content, field)).lower()}" for field in asked]
    reason = content.close_relative_reason
    return [*lines, _("Special reasons: %(why)s") % {"why": reason} if reason else ""]


def _position(content: AgreementContent) -> list[str]:
    post = content.position
    lengths = {True: _("Permanent"), False: _("Temporary"), None: ""}
    full = _("%(percent)s %% of a full post") % {"percent": amount(post.percent)} if post.percent is not None else ""
    return [post.title, full, lengths[post.permanent]]


def _shares(terms: Wage | Mentoring) -> list[str]:
    labels = ((_("Holiday pay: %(percent)s"), terms.holiday_share), (_("Pension: %(percent)s"), terms.pension_share),
              (_("Employer’s contribution: %(percent)s"), terms.contribution_share))  # fmt: skip
    return [text % {"percent": percent(share)} for text, share in labels if share is not None]


def _wage(content: AgreementContent) -> list[str]:
    wage = content.wage
    if wage.monthly is None:
        return []
    agreed = wage.agreed_percent
    return [
        _("%(amount)s kroner a month before tax") % {"amount": kroner(wage.monthly)},
        *_shares(wage),
        _("NAV covers %(percent)s %% of the wage cost") % {"percent": amount(agreed)} if agreed is not None else "",
    ]


def _mentoring(content: AgreementContent) -> list[str]:
    mentor = content.mentoring
    lines = [mentor.name]
    if mentor.hours_month is not None:
        lines.append(_("%(hours)s hours a month") % {"hours": amount(mentor.hours_month)})
    if mentor.wage is not None:
        lines.append(_("The mentor’s wage: %(amount)s kroner %(basis)s") % {
            "amount": kroner(mentor.wage), "basis": BASES.get(mentor.basis, "")})  # fmt: skip
        lines += _shares(mentor)
        if mentor.position_percent is not None:
            lines.append(_("The mentor’s own post: %(percent)s %%") % {"percent": amount(mentor.position_percent)})
    return lines


def _grant(content: AgreementContent) -> list[str]:
    return [
        _("%(kind)s: %(text)s, %(amount)s kroner") % {
            "kind": name("expense_kind", item.kind), "text": item.text, "amount": kroner(item.amount) or "?"}
        for item in content.grant
    ]  # fmt: skip


def _answers(content: AgreementContent) -> list[str]:
    return [f"{name('circumstance', code)} {yes_no(answer)}" for code, answer in content.answers]


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
    "position": _position,
    "wage": _wage,
    "mentoring": _mentoring,
    "grant": _grant,
    "buddy": lambda c: [", ".join(filter(None, (c.buddy.name, c.buddy.phone, c.buddy.email)))],
    "answers": _answers,
}  # fmt: skip
