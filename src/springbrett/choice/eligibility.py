"""Whether one measure is open to one person on one day: every rule a pure function, every answer with its reasons.

Every number, age and duration comes from the catalogue, with the § and the day it holds from.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from springbrett.catalogue.conditions import Condition, evaluate, fact_of
from springbrett.catalogue.day import on_day
from springbrett.catalogue.limits import Age, TargetCondition
from springbrett.catalogue.measures import Measure
from springbrett.choice.chaining import combination, plain, requires_first, time_rule
from springbrett.choice.durations import time_left
from springbrett.choice.records import Stay
from springbrett.kernel.identity import age_on
from springbrett.kernel.period import Period
from springbrett.kernel.verdict import Answer, Fact, Ref, Severity, Verdict, all_of, any_of
from springbrett.mapping.records import NeedsProfile

NO_REF = Ref("house", "", "house")
OFFERED_WORK = "ends_when_offered_work"
CONSIDERED = "caseworker_considers"


def eligibility(
    measure: Measure, profile: NeedsProfile, on: date, used: Iterable[Period] = (), *,
    stays: Iterable[Stay] = (), beside: Iterable[Measure] = (), facts: Mapping[str, object] | None = None,
) -> Verdict:  # fmt: skip
    """Whether the measure is open to the person on the day: every condition there is data for.

    `used` are the person's periods that count against the duration (`chaining.counted`); `stays` all the person has
    had; `beside` the measures of the stays that run on the day. `facts` are the profile's, worked out before, with
    circumstances added. A measure that comes into force later is judged by the rules of its first day. Only stops
    decide the answer.
    """
    facts = profile.facts(on) if facts is None else facts
    judged = on_day(measure, on).opens or on
    found = [
        measure_in_force(measure, on),
        minimum_age(measure, profile, judged),
        maximum_age(measure, profile, judged),
        *(target_group(measure.code, entry, facts, judged) for entry in on_day(measure, judged).target_group),
        needs_level(measure, profile, judged),
        time_rule(measure, time_left(measure, judged, used, facts), facts, judged),
        requires_first(measure, stays, facts, judged),
        season(measure, judged),
        last_day(measure, judged),
        *_beside(measure, beside, judged),
        offered_work(measure, judged),
    ]
    children = [verdict for verdict in found if verdict is not None]
    return all_of("eligible", basis(measure), children, facts=(Fact("measure", measure.code),), on=on)


def measure_in_force(measure: Measure, on: date) -> Verdict:
    """A measure can only be given while it is in force."""
    today = on_day(measure, on)
    valid = today.valid or (measure.valid[-1] if measure.valid else None)
    began = today.opens or (measure.valid[0].from_ if measure.valid else None)
    facts = (Fact("measure", measure.code), Fact("from", began))
    ref = valid.reference if valid else NO_REF
    return Verdict("measure_in_force", Answer.of(today.given), Severity.STOP, ref, facts, (), (), on)


def minimum_age(measure: Measure, profile: NeedsProfile, on: date) -> Verdict | None:
    """The person must have reached the lowest age (tiltaksforskriften § 1-3). None when no limit is recorded."""
    limit = on_day(measure, on).min_age
    if limit is None:
        return None
    return _age_verdict("minimum_age", limit, profile, on, met=reached(limit, profile.birth_date, on))


def maximum_age(measure: Measure, profile: NeedsProfile, on: date) -> Verdict | None:
    """The person must not have reached the highest age, where a measure has one. None when no limit is recorded."""
    limit = on_day(measure, on).max_age
    if limit is None:
        return None
    old = reached(limit, profile.birth_date, on)
    return _age_verdict("maximum_age", limit, profile, on, met=None if old is None else not old)


def reached(limit: Age, born: date | None, on: date) -> bool | None:
    """Whether somebody born that day has reached the age: on the birthday, or in the calendar year of it."""
    if limit.years is None or born is None or on < born:
        return None
    years = on.year - born.year if limit.basis == "calendar_year" else age_on(born, on)
    return years >= limit.years


def _age_verdict(rule: str, limit: Age, profile: NeedsProfile, on: date, *, met: bool | None) -> Verdict:
    facts = (Fact("age", profile.age_on(on)), Fact("age_limit", limit.years))
    missing = () if met is not None else (("birth_date",) if profile.birth_date is None else ("age_limit",))
    severity = Severity.STOP if limit.source == "law" else Severity.WARNING
    return Verdict(rule, Answer.of(met), severity, limit.reference, facts, missing, (), on)


def target_group(measure: str, condition: TargetCondition, facts: object, on: date) -> Verdict:
    """The person must be in the measure's target group (for arbeidstrening: tiltaksforskriften § 3-3).

    For arbeidstrening: a job seeker with little or lacking work experience, or somebody with reduced work capacity who
    needs help into work. A condition that cannot be told from the profile is unknown: the caseworker considers it.
    """
    rule = f"target_group.{measure}.{condition.code}"
    severity = Severity(condition.severity)
    if not condition.any_of:
        return Verdict(rule, Answer.UNKNOWN, severity, condition.reference, (), (CONSIDERED,), (), on)
    ref = condition.reference
    ways = [
        all_of("target_group_way", ref, [_leaf(c, ref, facts, on) for c in group], on=on)
        for group in condition.any_of
    ]  # fmt: skip
    return any_of(rule, ref, ways, severity, on=on)


def _leaf(condition: Condition, ref: Ref, facts: object, on: date) -> Verdict:
    value = fact_of(facts, condition.fact)
    shown = (Fact(condition.fact, plain(value)), Fact("required", condition.value))
    answer = Answer.of(evaluate(condition, value))
    return Verdict(f"condition_{condition.op}", answer, Severity.STOP, ref, shown, (condition.fact,), (), on)


def needs_level(measure: Measure, profile: NeedsProfile, on: date) -> Verdict | None:
    """The needs level should be one the measure is used for; where that is practice and not law, it only warns."""
    limit = on_day(measure, on).needs_levels
    if limit is None:
        return None
    known = profile.needs_level
    severity = Severity.STOP if limit.source == "law" else Severity.WARNING
    facts = (Fact("needs_level", known), Fact("needs_levels_used", limit.levels))
    answer = Answer.of(None if known is None else known in limit.levels)
    return Verdict("needs_level_used", answer, severity, limit.reference, facts, ("needs_level",), (), on)


def duration_left(measure: Measure, profile: NeedsProfile, on: date, used: Iterable[Period]) -> Verdict | None:
    """There must be time left in the measure (arbeidstrening: tiltaksforskriften § 3-5).

    See `chaining.time_rule`.
    """
    facts = profile.facts(on)
    return time_rule(measure, time_left(measure, on, used, facts), facts, on)


def season(measure: Measure, on: date) -> Verdict | None:
    """The part of the year the measure is held in. A choice can be made before it opens, so it only informs."""
    found = on_day(measure, on).season
    if found is None:
        return None
    facts = (Fact("season_first", found.first), Fact("season_last", found.last))
    return Verdict("season", Answer.of(found.covers(on, on)), Severity.INFO, found.reference, facts, (), (), on)


def last_day(measure: Measure, on: date) -> Verdict | None:
    """The last day a stay may reach, for a measure that closes. It stops when the day has passed."""
    found = on_day(measure, on).last_day
    if found is None:
        return None
    in_time = on <= found.day
    severity = Severity.INFO if in_time else Severity(found.severity)
    facts = (Fact("measure", measure.code), Fact("last_day", found.day))
    return Verdict("last_day", Answer.of(in_time), severity, found.reference, facts, (), (), on)


def _beside(measure: Measure, beside: Iterable[Measure], on: date) -> tuple[Verdict, ...]:
    """What runs now, as information: a choice sets no dates, and the new stay can begin when the other has ended."""
    return tuple(
        Verdict("combination_now", v.answer, Severity.INFO, v.ref, v.facts, v.would_change, (), v.on)
        for v in combination(measure, beside, on)
        if not v.unknown
    )


def offered_work(measure: Measure, on: date) -> Verdict | None:
    """Somebody offered suitable work, or another measure, leaves the measure (tiltaksforskriften § 1-3).

    Whether there is such an offer is not in the profile, so the answer is unknown and only informs.
    """
    rule = on_day(measure, on).rules.get(OFFERED_WORK)
    if rule is None:
        return None
    return Verdict("no_suitable_offer", Answer.UNKNOWN, Severity.INFO, rule.reference, (), (CONSIDERED,), (), on)


def basis(measure: Measure) -> Ref:
    """The first act and section the measure rests on."""
    first = measure.legal_basis[0] if measure.legal_basis else None
    return Ref(first.act, first.sections[0] if first.sections else "", "law") if first else NO_REF
