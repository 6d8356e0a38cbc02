"""What the agreement says about money can be right: wage terms, percentage, expenses. Pure."""

from springbrett.agreement import costs
from springbrett.agreement.facts import Context
from springbrett.agreement.records import AgreementContent
from springbrett.kernel.verdict import Verdict
from springbrett.money.checks import check_percent, check_wage
from springbrett.money.grant import check_items


def terms_hold(content: AgreementContent, context: Context) -> tuple[Verdict, ...]:
    """The wage is made of shares that exist, the percentage is within the most, the expenses within the ceiling.

    Only what has been said is held: that it must be said at all is another rule. Empty for a measure without money.
    """
    known, on = context.known, content.start or context.on
    if known is None:
        return ()
    found: list[Verdict | None] = []
    if "wage" in context.parts and content.wage.complete:
        found.append(check_wage(costs.wage_in(content), known, on))
        facts = context.facts_with(content)
        found.append(check_percent(context.measure, facts, on, content.wage.agreed_percent))
    if "grant" in context.parts and content.grant:
        found.append(check_items(costs.items_in(content), content.end or on, known))
    return tuple(verdict for verdict in found if verdict is not None)
