"""When an agreement may begin and end: length, season, last day, age, and how long a temporary post may last. Pure."""

from datetime import date, timedelta
from itertools import pairwise

from springbrett.agreement.facts import HOUSE, Context
from springbrett.agreement.records import AgreementContent
from springbrett.catalogue.conditions import fact_of
from springbrett.catalogue.day import on_day
from springbrett.catalogue.structs import Measure
from springbrett.choice import chaining, durations
from springbrett.choice import rules as choice_rules
from springbrett.kernel.period import add_months
from springbrett.kernel.verdict import Answer, Fact, Severity, Verdict
from springbrett.mapping.records import NeedsProfile


def duration_within_limit(content: AgreementContent, context: Context) -> Verdict:
    """The person's placements in the measure stay within the limit together, extensions counted in.

    For arbeidstrening § 3-5, midlertidig lønnstilskudd § 9-4, mentor § 4-5; for a measure without a limit it is met.
    Unknown when only an extension would allow it and nobody has answered what the extension asks; and, as a remark
    that the last approver is shown, when there is a rule and the catalogue does not hold its length.
    """
    try:
        period = content.period
    except ValueError:
        return Verdict("duration_within_limit", Answer.UNKNOWN, Severity.STOP, HOUSE, would_change=("dates",))
    facts = context.facts_with(content)
    latest = durations.latest_end(context.measure, period.start, context.used, facts)
    left = durations.time_left(context.measure, period.start, context.used, facts)
    if latest is None or left is None:
        return _length_not_recorded(context.measure, period.start)
    asked = {name: fact_of(facts, name) for name in left.asked}
    shown = (Fact("start", period.start), Fact("end", period.last), Fact("latest_end", latest.certain),
             Fact("latest_end_possible", latest.possible), Fact("months_used", left.used.months),
             Fact("days_used", left.used.days), Fact("months_limit", left.limit_months),
             Fact("months_limit_extended", left.extended_limit_months),
             *(Fact(name, _plain(value)) for name, value in asked.items()))  # fmt: skip
    fits = latest.unlimited or _not_after(period.last, latest.certain)
    possible = fits or _not_after(period.last, latest.possible)
    answer = Answer.MET if fits else (Answer.UNKNOWN if possible else Answer.NOT_MET)
    open_questions = tuple(name for name, value in asked.items() if value is None)
    change = ("end", *open_questions) if answer is Answer.UNKNOWN else ("end",)
    return Verdict("duration_within_limit", answer, Severity.STOP, left.ref, shown, change, on=period.start)


def _length_not_recorded(measure: Measure, on: date) -> Verdict:
    """The sources we hold do not say how long: the caseworker must look it up, and nothing is claimed here.

    Unknown with the § of the rule whose length is not held, whose note says why; ours where there is no rule at all.
    """
    given, duration = measure.in_force(on), on_day(measure, on).duration
    severity = Severity.WARNING if given else Severity.STOP
    ref = duration.reference if duration else HOUSE
    change = (chaining.LENGTH,) if duration else ()
    return Verdict("duration_within_limit", Answer.UNKNOWN, severity, ref, (Fact("measure", measure.code),), change,
                   on=on)  # fmt: skip


def _not_after(day: date, latest: date | None) -> bool:
    return latest is not None and day <= latest


def _plain(value: object) -> str | int | float | bool | None:
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def start_not_too_far_back(content: AgreementContent, context: Context) -> Verdict:
    """Practice: an agreement that is not in force yet does not start further back in time than the window allows."""
    on = content.start or context.on
    window = context.measure.agreement.start_window_on(on) if context.measure.agreement else None
    if window is None:
        return Verdict("start_not_too_far_back", Answer.MET, Severity.INFO, HOUSE, on=on)
    back = (context.on - content.start).days if content.start else None
    within = None if back is None else context.entered_on is not None or back <= window.days_back
    facts = (Fact("start", content.start), Fact("days_back", max(back, 0) if back is not None else None),
             Fact("days_back_allowed", window.days_back))  # fmt: skip
    return Verdict("start_not_too_far_back", Answer.of(within), Severity(window.severity), window.reference, facts,
                   ("start",), on=on)  # fmt: skip


def given_on_start(content: AgreementContent, context: Context) -> tuple[Verdict, ...]:
    """The measure can be given on the first day. Left out while there is no first day."""
    if content.start is None:
        return ()
    found = choice_rules.measure_in_force(context.measure, content.start)
    return (found,)


