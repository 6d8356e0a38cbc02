"""Makes the PDF: the agreement's words as data, one template, checked against PDF/UA-1 as it is written."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal
from uuid import UUID

import typst
from django.utils import translation
from django.utils.translation import gettext as _

from springbrett.access.selectors import account_names
from springbrett.agreement import approvals, explain, selectors, show
from springbrett.agreement.models import Agreement
from springbrett.agreement.records import CASEWORKER
from springbrett.kernel.clock import OSLO

TEMPLATE = Path(__file__).with_name("agreement.typ")
LANGUAGES = ("nb", "nn", "en")
STANDARD: Final[Literal["ua-1"]] = "ua-1"


def pdf_of(agreement: Agreement, number: int, language: str, reader: str = CASEWORKER) -> bytes:
    """Version `number` as PDF/UA-1 in `language` (nb, nn or en), as the party `reader` may read it. The same rows give
    the same bytes.

    Raises KeyError for a version that does not exist, and RuntimeError if the result would not be accessible.
    """
    with translation.override(language):
        said = words_of(agreement, number, language, reader)
    return typst.compile(
        TEMPLATE,
        format="pdf",
        sys_inputs={"said": json.dumps(said, ensure_ascii=False)},
        pdf_standards=[STANDARD],
        ignore_system_fonts=True,
        timestamp=int(_version_time(agreement, number).timestamp()),
    )


def words_of(agreement: Agreement, number: int, language: str, reader: str = CASEWORKER) -> dict[str, Any]:
    """Everything the paper says to the reader, in the active language."""
    content = selectors.contents_of(agreement)[number]
    title = _("Agreement on %(measure)s") % {"measure": show.measure_name(agreement).lower()}
    waiting = show.waiting_for(agreement)
    parts = show.part_rows(content, show.measure_of(agreement), reader)
    return {
        "language": language,
        "title": title,
        "subtitle": _("Version %(number)s, written %(day)s") % {
            "number": number, "day": explain.day(_version_time(agreement, number).date())},
        "facts": _facts(agreement),
        "notices": [_waiting(waiting)] if waiting else [],
        "sections": [{"heading": str(row.label), "lines": row.lines} for row in parts],
        "terms_heading": _("Terms"),
        "terms": [
            {"heading": str(label), "lines": [clause.text.get(language) for clause in group]}
            for label, group in show.clauses(agreement, content)
        ],
        "approvals_heading": _("Approvals"),
        "approvals": _approvals(agreement, number),
        "footer": f"{title} · {_('Version %(number)s') % {'number': number}}",
    }  # fmt: skip


def _facts(agreement: Agreement) -> list[tuple[str, str]]:
    workplace = agreement.workplace
    return [
        (str(explain.PARTIES["participant"]), agreement.case.person.name),
        (str(explain.PARTIES["employer"]), f"{workplace.employer.name}, {workplace.name}"),
        (_("NAV"), agreement.case.office.name),
    ]


def _waiting(measure: str) -> str:
    return _("The placement is used while the participant waits for another measure: %(measure)s.") % {
        "measure": measure}  # fmt: skip


def _approvals(agreement: Agreement, number: int) -> list[dict[str, str]]:
    """Who had approved this version, by the rule that decides which approvals count."""
    terms, given = agreement.approval_terms, selectors.given_to(agreement)
    count = approvals.counting(terms, selectors.contents_of(agreement), given, number)
    names = account_names({g.by_account for g in count.values() if g.by_account})
    return [
        {"party": str(explain.PARTIES[party]), "text": _approval(count.get(party), names)} for party in terms.parties
    ]


def _approval(given: approvals.Given | None, names: dict[UUID, str]) -> str:
    if given is None or given.at is None:
        return _("not approved")
    said = {
        "day": explain.day(given.at.astimezone(OSLO).date()),
        "name": names.get(given.by_account, "") if given.by_account else "",
        "why": explain.name("on_behalf_reason", given.on_behalf_reason),
    }
    if given.on_behalf_reason:
        return _("approved %(day)s by %(name)s on behalf of the participant (%(why)s)") % said
    return _("approved %(day)s by %(name)s") % said


def _version_time(agreement: Agreement, number: int) -> datetime:
    return next(v.created_at for v in agreement.versions.all() if v.number == number).astimezone(OSLO)
