"""Each part of an agreement as fields of a form: which fields, what they show for a content, and what they make of it.

A measure's form is put together from the parts its agreements have; nothing here knows a measure.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from springbrett.agreement import money_forms as money
from springbrett.agreement.fields import SAID, WORDS_FOR, Answer, Choices, ShortAnswer, Words, hours, line
from springbrett.agreement.offers import Offers
from springbrett.agreement.records import DECLARED, AgreementContent, ContactPoint, FollowUpPlan, HoursStep, Support

Fields = dict[str, forms.Field]
Said = Mapping[str, Any]
Shown = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PartForm:
    """One part: its fields for a measure, the values a content gives them, and the content's fields they give."""

    fields: Callable[[Offers], Fields]
    shown: Callable[[AgreementContent], Shown]
    said: Callable[[Said, Offers], Shown]


def _boxes(label: Any, choices: Choices) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, required=False, choices=choices,
                                     widget=forms.CheckboxSelectMultiple)  # fmt: skip


def _plain(*names: str) -> tuple[Callable[[AgreementContent], Shown], Callable[[Said, Offers], Shown]]:
    """Fields that go between form and content as they are."""
    return (
        lambda content: {name: getattr(content, name) for name in names},
        lambda said, _offers: {name: said[name] for name in names},
    )


def _purpose(offers: Offers) -> Fields:
    if not offers.purposes:
        return {"purpose_note": Words(_("Purpose"), rows=4,
                                      help_text=_("What the three want to reach, in your own words."))}  # fmt: skip
    return {
        "purposes": _boxes(_("Purposes"), offers.purposes),
        "main_purpose": forms.ChoiceField(label=_("Main purpose"), required=False, choices=offers.purposes,
                                          widget=forms.RadioSelect),
        "purpose_note": Words(_("More about the purpose")),
    }  # fmt: skip


def _purpose_said(said: Said, offers: Offers) -> Shown:
    return {"purposes": tuple(said.get("purposes", ())), "main_purpose": said.get("main_purpose", ""),
            "purpose_note": said["purpose_note"]}  # fmt: skip


def _adaptation(offers: Offers) -> Fields:
    return {
        "adaptations": _boxes(_("Adaptation"), offers.adaptations),
        "adaptation_text": Words(_("More about adaptation"), help_text=_("Write what is done, not why: never health.")),
    }


def _support(offers: Offers) -> Fields:
    return {
        "other_considered": Answer(_("Has other support been considered?")),
        "mentor_requested": forms.BooleanField(label=_("Request a mentor"), required=False),
        "mentor_hours_week": hours(_("Mentor, hours a week")),
        "mentor_name": line(_("Mentor’s name")),
        "mentor_account": forms.ChoiceField(label=_("Mentor’s account"), required=False, choices=offers.mentors),
        "inclusion_grant_requested": forms.BooleanField(label=_("Request an inclusion grant"), required=False),
        "inclusion_grant_for": Words(_("What the inclusion grant is for")),
        "other_support": Words(_("Other support"), help_text=_("For example a language course beside the placement.")),
    }


def _support_shown(content: AgreementContent) -> Shown:
    support = content.support
    names = ("mentor_requested", "mentor_hours_week", "mentor_name", "inclusion_grant_requested", "inclusion_grant_for")
    return {name: getattr(support, name) for name in names} | {
        "mentor_account": str(support.mentor_account_id) if support.mentor_account_id else "",
        "other_considered": WORDS_FOR[support.other_considered],
        "other_support": support.other,
    }


def _support_said(said: Said, offers: Offers) -> Shown:
    support = Support(
        mentor_requested=said["mentor_requested"],
        mentor_hours_week=said["mentor_hours_week"],
        mentor_name=said["mentor_name"],
        mentor_account_id=UUID(said["mentor_account"]) if said["mentor_account"] else None,
        inclusion_grant_requested=said["inclusion_grant_requested"],
        inclusion_grant_for=said["inclusion_grant_for"],
        other_considered=SAID.get(said["other_considered"]),
        other=said["other_support"],
    )
    return {"support": support}


