"""From rows to the dated facts and terms that the rules take, for one agreement or for a whole portfolio."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast

from springbrett import catalogue
from springbrett.agreement.selectors import InForce
from springbrett.followup.models import Contact, EmployerReport, Feedback, PlanItem, Review
from springbrett.followup.records import ContactDone, Done, DutyStatus, ExtraItem, Terms
from springbrett.followup.rules import progress
from springbrett.followup.terms import terms_of
from springbrett.ledger.models import Event


@dataclass(frozen=True, slots=True)
class Facts:
    """What has been done, and added, for one agreement."""

    done: Done
    extras: tuple[ExtraItem, ...] = ()


def facts_of(agreement_ids: Collection[UUID]) -> dict[UUID, Facts]:
    """The facts of several agreements in three queries. Whether an outcome is decided is not among them."""
    contacts = _contacts(agreement_ids)
    extras = _extras(agreement_ids)
    days = _days(agreement_ids)
    return {
        key: Facts(
            Done(
                contacts=tuple(contacts[key]),
                reviews=tuple(day for what, _, day in days[key] if what == "review"),
                reports={code: day for what, code, day in days[key] if what == "report"},
                feedback=tuple(day for what, _, day in days[key] if what == "feedback"),
            ),
            tuple(extras[key]),
        )
        for key in agreement_ids
    }


def with_outcome(facts: Facts, agreement_id: UUID) -> Facts:
    """The facts with the day the outcome was decided, as the ledger tells it (the outcome room lies further down)."""
    event = Event.objects.filter(action="outcome.decided", object_kind="agreement", object_id=agreement_id).first()
    if event is None:
        return facts
    return replace(facts, done=replace(facts.done, outcome_on=date.fromisoformat(event.facts["decided_on"])))


def terms_for(row: InForce, extras: Iterable[ExtraItem] = ()) -> Terms:
    """The terms of an agreement in force, with how it ended and what has been added to the plan."""
    terms = terms_of(row.content, catalogue.load(), row.agreement.measure, row.agreement.chain)
    return replace(terms, ended_on=row.agreement.ended_on, extras=tuple(extras))


def statuses_of(row: InForce, facts: Facts, on: date) -> tuple[DutyStatus, ...]:
    """Every duty of the agreement with its state on the day."""
    return progress(terms_for(row, facts.extras), facts.done, on)


def _contacts(agreement_ids: Collection[UUID]) -> dict[UUID, list[ContactDone]]:
    found: dict[UUID, list[ContactDone]] = defaultdict(list)
    rows = Contact.objects.filter(agreement_id__in=agreement_ids).order_by("on", "logged_at")
    for row in rows.only("agreement_id", "kind", "on", "attended", "what_next"):
        found[row.agreement_id].append(ContactDone(row.kind, row.on, frozenset(row.attended), row.what_next))
    return found


def _extras(agreement_ids: Collection[UUID]) -> dict[UUID, list[ExtraItem]]:
    found: dict[UUID, list[ExtraItem]] = defaultdict(list)
    for row in PlanItem.objects.filter(agreement_id__in=agreement_ids, removed_at__isnull=True).order_by("on", "id"):
        found[row.agreement_id].append(ExtraItem(row.id, row.kind, row.on, row.owed_by, row.note))
    return found


def _days(agreement_ids: Collection[UUID]) -> dict[UUID, list[tuple[str, str, date]]]:
    """Reviews, reports and feedback as (what, code, day), in one query."""
    columns = ("agreement_id", "what", "code", "day")
    nothing = Cast(Value(""), CharField(max_length=40))
    reviews = Review.objects.annotate(what=Value("review"), code=nothing, day=F("on"))
    reports = EmployerReport.objects.annotate(
        what=Value("report"), code=Cast("kind", CharField(max_length=40)), day=F("submitted_on")
    )
    feedback = Feedback.objects.annotate(what=Value("feedback"), code=nothing, day=F("on"))
    first, *rest = (rows.filter(agreement_id__in=agreement_ids).values_list(*columns)
                    for rows in (reviews, reports, feedback))  # fmt: skip
    found: dict[UUID, list[tuple[str, str, date]]] = defaultdict(list)
    for agreement_id, what, code, day in first.union(*rest, all=True):
        found[agreement_id].append((what, code, day))
    return found
