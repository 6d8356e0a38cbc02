"""The only writers of requests, decisions, commitments, claims and budgets."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet

from springbrett import catalogue
from springbrett.access.policy import Action, OfficeAction, may_on_office, require
from springbrett.access.roles import Role, Viewer
from springbrett.catalogue.codelists import FundingReason
from springbrett.funding import budgets, rules, selectors
from springbrett.funding.errors import BudgetBroken, FundingError, FundingStop, RequestNotFound
from springbrett.funding.models import Budget, Claim, Commitment, Decision, Left, Request
from springbrett.funding.records import Month, State
from springbrett.funding.refunds import claim_check, refund_of
from springbrett.funding.store import schedule_data, terms_data, trace_data
from springbrett.kernel import clock
from springbrett.kernel.period import Period
from springbrett.kernel.trace import Step, Traced
from springbrett.kernel.verdict import Verdict, to_data
from springbrett.ledger.services import record, service
from springbrett.mapping.rules import words_problem
from springbrett.money.records import Schedule, WageTerms
from springbrett.people.models import Case, Office
from springbrett.people.selectors import case_for

STEP = "agreement"
"""The step of the path that money belongs to: it is asked for before an agreement enters into force."""
NEEDS_WORDS = frozenset({"other", "other_refusal"})


@service
def funding_ask(
    *,
    actor: Viewer,
    case_id: UUID,
    subject_id: UUID,
    measure: str,
    employer_id: UUID | None,
    period: Period,
    schedule: Schedule,
    trace: Traced[Any] | Iterable[Step] | Step | None = None,
    terms: WageTerms | None = None,
    purpose: str = "",
) -> Request:
    """Ask for the money of a subject. A request that still waits is replaced; a grant stands until a new one is given.

    Raises Denied, CaseNotFound, FundingError: unknown_measure, nothing_to_ask, already_granted (for the same amounts),
    words_….
    """
    case = case_for(actor, case_id, Action.ASK_FOR_MONEY)
    Case.objects.select_for_update().get(pk=case.pk)
    _need(measure in catalogue.load().measures, "unknown_measure")
    _need(schedule.total > 0, "nothing_to_ask")
    _check_words(purpose=purpose)
    print_ = rules.fingerprint(schedule)
    live = _live(subject_id)
    _need(live is None or live.case_id == case.id, "other_case")
    _need(not (live and selectors.state_of(live) is State.GRANTED and live.fingerprint == print_), "already_granted")
    if live is not None:
        _leave(live, Left.REPLACED)
    before = Request.objects.filter(subject_id=subject_id).aggregate(newest=Max("number"))["newest"] or 0
    request = Request.objects.create(
        case=case, subject_id=subject_id, number=before + 1, measure=measure, employer_ref=employer_id,
        from_on=period.start, to_on=period.last, schedule=schedule_data(schedule), terms=terms_data(terms),
        purpose=purpose.strip(), total=schedule.total, fingerprint=print_, trace=trace_data(trace),
        asked_by=actor.account_id, asked_at=clock.now(), catalogue_version=catalogue.load().version,
    )  # fmt: skip
    _tell(actor, request, "funding.asked",
          {"total": request.total, "start": period.start, "end": period.last, "by_year": _years(schedule),
           "replaces": live.id if live else None})  # fmt: skip
    return request


@service
def funding_withdraw(*, actor: Viewer, subject_id: UUID, grant_stands: bool = False) -> Request:
    """Take back the request of a subject, with what has been granted and not been claimed.

    `grant_stands`: take back only a request that waits, and let an earlier grant stand. Raises RequestNotFound, Denied,
    FundingError: nothing_waits.
    """
    live = _live(subject_id)
    if live is None:
        raise RequestNotFound
    case_for(actor, live.case_id, Action.ASK_FOR_MONEY)
    waits = selectors.state_of(live) is State.ASKED
    _need(waits or not grant_stands, "nothing_waits")
    _leave(live, Left.WITHDRAWN)
    released: list[Commitment] = []
    if not grant_stands:
        earlier = Request.objects.filter(subject_id=subject_id, left_why=Left.REPLACED, decision__granted=True)
        earlier.update(left_why=Left.WITHDRAWN)
        released = _release(_unclaimed(subject_id))
    elif earlier_grant := _granted_before(subject_id):
        Request.objects.filter(pk=earlier_grant.pk).update(left_at=None, left_why="")
    _tell(actor, live, "funding.withdrawn", {"released": sum(row.amount for row in released), "waited": waits})
    return live


@service
def funding_decide(
    *,
    actor: Viewer,
    request_id: UUID,
    granted: bool,
    reason_code: str,
    reason_text: str = "",
    override_reason: str = "",
) -> Decision:
    """Grant or refuse a request. Granting binds the budget month by month, and gives back what an earlier grant of the
    same subject had bound and nobody has claimed.

    Raises RequestNotFound, Denied, FundingStop (who may decide), BudgetBroken (the budget does not cover it and no
    `override_reason`, a code in over_budget, is given), FundingError: already_decided, left, unknown_reason,
    reason_text_missing, unknown_override, words_….
    """
    request = selectors.request_for(actor, request_id, Action.DECIDE_MONEY)
    Office.objects.select_for_update().get(pk=request.case.office_id)  # one decision at a time sees the office's money
    request = _locked(Request.objects.select_related("case__office", "decision")).get(pk=request.pk)
    _may_decide(actor, request)
    _need(selectors.decision_of(request) is None, "already_decided")
    _need(request.left_at is None, "left")
    _check_reason(reason_code, reason_text, granted=granted)
    shown = budgets.effect_of(request, clock.today())
    if granted:
        _check_budget(shown, override_reason)
    decision = Decision.objects.create(
        request=request, granted=granted, reason_code=reason_code, reason_text=reason_text.strip(),
        override_reason=override_reason if granted and shown.warns else "", shown=to_data(shown), by=actor.account_id,
        decided_on=clock.today(), decided_at=clock.now(),
    )  # fmt: skip
    bound = _bind(request) if granted else 0
    _tell(actor, request, "funding.decided",
          {"granted": granted, "reason": reason_code, "over_budget": granted and shown.warns,
           "override_reason": decision.override_reason, "total": request.total, "bound": bound})  # fmt: skip
    return decision


@service
def funding_close(*, actor: Viewer, subject_id: UUID, ended_on: date) -> tuple[Month, ...]:
    """The subject has ended: a request that waits falls away, and the months after the end are given back.

    Returns the months given back now; a second time with the same day gives back none. Raises RequestNotFound when
    nobody has asked for money, Denied.
    """
    asked = Request.objects.select_related("decision", "case").filter(subject_id=subject_id)
    newest = asked.order_by("number").last()
    if newest is None:
        raise RequestNotFound
    case_for(actor, newest.case_id, Action.ASK_FOR_MONEY)
    if newest.left_at is None and selectors.state_of(newest) is State.ASKED:
        _leave(newest, Left.CLOSED)
    rows = {row.when: row for row in _unclaimed(subject_id)}
    after = rules.released_by_end(sorted(rows), ended_on)
    released = sum(row.amount for row in _release([rows[month] for month in after]))
    _tell(actor, newest, "funding.closed", {"ended_on": ended_on, "month_count": len(after), "released": released})
    return after


@service
def claim_submit(*, actor: Viewer, request_id: UUID, year: int, month: int, spent: int) -> Claim:
    """The employer claims the refund of a month: `spent` is the wage paid (or the cost), in whole kroner.

    Raises RequestNotFound, Denied, FundingStop (too early, too late), FundingError: no_such_month, released,
    already_claimed, spent_missing.
    """
    request = selectors.request_for(actor, request_id, Action.CLAIM_REFUND)
    row = request.commitments.select_for_update().filter(year=year, month=month).first()
    if row is None:
        raise FundingError("no_such_month")
    _need(row.released_on is None, "released")
    _need(not row.claims.filter(returned_on__isnull=True).exists(), "already_claimed")
    _need(spent > 0, "spent_missing", "spent")
    check = claim_check(request, row.when, clock.today())
    if check.stops:
        raise FundingStop(check)
    refund = refund_of(request, row, spent)
    claim = Claim.objects.create(
        commitment=row, spent=spent, refund=refund.value, at_most=row.amount, trace=trace_data(refund),
        sent_by=actor.account_id, sent_at=clock.now(),
    )  # fmt: skip
    _tell(actor, request, "funding.claimed", _of_month(row, claim))
    return claim


@service
def claim_pay(*, actor: Viewer, claim_id: UUID) -> Claim:
    """Pay a claim: the month is settled, and what was not used of it is free again.

    Raises RequestNotFound, Denied, FundingStop, FundingError: claim_settled, released.
    """
    claim, request = _claim(actor, claim_id)
    _need(claim.commitment.released_on is None, "released")
    claim.paid_on, claim.decided_by = clock.today(), actor.account_id
    claim.save(update_fields=["paid_on", "decided_by"])
    _tell(actor, request, "funding.paid", _of_month(claim.commitment, claim))
    return claim


@service
def claim_return(*, actor: Viewer, claim_id: UUID, reason_code: str, reason_text: str = "") -> Claim:
    """Send a claim back with a code in claim_return; the employer can send a new one.

    Raises RequestNotFound, Denied, FundingStop, FundingError: claim_settled, unknown_reason, reason_text_missing,
    words_….
    """
    claim, request = _claim(actor, claim_id)
    _need(catalogue.load().has_code("claim_return", reason_code), "unknown_reason", "reason_code")
    _need(reason_code not in NEEDS_WORDS or reason_text.strip(), "reason_text_missing", "reason_text")
    _check_words(reason_text=reason_text)
    claim.returned_on, claim.decided_by = clock.today(), actor.account_id
    claim.return_reason, claim.return_text = reason_code, reason_text.strip()
    claim.save(update_fields=["returned_on", "decided_by", "return_reason", "return_text"])
    _tell(actor, request, "funding.returned", {**_of_month(claim.commitment, claim), "reason": reason_code})
    return claim


@service
def budget_set(
    *, actor: Viewer, office_id: UUID, code: str, year: int, amount: int, note: str = "", base: int | None = None
) -> Budget:  # fmt: skip
    """Set what an office may spend on a measure, or a budget group, in a year. The earlier amount is kept.

    `base`: the number of the amount that was on the page (0: none), so that nobody undoes what they have not read.
    Raises Denied, FundingError: unknown_line, unknown_year, amount_negative, stale, words_….
    """
    if actor.role is not Role.SYSTEM:
        require(may_on_office(actor, OfficeAction.SET_BUDGET, office_id))
    known = catalogue.load()
    _need(code in known.measures or known.has_code("budget_group", code), "unknown_line", "code")
    _need(abs(year - clock.today().year) <= YEARS_NEAR, "unknown_year", "year")
    _need(0 <= amount <= LARGEST, "amount_negative" if amount < 0 else "amount_too_large", "amount")
    _check_words(note=note)
    Office.objects.select_for_update().get(pk=office_id)
    before = Budget.objects.filter(office_id=office_id, code=code, year=year).order_by("number").last()
    number = before.number if before else 0
    _need(base is None or base == number, "stale")
    budget = Budget.objects.create(
        office_id=office_id, code=code, year=year, number=number + 1, amount=amount, note=note.strip(),
        set_by=actor.account_id, set_on=clock.today(), set_at=clock.now(),
    )  # fmt: skip
    record(actor=actor, action="budget.set", step="", object_kind="budget", object_id=budget.id,
           facts={"line": code, "year": year, "amount": amount, "before": before.amount if before else None,
                  "office": office_id})  # fmt: skip
    return budget


YEARS_NEAR = 10
"""How far from today a budget's year may be: a slip of the finger is further away."""
LARGEST = 2_000_000_000
"""The largest amount the database keeps in a whole number, rounded down, in kroner."""


