"""What an agreement stands beside and after: other measures, what must come first, a main agreement, money. Pure."""

from springbrett.agreement.facts import HOUSE, Context, Main
from springbrett.agreement.records import AgreementContent
from springbrett.catalogue.limits import AttachesTo, TargetCondition
from springbrett.choice import chaining
from springbrett.choice.records import Stay
from springbrett.choice.rules import target_group
from springbrett.kernel.period import Period
from springbrett.kernel.verdict import Answer, Fact, Ref, Severity, Verdict


def still_in_target_group(content: AgreementContent, context: Context) -> tuple[Verdict, ...]:
    """The conditions of the target group that only the agreement can answer: those that ask about the stay.

    The rest was judged when the measure was chosen. A support is not chosen, so for it every condition is held.
    """
    on = content.start or context.on
    facts = context.facts_with(content)
    asked = (c for c in context.measure.target_group_on(on) if c.any_of)
    return tuple(
        target_group(context.measure.code, condition, facts, on)
        for condition in asked
        if context.is_support or _asks_about_the_stay(condition, context)
    )


def _asks_about_the_stay(condition: TargetCondition, context: Context) -> bool:
    questions = {q.code for q in context.measure.agreement.questions} if context.measure.agreement else set()
    return any(leaf.fact in questions for group in condition.any_of for leaf in group)


def tried_first(content: AgreementContent, context: Context) -> tuple[Verdict, ...]:
    """What must have been tried before the measure (varig lønnstilskudd § 10-4 third paragraph).

    Empty when nothing is asked.
    """
    on = content.start or context.on
    found = chaining.requires_first(context.measure, context.stays, context.facts_with(content), on)
    return (found,) if found is not None else ()


def together_with_others(content: AgreementContent, context: Context) -> tuple[Verdict, ...]:
    """The person's other measures in the same days go together with this one, by the catalogue's combinations.

    Where nothing is recorded nothing is claimed, so that pair is left out.
    """
    if context.known is None or content.start is None or content.end is None or content.end < content.start:
        return ()
    others = dict.fromkeys(stay.measure for stay in overlapping(context.stays, content.period))
    measures = [context.known.measure(code) for code in others if code in context.known.measures]
    found = chaining.combination(context.measure, measures, content.start)
    return tuple(verdict for verdict in found if not verdict.unknown)


def overlapping(stays: tuple[Stay, ...], period: Period) -> tuple[Stay, ...]:
    """The stays that share a day with the period."""
    return chaining.running(stays, period)


def beside_main(content: AgreementContent, context: Context) -> tuple[Verdict, ...]:
    """A support stands beside a measure it may stand beside, within its days, once that one is in force.

    Unknown where the catalogue does not hold what it may stand beside. A support that can be given alone needs no main
    agreement, and without one it has no days to keep within.
    """
    if not context.is_support:
        return ()
    on = content.start or context.on
    allowed, main = context.measure.attaches_to_on(on), context.main
    ref = allowed.reference if allowed else HOUSE
    facts = (Fact("main_measure", main.measure if main else None),)
    beside = Verdict("support_beside_measure", Answer.of(_may_stand(allowed, main)), Severity.STOP, ref, facts, (),
                     on=on)  # fmt: skip
    alone = main is None and allowed is not None and allowed.alone is True
    return (beside,) if alone else (beside, _within_main(content, context, ref))


def _may_stand(allowed: AttachesTo | None, main: Main | None) -> bool | None:
    """Whether the support may stand where it does; None when the list, or the main agreement, is not known."""
    if allowed is None or not allowed.known:
        return None
    if main is None:
        return True if allowed.alone else None
    return main.measure in allowed.measures


def _within_main(content: AgreementContent, context: Context, ref: Ref) -> Verdict:
    held = context.main.in_force if context.main else None
    facts = (Fact("start", content.start), Fact("end", content.end), Fact("main_start", held.start if held else None),
             Fact("main_end", held.end if held else None))  # fmt: skip
    inside: bool | None = None
    if context.main is not None and held is None:
        inside = False
    elif held is not None and content.start and content.end:
        inside = held.start <= content.start and content.end <= held.last
    return Verdict("support_within_main", Answer.of(inside), Severity.STOP, ref, facts, ("start", "end"),
                   on=content.start or context.on)  # fmt: skip


def supports_stay_within(content: AgreementContent, context: Context) -> tuple[Verdict, ...]:
    """House: no support reaches outside the agreement it stands beside. Empty when it has none."""
    if not context.beside or content.start is None or content.end is None:
        return ()
    start, end = content.start, content.end
    outside = tuple(code for code, period in context.beside if period.start < start or period.last > end)
    facts = (Fact("supports_outside", outside), Fact("start", start), Fact("end", end))
    return (Verdict("supports_stay_within", Answer.of(not outside), Severity.STOP, HOUSE, facts, ("start", "end"),
                    on=start),)  # fmt: skip


def money_granted(content: AgreementContent, context: Context) -> tuple[Verdict, ...]:
    """House: what costs money is granted by somebody with a budget, for exactly the amounts the agreement leads to.

    Empty when the agreement costs nothing that somebody decides about. Where our sources lack the rate the cost cannot
    be counted here; then the money is dealt with outside, and going on needs a reason.
    """
    money = context.money
    if money is None:
        return ()
    facts = (Fact("money_answer", money.answer), Fact("money_total", money.total),
             Fact("money_for_other_amounts", bool(money.granted) and not money.covered))  # fmt: skip
    if money.no_rate:
        return (Verdict("money_outside", Answer.NOT_MET, Severity.WARNING, HOUSE, (), (), on=content.start),)
    answer = Answer.of(money.covered) if money.complete else Answer.UNKNOWN
    return (Verdict("money_granted", answer, Severity.STOP, HOUSE, facts, ("money_decided",),
                    on=content.start or context.on),)  # fmt: skip
