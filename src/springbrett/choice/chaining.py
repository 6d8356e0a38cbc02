"""What may come after what, at the same time as what, and how much time is used. Pure: stays and catalogue in.

A person's stays are summed across placements and employers: it is the person's time that is limited, not the place's.
Every answer that rests on something nobody has told us is unknown, never no.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from springbrett.catalogue import Catalogue
from springbrett.catalogue.conditions import fact_of
from springbrett.catalogue.day import MeasureDay, on_day
from springbrett.catalogue.limits import Combination, RequiresFirst
from springbrett.catalogue.measures import Measure
from springbrett.choice.durations import closed, time_left, time_used
from springbrett.choice.records import ChainView, MeasureTime, NextMeasure, Stay, TimeLeft, UsedPeriods
from springbrett.kernel.period import Length, Period
from springbrett.kernel.verdict import Answer, Fact, Ref, Severity, Verdict, all_of

HOUSE = Ref("house", "", "house")
CONSIDERED = "other_measures_considered"
"""The circumstance that says others have been tried or considered (codes/circumstance.toml)."""
EARLIER = "previous_measures"
"""The mapping's answer to what the person has had before, also elsewhere (codes/fact.toml)."""
LENGTH = "length_of_measure"
"""What would settle a limit in time that the rules set, and that the catalogue does not hold."""

_ANSWERS = {
    "refused": (Answer.NOT_MET, Severity.STOP),
    "warned": (Answer.NOT_MET, Severity.WARNING),
    "allowed": (Answer.MET, Severity.INFO),
}
_STRICTEST = ("refused", "warned", "allowed")


def stays_from(used: UsedPeriods) -> tuple[Stay, ...]:
    """Stays from periods by measure, oldest first, when employers and outcomes are not needed."""
    return in_order(Stay(measure, period) for measure, periods in used.items() for period in periods)


def in_order(stays: Iterable[Stay]) -> tuple[Stay, ...]:
    """The stays, oldest first."""
    return tuple(sorted(stays, key=lambda stay: (stay.period, stay.measure, stay.employer)))


def counted(measure: Measure, stays: Iterable[Stay], on: date) -> tuple[Period, ...]:
    """The periods that count against the measure's duration by the rules of the day, whoever the employer was.

    Its own stays, and those of the measures its duration is cumulative with.
    """
    together = counts_with(measure, on)
    return closed((stay.period for stay in stays if stay.measure in together), on)


def counts_with(measure: Measure, on: date) -> tuple[str, ...]:
    """The measures whose time is summed on the day, the measure itself first."""
    duration = on_day(measure, on).duration
    return (measure.code, *(duration.cumulative_with if duration else ()))


def counted_used(measure: Measure, used: UsedPeriods, on: date) -> tuple[Period, ...]:
    """The same as `counted`, from periods by measure."""
    return closed((period for code in counts_with(measure, on) for period in used.get(code, ())), on)


def time_in(measure: Measure, stays: Iterable[Stay], on: date) -> Length:
    """The time used that counts against the measure on the day, each day counted once."""
    return time_used(counted(measure, stays, on))


def time_open(measure: Measure, stays: Iterable[Stay], facts: object, on: date) -> TimeLeft | None:
    """The time used and left of the measure on the day. None when no duration is recorded, or it is not known."""
    return time_left(measure, on, counted(measure, stays, on), facts)


# ---- what must come before -----------------------------------------------------------------------------------------


def requires_first(measure: Measure, stays: Iterable[Stay], facts: object, on: date) -> Verdict | None:
    """Other measures must have been tried first (for varig lønnstilskudd: tiltaksforskriften § 10-4).

    Met when one of them has been tried: a stay that began before the day, or one the mapping tells of. Where it is
    enough that they are considered, the circumstance other_measures_considered answers it. Unknown until somebody has
    told. None when the measure asks nothing of the kind on the day.
    """
    asked = on_day(measure, on).requires_first
    if not asked:
        return None
    known = tuple(stays)
    children = [_tried_first(measure, required, known, facts, on) for required in asked]
    if len(children) == 1:
        return children[0]
    severity = Severity.STOP if any(child.severity is Severity.STOP for child in children) else Severity.WARNING
    return all_of("requires_first", children[0].ref, children, severity, on=on)


