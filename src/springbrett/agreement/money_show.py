"""What an agreement costs, as the page shows it: a table by month and year, the calculation, and the request for it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from springbrett.agreement import costs, explain, selectors
from springbrett.agreement.context import estimate_for
from springbrett.agreement.facts import Money
from springbrett.agreement.models import Agreement
from springbrett.agreement.records import CASEWORKER, EMPLOYER, PARTICIPANT
from springbrett.funding.records import RequestState
from springbrett.funding.selectors import request_of
from springbrett.kernel.trace import Traced
from springbrett.money.explain import unknown_code
from springbrett.money.records import Schedule


@dataclass(frozen=True, slots=True)
class CostRow:
    """What is paid for a stretch of one calendar month."""

    start: date
    end: date
    percent: Decimal | None
    amount: int
    cut: bool


@dataclass(frozen=True, slots=True)
class Cost:
    """What the newest version costs and where the money for it stands.

    `why` is the calculation line by line; None for the employer, since it tells what the rate rests on. `may_ask`: the
    other parties have approved, and nobody has been asked for, or has granted, exactly these amounts.
    """

    rows: tuple[CostRow, ...]
    years: tuple[tuple[int, int], ...]
    total: int
    unknown: tuple[str, ...]
    why: Traced[Schedule] | None
    money: Money
    request: RequestState
    standing: str
    colour: str
    may_ask: bool

    @property
    def has_percent(self) -> bool:
        """Whether the amounts are a percentage of a wage cost."""
        return any(row.percent is not None for row in self.rows)


def cost_of(agreement: Agreement, reader: str) -> Cost | None:
    """What the party may read of the cost; None when there is none, or it is not the party's to read.

    What a mentor earns can be counted back from what the mentor costs, so that cost is not for the participant.
    """
    newest = selectors.newest_version(agreement).record
    if reader == PARTICIPANT and newest.mentoring.wage is not None:
        return None
    found = estimate_for(agreement)
    if found is None:
        return None
    request = request_of(agreement.id)
    money = costs.money_from(request, found.value)
    standing, colour = _standing(money, request)
    return Cost(
        rows=tuple(CostRow(m.period.start, m.period.last, m.percent, m.amount, m.amount < m.uncut)
                   for m in found.value.months),
        years=tuple(found.value.by_year().items()),
        total=found.value.total,
        unknown=tuple(_unknown(code) for code in found.value.unknown),
        why=found if reader != EMPLOYER else None,
        money=money,
        request=request,
        standing=standing,
        colour=colour,
        may_ask=reader == CASEWORKER and agreement.is_open and money.total > 0 and not money.covered
        and not money.waiting and selectors.approval_state(agreement).ready_for_last,
    )  # fmt: skip


def _standing(money: Money, request: RequestState) -> tuple[str, str]:
    """Where the money for exactly these amounts stands, in words, and the colour of it."""
    code = "granted" if money.covered else "asked" if money.waiting else request.state.value
    if code in {"granted", "asked"} and not (money.covered or money.waiting):
        code = "other_amounts"
    words, colour = explain.MONEY[code]
    return str(words), colour


def _unknown(code: str) -> str:
    """What is not known, in words."""
    head, year = unknown_code(code)
    words = str(explain.UNKNOWN_COSTS.get(head, head.replace("_", " ")))
    return _("%(what)s (%(year)s)") % {"what": words, "year": year} if year else words
