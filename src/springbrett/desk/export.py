"""Take evidence out of work: the ledger, pseudonymised, into the files that evaluation reads."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from springbrett.access.policy import OfficeAction, may_on_office, require
from springbrett.access.roles import Viewer
from springbrett.evaluation.export import EventRow, FundingRow, PersonRow, ProfileRow, write_export
from springbrett.funding.budgets import every_month
from springbrett.kernel import clock
from springbrett.ledger.models import Event
from springbrett.ledger.services import record, service
from springbrett.mapping import guide
from springbrett.mapping.models import MappingVersion
from springbrett.people.models import Office, Person

_CHUNK = 5_000
_WORDS = frozenset(q.code for section in guide.SECTIONS for q in section.questions if q.kind == "text")


@service
def evaluation_export(*, actor: Viewer, folder: Path, key: bytes | None = None) -> dict[str, int]:
    """Write an export into `folder`; returns rows per file. `key` None: a fresh key, used once and thrown away.

    Raises Denied, FileExistsError for a folder that holds an export, ValueError for a short key.
    """
    require(may_on_office(actor, OfficeAction.EXPORT))
    rows = write_export(
        folder,
        events=_events(),
        persons=_persons(),
        profiles=_profiles(),
        funding=_funding(),
        key=key or secrets.token_bytes(32),
        on=clock.today(),
    )
    record(actor=actor, action="evaluation.exported", step="evaluation", facts=rows)
    return rows


def _events() -> Iterator[EventRow]:
    numbers: dict[UUID | None, str] = dict(Office.objects.values_list("id", "number"))
    for event in Event.objects.order_by("id").iterator(_CHUNK):
        yield EventRow(
            event_id=event.id,
            occurred_at=event.occurred_at,
            action=event.action,
            step=event.step,
            actor_account_id=event.actor_account_id,
            actor_role=event.actor_role,
            office_number=numbers.get(event.office_id),
            case_id=event.case_id,
            person_id=event.person_id,
            employer_id=event.employer_id,
            object_kind=event.object_kind,
            object_id=event.object_id,
            facts=event.facts,
            catalogue_version=event.catalogue_version,
        )


def _persons() -> Iterator[PersonRow]:
    for person in Person.objects.order_by("id").iterator(_CHUNK):
        yield PersonRow(person_id=person.id, birth_year=person.birth_date.year)


def _profiles() -> Iterator[ProfileRow]:
    confirmed = MappingVersion.objects.filter(confirmed_at__isnull=False).order_by("case_id", "number")
    for version in confirmed.iterator(_CHUNK):
        assert version.confirmed_at is not None
        answers = {code: value for code, value in version.answers.items() if code not in _WORDS}
        yield ProfileRow(version.case_id, version.number, version.confirmed_at.date(), answers)


def _funding() -> Iterator[FundingRow]:
    numbers: dict[UUID, str] = dict(Office.objects.values_list("id", "number"))
    for row, line in every_month(_CHUNK):
        yield FundingRow(
            case_id=row.request.case_id,
            agreement_id=row.request.subject_id,
            employer_id=row.request.employer_ref,
            office_number=numbers[row.office_id],
            measure=line.measure,
            year=row.year,
            month=row.month,
            granted=line.amount,
            committed=line.committed,
            paid=line.used,
        )
