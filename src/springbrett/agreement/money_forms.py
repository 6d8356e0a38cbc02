"""The fields for the post, the wage, the mentor's cost and the expenses of a grant."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from springbrett.agreement.fields import Amount, Line, Percent, Share, line
from springbrett.agreement.offers import Offers
from springbrett.agreement.records import AgreementContent, GrantItem, Mentoring, Position, Wage
from springbrett.agreement.wording import BASES

Fields = dict[str, forms.Field]
Said = Mapping[str, Any]
Shown = dict[str, Any]
MOST = Decimal(10_000_000)
"""No wage and no expense is larger; a typing mistake is."""
LENGTH_OF_POST = (("permanent", _("Permanent")), ("temporary", _("Temporary")), ("", _("Not decided")))
PERMANENT = {"permanent": True, "temporary": False}
SHARES = ("holiday_share", "pension_share", "contribution_share")


def position_fields(offers: Offers) -> Fields:
    return {
        "position_title": Line(_("Job title")),
        "position_percent": Percent(_("Percent of a full post")),
        "position_length": forms.ChoiceField(label=_("Is the post permanent or temporary?"), required=False,
                                             choices=LENGTH_OF_POST, widget=forms.RadioSelect),
    }  # fmt: skip


def position_shown(content: AgreementContent) -> Shown:
    words = {True: "permanent", False: "temporary", None: ""}
    post = content.position
    return {"position_title": post.title, "position_percent": post.percent, "position_length": words[post.permanent]}


def position_said(said: Said, offers: Offers) -> Shown:
    return {"position": Position(said["position_title"], said["position_percent"],
                                 PERMANENT.get(said["position_length"]))}  # fmt: skip


def _share_fields(prefix: str) -> Fields:
    return {
        f"{prefix}_holiday_share": Share(_("Holiday pay, percent of the wage")),
        f"{prefix}_pension_share": Share(_("Occupational pension, percent of wage and holiday pay")),
        f"{prefix}_contribution_share": Share(_("Employer’s contribution, percent of wage, holiday pay and pension")),
    }


def wage_fields(offers: Offers) -> Fields:
    found: Fields = {
        "wage_monthly": Amount(_("Gross wage a month, in kroner"), most=MOST,
                               help_text=_("For the post as it is: a half post has half the wage.")),
        **_share_fields("wage"),
    }  # fmt: skip
    if offers.agrees_percent:
        found["wage_agreed_percent"] = Percent(
            _("How many percent of the wage cost NAV covers"),
            help_text=_("At most what the rules allow; the check says how much that is."),
        )
    return found


def wage_shown(content: AgreementContent) -> Shown:
    wage = content.wage
    names = ("monthly", *SHARES, "agreed_percent")
    return {f"wage_{name}": getattr(wage, name) for name in names}


def wage_said(said: Said, offers: Offers) -> Shown:
    shares = {name: said[f"wage_{name}"] for name in SHARES}
    return {"wage": Wage(monthly=said["wage_monthly"], **shares, agreed_percent=said.get("wage_agreed_percent"))}


def mentoring_fields(offers: Offers) -> Fields:
    return {
        "mentoring_name": line(_("Mentor’s name")),
        "mentoring_account": forms.ChoiceField(label=_("Mentor’s account"), required=False, choices=offers.mentors),
        "mentoring_hours_month": Amount(_("Hours as mentor a month"), most=Decimal(200)),
        "mentoring_wage": Amount(_("The mentor’s gross wage, in kroner"), most=MOST,
                                 help_text=_("The participant is not shown what the mentor earns.")),
        "mentoring_basis": forms.ChoiceField(label=_("The wage is for"), required=False,
                                             choices=[("", ""), *BASES.items()]),
        "mentoring_position_percent": Percent(_("The mentor’s own post, percent of a full one")),
        **_share_fields("mentoring"),
    }  # fmt: skip


def mentoring_shown(content: AgreementContent) -> Shown:
    mentor = content.mentoring
    names = ("name", "hours_month", "wage", "basis", "position_percent", *SHARES)
    shown = {f"mentoring_{name}": getattr(mentor, name) for name in names}
    return shown | {"mentoring_account": str(mentor.account_id) if mentor.account_id else ""}


def mentoring_said(said: Said, offers: Offers) -> Shown:
    names = ("name", "hours_month", "wage", "basis", "position_percent", *SHARES)
    account = said["mentoring_account"]
    plain = {name: said[f"mentoring_{name}"] for name in names}
    return {"mentoring": Mentoring(**plain, account_id=UUID(account) if account else None)}


def grant_fields(offers: Offers) -> Fields:
    found: Fields = {}
    for row in offers.grant_rows:
        found[f"grant_kind_{row}"] = forms.ChoiceField(label=_("Kind of expense"), required=False,
                                                       choices=offers.expense_kinds)  # fmt: skip
        found[f"grant_amount_{row}"] = Amount(_("Amount in kroner"), most=MOST)
        found[f"grant_text_{row}"] = Line(_("What it is"))
    return found


def grant_shown(content: AgreementContent) -> Shown:
    return {
        f"grant_{name}_{row}": getattr(item, name)
        for row, item in enumerate(content.grant, start=1)
        for name in ("kind", "amount", "text")
    }


def grant_said(said: Said, offers: Offers) -> Shown:
    rows = (GrantItem(*(said[f"grant_{name}_{row}"] for name in ("kind", "amount", "text")))
            for row in offers.grant_rows)  # fmt: skip
    return {"grant": tuple(item for item in rows if item != GrantItem())}
