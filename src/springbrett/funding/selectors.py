"""The readers of requests and grants. Each asks the policy; an approver reads the money of the own office's cases."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Sum

from springbrett.access.policy import Action, Decision, Denied
from springbrett.access.roles import CASEWORKERS, Role, Viewer
from springbrett.access.selectors import accounts_of_same_person
from springbrett.employers.models import Employer
from springbrett.funding import rules
from springbrett.funding.errors import RequestNotFound
from springbrett.funding.models import Claim, Commitment, Left, Request
from springbrett.funding.models import Decision as Decided
from springbrett.funding.records import Deciding, Month, RequestState, State
from springbrett.kernel.clock import OSLO
from springbrett.people.models import Case
from springbrett.people.selectors import CaseNotFound, case_for, cases_for, caseworker_id_of

PAID_CLAIM = Claim.objects.filter(commitment=OuterRef("pk"), paid_on__isnull=False)
LIVE_CLAIM = Claim.objects.filter(commitment=OuterRef("pk"), returned_on__isnull=True)


def request_of(subject_id: UUID) -> RequestState:
    """Where the money of a subject (an agreement) stands. Two queries; NONE when nobody has asked."""
    return requests_of([subject_id]).get(subject_id, RequestState())


def requests_of(subject_ids: Iterable[UUID]) -> dict[UUID, RequestState]:
    """The same for many subjects at once, in one query; subjects without a request are left out."""
    rows = Request.objects.filter(subject_id__in=list(subject_ids)).select_related("decision").order_by("number")
    by_subject: dict[UUID, list[Request]] = {}
    for row in rows:
        by_subject.setdefault(row.subject_id, []).append(row)
    return {subject: _state_of_all(theirs) for subject, theirs in by_subject.items()}


def granted_by_year(subject_ids: Iterable[UUID]) -> dict[int, int]:
    """Kroner granted to the subjects together, by calendar year, without months given back. One query.

    For sums over a person's agreements, so it takes no viewer: callers have been let in to one of the person's cases.
    """
    bound = Commitment.objects.filter(request__subject_id__in=list(subject_ids), released_on__isnull=True)
    return dict(bound.values_list("year").annotate(kroner=Sum("amount")).order_by("year"))


def decision_of(request: Request) -> Decided | None:
    """The decision, if there is one."""
    return getattr(request, "decision", None)


def state_of(request: Request) -> State:
    """Where one request stands, from what has happened to it."""
    decided = decision_of(request)
    if request.left_why == Left.WITHDRAWN or (request.left_at is not None and decided is None):
        return State.WITHDRAWN
    if decided is None:
        return State.ASKED
    return State.GRANTED if decided.granted else State.REFUSED


def _state_of_all(requests: list[Request]) -> RequestState:
    """The newest request, and the grant that stands. Oldest first."""
    newest = requests[-1]
    granted = [one for one in requests if state_of(one) is State.GRANTED]
    decided = decision_of(newest)
    return RequestState(
        state=state_of(newest),
        request_id=newest.id,
        measure=newest.measure,
        total=newest.total,
        fingerprint=newest.fingerprint,
        asked_on=newest.asked_at.astimezone(OSLO).date(),
        decided_on=decided.decided_on if decided else None,
        reason_code=decided.reason_code if decided else "",
        reason_text=decided.reason_text if decided else "",
        granted_fingerprint=granted[-1].fingerprint if granted else "",
    )


def request_for(viewer: Viewer, request_id: UUID, action: Action) -> Request:
    """The request, with case, office and decision, if the viewer may do `action` to its case.

    An employer reads only its own. Raises RequestNotFound, Denied.
    """
    request = Request.objects.select_related("case__office", "decision").filter(pk=request_id).first()
    if request is None:
        raise RequestNotFound
    try:
        case_for(viewer, request.case_id, action)
    except CaseNotFound:
        raise RequestNotFound from None
    if viewer.role is Role.EMPLOYER and request.employer_ref != viewer.employer_id:
        raise Denied(Decision(False, "not_yours"))
    return request


def case_id_of_request(request_id: UUID) -> UUID:
    """The case a request is about, for the guard of its pages. Raises RequestNotFound."""
    found = Request.objects.filter(pk=request_id).values_list("case_id", flat=True).first()
    if found is None:
        raise RequestNotFound
    return found


def visible_requests(viewer: Viewer) -> QuerySet[Request]:
    """The requests the viewer may list: the approver's and the leader's office, the caseworker's cases, the employer's
    own. Those of protected persons only for the cleared; never those of a case the approver carries."""
    rows = Request.objects.select_related("case__office", "decision")
    if viewer.role is Role.SYSTEM:
        return rows
    if viewer.role is Role.EMPLOYER and viewer.employer_id:
        return rows.filter(employer_ref=viewer.employer_id, case__parties__employer_ref=viewer.employer_id)
    if viewer.role in CASEWORKERS:
        return rows.filter(case__in=cases_for(viewer).values("pk"))
    if viewer.role is not Role.BUDGET_APPROVER or viewer.office_id is None:
        return rows.none()
    if not viewer.cleared_for_protected:
        rows = rows.filter(case__person__protection="none")
    carried = Case.objects.filter(
        pk=OuterRef("case_id"), assignments__account_id=viewer.account_id, assignments__to_on__isnull=True
    )
    return rows.filter(~Exists(carried), case__office_id=viewer.office_id)


def requests_for(viewer: Viewer) -> tuple[Request, ...]:
    """The requests that wait for a decision, oldest first."""
    return tuple(waiting(visible_requests(viewer)).order_by("asked_at", "id"))


def waiting(requests: QuerySet[Request]) -> QuerySet[Request]:
    """Those nobody has decided and nobody has left."""
    return requests.filter(left_at__isnull=True, decision__isnull=True)


def deciding(viewer: Viewer, request: Request) -> Deciding:
    """What the question of whether this viewer may decide the request rests on."""
    return Deciding(
        account_id=viewer.account_id,
        approver=viewer.role is Role.BUDGET_APPROVER,
        office_id=viewer.office_id,
        case_office_id=request.case.office_id,
        caseworker_id=caseworker_id_of(request.case),
        asked_by=request.asked_by,
        same_as=accounts_of_same_person(viewer.account_id),
    )


@dataclass(frozen=True, slots=True)
class Plan:
    """What granting a request would do: months it binds, and months of an earlier grant it gives back."""

    binds: dict[Month, int]
    gives_back: tuple[Commitment, ...]


def plan_of(request: Request) -> Plan:
    """What granting the request would do now. A month that is claimed or paid under an earlier grant stays there."""
    return plans_of([request])[request.id]


def plans_of(requests: Iterable[Request]) -> dict[UUID, Plan]:
    """The same for many requests, in one query."""
    asked = tuple(requests)
    bound = Commitment.objects.filter(
        request__subject_id__in=[one.subject_id for one in asked], released_on__isnull=True
    )
    earlier: dict[UUID, list[Commitment]] = {}
    for row in bound.annotate(claimed=Exists(LIVE_CLAIM)).select_related("request"):
        earlier.setdefault(row.request.subject_id, []).append(row)
    return {one.id: _plan(one, earlier.get(one.subject_id, [])) for one in asked}


def _plan(request: Request, bound: Iterable[Commitment]) -> Plan:
    kept = [row for row in bound if row.request_id != request.id]
    settled = {row.when for row in kept if _claimed(row)}
    binds = {month: amount for month, amount in rules.by_month(request.amounts).items() if month not in settled}
    return Plan(binds, tuple(row for row in kept if not _claimed(row)))


def _claimed(row: Commitment) -> bool:
    return bool(getattr(row, "claimed", False))


def lines_of(request: Request) -> tuple[Commitment, ...]:
    """The months of a granted request in order, each with `claim` (the newest, or None). Two queries, or none for a
    request read by `grants_for`."""
    fetched = "commitments" in getattr(request, "_prefetched_objects_cache", {})
    rows = request.commitments.all() if fetched else request.commitments.prefetch_related("claims")
    for row in rows:
        row.claim = newest_claim(row.claims.all())  # type: ignore[attr-defined]
    return tuple(sorted(rows, key=lambda row: row.when))


def grants_for(viewer: Viewer) -> tuple[Request, ...]:
    """The granted requests the viewer may list, with their months and claims, newest first. Three queries."""
    granted = visible_requests(viewer).filter(decision__granted=True).exclude(left_why=Left.WITHDRAWN)
    rows = granted.select_related("case__person").prefetch_related("commitments__claims")
    return tuple(rows.order_by("-from_on", "id"))


def claims_for(viewer: Viewer) -> tuple[Claim, ...]:
    """The claims that wait to be paid or sent back, oldest first, each with its request. One query."""
    waits = Claim.objects.filter(paid_on__isnull=True, returned_on__isnull=True)
    mine = waits.filter(commitment__request__in=visible_requests(viewer).order_by().values("pk"))
    return tuple(mine.select_related("commitment__request").order_by("sent_at", "id"))


def newest_claim(claims: Iterable[Claim]) -> Claim | None:
    """The live claim of a month; else the one sent back last."""
    return max(claims, key=lambda one: (one.returned_on is None, one.sent_at), default=None)


def claim_of(request: Request, month: Month) -> Claim | None:
    """The claim of a month of the request that counts now."""
    rows = Claim.objects.filter(commitment__request=request, commitment__year=month.year)
    return newest_claim(rows.filter(commitment__month=month.number).select_related("commitment"))


def employer_names(requests: Iterable[Request]) -> dict[UUID, str]:
    """The name of the employer by request, in one query."""
    wanted = {row.id: row.employer_ref for row in requests if row.employer_ref}
    named = dict(Employer.objects.filter(pk__in=set(wanted.values())).values_list("id", "name")) if wanted else {}
    return {request: named[employer] for request, employer in wanted.items() if employer in named}


def last_decided(viewer: Viewer, since: date, limit: int = 10) -> tuple[Request, ...]:
    """The requests decided from a day on, newest first."""
    rows = visible_requests(viewer).filter(decision__decided_on__gte=since).order_by("-decision__decided_at")
    return tuple(rows[:limit])
