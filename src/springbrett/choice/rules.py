"""The rules of the choice. Pure functions: a profile, a date and the catalogue in, verdicts out.

One measure for one person is judged in `eligibility`, time in `durations`, what comes before, beside and after in
`chaining`; here every measure is weighed against the others. The single rules can be had from here as well.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from springbrett.catalogue import Catalogue, NotInForce
from springbrett.catalogue.chains import Chain
from springbrett.catalogue.conditions import Fit, score
from springbrett.catalogue.day import catalogue_day, on_day
from springbrett.catalogue.measures import Measure
from springbrett.choice.chaining import counted, stays_from
from springbrett.choice.durations import asked_by, latest_end, time_left, time_used
from springbrett.choice.eligibility import (
    CONSIDERED,
    duration_left,
    eligibility,
    last_day,
    maximum_age,
    measure_in_force,
    minimum_age,
    needs_level,
    offered_work,
    season,
    target_group,
)
from springbrett.choice.records import (
    Barriers,
    ChainFit,
    FitReason,
    MeasureOption,
    Stay,
    UsedPeriods,
    key_of,
)
from springbrett.kernel.verdict import Answer, Severity
from springbrett.mapping.records import NeedsProfile


def chain_fit(chain: Chain, profile: NeedsProfile, catalogue: Catalogue, on: date) -> ChainFit:
    """How well a chain of effects fits the person, with what speaks for and against, and what is not known.

    The house values fit_minimum and fit_strong say from which score a chain is proposed and called a good fit.
    """
    return _chain_fit(chain, profile.facts(on), catalogue, on)


def _chain_fit(chain: Chain, facts: Mapping[str, object], catalogue: Catalogue, on: date) -> ChainFit:
    found = score(chain.fits, facts)
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
    profile: NeedsProfile, catalogue: Catalogue, on: date, placements: UsedPeriods | None = None, *,
    stays: Iterable[Stay] | None = None, circumstances: Mapping[str, object] | None = None,
) -> tuple[MeasureOption, ...]:  # fmt: skip
    """Every measure that can be given on this day or comes later, for this person, the proposals first.

    First come measures that nothing stops and that something speaks for: a chain that fits, or standing near such a
    chain; then the rest; then measures that are not in force yet; measures that a rule stops come last. `placements`
    are earlier periods by measure; `stays` say the same with employer and outcome, and are used when given.
    """
    had = stays_from(placements or {}) if stays is None else tuple(stays)
    listed = catalogue_day(catalogue, on).offered
    facts = {**profile.facts(on), **(circumstances or {})}
    fits = {measure.code: _chain_fits(measure, facts, catalogue, on) for measure in listed}
    near = near_alternatives(tuple(fit for found in fits.values() for fit in found), catalogue)
    person = _Person(profile, facts, had, _beside(had, catalogue, on), frozenset(fits))
    found = [_option(person, catalogue, on, measure, fits[measure.code], near) for measure in listed]
    return tuple(sorted(found, key=_order))


@dataclass(frozen=True, slots=True)
class _Person:
    """What is asked about a person, worked out once for all measures."""

    profile: NeedsProfile
    facts: Mapping[str, object]
    stays: tuple[Stay, ...]
    beside: tuple[Measure, ...]
    offered: frozenset[str]


def _beside(stays: tuple[Stay, ...], catalogue: Catalogue, on: date) -> tuple[Measure, ...]:
    codes = dict.fromkeys(stay.measure for stay in stays if stay.runs_on(on) and stay.measure in catalogue.measures)
    return tuple(catalogue.measure(code) for code in codes)


def near_alternatives(fits: tuple[ChainFit, ...], catalogue: Catalogue) -> dict[str, int]:
    """Measure → the best score of a fitting chain that names it as a near alternative."""
    near: dict[str, int] = {}
    for fit in fits:
        if fit.fits:
            for code in catalogue.chain(fit.chain).near_alternatives:
                near[code] = max(near.get(code, fit.score), fit.score)
    return near


def _chain_fits(measure: Measure, facts: Mapping[str, object], catalogue: Catalogue, on: date) -> tuple[ChainFit, ...]:
    found = [_chain_fit(catalogue.chain(code), facts, catalogue, on) for code in measure.chains]
    return tuple(sorted(found, key=lambda fit: (-fit.score, -fit.possible)))


def _option(
    person: _Person, catalogue: Catalogue, on: date, measure: Measure, fits: tuple[ChainFit, ...], near: dict[str, int]
) -> MeasureOption:
    used = counted(measure, person.stays, on) if person.stays else ()
    verdict = eligibility(measure, person.profile, on, used, stays=person.stays, beside=person.beside,
                          facts=person.facts)  # fmt: skip
    best = fits[0] if fits else None
    points = max(best.score if best else 0, near.get(measure.code, 0))
    close = catalogue.chain(best.chain).near_alternatives if best else ()
    return MeasureOption(
        measure=measure.code,
        kind=measure.kind,
        verdict=verdict,
        chain_fits=fits,
        near=tuple(code for code in dict.fromkeys((*close, *measure.related.near)) if code in person.offered),
        against=tuple(child for child in verdict.children if child.answer is Answer.NOT_MET),
        unknown=tuple(child for child in verdict.children if child.unknown and child.severity is not Severity.INFO),
        time=time_left(measure, on, used, person.facts),
        score=points,
        proposed=verdict.answer is not Answer.NOT_MET
        and bool((best and best.fits) or measure.code in near)
        and measure.kind != "support",
        wished=person.profile.own_wish_measure == measure.code,
        opens=on_day(measure, on).opens,
        programmes=catalogue_day(catalogue, on).programmes.get(measure.code, ()),
    )


def _order(option: MeasureOption) -> tuple[object, ...]:
    certain = option.verdict.answer is Answer.MET
    has_chain = bool(option.best_chain and option.best_chain.fits)
    comes_later = option.opens is not None
    stopped = option.stopped and not comes_later
    return (not option.proposed, stopped, comes_later, -option.score, not has_chain, not certain, not option.wished,
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


__all__ = [
    "asked_by", "barriers", "chain_fit", "duration_left", "eligibility", "key_of", "last_day", "latest_end",
    "maximum_age", "measure_in_force", "minimum_age", "near_alternatives", "needs_level", "offered_work",
    "options", "season", "target_group", "time_left", "time_used", "top_proposal",
]  # fmt: skip
