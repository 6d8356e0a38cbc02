"""The readers of outcomes. Each asks the policy; a party reads the other's answer only when it is shared."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from springbrett import catalogue
from springbrett.access.policy import Action, OfficeAction, may_on_office, require
from springbrett.access.roles import CASEWORKERS, Role, Viewer
from springbrett.agreement.models import Agreement
from springbrett.agreement.selectors import agreement_for, current, main_ones
from springbrett.followup.records import EMPLOYER, PARTICIPANT, State
from springbrett.followup.selectors import party_of
from springbrett.kernel import clock
from springbrett.outcome.models import LaterStatus, Outcome, PartyAnswer
from springbrett.outcome.records import LaterDue
from springbrett.outcome.rules import later_status_due
from springbrett.people.models import Case
from springbrett.people.selectors import case_for, cases_for


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """The outcome as this viewer may read it. `outcome` is None before it is decided, and for the employer, who is told
    only whether the purpose was reached (`purpose_reached`)."""

    outcome: Outcome | None
    purpose_reached: str
    answers: Mapping[str, PartyAnswer]
    earlier: tuple[Outcome, ...] = ()
    """The decisions this one corrects, newest first."""


@dataclass(frozen=True, slots=True)
class OutcomeDue:
    """An ended placement that somebody must say something about."""

    agreement_id: UUID
    case_id: UUID
    person_name: str
    workplace_name: str
    ended_on: date
    due_on: date
    state: State
    url: str


@dataclass(frozen=True, slots=True)
class StatusDue:
    """A later status to record."""

    case_id: UUID
    person_name: str
    due: LaterDue
    url: str


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One decided outcome for results, without any name."""

    agreement_id: UUID
    measure: str
    chain: str
    start: date | None
    ended_on: date
    end_reason: str
    outcomes: tuple[str, ...]
    main: str
    judgement: str
    purpose_reached: str
    by_participant: str
    by_employer: str


def outcome_for(viewer: Viewer, agreement: Agreement) -> OutcomeView:
    """The outcome and the parties' answers, as far as the viewer may read them. Raises AgreementNotFound, Denied."""
    agreement = agreement_for(viewer, agreement.id)
    outcome = newest_outcome(agreement)
    answers = {answer.party: answer for answer in PartyAnswer.objects.filter(agreement=agreement)}
    reached = outcome.purpose_reached if outcome else ""
    if viewer.role in {Role.EMPLOYER, Role.PARTICIPANT, Role.MENTOR}:
        own = {Role.EMPLOYER: EMPLOYER, Role.PARTICIPANT: PARTICIPANT}.get(viewer.role, "")
        answers = {party: answer for party, answer in answers.items() if party == own or answer.shared}
        outcome = outcome if viewer.role is Role.PARTICIPANT else None
    return OutcomeView(outcome, reached, answers, _before(outcome))


def newest_outcome(agreement: Agreement) -> Outcome | None:
    """The decision that counts: the one nothing corrects. For callers that have been let in to the agreement."""
    return Outcome.objects.filter(agreement=agreement, corrected_by__isnull=True).first()


def _before(outcome: Outcome | None) -> tuple[Outcome, ...]:
    """The decisions that led up to this one, newest first."""
    if outcome is None:
        return ()
    rows = Outcome.objects.filter(agreement_id=outcome.agreement_id).exclude(pk=outcome.pk)
    return tuple(rows.order_by("-decided_at", "-id"))


def outcomes_due_for(viewer: Viewer, on: date, among: Iterable[Agreement] | None = None) -> tuple[OutcomeDue, ...]:
    """Ended placements without a decided outcome (caseworker, leader) or without this party's answer, oldest first.

    Three queries, however many cases; one when a party's own agreements have been read already (`among`).
    """
    days = timedelta(days=catalogue.load().house_int("outcome_due_days", on))
    found = []
    for row in filter(None, map(current, _without_answer(viewer) if among is None else _unanswered(viewer, among))):
        if row.agreement.ended_on is None and row.period.last >= on:
            continue
        due = row.period.last + days
        found.append(OutcomeDue(
            row.agreement.id, row.agreement.case_id, row.agreement.case.person.name, row.agreement.workplace.name,
            row.period.last, due, State.OVERDUE if on > due else State.DUE, _url(viewer, row.agreement)))  # fmt: skip
    return tuple(sorted(found, key=lambda item: (item.due_on, item.person_name)))


def later_status_for(viewer: Viewer, case_id: UUID, on: date) -> tuple[LaterDue, ...]:
    """When later status is due for the case; empty before an outcome is decided. Raises Denied, CaseNotFound."""
    case = case_for(viewer, case_id, Action.SEE_CASE)
    ended_on = last_end_of(case)
    return _later(ended_on, dict(_recorded([case.id]).get(case.id, {})), on) if ended_on else ()


def later_status_due_for(viewer: Viewer, on: date) -> tuple[StatusDue, ...]:
    """Later statuses that are due or overdue in the viewer's portfolio, oldest first. Three queries."""
    if viewer.role not in CASEWORKERS | {Role.OFFICE_LEADER, Role.SYSTEM}:
        return ()
    names = {case.id: case.person.name for case in cases_for(viewer)}
    ends: dict[UUID, date] = {}
    decided = Outcome.objects.filter(agreement__case__in=cases_for(viewer).values("pk"))
    for case_id, ended_on in decided.values_list("agreement__case_id", "agreement__ended_on"):
        if ended_on is not None:
            ends[case_id] = max(ended_on, ends.get(case_id, ended_on))
    recorded = _recorded(list(ends))
    found = [
        StatusDue(case_id, names[case_id], due, reverse("outcome:status", args=[case_id]))
        for case_id, ended_on in ends.items()
        for due in _later(ended_on, recorded.get(case_id, {}), on)
        if due.state in {State.DUE, State.OVERDUE}
    ]
    return tuple(sorted(found, key=lambda item: (item.due.due_on, item.person_name)))


