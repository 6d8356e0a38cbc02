"""The readers of budgets: what an office has, has bound, has paid and has left, by measure and year."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, Q, Sum

from springbrett import catalogue
from springbrett.access.policy import Decision, Denied, OfficeAction, may_on_office, require
from springbrett.access.roles import Role, Viewer
from springbrett.catalogue.codelists import BudgetGroup
from springbrett.funding import rules
from springbrett.funding.models import Budget, Claim, Commitment, Request
from springbrett.funding.records import BudgetRow, Line, Movement, OutOfMoney, Waited, sums
from springbrett.funding.selectors import PAID_CLAIM, Plan, decision_of, plans_of, waiting
from springbrett.kernel.clock import OSLO
from springbrett.kernel.verdict import Verdict

NO_BUDGET = "no_budget"
"""The reason of a refusal that tells that the money has run out."""


def groups() -> dict[str, tuple[str, ...]]:
    """The measures of each budget group."""
    return {g.code: g.measures for g in catalogue.load().codes("budget_group") if isinstance(g, BudgetGroup)}


def budget_of(viewer: Viewer, office_id: UUID | None, year: int) -> tuple[BudgetRow, ...]:
    """The office's budget lines of the year: those set, and those something draws on without a budget. Four queries.

    `office_id` None: the viewer's own. Raises Denied.
    """
    return budget_rows(office_seen(viewer, office_id), year)


def office_seen(viewer: Viewer, office_id: UUID | None) -> UUID:
    """The office whose money is asked for. Raises Denied for anybody who does not answer for it."""
    if viewer.role is not Role.SYSTEM:
        require(may_on_office(viewer, OfficeAction.SEE_BUDGET, office_id))
    office = office_id or viewer.office_id
    if office is None:
        raise Denied(Decision(False, "not_yours"))
    return office


def budget_rows(office_id: UUID, year: int) -> tuple[BudgetRow, ...]:
    """The budget lines, for services and for `budget_of`: in the catalogue's order."""
    sums = _committed(office_id, year), _paid(office_id, year), _asked(office_id, year)
    return _rows(newest_budgets(office_id, year), sums, year)


Sums = tuple[Mapping[str, int], Mapping[str, int], Mapping[str, int]]
"""Committed, paid and asked for, by measure."""


def _rows(budgets: Mapping[str, int], sums: Sums, year: int) -> tuple[BudgetRow, ...]:
    committed, paid, asked = sums
    members: dict[str, set[str]] = defaultdict(set)
    for measure in {*committed, *paid, *asked}:
        members[rules.draws_on(measure, budgets, groups())].add(measure)
    for code in budgets:
        members[code].update(m for m in groups().get(code, (code,)) if rules.draws_on(m, budgets, groups()) == code)
    rows = (
        BudgetRow(code, year, tuple(sorted(those)), budgets.get(code), *(_sum(part, those) for part in
                  (committed, paid, asked)))
        for code, those in members.items()
    )  # fmt: skip
    order = {code: place for place, code in enumerate([*groups(), *catalogue.load().measures])}
    return tuple(sorted(rows, key=lambda row: (order.get(row.code, len(order)), row.code)))


def _sum(amounts: Mapping[str, int], codes: Iterable[str]) -> int:
    return sum(amounts.get(code, 0) for code in codes)


def newest_budgets(office_id: UUID, year: int) -> dict[str, int]:
    """The amount in force of each budget line of the year."""
    rows = Budget.objects.filter(office_id=office_id, year=year).order_by("number")
    return dict(rows.values_list("code", "amount"))


def _committed(office_id: UUID, year: int) -> dict[str, int]:
    rows = Commitment.objects.filter(~Exists(PAID_CLAIM), office_id=office_id, year=year, released_on__isnull=True)
    return dict(rows.order_by("measure").values("measure").annotate(sum=Sum("amount")).values_list("measure", "sum"))


def _paid(office_id: UUID, year: int) -> dict[str, int]:
    rows = Claim.objects.filter(commitment__office_id=office_id, commitment__year=year, paid_on__isnull=False)
    named = rows.order_by("commitment__measure").values("commitment__measure").annotate(sum=Sum("refund"))
    return dict(named.values_list("commitment__measure", "sum"))


def _asked(office_id: UUID, year: int) -> dict[str, int]:
    return _asked_by(waiting(Request.objects.filter(case__office_id=office_id)), year)


def _asked_by(requests: Iterable[Request], year: int) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for request in requests:
        found[request.measure] += request.amounts.by_year().get(year, 0)
    return {measure: amount for measure, amount in found.items() if amount}


def row_of(rows: Iterable[BudgetRow], measure: str, year: int) -> BudgetRow:
    """The line that a measure draws on among the year's rows; an empty one without a budget when there is none."""
    kept = tuple(rows)
    code = rules.draws_on(measure, (row.code for row in kept if row.budget is not None), groups())
    return next((row for row in kept if row.code == code), BudgetRow(code, year, (measure,), None, 0, 0))


def effect_of(request: Request, on: date) -> Verdict:
    """What granting the request would do to each year's budget: the tree the approver reads and the decision keeps."""
    return effects_of([request], on)[request.id]


def effects_of(requests: Iterable[Request], on: date) -> dict[UUID, Verdict]:
    """The same for many requests, each as if it were the only one: one query, and four for each office and year."""
    asked = tuple(requests)
    plans = plans_of(asked)
    rows: dict[tuple[UUID, int], tuple[BudgetRow, ...]] = {}
    found = {}
    for request in asked:
        net, lines = _net(plans[request.id]), {}
        for year in net:
            key = request.case.office_id, year
            if key not in rows:
                rows[key] = budget_rows(*key)
            lines[year] = row_of(rows[key], request.measure, year)
        found[request.id] = rules.request_fits(lines, net, on)
    return found


