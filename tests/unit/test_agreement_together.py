"""Two people at once, and a process that dies in the middle: one thing happens, or nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from springbrett.access.roles import Viewer
from springbrett.agreement import selectors, services, writing
from springbrett.agreement.errors import AgreementError, AlreadyApproved, StaleVersion
from springbrett.agreement.models import Agreement, AgreementVersion, Approval
from springbrett.agreement.records import CASEWORKER, EMPLOYER, PARTICIPANT
from springbrett.kernel.period import add_months
from springbrett.ledger.models import Event
from springbrett.people.models import CaseParty
from tests import build
from tests.builders.agreement import Table, approve, change, drafted, full_content
from tests.builders.mapping import confirmed_mapping

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def table(caseworker: Viewer) -> Table:
    return drafted(caseworker)


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run the jobs in threads of their own, each with its own connection; what each answered or raised."""
    start = Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        try:
            start.wait(timeout=10)
            return job()
        except AgreementError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def yes(table: Table, party: str) -> Callable[[], Any]:
    return lambda: services.agreement_approve(
        actor=table.voice(party), agreement_id=table.agreement.id, version=1, party=party
    )


def told(table: Table, action: str) -> int:
    return Event.objects.filter(case_id=table.case.id, action=action).count()


def test_a_double_approval_gives_one_approval_and_one_event(table: Table) -> None:
    answers = at_once(yes(table, EMPLOYER), yes(table, EMPLOYER))
    assert sum(isinstance(a, AlreadyApproved) for a in answers) == 1
    assert Approval.objects.count() == 1 and told(table, "agreement.approved") == 1


def test_a_double_approval_of_the_last_party_starts_one_placement(table: Table) -> None:
    approve(table, PARTICIPANT, EMPLOYER)
    at_once(yes(table, CASEWORKER), yes(table, CASEWORKER))
    assert told(table, "agreement.entered") == told(table, "agreement.started") == 1


def test_two_edits_at_once_keep_one_and_tell_the_other(table: Table) -> None:
    def edit(words: str) -> Callable[[], Any]:
        content = replace(full_content(), tasks=words)
        return lambda: services.agreement_change(
            actor=table.caseworker, agreement_id=table.agreement.id, base_version=1, content=content
        )

    answers = at_once(edit("Den ene."), edit("Den andre."))
    assert sum(isinstance(a, StaleVersion) for a in answers) == 1
    assert AgreementVersion.objects.count() == 2 and told(table, "agreement.changed") == 1


def test_an_approval_and_a_change_at_once_never_approve_what_was_not_read(table: Table) -> None:
    answers = at_once(
        yes(table, EMPLOYER),
        lambda: services.agreement_change(actor=table.caseworker, agreement_id=table.agreement.id, base_version=1,
                                          content=replace(full_content(), tasks="Noe annet.")),
    )  # fmt: skip
    assert not any(isinstance(a, StaleVersion) for a in answers[1:])
    assert EMPLOYER in selectors.approval_state(table.fresh()).waiting_for


def test_two_drafts_at_once_make_one(table: Table) -> None:
    services.agreement_discard(actor=table.caseworker, agreement_id=table.agreement.id)

    def draft() -> Agreement:
        return services.agreement_draft(actor=table.caseworker, case_id=table.case.id)

    answers = at_once(draft, draft)
    assert sum(isinstance(a, AgreementError) and a.code == "already_open" for a in answers) == 1
    assert Agreement.objects.filter(case=table.case, discarded_at__isnull=True).count() == 1


def test_two_cases_of_one_person_cannot_together_pass_the_limit(caseworker: Viewer) -> None:
    person = build.make_person()
    tables = []
    for first in (full_content().period.start, add_months(full_content().period.start, 10)):
        case = build.make_case(caseworker, person)
        confirmed_mapping(caseworker, case.id, reduced_work_capacity=False)
        tables.append(drafted(caseworker, case, content=full_content(first, months=10)))
        approve(tables[-1], PARTICIPANT, EMPLOYER)
    answers = at_once(*(yes(table, CASEWORKER) for table in tables))
    assert sum(isinstance(a, AgreementError) and a.code == "rules_stop" for a in answers) == 1
    assert len(selectors.placements_of(person.id)) == 1


class Killed(BaseException):
    """The process dies here."""


@pytest.mark.parametrize("dies_at", ["agreement.approved", "agreement.entered", "agreement.started"])
def test_killed_in_the_middle_of_an_approval_leaves_nothing(
    table: Table, monkeypatch: pytest.MonkeyPatch, dies_at: str
) -> None:  # fmt: skip
    approve(table, PARTICIPANT, EMPLOYER)
    _die_at(monkeypatch, dies_at)
    with pytest.raises(Killed):
        yes(table, CASEWORKER)()
    monkeypatch.undo()
    assert not Approval.objects.filter(party=CASEWORKER).exists()
    assert told(table, "agreement.approved") == 2 and told(table, "agreement.entered") == 0
    assert selectors.content_in_force(table.fresh()) is None
    yes(table, CASEWORKER)()
    assert selectors.in_force_number(table.fresh()) == 1


def test_killed_in_the_middle_of_a_change_or_a_draft_leaves_nothing(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    _die_at(monkeypatch, "agreement.changed")
    with pytest.raises(Killed):
        change(table, tasks="Noe annet.")
    assert AgreementVersion.objects.count() == 1
    services.agreement_discard(actor=table.caseworker, agreement_id=table.agreement.id)
    CaseParty.objects.all().delete()
    _die_at(monkeypatch, "agreement.drafted")
    with pytest.raises(Killed):
        services.agreement_draft(actor=table.caseworker, case_id=table.case.id)
    assert Agreement.objects.count() == 1 and AgreementVersion.objects.count() == 1
    assert not CaseParty.objects.exists()


def _die_at(monkeypatch: pytest.MonkeyPatch, action: str) -> None:
    record = writing.record

    def dying(**told: Any) -> Any:
        if told["action"] == action:
            raise Killed
        return record(**told)

    monkeypatch.setattr(writing, "record", dying)
