"""What somebody wants to do to a placement, gathered for the rules of `changes`. Reads only."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from springbrett import catalogue
from springbrett.access.roles import Viewer
from springbrett.agreement import rules as agreement_rules
from springbrett.agreement.context import context_for
from springbrett.agreement.selectors import InForce
from springbrett.catalogue.codelists import EndReason
from springbrett.followup import changes
from springbrett.followup.changes import SOON_A_VACANCY
from springbrett.followup.facts import facts_of, statuses_of, terms_for
from springbrett.followup.records import DutyStatus, Kind, State
from springbrett.kernel import clock
from springbrett.kernel.period import add_months
from springbrett.kernel.verdict import Verdict
from springbrett.ledger.models import Event


def statuses_now(row: InForce) -> tuple[DutyStatus, ...]:
    """Every duty of the agreement with its state today."""
    return statuses_of(row, facts_of([row.agreement.id])[row.agreement.id], clock.today())


def extension_check(viewer: Viewer, row: InForce, new_end: date, reason_code: str) -> Verdict:
    """Whether the placement may be extended to the day, with every rule and its reasons. Reads only."""
    known, on = catalogue.load(), clock.today()
    terms = terms_for(row)
    wished = replace(row.content, end=max(new_end, terms.start))
    return changes.extension(
        changes.Extension(
            on=on,
            start=terms.start,
            current_end=terms.end,
            new_end=new_end,
            reason=reason_code,
            reason_known=known.has_code("extension_reason", reason_code),
            duration=agreement_rules.duration_within_limit(wished, context_for(viewer, row.agreement, on)),
            extensions_before=_told(object_id=row.agreement.id).count(),
            extensions_sign=known.house_int("misuse_extensions", on),
            vacancy_before=_vacancy_extensions(row.agreement.workplace.employer_id, on),
            vacancy_sign=known.house_int("misuse_vacancy_extensions", on),
            review_on_time=not any(
                status.duty.kind is Kind.REVIEW and status.state is State.OVERDUE for status in statuses_now(row)
            ),
            review_ref=terms.review.ref,
        )
    )


def ending_of(row: InForce, ended_on: date, reason_code: str) -> changes.Ending:
    """What the rules of ending need to know."""
    reason = next((code for code in catalogue.load().codes("end_reason") if code.code == reason_code), None)
    planned = row.content.period
    return changes.Ending(
        on=clock.today(),
        start=planned.start,
        planned_end=planned.last,
        ended_on=ended_on,
        reason=reason_code,
        reason_early=reason.early if isinstance(reason, EndReason) else None,
    )


def _vacancy_extensions(employer_id: UUID, on: date) -> int:
    """Extensions with "soon a vacancy" at the employer as far back as the house looks."""
    since = add_months(on, -catalogue.load().house_int("misuse_lookback_months", on))
    return sum(
        event.facts.get("reason") == SOON_A_VACANCY
        for event in _told(employer_id=employer_id).filter(occurred_at__date__gte=since)
    )


def _told(**about: UUID) -> QuerySet[Event]:
    return Event.objects.filter(action="followup.extended", **about)