def _bind(request: Request) -> int:
    """Make the months of a grant, and give back those of the earlier one. Returns what is bound, in kroner."""
    plan = selectors.plan_of(request)
    _release(plan.gives_back)
    rows = [
        Commitment(request=request, office_id=request.case.office_id, measure=request.measure, year=month.year,
                   month=month.number, amount=amount, committed_on=clock.today())
        for month, amount in plan.binds.items()
    ]  # fmt: skip
    Commitment.objects.bulk_create(rows)
    return sum(row.amount for row in rows)


def _release(rows: Iterable[Commitment]) -> list[Commitment]:
    kept = list(rows)
    Commitment.objects.filter(pk__in=[row.pk for row in kept]).update(released_on=clock.today())
    return kept


def _unclaimed(subject_id: UUID) -> list[Commitment]:
    """The months of the subject that are bound and that no claim holds on to."""
    rows = Commitment.objects.select_for_update().filter(request__subject_id=subject_id, released_on__isnull=True)
    claimed = Claim.objects.filter(commitment__request__subject_id=subject_id, returned_on__isnull=True)
    taken = set(claimed.values_list("commitment_id", flat=True))
    return [row for row in rows.order_by("year", "month") if row.pk not in taken]


def _live(subject_id: UUID) -> Request | None:
    rows = Request.objects.select_related("decision").filter(subject_id=subject_id, left_at__isnull=True)
    return _locked(rows).first()


