"""How the rules of choice, agreement and follow-up answer the agreement cases: op → answers.

A handler takes a case and gives the answers by the same keys as the case's `expect`; None is "not known". Only the
rules whose dates are given are asked. What practice warns of counts as refused here, since that system refuses it.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from springbrett import catalogue
from springbrett.agreement import rules as agreement_rules
from springbrett.agreement import rules_time
from springbrett.agreement.facts import Context
from springbrett.agreement.pieces import Position
from springbrett.agreement.records import AgreementContent
from springbrett.choice import chaining
from springbrett.choice import rules as choice_rules
from springbrett.followup import rules as followup_rules
from springbrett.followup.records import Every
from springbrett.kernel.verdict import Severity, Verdict
from springbrett.mapping.records import NeedsProfile
from tests.spec.cases_money import day, facts_of, must

Case = dict[str, Any]
Answers = dict[str, Any]

ON = date(2026, 11, 2)
"""The day a case without dates is asked on: every measure of the cases is in force."""


def check_dates(case: Case) -> Answers:
    """Whether the dates of an agreement are within the rules."""
    content, context = _agreement(case)
    found: list[Verdict] = []
    if content.start:
        found += [rules_time.start_not_too_far_back(content, context), *rules_time.given_on_start(content, context)]
    if content.end:
        found += rules_time.before_last_day(content, context)
    if context.birth_date:
        found += [*rules_time.minimum_age_at_start(content, context), *rules_time.age_cap(content, context)]
    if content.start and content.end:
        found.append(agreement_rules.part_stated("dates", content, context.measure, content.start))
        found += rules_time.within_season(content, context)
    return {"ok": _together([*found, *_length(content, context)])}


def duration_exceeded(case: Case) -> Answers:
    """Whether the agreement is longer than the rules allow for the post."""
    within = _together(_length(*_agreement(case)))
    return {"exceeded": None if within is None else not within}


def _agreement(case: Case) -> tuple[AgreementContent, Context]:
    given = case["given"]
    facts = facts_of(given)
    on = must(given["today"]) if "today" in given else must(given["start"])
    measure = catalogue.load().measure(case["measure"])
    post = {"fast": True, "midlertidig": False}.get(given.get("stillingstype", ""))
    content = AgreementContent(
        start=day(given["start"]),
        end=day(given["end"]),
        position=Position(permanent=post),
        # That system asks for no special reasons, so none have been given for a stay outside the season.
        answers=tuple((season.excused_by, False) for season in measure.seasons if season.excused_by),
    )
    capacity = facts.get("reduced_work_capacity")
    context = Context(
        measure=measure,
        on=on,
        birth_date=day(given.get("birth_date")),
        reduced_work_capacity=capacity if isinstance(capacity, bool) else None,
        profile=facts,
        # An agreement registered afterwards has been let through by somebody; the window is for those that have not.
        entered_on=on if given.get("approved_for_after_registration") else None,
    )
    return content, context


def _length(content: AgreementContent, context: Context) -> Iterable[Verdict]:
    """The rules on length, when both dates are given and stand in order; on the post, when it is given."""
    if not (content.start and content.end) or content.end < content.start:
        return ()
    post = () if content.position.permanent is None else rules_time.post_fits(content, context)
    # That a temporary post needs a reason is a warning about the post, and not about its length.
    return (rules_time.duration_within_limit(content, context), *(v for v in post if v.rule != "permanent_post"))


def _together(found: Iterable[Verdict]) -> bool | None:
    asked = [verdict for verdict in found if verdict.severity is not Severity.INFO]
    if any(verdict.stops or verdict.warns for verdict in asked):
        return False
    return None if any(verdict.unknown for verdict in asked) else True


def overlap_matrix(case: Case) -> Answers:
    """Whether an agreement in the same days as another is warned of, or refused."""
    known, given = catalogue.load(), case["given"]
    found = chaining.combination(known.measure(given["new"]), [known.measure(given["existing"])], ON)
    return {"warn": given["overlap"] and any(verdict.stops or verdict.warns for verdict in found)}


def eligible_group(case: Case) -> Answers:
    """Whether the measure is used for the needs level."""
    level = facts_of(case["given"]).get("needs_level")
    profile = NeedsProfile(needs_level=level if isinstance(level, str) else None)
    verdict = choice_rules.needs_level(catalogue.load().measure(case["measure"]), profile, ON)
    return {"eligible": True if verdict is None or verdict.met else None if verdict.unknown else False}


def next_followup(case: Case) -> Answers:
    """When the next review is due, and the day it is first shown as soon due. Without both dates there is no plan."""
    given, known = case["given"], catalogue.load()
    start, end = day(given["start"]), day(given["end"])
    if start is None or end is None:
        return {"notice_date": None, "deadline": None}
    review = known.measure(case["measure"]).review_on(start)
    due = followup_rules.after(Every(review.reference, months=review.every_months), start)
    soon = timedelta(days=known.house_int("due_soon_days", must(given["today"])))
    return {"notice_date": (due - soon).isoformat(), "deadline": due.isoformat()}


HANDLERS: dict[str, Callable[[Case], Answers]] = {
    "check_dates": check_dates,
    "duration_exceeded": duration_exceeded,
    "overlap_matrix": overlap_matrix,
    "eligible_group": eligible_group,
    "next_followup": next_followup,
}
