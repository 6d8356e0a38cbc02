"""How an outcome stands to its chain, what must be said of it, and when later status is due. Pure functions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from springbrett.catalogue.structs import Chain
from springbrett.followup.records import HOUSE, State
from springbrett.kernel.period import add_months
from springbrett.kernel.trace import Step
from springbrett.kernel.verdict import Answer, Fact, Severity, Verdict
from springbrett.outcome.records import Judged, Judgement, LaterDue

NOTHING = "none"
"""The outcome code that says there is no result yet; it stands alone."""


def judge(chain: Chain | None, outcomes: Collection[str]) -> Judged:
    """Judge outcomes against the case's own chain, not only by whether they gave a job.

    On the chain when one of them is what the chain should lead to; a branch when one is a legitimate other outcome of
    it; off the chain when none is. Without a chain nothing can be judged. Raises ValueError without outcomes.
    """
    if not outcomes:
        raise ValueError("an outcome without a code cannot be judged")
    said = tuple(sorted(outcomes))
    children = (outcome_desired(chain, said), outcome_legitimate(chain, said)) if chain else ()
    judgement = _judgement(children)
    answer = None if judgement is Judgement.UNKNOWN else judgement is not Judgement.OFF_CHAIN
    facts = (Fact("chain", chain.code if chain else None), Fact("outcomes", said), Fact("judged", judgement.value))
    ref = chain.reference if chain else HOUSE
    verdict = Verdict("outcome_against_chain", Answer.of(answer), Severity.INFO, ref, facts, (), children)
    return Judged(judgement, verdict)


def _judgement(children: tuple[Verdict, ...]) -> Judgement:
    if not children:
        return Judgement.UNKNOWN
    desired, branch = children
    return Judgement.ON_CHAIN if desired.met else (Judgement.BRANCH if branch.met else Judgement.OFF_CHAIN)


def outcome_desired(chain: Chain, outcomes: Sequence[str]) -> Verdict:
    """One of the outcomes is what the chain should lead to."""
    return _among("outcome_desired", chain, outcomes, chain.desired_outcomes)


def outcome_legitimate(chain: Chain, outcomes: Sequence[str]) -> Verdict:
    """One of the outcomes is a legitimate other branch: not what was aimed for, but what the chain may rightly give."""
    return _among("outcome_legitimate_branch", chain, outcomes, chain.legitimate_branches)


def _among(rule: str, chain: Chain, outcomes: Sequence[str], listed: Sequence[str]) -> Verdict:
    found = tuple(code for code in outcomes if code in listed)
    facts = (Fact("outcomes", tuple(outcomes)), Fact("chain_outcomes", tuple(listed)), Fact("in_common", found))
    return Verdict(rule, Answer.of(bool(found)), Severity.INFO, chain.reference, facts)


def problem(outcomes: Collection[str], main: str, next_step: str, next_measure: str) -> str:
    """What is wrong with an outcome as said, as a code; empty when nothing is.

    One of the outcomes is the main one; "no result yet" stands alone; a next measure is named when that is the step.
    """
    if not outcomes:
        return "outcome_missing"
    if main not in outcomes:
        return "main_not_among"
    if NOTHING in outcomes and len(set(outcomes)) > 1:
        return "nothing_stands_alone"
    if (next_step == "next_measure") != bool(next_measure):
        return "next_measure"
    return ""


def later_status_due(
    ended_on: date, months: Sequence[int], recorded: Mapping[int, date], on: date, *, window_days: int = 0
) -> tuple[LaterDue, ...]:
    """Where the person stands is asked for so many months after the end; overdue when the window has passed.

    `recorded` maps months to the day the status was recorded.
    """
    return tuple(_later(ended_on, count, recorded.get(count), on, window_days) for count in sorted(months))


def _later(ended_on: date, months: int, recorded_on: date | None, on: date, window_days: int) -> LaterDue:
    due = add_months(ended_on, months)
    why = Step("due_on", due, HOUSE, (Step("ended_on", ended_on), Step("months_after_end", months)))
    if recorded_on is not None and recorded_on <= on:
        state = State.DONE
    elif on < due:
        state = State.COMING
    else:
        state = State.OVERDUE if on > due + timedelta(days=window_days) else State.DUE
    return LaterDue(months, due, state, why, recorded_on if state is State.DONE else None)
