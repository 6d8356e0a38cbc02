"""The quick ways the desk reads whole portfolios, held against the rooms' own slow and true answers."""

from datetime import date, timedelta
from random import Random

import pytest

from springbrett.access.roles import Viewer
from springbrett.agreement.selectors import approval_state
from springbrett.agreement.services import agreement_withdraw_approval
from springbrett.desk.pending import pending
from springbrett.desk.workday import groups, portfolio_of
from springbrett.kernel import clock
from springbrett.ledger.selectors import case_events
from springbrett.outcome.selectors import later_status_due_for, outcomes_due_for
from tests.builders import followup
from tests.builders.agreement import Table, approve, change, drafted

TODAY = date(2026, 6, 15)
PARTIES = ("participant", "employer", "caseworker")


def holds(table: Table) -> None:
    truth = approval_state(table.fresh()).waiting_for
    (*found,) = pending(case_events(table.case.id))
    assert tuple(row.missing for row in found) == ((truth,) if truth else ())


@pytest.mark.parametrize("seed", range(4))
def test_pending_approvals_are_those_of_the_versions(caseworker: Viewer, seed: int) -> None:
    chance = Random(seed)
    table = drafted(caseworker)
    for number in range(6):
        state = approval_state(table.fresh())
        waiting = [party for party in state.waiting_for if party != "caseworker"] or list(state.waiting_for)
        if waiting and chance.random() < 0.6:
            approve(table, chance.choice(waiting))
        elif chance.random() < 0.5:
            change(table, tasks=f"Oppgave {number}")
        elif state.in_force is None and "participant" not in state.waiting_for:
            agreement_withdraw_approval(actor=table.participant, agreement_id=table.agreement.id, party="participant")
        holds(table)


def test_outcomes_and_later_statuses_on_the_day_are_the_outcome_rooms(caseworker: Viewer) -> None:
    followup.running(caseworker, start=date(2026, 1, 5), months=3)
    early = followup.running(caseworker, start=date(2026, 2, 2), months=6)
    followup.ended(early, TODAY - timedelta(days=40))
    followup.running(caseworker, start=date(2026, 5, 4), months=6)
    with clock.at(TODAY):
        found = {group.code: group for group in groups(portfolio_of(caseworker, TODAY), None)}
        truth = [(item.case_id, item.due_on, item.state.value) for item in outcomes_due_for(caseworker, TODAY)]
        later = [(item.case_id, item.due.due_on) for item in later_status_due_for(caseworker, TODAY)]
    assert sorted((row.case_id, row.on, row.state) for row in found["outcomes"].rows) == sorted(truth)
    assert len(truth) == 2
    assert sorted((row.case_id, row.on) for row in found["later"].rows) == later if later else "later" not in found