def _tried_first(
    measure: Measure, required: RequiresFirst, stays: tuple[Stay, ...], facts: object, on: date
) -> Verdict:
    tried = _tried(measure, required, stays, facts, on)
    considered = fact_of(facts, CONSIDERED)
    told = fact_of(facts, EARLIER)
    shown = [Fact("must_be_tried", required.measures), Fact("tried", tried)]
    change: tuple[str, ...] = ()
    if required.considered_is_enough:
        shown.append(Fact(CONSIDERED, considered if isinstance(considered, bool) else None))
        answer = True if tried else considered if isinstance(considered, bool) else None
        change = (CONSIDERED,)
    else:
        answer = True if tried else None if told is None else False
        change = (EARLIER,)
    rule = f"requires_first.{measure.code}.{required.code}"
    return Verdict(rule, Answer.of(answer), Severity(required.severity), required.reference, tuple(shown),
                   () if tried else change, (), on)  # fmt: skip


def _tried(
    measure: Measure, required: RequiresFirst, stays: tuple[Stay, ...], facts: object, on: date
) -> tuple[str, ...]:
    """The measures that count as tried, in the order they were; with none named, any other that has a last day."""
    began = [stay for stay in stays if stay.period.start < on and stay.measure != measure.code]
    told = fact_of(facts, EARLIER)
    earlier = [str(code) for code in told] if isinstance(told, tuple | list) else []
    if required.measures:
        found = [stay.measure for stay in began] + earlier
        return tuple(dict.fromkeys(code for code in found if code in required.measures))
    ending = [stay.measure for stay in began if not stay.period.is_open]
    return tuple(dict.fromkeys([*ending, *(code for code in earlier if code != measure.code)]))


# ---- what runs at the same time ------------------------------------------------------------------------------------


def combination(measure: Measure, others: Iterable[Measure], on: date) -> tuple[Verdict, ...]:
    """Whether the measure can be held at the same time as each of the others (the measures of other stays).

    What either of the two records counts, the stricter of them; a support goes with what it attaches to. Refused
    stops, warned warns; where nothing is recorded the answer is unknown and only informs.
    """
    return tuple(_together(on_day(measure, on), on_day(other, on)) for other in others)


def running(stays: Iterable[Stay], period: Period) -> tuple[Stay, ...]:
    """The stays that share at least one day with the period."""
    return tuple(stay for stay in stays if stay.period.overlaps(period))


def _together(new: MeasureDay, other: MeasureDay) -> Verdict:
    facts = (Fact("measure", new.measure.code), Fact("other_measure", other.measure.code))
    rule = _strictest(new, other)
    if rule is not None:
        answer, severity = _ANSWERS[rule.together]
        return Verdict("combination", answer, severity, rule.reference, facts, (), (), new.on)
    for support, main in ((new, other), (other, new)):
        if support.attaches_to is not None and main.measure.code in support.attaches_to.measures:
            ref = support.attaches_to.reference
            return Verdict("combination", Answer.MET, Severity.INFO, ref, facts, (), (), new.on)
    return Verdict("combination", Answer.UNKNOWN, Severity.INFO, HOUSE, facts, ("caseworker_considers",), (), new.on)


def _strictest(new: MeasureDay, other: MeasureDay) -> Combination | None:
    said = (new.combinations.get(other.measure.code), other.combinations.get(new.measure.code))
    found = [rule for rule in said if rule is not None]
    return min(found, key=lambda rule: _STRICTEST.index(rule.together), default=None)


# ---- what may come next --------------------------------------------------------------------------------------------


def next_measures(
    stays: Iterable[Stay], on: date, catalogue: Catalogue, facts: object = None
) -> tuple[NextMeasure, ...]:
    """The measures that usually come after those the person has had, the newest first, with what is still open.

    A measure is open when it is in force, has time left, and what it requires first is not known to be missing.
    `facts` (a mapping or a profile) answer what extensions and requirements ask.
    """
    known = in_order(stays)
    had = dict.fromkeys(stay.measure for stay in reversed(known) if stay.measure in catalogue.measures)
    found: dict[str, NextMeasure] = {}
    for after in had:
        for code in _successors(after, catalogue):
            if code not in found and catalogue.measure(code).depth != "record":
                found[code] = _next(catalogue.measure(code), after, known, facts, on)
    return tuple(sorted(found.values(), key=lambda step: (not step.open, step.opens is not None)))


