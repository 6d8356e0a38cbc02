"""The rules of the choice. Pure functions: a profile, a date and the catalogue in, verdicts out.

Every number, age and duration comes from the catalogue, with the § and the day it holds from.
"""

from collections.abc import Iterable
from datetime import date

from springbrett.catalogue import Catalogue, NotInForce
from springbrett.catalogue.chains import Chain
from springbrett.catalogue.conditions import Condition, Fit, evaluate, fact_of, score
from springbrett.catalogue.limits import Age, Duration, TargetCondition
from springbrett.catalogue.measures import Measure
from springbrett.choice.records import (
    Barriers,
    ChainFit,
    FitReason,
    LatestEnd,
    MeasureOption,
    TimeLeft,
    UsedPeriods,
    key_of,
)
from springbrett.kernel import period
from springbrett.kernel.period import Length, Period
from springbrett.kernel.verdict import Answer, Fact, Ref, Severity, Verdict, all_of, any_of
from springbrett.mapping.records import NeedsProfile

NO_REF = Ref("house", "", "house")
OFFERED_WORK = "ends_when_offered_work"
CONSIDERED = "caseworker_considers"


def eligibility(measure: Measure, profile: NeedsProfile, on: date, used: Iterable[Period] = ()) -> Verdict:
    """Whether the measure is open to the person on the day: every condition there is data for.

    `used` are the person's earlier periods in the same measure. Only stops decide the answer.
    """
    facts = profile.facts(on)
    children = [measure_in_force(measure, on)]
    children += [v for v in (minimum_age(measure, profile, on), maximum_age(measure, profile, on)) if v is not None]
    children += [target_group(measure.code, condition, facts, on) for condition in measure.target_group_on(on)]
    children += [v for v in (needs_level(measure, profile, on), duration_left(measure, profile, on, used),
                             offered_work(measure, on)) if v is not None]  # fmt: skip
    return all_of("eligible", _basis(measure), children, facts=(Fact("measure", measure.code),), on=on)


def measure_in_force(measure: Measure, on: date) -> Verdict:
    """A measure can only be given while it is in force."""
    valid = next((value for value in measure.valid if value.holds_on(on)), None)
    ref = (valid or measure.valid[-1]).reference if measure.valid else NO_REF
    facts = (Fact("measure", measure.code), Fact("from", measure.valid[0].from_ if measure.valid else None))
    return Verdict("measure_in_force", Answer.of(measure.in_force(on)), Severity.STOP, ref, facts, (), (), on)


def minimum_age(measure: Measure, profile: NeedsProfile, on: date) -> Verdict | None:
    """The person must have reached the lowest age (tiltaksforskriften § 1-3). None when no limit is recorded."""
    limit = measure.min_age_on(on)
    if limit is None:
        return None
    reached = _reached(limit, profile, on)
    return _age_verdict("minimum_age", limit, profile, on, met=reached)


def maximum_age(measure: Measure, profile: NeedsProfile, on: date) -> Verdict | None:
    """The person must not have reached the highest age, where a measure has one. None when no limit is recorded."""
    limit = measure.max_age_on(on)
    if limit is None:
        return None
    reached = _reached(limit, profile, on)
    return _age_verdict("maximum_age", limit, profile, on, met=None if reached is None else not reached)


def _reached(limit: Age, profile: NeedsProfile, on: date) -> bool | None:
    age = profile.age_on(on)
    if limit.years is None or age is None or profile.birth_date is None:
        return None
    return (on.year - profile.birth_date.year if limit.basis == "calendar_year" else age) >= limit.years


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
    ways = [
        all_of("target_group_way", condition.reference, [_leaf(c, condition, facts, on) for c in group], on=on)
        for group in condition.any_of
    ]
    return any_of(rule, condition.reference, ways, severity, on=on)


