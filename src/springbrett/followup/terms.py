"""From an agreement's content and the catalogue to the terms that duties follow from. Pure."""

from collections.abc import Sequence
from datetime import date

from springbrett.agreement.records import AgreementContent, FollowUpPlan
from springbrett.catalogue import Catalogue, NotInForce
from springbrett.catalogue.structs import Chain, Measure
from springbrett.followup.records import EMPLOYER, HOUSE, Every, ReportTerm, Terms
from springbrett.followup.rules import strictest
from springbrett.kernel.verdict import Ref

_FITTED, _DOCUMENTED = "followup_fitted", "outcome_documented"


def terms_of(content: AgreementContent, catalogue: Catalogue, measure_code: str, chain_code: str) -> Terms:
    """The terms of a placement, by the rules in force on its first day.

    What the agreement leaves open is filled from the chain's template, or the house's for a measure without chains. How
    it ended and what the caseworker has added are for the caller to put in. Raises ValueError while a date is missing,
    UnknownCode.
    """
    period = content.period
    on = period.start
    measure = catalogue.measure(measure_code)
    chain = catalogue.chain(chain_code) if chain_code in catalogue.chains else None
    agreed = content.followup
    first, often = (
        _rhythm(name, agreed, measure, _template(name, catalogue, chain, on), on)
        for name in ("first_contact_weeks", "contact_every_weeks")
    )
    return Terms(
        start=on,
        end=period.last,
        first_contact=first,
        contact=often,
        visit=Every(_fitted(measure, on), weeks=agreed.visit_every_weeks),
        review=_review(measure, agreed.review_every_months, on),
        startup_meeting=_startup(chain),
        joint=_fitted(measure, on) if agreed.joint else None,
        separate=_fitted(measure, on) if agreed.separate else None,
        reports=_reports(measure, agreed.report_months, on),
        what_next=Every(HOUSE, days=catalogue.house_int("ends_soon_days", on)),
        feedback_after=Every(HOUSE, weeks=first.weeks),
        outcome_within_days=catalogue.house_int("outcome_due_days", on),
        outcome_ref=_rule_ref(measure, _DOCUMENTED, on),
        due_soon_days=catalogue.house_int("due_soon_days", on),
    )


def _rhythm(name: str, agreed: FollowUpPlan, measure: Measure, template: Every, on: date) -> Every:
    """Weeks as agreed; where nothing is agreed, or the same, the template is the reason."""
    weeks: int = getattr(agreed, name)
    return template if weeks in {0, template.weeks} else Every(_fitted(measure, on), weeks=weeks)


def _template(name: str, catalogue: Catalogue, chain: Chain | None, on: date) -> Every:
    """The rhythm of the chain of effects; without one the house's own, so that nobody is left without any."""
    if chain is None:
        return Every(HOUSE, weeks=catalogue.house_int(f"{name}_without_chain", on))
    return Every(chain.reference, weeks=getattr(chain.followup, name))


def _startup(chain: Chain | None) -> Ref | None:
    if chain is None:
        return HOUSE
    return chain.reference if chain.followup.startup_meeting else None


def _review(measure: Measure, agreed_months: int, on: date) -> Every:
    agreed = Every(_fitted(measure, on), months=agreed_months)
    try:
        law = measure.review_on(on)
    except NotInForce:
        return agreed
    return strictest(Every(law.reference, months=law.every_months), agreed)


def _reports(measure: Measure, agreed_months: Sequence[int], on: date) -> tuple[ReportTerm, ...]:
    """The reports the measure asks the employer for, and any further months the parties agreed on."""
    owed = [
        ReportTerm(duty.code, duty.at, duty.reference, duty.after_months, duty.due_within_days)
        for duty in measure.reports_on(on)
        if duty.owed_by == EMPLOYER
    ]
    known = {term.after_months for term in owed if term.at == "after_months"}
    within = max((term.within_days for term in owed if term.at == "after_months"), default=0)
    more = [
        ReportTerm(f"status_{months}", "after_months", _fitted(measure, on), months, within)
        for months in sorted(set(agreed_months) - known)
    ]
    return (*owed, *more)


def _fitted(measure: Measure, on: date) -> Ref:
    return _rule_ref(measure, _FITTED, on)


def _rule_ref(measure: Measure, code: str, on: date) -> Ref:
    rule = measure.rule_on(code, on)
    return rule.reference if rule else HOUSE