def _locked(requests: QuerySet[Request]) -> QuerySet[Request]:
    """Held until the end of the transaction: nobody decides what somebody else takes back meanwhile."""
    return requests.select_for_update(of=("self",))


def _granted_before(subject_id: UUID) -> Request | None:
    """The grant that a request now taken back would have replaced."""
    rows = Request.objects.filter(subject_id=subject_id, left_why=Left.REPLACED, decision__granted=True)
    return rows.order_by("number").last()


def _leave(request: Request, why: Left) -> None:
    Request.objects.filter(pk=request.pk).update(left_at=clock.now(), left_why=why)


def _may_decide(actor: Viewer, request: Request) -> None:
    if actor.role is Role.SYSTEM:
        return
    verdict = rules.who_may_decide(selectors.deciding(actor, request))
    if not verdict.met:
        raise FundingStop(verdict)


def _claim(actor: Viewer, claim_id: UUID) -> tuple[Claim, Request]:
    """A claim that waits, locked, with its request, for somebody who may decide it."""
    found = Claim.objects.filter(pk=claim_id).values_list("commitment__request_id", flat=True).first()
    if found is None:
        raise RequestNotFound
    request = selectors.request_for(actor, found, Action.DECIDE_MONEY)
    _may_decide(actor, request)
    claim = Claim.objects.select_for_update().get(pk=claim_id)
    _need(claim.paid_on is None and claim.returned_on is None, "claim_settled")
    return claim, request