def _leaf(condition: Condition, origin: TargetCondition, facts: object, on: date) -> Verdict:
    value = fact_of(facts, condition.fact)
    shown = (Fact(condition.fact, _plain(value)), Fact("required", condition.value))
    rule = f"condition_{condition.op}"
    answer = Answer.of(evaluate(condition, value))
    return Verdict(rule, answer, Severity.STOP, origin.reference, shown, (condition.fact,), (), on)


def needs_level(measure: Measure, profile: NeedsProfile, on: date) -> Verdict | None:
    """The needs level should be one the measure is used for; where that is practice and not law, it only warns."""
    limit = measure.needs_levels_on(on)
    if limit is None:
        return None
    known = profile.needs_level
    severity = Severity.STOP if limit.source == "law" else Severity.WARNING
    facts = (Fact("needs_level", known), Fact("needs_levels_used", limit.levels))
    answer = Answer.of(None if known is None else known in limit.levels)
    return Verdict("needs_level_used", answer, severity, limit.reference, facts, ("needs_level",), (), on)


def duration_left(measure: Measure, profile: NeedsProfile, on: date, used: Iterable[Period]) -> Verdict | None:
    """There must be time left in the measure (for arbeidstrening: tiltaksforskriften § 3-5).

    Time is summed over the person's placements. When it is not known whether a longer limit is open to the person,
    time up to the sure limit is known to be left, and time beyond it is unknown. None when no duration is recorded.
    """
    facts = profile.facts(on)
    left = time_left(measure, on, used, facts)
    if left is None:
        return None
    shown = (
        Fact("months_used", left.used.months), Fact("days_used", left.used.days),
        Fact("months_limit", left.limit_months), Fact("months_limit_extended", left.extended_limit_months),
        *(Fact(name, _plain(fact_of(facts, name))) for name in left.asked),
        Fact("months_left", left.certain.months if left.certain else None),
        Fact("days_left", left.certain.days if left.certain else None),
    )  # fmt: skip
    if left.unlimited or left.certain != Length(0):
        answer = Answer.MET
    else:
        answer = Answer.NOT_MET if left.exhausted else Answer.UNKNOWN
    change = tuple(n for n in left.asked if fact_of(facts, n) is None) if answer is Answer.UNKNOWN else ()
    return Verdict("time_left", answer, Severity.STOP, left.ref, shown, change, (), on)


def offered_work(measure: Measure, on: date) -> Verdict | None:
    """Somebody offered suitable work, or another measure, leaves the measure (tiltaksforskriften § 1-3).

    Whether there is such an offer is not in the profile, so the answer is unknown and only informs.
    """
    rule = measure.rule_on(OFFERED_WORK, on)
    if rule is None:
        return None
    return Verdict("no_suitable_offer", Answer.UNKNOWN, Severity.INFO, rule.reference, (), (CONSIDERED,), (), on)


def time_used(periods: Iterable[Period]) -> Length:
    """How long the periods last together, each day counted once; 30 rest days make a month."""
    return period.total(periods)


def time_left(measure: Measure, on: date, used: Iterable[Period], facts: object) -> TimeLeft | None:
    """How much of the measure's duration is used and left, by the rules of the day.

    `facts` (a mapping or a profile) answer what the extensions ask; a missing one is unknown. Earlier periods count
    when the catalogue says the duration is cumulative. None when no duration is recorded, or its length is not known.
    """
    duration = _duration(measure, on)
    if duration is None:
        return None
    spent = time_used(used)
    counted = spent if duration.cumulative else Length(0)
    least, most = duration.lengths(facts)
    longest = duration.longest
    return TimeLeft(
        used=spent,
        certain=None if least is None else _left(counted, least),
        possible=None if most is None else _left(counted, most),
        limit_months=duration.months,
        extended_limit_months=longest.months if longest and duration.months is not None else None,
        ref=duration.reference,
        asked=asked_by(duration),
    )