def _hours(offers: Offers) -> Fields:
    found: Fields = {}
    for row in offers.ramp_rows:
        found[f"ramp_from_{row}"] = forms.DateField(label=_("From"), required=False)
        found[f"ramp_hours_{row}"] = hours(_("Hours a week"))
    return found


def _hours_shown(content: AgreementContent) -> Shown:
    return {
        name: value
        for row, step in enumerate(content.hours_ramp, start=1)
        for name, value in ((f"ramp_from_{row}", step.from_on), (f"ramp_hours_{row}", step.hours_per_week))
    }


def _hours_said(said: Said, offers: Offers) -> Shown:
    rows = ((said[f"ramp_from_{row}"], said[f"ramp_hours_{row}"]) for row in offers.ramp_rows)
    return {"hours_ramp": tuple(HoursStep(when, much) for when, much in rows if when is not None)}


def _dates(offers: Offers) -> Fields:
    return {"start": forms.DateField(label=_("First day"), required=False),
            "end": forms.DateField(label=_("Last day"), required=False)}  # fmt: skip


def _followup(offers: Offers) -> Fields:
    return {
        "first_contact_weeks": forms.TypedChoiceField(
            label=_("First contact after the start, within weeks"), required=False, coerce=int, empty_value=None,
            choices=offers.contact_weeks),
        "contact_every_weeks": forms.IntegerField(label=_("Then contact every so many weeks"), required=False,
                                                  min_value=1),
        "visit_every_weeks": forms.IntegerField(label=_("Visit to the workplace every so many weeks"), required=False,
                                                min_value=0, help_text=_("0 means that none is planned.")),
        "joint": forms.BooleanField(label=_("Meetings with all three"), required=False),
        "separate": forms.BooleanField(label=_("Talks with each party alone"), required=False),
        "review_every_months": forms.IntegerField(label=_("NAV reviews every so many months"), required=False,
                                                  min_value=1),
        "report_months": forms.TypedMultipleChoiceField(
            label=_("The employer reports after months"), required=False, coerce=int, choices=offers.report_months,
            widget=forms.CheckboxSelectMultiple),
    }  # fmt: skip


def _followup_shown(content: AgreementContent) -> Shown:
    plan = content.followup
    return {name: getattr(plan, name) for name in ("visit_every_weeks", "joint", "separate")} | {
        "first_contact_weeks": plan.first_contact_weeks or "",
        "contact_every_weeks": plan.contact_every_weeks or None,
        "review_every_months": plan.review_every_months or None,
        "report_months": tuple(str(month) for month in plan.report_months),
    }


def _followup_said(said: Said, offers: Offers) -> Shown:
    plan = FollowUpPlan(
        first_contact_weeks=said["first_contact_weeks"] or 0,
        contact_every_weeks=said["contact_every_weeks"] or 0,
        visit_every_weeks=said["visit_every_weeks"] or 0,
        joint=said["joint"],
        separate=said["separate"],
        review_every_months=said["review_every_months"] or 0,
        report_months=tuple(sorted(said["report_months"])),
    )
    return {"followup": plan}


def _contacts(offers: Offers) -> Fields:
    return {
        "contact_employer_name": line(_("Name at the workplace")),
        "contact_employer_phone": line(_("Phone at the workplace"), 20),
        "contact_employer_email": forms.EmailField(label=_("E-mail at the workplace"), required=False),
        "contact_nav_name": line(_("Name in NAV")),
        "contact_nav_phone": line(_("Phone in NAV"), 20),
        "contact_nav_email": forms.EmailField(label=_("E-mail in NAV"), required=False),
    }


def _point_shown(side: str, point: ContactPoint) -> Shown:
    return {f"{side}_name": point.name, f"{side}_phone": point.phone, f"{side}_email": point.email}


def _point_said(side: str, said: Said) -> ContactPoint:
    return ContactPoint(said[f"{side}_name"], said[f"{side}_phone"], said[f"{side}_email"])


def _contacts_shown(content: AgreementContent) -> Shown:
    return _point_shown("contact_employer", content.contact_employer) | _point_shown("contact_nav", content.contact_nav)


def _contacts_said(said: Said, offers: Offers) -> Shown:
    return {side: _point_said(side, said) for side in ("contact_employer", "contact_nav")}