def _check_reason(code: str, text: str, *, granted: bool) -> None:
    known = catalogue.load()
    entry = known.code("funding_decision", code) if known.has_code("funding_decision", code) else None
    fits = isinstance(entry, FundingReason) and entry.result == ("granted" if granted else "refused")
    _need(fits, "unknown_reason", "reason_code")
    _need(code not in NEEDS_WORDS or text.strip(), "reason_text_missing", "reason_text")
    _check_words(reason_text=text)


def _check_budget(shown: Verdict, override_reason: str) -> None:
    known = not override_reason or catalogue.load().has_code("over_budget", override_reason)
    _need(known, "unknown_override", "override_reason")
    if shown.warns and not override_reason:
        raise BudgetBroken(shown)


def _years(schedule: Schedule) -> list[str]:
    return [f"{year}:{amount}" for year, amount in schedule.by_year().items()]


def _of_month(row: Commitment, claim: Claim) -> dict[str, object]:
    return {"year": row.year, "month": row.month, "granted": row.amount, "refund": claim.refund, "claim": claim.id}


def _tell(actor: Viewer, request: Request, action: str, facts: dict[str, object]) -> None:
    record(actor=actor, action=action, step=STEP, case_id=request.case_id, person_id=request.case.person_id,
           employer_id=request.employer_ref, object_kind="request", object_id=request.id,
           facts={"subject": request.subject_id, "measure": request.measure, **facts})  # fmt: skip


def _need(holds: object, code: str, field: str = "") -> None:
    if not holds:
        raise FundingError(code, field)


def _check_words(**texts: str) -> None:
    for field, text in texts.items():
        if problem := words_problem(text):
            raise FundingError(f"words_{problem}", field)