def asked_by(duration: Duration) -> tuple[str, ...]:
    """The facts and circumstances the extensions of a duration ask for."""
    return tuple(dict.fromkeys(c.fact for e in duration.extensions for group in e.when for c in group))


def latest_end(measure: Measure, start: date, used: Iterable[Period], facts: object) -> LatestEnd | None:
    """The last day a placement from `start` may reach, by the rules in force on the start (§ 3-5 for arbeidstrening).

    `used` are the person's other periods in the measure. None when no duration is recorded for the day.
    """
    duration = _duration(measure, start)
    if duration is None:
        return None
    least, most = duration.lengths(facts)
    if least is None or most is None:
        return LatestEnd(None, None, unlimited=True)
    counted = tuple(used) if duration.cumulative else ()
    return LatestEnd(_end(start, counted, least), _end(start, counted, most))


def _end(start: date, used: tuple[Period, ...], limit: Length) -> date | None:
    """Limits in months follow the calendar; limits in weeks are counted in days, and earlier days are taken off."""
    if limit.days == 0:
        return period.latest_end(start, used, limit.months)
    spent = sum(stretch.days for stretch in period.merge(used))
    left = limit.days - spent
    return date.fromordinal(start.toordinal() + left - 1) if left > 0 else None


def _duration(measure: Measure, on: date) -> Duration | None:
    try:
        duration = measure.duration_on(on)
    except NotInForce:
        return None
    return duration if duration.known else None


def _left(used: Length, limit: Length) -> Length:
    if limit.days == 0:
        return used.left_of(limit.months)
    return Length(0, max(0, limit.days - used.months * period.DAYS_PER_MONTH - used.days))


def chain_fit(chain: Chain, profile: NeedsProfile, catalogue: Catalogue, on: date) -> ChainFit:
    """How well a chain of effects fits the person, with what speaks for and against, and what is not known.

    The house values fit_minimum and fit_strong say from which score a chain is proposed and called a good fit.
    """
    found = score(chain.fits, profile.facts(on))
    return ChainFit(
        chain=chain.code,
        score=found.total,
        possible=found.possible,
        for_=_reasons(found.for_),
        against=_reasons(found.against),
        unknown=_reasons(found.unknown),
        fits=_reaches(found.total, "fit_minimum", catalogue, on),
        strong=_reaches(found.total, "fit_strong", catalogue, on),
    )


def _reaches(points: int, threshold: str, catalogue: Catalogue, on: date) -> bool:
    """Whether a score reaches a house value; before the value was set, nothing does."""
    try:
        return points >= catalogue.house_int(threshold, on)
    except NotInForce:
        return False


def _reasons(fits: tuple[Fit, ...]) -> tuple[FitReason, ...]:
    ordered = sorted(fits, key=lambda fit: -abs(fit.weight))
    return tuple(FitReason(f.fact, f.weight, {"nb": f.text.nb, "nn": f.text.nn, "en": f.text.en}) for f in ordered)


def options(
    profile: NeedsProfile, catalogue: Catalogue, on: date, placements: UsedPeriods | None = None
) -> tuple[MeasureOption, ...]:
    """Every measure in the catalogue for this person on this day, the proposals first. None is hidden.

    First come measures that nothing stops and that something speaks for: a chain that fits, or standing near such a
    chain; then the rest; measures that a rule stops come last. `placements` are earlier periods by measure.
    """
    fits = {measure.code: _chain_fits(measure, profile, catalogue, on) for measure in catalogue.measures.values()}
    near = near_alternatives(tuple(fit for found in fits.values() for fit in found), catalogue)
    found = [
        _option(
            profile,
            catalogue,
            on,
            measure=measure,
            used=(placements or {}).get(measure.code, ()),
            fits=fits[measure.code],
            near=near,
        )
        for measure in catalogue.measures.values()
    ]
    return tuple(sorted(found, key=_order))