def _buddy(offers: Offers) -> Fields:
    return {
        "buddy_name": line(_("The buddy’s name")),
        "buddy_phone": line(_("The buddy’s phone"), 20),
        "buddy_email": forms.EmailField(label=_("The buddy’s e-mail"), required=False),
    }


def _buddy_said(said: Said, offers: Offers) -> Shown:
    return {"buddy": _point_said("buddy", said)}


_ASKED = {
    "discussed_with_employee_reps": _("Has the employer discussed the place with the employees’ representatives?"),
    "displaces_ordinary_staff": _("Does the place take the job of ordinary staff?"),
    "close_relative": _("Is the participant family of, or otherwise close to, the employer?"),
    "employed_in_company": _("Is the participant employed by the company?"),
}


def _declarations(offers: Offers) -> Fields:
    found: Fields = {}
    for name in offers.declared:
        found[name] = Answer(_ASKED[name])
        if name == "close_relative":
            found["close_relative_reason"] = Words(_("If so: the special reasons"), rows=2)
    return found


def _declarations_shown(content: AgreementContent) -> Shown:
    return {name: WORDS_FOR[getattr(content, name)] for name in DECLARED} | {
        "close_relative_reason": content.close_relative_reason
    }


def _declarations_said(said: Said, offers: Offers) -> Shown:
    found: Shown = {name: SAID.get(said[name]) for name in offers.declared}
    return found | {"close_relative_reason": said.get("close_relative_reason", "")}


def _answers(offers: Offers) -> Fields:
    return {f"answer_{code}": ShortAnswer(question) for code, question in offers.questions}


def _answers_shown(content: AgreementContent) -> Shown:
    return {f"answer_{code}": WORDS_FOR[yes] for code, yes in content.answers}


def _answers_said(said: Said, offers: Offers) -> Shown:
    answers = ((code, SAID.get(said[f"answer_{code}"])) for code, _question in offers.questions)
    return {"answers": tuple((code, yes) for code, yes in answers if yes is not None)}


PART_FORMS: dict[str, PartForm] = {
    "purpose": PartForm(_purpose, _plain("purposes", "main_purpose", "purpose_note")[0], _purpose_said),
    "tasks": PartForm(
        lambda _offers: {"tasks": Words(
            _("Tasks"), rows=4, help_text=_("What the participant will do, in addition to the ordinary staff."))},
        *_plain("tasks")),
    "training": PartForm(
        lambda _offers: {"training": Words(_("Training at the workplace"),
                                           help_text=_("What will be taught, by whom, and when."))},
        *_plain("training")),
    "expected": PartForm(
        lambda _offers: {"expected": Words(_("What is expected to be reached"),
                                           help_text=_("How you will see that the purpose is reached."))},
        *_plain("expected")),
    "adaptation": PartForm(
        _adaptation, _plain("adaptations", "adaptation_text")[0],
        lambda said, _offers: {"adaptations": tuple(said["adaptations"]), "adaptation_text": said["adaptation_text"]}),
    "support": PartForm(_support, _support_shown, _support_said),
    "hours": PartForm(_hours, _hours_shown, _hours_said),
    "days": PartForm(lambda offers: {"days": _boxes(_("Days"), offers.days)}, _plain("days")[0],
                     lambda said, _offers: {"days": tuple(said["days"])}),
    "dates": PartForm(_dates, *_plain("start", "end")),
    "followup": PartForm(_followup, _followup_shown, _followup_said),
    "contacts": PartForm(_contacts, _contacts_shown, _contacts_said),
    "declarations": PartForm(_declarations, _declarations_shown, _declarations_said),
    "position": PartForm(money.position_fields, money.position_shown, money.position_said),
    "wage": PartForm(money.wage_fields, money.wage_shown, money.wage_said),
    "mentoring": PartForm(money.mentoring_fields, money.mentoring_shown, money.mentoring_said),
    "grant": PartForm(money.grant_fields, money.grant_shown, money.grant_said),
    "buddy": PartForm(_buddy, lambda content: _point_shown("buddy", content.buddy), _buddy_said),
    "answers": PartForm(_answers, _answers_shown, _answers_said),
}  # fmt: skip
"""Every part as fields; the same keys as records.PARTS (tested)."""
