"""What an agreement must hold before it can come into force. Pure: content and context in, verdicts out.

The numbers, the declarations asked for and the parts required are the catalogue's, for the measure at hand, as they
stood on the first day of the placement. `check` gathers every rule; `check_content` only those that rest on the text
itself, and so can be shown to the employer without showing anything about the person.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from springbrett.agreement.records import AgreementContent
from springbrett.catalogue.dated import in_force
from springbrett.catalogue.structs import Chain, Measure, Rule
from springbrett.choice import rules as choice_rules
from springbrett.kernel.period import Period
from springbrett.kernel.verdict import Answer, Fact, Ref, Severity, Verdict, all_of
from springbrett.mapping.records import NeedsProfile

HOUSE = Ref("house", "", "house")


@dataclass(frozen=True, slots=True)
class Context:
    """What the rules need besides the content.

    `on` is the day the check is made. `used`: the person's other placements in the same measure. `entered_on`: the
    day this agreement first came into force (None: not yet). `purpose_decided_on`: when a main purpose was first
    written down. `choice_waiting_for`: the measure the choice says the person waits for; `waiting_for` what the
    agreement says. None means unknown, never "no".
    """

    measure: Measure
    on: date
    chain: Chain | None = None
    birth_date: date | None = None
    reduced_work_capacity: bool | None = None
    used: tuple[Period, ...] = ()
    entered_on: date | None = None
    purpose_decided_on: date | None = None
    waiting_for: str = ""
    choice_waiting_for: str = ""
    cooperation_stopped: bool | None = None
    max_week_hours: float | None = None

    @property
    def circumstances(self) -> Mapping[str, object]:
        """The facts that decide how long the measure may last for this person."""
        return {"reduced_work_capacity": self.reduced_work_capacity}


def check(content: AgreementContent, context: Context) -> Verdict:
    """Whether the agreement may come into force: every rule, with its reasons. Unknown is not enough to go on."""
    measure, judged_on = context.measure, content.start or context.on
    children = (
        content_complete(content, measure, judged_on),
        other_support_considered(content, measure, judged_on),
        purpose_before_start(content, context),
        duration_within_limit(content, context),
        *declarations(content, measure, judged_on),
        start_not_too_far_back(content, context),
        *minimum_age_at_start(content, context),
        *age_cap_at_end(content, context),
        hours_fit_the_dates(content, context),
        purpose_follows_chain(content, context),
        *_waiting(context),
        cooperation_open(context),
    )
    return all_of("agreement_ready", _agreement_ref(measure, judged_on), children, on=judged_on)


def check_content(content: AgreementContent, measure: Measure, on: date) -> Verdict:
    """What the text alone answers: is everything said, and are the employer's declarations in order."""
    judged_on = content.start or on
    children = (
        content_complete(content, measure, judged_on),
        other_support_considered(content, measure, judged_on),
        *declarations(content, measure, judged_on),
    )
    return all_of("agreement_text_ready", _agreement_ref(measure, judged_on), children, on=judged_on)


def content_complete(content: AgreementContent, measure: Measure, on: date) -> Verdict:
    """§ 3-4: the agreement says the purpose, the content, the training, other support and the rest that is required."""
    ref = _agreement_ref(measure, on)
    required = measure.agreement.content_required_on(on) if measure.agreement else ()
    children = tuple(
        contact_points(content, ref, on) if part == "contacts" else part_stated(part, content, ref, on)
        for part in required
        if part in _STATED or part == "contacts"
    )
    return all_of("agreement_content", ref, children, on=on)


def part_stated(part: str, content: AgreementContent, ref: Ref, on: date) -> Verdict:
    """A required part is met when it says something; unknown while a question in it has no answer."""
    return Verdict(f"{part}_stated", Answer.of(_STATED[part](content)), Severity.STOP, ref, (), (part,), on=on)


