"""What the pages show: bars of a budget, lines of a schedule, months of a grant."""

from dataclasses import dataclass
from datetime import date

from springbrett.access.roles import Viewer
from springbrett.funding import explain, refunds
from springbrett.funding.models import Claim, Commitment, Request
from springbrett.funding.records import BudgetRow, ClaimState, Month
from springbrett.funding.selectors import grants_for, lines_of
from springbrett.funding.store import trace_from
from springbrett.kernel.trace import Traced
from springbrett.kernel.verdict import Verdict

_FILLS = {
    "paid": "var(--ax-bg-success-strong)",
    "committed": "var(--ax-bg-accent-strong)",
    "new": "var(--ax-bg-warning-strong)",
    "over": "var(--ax-bg-danger-strong)",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a bar: where it begins and how wide it is, in percent of the whole."""

    code: str
    x: str
    width: str
    fill: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A budget drawn: paid, committed and maybe new, on what there is. What goes beyond the budget is marked."""

    pieces: tuple[Piece, ...]
    limit: str
    """Where the budget ends, in percent; empty when none is set or the bar ends there."""


def bar(budget: int | None, paid: int, committed: int, new: int = 0) -> Bar:
    """The bar of a budget line. The width is the larger of the budget and what is used."""
    used = paid + committed + new
    whole = max(budget or 0, used) or 1
    pieces, at = [], 0
    for code, amount in (("paid", paid), ("committed", committed), ("new", max(new, 0))):
        pieces.append(_piece(code, at, amount, whole))
        at += amount
    over = budget is not None and used > budget
    if over and budget is not None:
        pieces.append(_piece("over", budget, used - budget, whole))
    return Bar(tuple(p for p in pieces if p.width != "0.0"), _percent(budget or 0, whole) if over else "")


def _piece(code: str, at: int, amount: int, whole: int) -> Piece:
    return Piece(code, _percent(at, whole), _percent(amount, whole), _FILLS[code])


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}"


@dataclass(frozen=True, slots=True)
class YearEffect:
    """What a request does to one year's budget, ready to be read and drawn."""

    year: str
    line: str
    before: Bar
    after: Bar
    figures: tuple[tuple[str, str, str], ...]
    verdict: Verdict


def effects(verdict: Verdict) -> tuple[YearEffect, ...]:
    """The years of a request, from the verdict the approver read (also as it was kept with the decision)."""
    return tuple(_effect(child) for child in verdict.children)


def _effect(child: Verdict) -> YearEffect:
    budget, paid, committed = (_whole(child, name) for name in ("budget", "paid", "committed"))
    new, free, after = (_whole(child, name) for name in ("new_commitment", "free", "after"))
    figures = (("paid", _money(paid), _money(paid)),
               ("committed", _money(committed), _money((committed or 0) + (new or 0))),
               ("free", _money(free), _money(after)))  # fmt: skip
    return YearEffect(
        str(child.fact("year")), explain.line_name(str(child.fact("budget_line"))),
        bar(budget, paid or 0, committed or 0), bar(budget, paid or 0, committed or 0, new or 0),
        figures, child,
    )  # fmt: skip


def _whole(verdict: Verdict, name: str) -> int | None:
    value = verdict.fact(name)
    return value if isinstance(value, int) else None


def _money(amount: int | None) -> str:
    return explain.kroner(amount)


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """A budget line of the office page: its figures in words and its bar."""

    row: BudgetRow
    name: str
    budget: str
    committed: str
    paid: str
    free: str
    asked: str
    drawn: Bar


def budget_line(row: BudgetRow) -> BudgetLine:
    """A budget line as it is read."""
    return BudgetLine(
        row, explain.line_name(row.code), _money(row.budget), _money(row.committed), _money(row.paid),
        _money(row.free), _money(row.asked) if row.asked else "", bar(row.budget, row.paid, row.committed),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month of a grant as the employer meets it."""

    month: Month
    name: str
    granted: str
    state: ClaimState
    words: str
    colour: str
    deadline: date | None
    claim: Claim | None
    refund: str

    @property
    def can_be_claimed(self) -> bool:
        """Whether a claim can be sent now."""
        return self.state in {ClaimState.OPEN, ClaimState.RETURNED}


def month_row(request: Request, line: Commitment, on: date) -> MonthRow:
    """The month of the line, whose newest claim is in `line.claim`."""
    claim: Claim | None = getattr(line, "claim", None)
    state = claim_state(request, line, claim, on)
    live = claim is not None and claim.returned_on is None
    return MonthRow(
        line.when, explain.month_name(line.when), _money(line.amount), state, str(explain.CLAIM_STATES[state]),
        explain.CLAIM_COLOURS[state], None if live or line.released_on else refunds.deadline_of(request, line.when),
        claim, _money(claim.refund) if claim is not None and live else "",
    )  # fmt: skip


def claimable_for(viewer: Viewer, on: date) -> tuple[MonthRow, ...]:
    """Every month granted to the viewer's organisation. Three queries."""
    return tuple(month_row(asked, line, on) for asked in grants_for(viewer) for line in lines_of(asked))


def claim_state(request: Request, line: Commitment, claim: Claim | None, on: date) -> ClaimState:
    """Where the month stands for the employer on the day."""
    if claim is not None and claim.returned_on is None:
        return ClaimState.PAID if claim.paid_on is not None else ClaimState.SENT
    if line.released_on is not None:
        return ClaimState.RELEASED
    verdict = refunds.claim_check(request, line.when, on)
    if verdict.children[0].stops:
        return ClaimState.COMING
    if verdict.children[1].stops:
        return ClaimState.OVERDUE
    return ClaimState.RETURNED if claim is not None else ClaimState.OPEN


def calculation(request: Request) -> Traced[None] | None:
    """The calculation line by line as it was shown when the money was asked for."""
    return trace_from(request.trace) if request.trace else None