def within_season(content: AgreementContent, context: Context) -> tuple[Verdict, ...]:
    """The whole stay lies in the measure's season (sommerjobb). Empty for a measure held all year."""
    on = content.start or context.on
    season = context.measure.season_on(on)
    if season is None:
        return ()
    inside = season.covers(content.start, content.end) if content.start and content.end else None
    excused = context.facts_with(content).get(season.excused_by) if season.excused_by else False
    facts = [Fact("start", content.start), Fact("end", content.end), Fact("season_first", season.first),
             Fact("season_last", season.last)]  # fmt: skip
    if season.excused_by and inside is False:
        facts.append(Fact(season.excused_by, excused if isinstance(excused, bool) else None))
        inside = None if excused is None else bool(excused)
    change = ("start", "end", *filter(None, [season.excused_by]))
    return (Verdict("within_season", Answer.of(inside), Severity(season.severity), season.reference, tuple(facts),
                    change, on=on),)  # fmt: skip


def before_last_day(content: AgreementContent, context: Context) -> tuple[Verdict, ...]:
    """No stay reaches past the day the measure closes (a trial). Empty for a measure that does not close."""
    on = content.start or context.on
    closing = context.measure.last_day_on(on)
    if closing is None:
        return ()
    within = content.end <= closing.day if content.end else None
    facts = (Fact("end", content.end), Fact("closes_on", closing.day))
    return (Verdict("before_last_day", Answer.of(within), Severity(closing.severity), closing.reference, facts,
                    ("end",), on=on),)  # fmt: skip


def minimum_age_at_start(content: AgreementContent, context: Context) -> tuple[Verdict, ...]:
    """§ 1-3: the person has reached the minimum age on the first day. Empty when the measure has no such limit."""
    found = choice_rules.minimum_age(context.measure, _born(context), content.start or context.on)
    return (found,) if found is not None else ()


def age_cap(content: AgreementContent, context: Context) -> tuple[Verdict, ...]:
    """The person has not reached the upper age on the day it is held against: the last, or the first when the measure
    is for those who are young enough when it is given. Empty when the measure has no such limit."""
    start = content.start or context.on
    limit = context.measure.max_age_on(start)
    day = start if limit is not None and limit.at == "start" else content.end or start
    found = choice_rules.maximum_age(context.measure, _born(context), day)
    return (found,) if found is not None else ()


def _born(context: Context) -> NeedsProfile:
    return NeedsProfile(birth_date=context.birth_date)


def hours_fit_the_dates(content: AgreementContent, context: Context) -> Verdict:
    """House: the hours begin on the first day, change only inside the period, in order, and fit in a full week."""
    steps = content.hours_ramp
    facts = (Fact("steps", len(steps)), Fact("start", content.start), Fact("end", content.end))
    answer: bool | None = None
    if steps and content.start and content.end:
        dates = [step.from_on for step in steps]
        most = context.max_week_hours
        answer = (
            dates[0] == content.start
            and all(a < b for a, b in pairwise(dates))
            and dates[-1] <= content.end
            and all(step.hours_per_week > 0 and (most is None or step.hours_per_week <= most) for step in steps)
        )
    return Verdict("hours_fit_the_dates", Answer.of(answer), Severity.STOP, HOUSE, facts, ("hours", "dates"),
                   on=content.start)  # fmt: skip


def post_fits(content: AgreementContent, context: Context) -> tuple[Verdict, ...]:
    """Where the participant is an employee: the post is permanent where that is required, and a temporary one is not
    longer than allowed. Empty where nothing is asked about the post."""
    on = content.start or context.on
    asked = context.measure.employment_on(on)
    if asked is None or "position" not in context.parts or asked.status == "not_employee":
        return ()
    permanent = content.position.permanent
    facts = (Fact("permanent", permanent),)
    found: list[Verdict] = []
    if asked.permanent != "not_asked":
        severity = Severity.STOP if asked.permanent == "required" else Severity.WARNING
        found.append(Verdict("permanent_post", Answer.of(permanent), severity, asked.reference, facts,
                             ("position",), on=on))  # fmt: skip
    if asked.temporary_months is not None and permanent is not True:
        found.append(_temporary(content, context, asked.temporary_months))
    return tuple(found)


def _temporary(content: AgreementContent, context: Context, months: int) -> Verdict:
    on = content.start or context.on
    asked = context.measure.employment_on(on)
    last = add_months(content.start, months) - timedelta(days=1) if content.start else None
    known = content.position.permanent is False and content.end is not None and last is not None
    within = content.end <= last if known and content.end and last else None
    facts = (Fact("permanent", content.position.permanent), Fact("end", content.end), Fact("temporary_until", last),
             Fact("temporary_months", months))  # fmt: skip
    return Verdict("temporary_post_not_too_long", Answer.of(within), Severity.STOP,
                   asked.reference if asked else HOUSE, facts, ("position", "end"), on=on)  # fmt: skip