def near_alternatives(fits: tuple[ChainFit, ...], catalogue: Catalogue) -> dict[str, int]:
    """Measure → the best score of a fitting chain that names it as a near alternative."""
    near: dict[str, int] = {}
    for fit in fits:
        if fit.fits:
            for code in catalogue.chain(fit.chain).near_alternatives:
                near[code] = max(near.get(code, fit.score), fit.score)
    return near


def _chain_fits(measure: Measure, profile: NeedsProfile, catalogue: Catalogue, on: date) -> tuple[ChainFit, ...]:
    found = [chain_fit(catalogue.chain(code), profile, catalogue, on) for code in measure.chains]
    return tuple(sorted(found, key=lambda fit: (-fit.score, -fit.possible)))


def _option(
    profile: NeedsProfile, catalogue: Catalogue, on: date, *, measure: Measure, used: tuple[Period, ...],
    fits: tuple[ChainFit, ...], near: dict[str, int],
) -> MeasureOption:  # fmt: skip
    verdict = eligibility(measure, profile, on, used)
    best = fits[0] if fits else None
    points = max(best.score if best else 0, near.get(measure.code, 0))
    close = catalogue.chain(best.chain).near_alternatives if best else ()
    return MeasureOption(
        measure=measure.code,
        kind=measure.kind,
        verdict=verdict,
        chain_fits=fits,
        near=tuple(dict.fromkeys((*close, *measure.related.near))),
        against=tuple(child for child in verdict.children if child.answer is Answer.NOT_MET),
        unknown=tuple(child for child in verdict.children if child.unknown and child.severity is not Severity.INFO),
        time=time_left(measure, on, used, profile.facts(on)),
        score=points,
        proposed=verdict.answer is not Answer.NOT_MET
        and bool((best and best.fits) or measure.code in near)
        and measure.kind != "support",
        wished=profile.own_wish_measure == measure.code,
    )


def _order(option: MeasureOption) -> tuple[object, ...]:
    certain = option.verdict.answer is Answer.MET
    has_chain = bool(option.best_chain and option.best_chain.fits)
    return (not option.proposed, option.stopped, -option.score, not has_chain, not certain, not option.wished,
            option.kind == "support")  # fmt: skip


def barriers(option: MeasureOption, depth: str) -> Barriers:
    """What a decision for this option must deal with (§ 1-3: the caseworker decides, with a reason).

    A stop cannot be passed for a measure that the system carries in full; for one that is only proposed and recorded
    here the conditions are coarse, and a stop must be overridden like a warning. What the caseworker must consider in
    any case is answered by the reason and needs no separate acknowledgement.
    """
    direct = option.verdict.children
    stops = tuple(child for child in direct if child.stops)
    warnings = tuple(child for child in direct if child.warns)
    unknown = tuple(child for child in option.unknown if CONSIDERED not in child.would_change)
    return Barriers(stops, warnings, unknown) if depth == "full" else Barriers((), stops + warnings, unknown)


def top_proposal(found: tuple[MeasureOption, ...]) -> MeasureOption | None:
    """The first proposal; None when nothing is proposed."""
    return found[0] if found and found[0].proposed else None


def _basis(measure: Measure) -> Ref:
    basis = measure.legal_basis[0] if measure.legal_basis else None
    return Ref(basis.act, basis.sections[0] if basis.sections else "", "law") if basis else NO_REF


def _plain(value: object) -> "str | int | float | bool | date | tuple[str, ...] | None":
    if value is None or isinstance(value, str | int | float | bool | date):
        return value
    if isinstance(value, tuple | list | dict):
        return tuple(str(item) for item in value)
    return str(value)


__all__ = [
    "asked_by", "barriers", "chain_fit", "duration_left", "eligibility", "key_of", "latest_end", "maximum_age",
    "measure_in_force", "minimum_age", "near_alternatives", "needs_level", "offered_work", "options", "target_group", "time_left",
    "time_used", "top_proposal",
]  # fmt: skip