def _net(plan: Plan) -> dict[int, int]:
    """What is bound in each year, less what is given back in it."""
    net: dict[int, int] = defaultdict(int)
    for month, amount in plan.binds.items():
        net[month.year] += amount
    for row in plan.gives_back:
        if row.year in net:
            net[row.year] -= row.amount
    return dict(sorted(net.items()))


def budget_history(viewer: Viewer, office_id: UUID | None, code: str, year: int) -> tuple[Budget, ...]:
    """Every amount a line has had in the year, newest first. Raises Denied."""
    rows = Budget.objects.filter(office_id=office_seen(viewer, office_id), code=code, year=year)
    return tuple(rows.order_by("-number"))


def months_ahead(viewer: Viewer, office_id: UUID | None, year: int) -> dict[str, tuple[tuple[int, int], ...]]:
    """What is committed in each month of the year: (month, kroner) by measure, in order. Raises Denied."""
    office = office_seen(viewer, office_id)
    rows = Commitment.objects.filter(~Exists(PAID_CLAIM), office_id=office, year=year, released_on__isnull=True)
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    sums = rows.order_by("measure", "month").values("measure", "month").annotate(sum=Sum("amount"))
    for measure, month, amount in sums.values_list("measure", "month", "sum"):
        found[measure].append((month, amount))
    return {measure: tuple(months) for measure, months in found.items()}


def out_of_money(viewer: Viewer, office_id: UUID | None, year: int, on: date) -> tuple[OutOfMoney, ...]:
    """The lines that have, or have had, nothing free in the year, or that refused somebody for lack of money.

    Four queries: everything is counted from the rows of the year, read once. Raises Denied.
    """
    office = office_seen(viewer, office_id)
    set_ = list(Budget.objects.filter(office_id=office, year=year).order_by("number"))
    bound = list(Commitment.objects.filter(office_id=office, year=year).prefetch_related("claims"))
    near = Q(asked_at__year=year) | Q(left_at__isnull=True, decision__isnull=True)
    asked = list(Request.objects.filter(near, case__office_id=office).select_related("decision"))
    budgets = {one.code: one.amount for one in set_}
    lines = [line_of(row) for row in bound]
    waits = _asked_by((one for one in asked if one.left_at is None and decision_of(one) is None), year)
    sums_ = sums((line.measure, line.committed) for line in lines), sums((line.measure, line.used) for line in lines)
    moved = movements(set_, bound)
    theirs = [one for one in asked if _day(one.asked_at).year == year]
    found = (
        _line_out(row, [one for one in theirs if one.measure in row.measures], moved.get(row.code, ()), on)
        for row in _rows(budgets, (*sums_, waits), year)
    )
    return tuple(line for line in found if line.periods or line.refused)


def _line_out(row: BudgetRow, asked: list[Request], moved: Iterable[Movement], on: date) -> OutOfMoney:
    periods = rules.out_periods(moved, on)
    by_case: dict[UUID, list[Waited]] = defaultdict(list)
    for one in asked:
        by_case[one.case_id].append(waited(one))
    vain = {case: days for case, theirs in by_case.items() if (days := rules.in_vain(theirs, periods, on))}
    everyone = [one for theirs in by_case.values() for one in theirs]
    return OutOfMoney(row, periods, sum(one.no_money for one in everyone),
                      sum(one.over_on is None for one in everyone), vain)  # fmt: skip


def waited(request: Request) -> Waited:
    """How long a request waited, and what ended it."""
    decided = decision_of(request)
    if decided is not None:
        no_money = not decided.granted and decided.reason_code == NO_BUDGET
        return Waited(_day(request.asked_at), decided.decided_on, decided.granted, no_money)
    return Waited(_day(request.asked_at), _day(request.left_at) if request.left_at else None)


def _day(moment: datetime) -> date:
    return moment.astimezone(OSLO).date()


def movements(budgets: Iterable[Budget], bound: Iterable[Commitment]) -> dict[str, tuple[Movement, ...]]:
    """Everything that has changed what is free of a year's budgets, by budget line: budgets set, months granted, given
    back and paid. The budgets in the order they were set, the months with their claims."""
    found: dict[str, list[Movement]] = defaultdict(list)
    before: dict[str, int] = defaultdict(int)
    for one in budgets:
        found[one.code].append(Movement(one.set_on, one.amount - before[one.code], budget=True))
        before[one.code] = one.amount
    for commitment in bound:
        found[rules.draws_on(commitment.measure, before, groups())] += _of_month(commitment)
    return {code: tuple(moved) for code, moved in found.items()}


def every_month(chunk: int) -> Iterator[tuple[Commitment, Line]]:
    """Every month that has been granted at any office, as it stands; for exports, which ask the policy themselves."""
    rows = Commitment.objects.select_related("request").prefetch_related("claims")
    for row in rows.order_by("year", "month", "id").iterator(chunk):
        yield row, line_of(row)


def line_of(row: Commitment) -> Line:
    """A granted month as it stands, from its own rows."""
    paid = next((claim.refund for claim in row.claims.all() if claim.paid_on is not None), None)
    return Line(row.measure, row.when, row.amount, row.released_on is not None, paid)


def _of_month(commitment: Commitment) -> list[Movement]:
    moved = [Movement(commitment.committed_on, -commitment.amount)]
    paid = next((claim for claim in commitment.claims.all() if claim.paid_on is not None), None)
    if paid is not None and paid.paid_on is not None:
        moved.append(Movement(paid.paid_on, commitment.amount - paid.refund))
    elif commitment.released_on is not None:
        moved.append(Movement(commitment.released_on, commitment.amount))
    return moved