def statuses_of(viewer: Viewer, case_id: UUID) -> tuple[LaterStatus, ...]:
    """The later statuses recorded for the case. Raises Denied, CaseNotFound."""
    case = case_for(viewer, case_id, Action.SEE_CASE)
    return tuple(LaterStatus.objects.filter(case=case).order_by("months"))


def outcome_rows(viewer: Viewer) -> tuple[OutcomeRow, ...]:
    """Every decided outcome of the viewer's office (an analyst: of all), for results. Raises Denied."""
    require(may_on_office(viewer, OfficeAction.SEE_RESULTS))
    rows = (
        Outcome.objects.filter(corrected_by__isnull=True)
        .select_related("agreement")
        .prefetch_related("agreement__outcome_answers", "agreement__versions", "agreement__approvals")
    )
    if viewer.office_id is not None:
        rows = rows.filter(agreement__case__office_id=viewer.office_id)
    return tuple(_row(outcome) for outcome in rows.order_by("decided_at", "id"))


def _row(outcome: Outcome) -> OutcomeRow:
    agreement = outcome.agreement
    in_force = current(agreement)
    said = {answer.party: answer.purpose_reached for answer in agreement.outcome_answers.all()}
    return OutcomeRow(
        agreement.id, agreement.measure, agreement.chain, in_force.period.start if in_force else None,
        agreement.ended_on or outcome.decided_on, agreement.ended_reason, tuple(outcome.outcomes), outcome.main,
        outcome.judgement, outcome.purpose_reached, said.get(PARTICIPANT, ""), said.get(EMPLOYER, ""),
    )  # fmt: skip


def _without_answer(viewer: Viewer) -> QuerySet[Agreement]:
    rows = main_ones(Agreement.objects.filter(case__in=cases_for(viewer).values("pk"), discarded_at__isnull=True))
    if viewer.role in {Role.EMPLOYER, Role.PARTICIPANT}:
        party = EMPLOYER if viewer.role is Role.EMPLOYER else PARTICIPANT
        rows = rows.exclude(pk__in=PartyAnswer.objects.filter(party=party).values("agreement_id"))
    elif viewer.role in CASEWORKERS | {Role.OFFICE_LEADER, Role.SYSTEM}:
        rows = rows.exclude(pk__in=Outcome.objects.values("agreement_id"))
    else:
        return rows.none()
    if viewer.role is Role.EMPLOYER and viewer.employer_id:
        rows = rows.filter(workplace__employer_id=viewer.employer_id)
    return rows.select_related("case__person", "workplace__employer").prefetch_related("versions", "approvals")


def _unanswered(viewer: Viewer, among: Iterable[Agreement]) -> list[Agreement]:
    """Of a party's own agreements, those it has not answered about."""
    own = {agreement.id: agreement for agreement in among if agreement.is_main}
    answered = PartyAnswer.objects.filter(agreement_id__in=list(own), party=party_of(viewer))
    return [own[key] for key in own.keys() - set(answered.values_list("agreement_id", flat=True))]


def _url(viewer: Viewer, agreement: Agreement) -> str:
    if viewer.role in {Role.EMPLOYER, Role.PARTICIPANT}:
        return reverse(f"outcome:{viewer.role.value}", args=[agreement.id])
    return reverse("outcome:page", args=[agreement.case_id])


def _recorded(case_ids: list[UUID]) -> dict[UUID, dict[int, date]]:
    found: dict[UUID, dict[int, date]] = {}
    rows = LaterStatus.objects.filter(case_id__in=case_ids).values_list("case_id", "months", "recorded_on")
    for case_id, months, recorded_on in rows:
        found.setdefault(case_id, {})[months] = recorded_on
    return found


def _later(ended_on: date, recorded: Mapping[int, date], on: date) -> tuple[LaterDue, ...]:
    window = catalogue.load().house_int("later_status_window_days", on)
    return later_status_due(ended_on, status_months(on), recorded, on, window_days=window)


def chained_case_of(case: Case) -> Case | None:
    """The next case this one was chained to; for callers that have been let in to the case."""
    return Case.objects.filter(chained_from=case).first()


def is_over(agreement: Agreement) -> bool:
    """Whether the placement has ended: by its end, or by the agreed last day having passed."""
    if agreement.ended_on is not None:
        return True
    row = current(agreement)
    return row is not None and row.period.last < clock.today()


def last_end_of(case: Case) -> date | None:
    """The last day of the case's last placement with a decided outcome; None while there is none."""
    ended = Outcome.objects.filter(agreement__case=case).order_by("agreement__ended_on")
    return ended.values_list("agreement__ended_on", flat=True).last()


def status_months(on: date) -> tuple[int, ...]:
    """How many months after the end the status is asked for."""
    value = catalogue.load().house_value("later_status_months", on)
    return tuple(int(months) for months in value) if isinstance(value, tuple) else (int(value),)
