"""What an agreement costs: from its content to the money room's terms, the estimate, and where the request stands."""

from collections.abc import Mapping

from springbrett import catalogue
from springbrett.agreement.facts import Earlier, Money
from springbrett.agreement.models import Agreement
from springbrett.agreement.records import AgreementContent
from springbrett.catalogue.structs import Measure
from springbrett.funding.records import RequestState
from springbrett.funding.rules import fingerprint
from springbrett.funding.selectors import request_of
from springbrett.kernel.trace import Traced
from springbrett.money.estimate import estimate
from springbrett.money.explain import unknown_code
from springbrett.money.records import GrantItem, MentorTerms, Schedule, Terms, WageTerms

Estimate = Traced[Schedule]
NOT_IN_THE_SOURCES = frozenset({"rate", "ceiling", "grant_ceiling"})
"""What an estimate can lack that nobody at the table can tell: the catalogue does not hold it."""


def terms_in(content: AgreementContent) -> Terms:
    """What the content says about money, as the money room takes it."""
    wage, mentor = content.wage, content.mentoring
    return Terms(
        wage=wage_in(content),
        agreed_percent=wage.agreed_percent,
        mentor=MentorTerms(mentor.basis or None, mentor.wage, mentor.position_percent, mentor.hours_month,
                           mentor.holiday_share, mentor.pension_share, mentor.contribution_share),
        items=items_in(content),
    )  # fmt: skip


def wage_in(content: AgreementContent) -> WageTerms:
    """The wage and what comes on top of it."""
    wage = content.wage
    return WageTerms(wage.monthly, wage.holiday_share, wage.pension_share, wage.contribution_share)


def items_in(content: AgreementContent) -> tuple[GrantItem, ...]:
    """The expenses of the grant."""
    return tuple(GrantItem(item.kind, item.amount, item.text) for item in content.grant)


def estimate_of(
    content: AgreementContent, measure: Measure, facts: Mapping[str, object], earlier: Earlier,
    known: catalogue.Catalogue | None = None,
) -> Estimate | None:  # fmt: skip
    """What the measure pays for this content; None when nothing is counted for it, or the days are not set.

    `earlier`: what the subsidy goes on from, so that its steps and its calendar year are not begun anew. `known`: the
    edition of the catalogue whose rates are used, when it is not the one in force.
    """
    try:
        period = content.period
    except ValueError:
        return None
    return estimate(measure, facts, period, terms_in(content), known or catalogue.load(),
                    started=earlier.began, paid_before=earlier.granted)  # fmt: skip


def money_of(agreement: Agreement, found: Estimate | None) -> Money | None:
    """What the budget says about the estimate. None when the agreement costs nothing that somebody decides about."""
    if found is None:
        return None
    return money_from(request_of(agreement.id), found.value)


def money_from(request: RequestState, schedule: Schedule) -> Money:
    """The request's standing towards this schedule."""
    return Money(
        fingerprint=fingerprint(schedule),
        total=schedule.total,
        complete=schedule.complete or schedule.total > 0,
        answer=request.state.value,
        granted=request.granted_fingerprint,
        asked=request.fingerprint if request.waiting else "",
        asked_total=request.total,
        no_rate=schedule.total == 0
        and bool(schedule.unknown)
        and {unknown_code(code)[0] for code in schedule.unknown} <= NOT_IN_THE_SOURCES,
    )