def _successors(code: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Those the measure names, and those that name it as what usually comes before them."""
    named = catalogue.measure(code).related.successors
    naming = (other.code for other in catalogue.measures.values() if code in other.related.predecessors)
    return tuple(dict.fromkeys((*named, *naming)))


def _next(measure: Measure, after: str, stays: Sequence[Stay], facts: object, on: date) -> NextMeasure:
    today = on_day(measure, on)
    judged = max(on, today.opens) if today.opens else on
    asked: Mapping[str, object] | object = facts if facts is not None else {}
    time = time_open(measure, stays, asked, judged)
    first = requires_first(measure, stays, asked, judged)
    given = today.given or today.opens is not None
    ref = today.valid.reference if today.valid else HOUSE
    children = [Verdict("may_be_given", Answer.of(given), Severity.STOP, ref,
                        (Fact("measure", measure.code), Fact("from", today.opens)), (), (), on)]  # fmt: skip
    children += [verdict for verdict in (time_rule(measure, time, asked, judged), first) if verdict is not None]
    facts_shown = (Fact("measure", measure.code), Fact("after", after))
    verdict = all_of("may_come_next", HOUSE, children, facts=facts_shown, on=on)
    return NextMeasure(measure.code, after, verdict, time, today.opens)


def time_rule(measure: Measure, left: TimeLeft | None, facts: object, on: date) -> Verdict | None:
    """There must be time left in the measure: `left` judged, or unknown where there is a limit that we do not hold.

    The catalogue's note says why a limit is not known; unknown is shown, and never taken for no limit. None when no
    duration is recorded for the day.
    """
    if left is not None:
        return time_verdict(left, facts, on)
    duration = on_day(measure, on).duration
    if duration is None:
        return None
    shown = (Fact("measure", measure.code),)
    return Verdict("time_left", Answer.UNKNOWN, Severity.STOP, duration.reference, shown, (LENGTH,), (), on)


def time_verdict(left: TimeLeft | None, facts: object, on: date) -> Verdict | None:
    """There must be time left in the measure (for arbeidstrening: tiltaksforskriften § 3-5).

    When it is not known whether a longer limit is open to the person, time up to the sure limit is known to be left,
    and time beyond it is unknown. None when no duration is recorded.
    """
    if left is None:
        return None
    told = {name: fact_of(facts, name) for name in left.asked}
    shown = (
        Fact("months_used", left.used.months), Fact("days_used", left.used.days),
        *limit_facts(left),
        *(Fact(name, plain(value)) for name, value in told.items()),
        Fact("months_left", left.certain.months if left.certain else None),
        Fact("days_left", left.certain.days if left.certain else None),
    )  # fmt: skip
    if left.unlimited or left.certain != Length(0):
        answer = Answer.MET
    else:
        answer = Answer.NOT_MET if left.exhausted else Answer.UNKNOWN
    change = tuple(name for name, value in told.items() if value is None) if answer is Answer.UNKNOWN else ()
    return Verdict("time_left", answer, Severity.STOP, left.ref, shown, change, (), on)


def limit_facts(left: TimeLeft) -> tuple[Fact, ...]:
    """The limit and the longest limit, in the unit the rule is written in; none where there is no limit."""
    if left.limit is None:
        return ()
    if left.limit_months is not None:
        return (Fact("months_limit", left.limit_months), Fact("months_limit_extended", left.extended_limit_months))
    longest = left.extended_limit
    return (Fact("days_limit", left.limit.days), Fact("days_limit_extended", longest.days if longest else None))


def chain_view(stays: Iterable[Stay], on: date, catalogue: Catalogue, facts: object = None) -> ChainView:
    """What has been, how much time is used of each measure, and what may come next."""
    known = in_order(stays)
    had = dict.fromkeys(stay.measure for stay in known if stay.measure in catalogue.measures)
    times = tuple(_measure_time(catalogue.measure(code), known, facts, on) for code in had)
    return ChainView(known, times, next_measures(known, on, catalogue, facts))


def _measure_time(measure: Measure, stays: tuple[Stay, ...], facts: object, on: date) -> MeasureTime:
    own = [stay for stay in stays if stay.measure == measure.code]
    asked: object = facts if facts is not None else {}
    return MeasureTime(
        measure=measure.code,
        stays=len(own),
        employers=len({stay.employer for stay in own if stay.employer}),
        used=time_used(closed((stay.period for stay in own), on)),
        left=time_open(measure, stays, asked, on),
    )


def plain(value: object) -> "str | int | float | bool | date | tuple[str, ...] | None":
    if value is None or isinstance(value, str | int | float | bool | date):
        return value
    if isinstance(value, tuple | list | dict):
        return tuple(str(item) for item in value)
    return str(value)