def _purpose(content: AgreementContent) -> bool:
    explained = content.main_purpose != "other" or bool(content.purpose_note.strip())
    return content.main_purpose in content.purposes and explained


def _followup(content: AgreementContent) -> bool:
    plan = content.followup
    return plan.first_contact_weeks > 0 and plan.contact_every_weeks > 0 and plan.review_every_months > 0


_STATED: dict[str, Callable[[AgreementContent], bool | None]] = {
    "purpose": _purpose,
    "tasks": lambda content: bool(content.tasks.strip()),
    "training": lambda content: bool(content.training.strip()),
    "expected": lambda content: bool(content.expected.strip()),
    "adaptation": lambda content: bool(content.adaptations or content.adaptation_text.strip()),
    "hours": lambda content: bool(content.hours_ramp),
    "days": lambda content: bool(content.days),
    "dates": lambda content: content.start is not None and content.end is not None and content.start <= content.end,
    "followup": _followup,
}


def contact_points(content: AgreementContent, ref: Ref, on: date) -> Verdict:
    """§ 3-4: there is somebody to turn to both at the workplace and at NAV."""
    facts = (
        Fact("contact_at_workplace", content.contact_employer.reachable),
        Fact("contact_at_nav", content.contact_nav.reachable),
    )
    both = content.contact_employer.reachable and content.contact_nav.reachable
    return Verdict("contact_points", Answer.of(both), Severity.STOP, ref, facts, ("contacts",), on=on)


def other_support_considered(content: AgreementContent, measure: Measure, on: date) -> Verdict:
    """§ 3-4: what other support is to be used has been considered, and every request says what it is for."""
    support = content.support
    whole = (not support.mentor_requested or bool(support.mentor_hours_week)) and (
        not support.inclusion_grant_requested or bool(support.inclusion_grant_for.strip())
    )
    facts = (Fact("other_considered", support.other_considered), Fact("requests_complete", whole))
    return Verdict("other_support_considered", Answer.of(support.other_considered if whole else False), Severity.STOP,
                   _agreement_ref(measure, on), facts, ("support",), on=on)  # fmt: skip


def purpose_before_start(content: AgreementContent, context: Context) -> Verdict:
    """§ 3-4, practice: the purpose is decided before the placement starts, so that all three work towards it."""
    decided = context.purpose_decided_on or context.on
    known = decided <= content.start if content.start else None
    answer = known if content.main_purpose else False
    facts = (Fact("purpose_decided_on", context.purpose_decided_on), Fact("start", content.start))
    ref = _agreement_ref(context.measure, content.start or context.on)
    return Verdict("purpose_before_start", Answer.of(answer), Severity.WARNING, Ref(ref.act, ref.section, "practice"),
                   facts, ("start", "main_purpose"), on=content.start)  # fmt: skip


def duration_within_limit(content: AgreementContent, context: Context) -> Verdict:
    """§ 3-5: the person's placements in the measure stay within the limit together; more with reduced work capacity.

    Unknown when only reduced work capacity would allow it and nobody has settled that.
    """
    try:
        period = content.period
    except ValueError:
        return Verdict("duration_within_limit", Answer.UNKNOWN, Severity.STOP, HOUSE, would_change=("dates",))
    latest = choice_rules.latest_end(context.measure, period.start, context.used, context.circumstances)
    left = choice_rules.time_left(context.measure, period.start, context.used, context.circumstances)
    if latest is None or left is None:
        return Verdict("duration_within_limit", Answer.UNKNOWN, Severity.STOP, HOUSE, on=period.start)
    facts = (Fact("end", period.end), Fact("latest_end", latest.certain), Fact("latest_end_possible", latest.possible),
             Fact("months_used", left.used.months), Fact("days_used", left.used.days),
             Fact("months_limit", left.limit_months), Fact("months_limit_extended", left.extended_limit_months),
             Fact("reduced_work_capacity", context.reduced_work_capacity))  # fmt: skip
    fits = latest.unlimited or _not_after(period.last, latest.certain)
    possible = fits or _not_after(period.last, latest.possible)
    answer = Answer.MET if fits else (Answer.UNKNOWN if possible else Answer.NOT_MET)
    change = ("end", "reduced_work_capacity") if answer is Answer.UNKNOWN else ("end",)
    return Verdict("duration_within_limit", answer, Severity.STOP, left.ref, facts, change, on=period.start)


def _not_after(day: date, latest: date | None) -> bool:
    return latest is not None and day <= latest


def declarations(content: AgreementContent, measure: Measure, on: date) -> tuple[Verdict, ...]:
    """§§ 1-6, 3-6, 3-7: every declaration the measure asks for, by the catalogue."""
    return tuple(declared(rule, content, on) for rule in measure.rules_on(on) if rule.fact)


def declared(rule: Rule, content: AgreementContent, on: date) -> Verdict:
    """A declaration is met when the answer is the one the rule asks for, or special reasons stand where it allows them.

    Unknown until somebody has answered.
    """
    said = getattr(content, rule.fact)
    reason = getattr(content, f"{rule.fact}_reason", "").strip() if rule.exception else ""
    answer = None if said is None else said == rule.must_be or bool(reason)
    facts = (Fact(rule.fact, said), *((Fact("special_reasons", bool(reason)),) if rule.exception else ()))
    return Verdict(rule.code, Answer.of(answer), Severity(rule.severity), rule.reference, facts, (rule.fact,), on=on)


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


def minimum_age_at_start(content: AgreementContent, context: Context) -> tuple[Verdict, ...]:
    """§ 1-3: the person has reached the minimum age on the first day. Empty when the measure has no such limit."""
    found = choice_rules.minimum_age(context.measure, _born(context), content.start or context.on)
    return (found,) if found is not None else ()


def age_cap_at_end(content: AgreementContent, context: Context) -> tuple[Verdict, ...]:
    """Practice: the person has not reached the upper age on the last day. Empty when the measure has no such limit."""
    found = choice_rules.maximum_age(context.measure, _born(context), content.end or content.start or context.on)
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


def purpose_follows_chain(content: AgreementContent, context: Context) -> Verdict:
    """House: the main purpose is the one the chosen chain works towards; otherwise the chain needs a new look."""
    wanted = context.chain.purpose if context.chain else None
    answer = None if not (wanted and content.main_purpose) else content.main_purpose == wanted
    facts = (Fact("main_purpose", content.main_purpose or None), Fact("chain_purpose", wanted))
    return Verdict("purpose_follows_chain", Answer.of(answer), Severity.WARNING, HOUSE, facts, ("main_purpose",),
                   on=content.start)  # fmt: skip


def _waiting(context: Context) -> tuple[Verdict, ...]:
    return (waiting_is_named(context),) if context.waiting_for or context.choice_waiting_for else ()


def waiting_is_named(context: Context) -> Verdict:
    """House: a placement used while waiting for another measure says so, to the participant and to the employer."""
    named = context.waiting_for == context.choice_waiting_for
    facts = (
        Fact("waiting_for", context.waiting_for or None),
        Fact("choice_waiting_for", context.choice_waiting_for or None),
    )
    return Verdict("waiting_is_named", Answer.of(named), Severity.STOP, HOUSE, facts, ("waiting_for",), on=context.on)


def cooperation_open(context: Context) -> Verdict:
    """House: the office has not ended its cooperation with the employer."""
    stopped = context.cooperation_stopped
    return Verdict("cooperation_open", Answer.of(None if stopped is None else not stopped), Severity.STOP, HOUSE,
                   (Fact("cooperation_stopped", stopped),), ("cooperation_stopped",), on=context.on)  # fmt: skip


def _agreement_ref(measure: Measure, on: date) -> Ref:
    """Where the measure's demands on the agreement stand."""
    found = in_force(measure.agreement.content_required, on) if measure.agreement else None
    return found.reference if found else HOUSE
