"""What an agreement must hold before it can come into force. Pure: content and context in, verdicts out.

The numbers, the declarations asked for and the parts required are the catalogue's, for the measure at hand, as they
stood on the first day of the placement. `check` gathers every rule; `check_content` only those that rest on the text
itself, and so can be shown to the employer without showing anything about the person.
"""

from collections.abc import Callable, Mapping
from datetime import date

from springbrett.agreement import rules_beside, rules_money, rules_time
from springbrett.agreement.facts import HOUSE, Context
from springbrett.agreement.records import DECLARED, EMPLOYER, AgreementContent
from springbrett.agreement.rules_time import duration_within_limit
from springbrett.catalogue.dated import in_force
from springbrett.catalogue.structs import Measure, Rule
from springbrett.kernel.verdict import Answer, Fact, Ref, Severity, Verdict, all_of


def check(content: AgreementContent, context: Context) -> Verdict:
    """Whether the agreement may come into force: every rule, with its reasons. Unknown is not enough to go on."""
    measure, judged_on = context.measure, content.start or context.on
    children = (
        *rules_time.given_on_start(content, context),
        *_about_the_text(content, measure, judged_on, context.facts_with(content)),
        *_purpose_in_time(content, context),
        duration_within_limit(content, context),
        *declarations(content, measure, judged_on),
        rules_time.start_not_too_far_back(content, context),
        *rules_time.within_season(content, context),
        *rules_time.before_last_day(content, context),
        *rules_time.minimum_age_at_start(content, context),
        *rules_time.age_cap(content, context),
        *_hours(content, context),
        *rules_time.post_fits(content, context),
        *rules_beside.still_in_target_group(content, context),
        *rules_beside.tried_first(content, context),
        *rules_beside.together_with_others(content, context),
        *rules_beside.beside_main(content, context),
        *rules_beside.supports_stay_within(content, context),
        *rules_money.terms_hold(content, context),
        *_chain(content, context),
        *_waiting(context),
        cooperation_open(context),
        *rules_beside.money_granted(content, context),
    )
    return all_of("agreement_ready", _agreement_ref(measure, judged_on), children, on=judged_on)


def check_content(
    content: AgreementContent, measure: Measure, on: date, facts: Mapping[str, object] | None = None
) -> Verdict:
    """What the text alone answers: is everything said, and are the employer's declarations in order.

    `facts` decide which questions need no answer; they are not shown.
    """
    judged_on = content.start or on
    open_to_all = (rule for rule in asked_rules(measure, judged_on) if rule.fact in _said_openly(measure, judged_on))
    declared_openly = (declared(measure.code, rule, content, judged_on) for rule in open_to_all)
    children = (*_about_the_text(content, measure, judged_on, facts), *declared_openly)
    return all_of("agreement_text_ready", _agreement_ref(measure, judged_on), children, on=judged_on)


def _said_openly(measure: Measure, on: date) -> frozenset[str]:
    """The declarations, and the questions the employer answers: the caseworker's answers are not for the employer."""
    asked = measure.agreement.questions_on(on) if measure.agreement else ()
    return frozenset(DECLARED) | {question.code for question in asked if question.party == EMPLOYER}


def _about_the_text(
    content: AgreementContent, measure: Measure, on: date, facts: Mapping[str, object] | None
) -> tuple[Verdict, ...]:
    weighed = (other_support_considered(content, measure, on),) if _has(measure, "support") else ()
    return (content_complete(content, measure, on, facts), *weighed)


def _purpose_in_time(content: AgreementContent, context: Context) -> tuple[Verdict, ...]:
    return (purpose_before_start(content, context),) if _has(context.measure, "purpose") else ()


def _hours(content: AgreementContent, context: Context) -> tuple[Verdict, ...]:
    return (rules_time.hours_fit_the_dates(content, context),) if _has(context.measure, "hours") else ()


def _chain(content: AgreementContent, context: Context) -> tuple[Verdict, ...]:
    return (purpose_follows_chain(content, context),) if context.measure.chains else ()


def _has(measure: Measure, part: str) -> bool:
    """Whether the measure's agreements have the part."""
    return measure.agreement is not None and part in measure.agreement.parts


def content_complete(
    content: AgreementContent, measure: Measure, on: date, facts: Mapping[str, object] | None = None
) -> Verdict:
    """The agreement says everything the measure requires of it on the day (for arbeidstrening § 3-4)."""
    ref = _agreement_ref(measure, on)
    required = measure.agreement.content_required_on(on) if measure.agreement else ()
    children = tuple(
        questions_answered(content, measure, on, facts)
        if part == "answers"
        else contact_points(content, ref, on)
        if part == "contacts"
        else part_stated(part, content, measure, on)
        for part in required
        if part in _STATED or part in {"contacts", "answers"}
    )
    return all_of("agreement_content", ref, children, on=on)


def part_stated(part: str, content: AgreementContent, measure: Measure, on: date) -> Verdict:
    """A required part is met when it says something; unknown while a question in it has no answer."""
    answer = Answer.of(_STATED[part](content, measure, on))
    return Verdict(f"{part}_stated", answer, Severity.STOP, _agreement_ref(measure, on), (), (part,), on=on)


def purpose_stated(content: AgreementContent, measure: Measure, on: date) -> bool:
    """A measure with chains has a registered main purpose, explained when it is "other"; one without has a text."""
    explained = bool(content.purpose_note.strip())
    if not measure.chains:
        return explained
    return content.main_purpose in content.purposes and (content.main_purpose != "other" or explained)


def _followup(content: AgreementContent, measure: Measure, on: date) -> bool:
    plan = content.followup
    reviewed = plan.review_every_months > 0 or in_force(measure.reviews, on) is None
    return plan.first_contact_weeks > 0 and plan.contact_every_weeks > 0 and reviewed


def _post(content: AgreementContent, measure: Measure, on: date) -> bool | None:
    post = content.position
    if not post.title.strip() or not post.percent:
        return False
    return None if post.permanent is None else True


def _grant(content: AgreementContent, measure: Measure, on: date) -> bool:
    return bool(content.grant) and all(item.complete for item in content.grant)


def questions_answered(
    content: AgreementContent, measure: Measure, on: date, facts: Mapping[str, object] | None = None
) -> Verdict:
    """Every question that the measure asks of such a stay has an answer; those surely not asked need none."""
    known = {**(facts or {}), **content.circumstances}
    asked = measure.agreement.questions_on(on, known) if measure.agreement else ()
    missing = tuple(question.code for question in asked if question.code not in content.circumstances)
    answer = Answer.UNKNOWN if missing else Answer.MET
    return Verdict("answers_stated", answer, Severity.STOP, _agreement_ref(measure, on), (), missing, on=on)


Stated = Callable[[AgreementContent, Measure, date], bool | None]


def _text(field: str) -> Stated:
    return lambda content, _measure, _on: bool(getattr(content, field).strip())


_STATED: dict[str, Stated] = {
    "purpose": purpose_stated,
    "tasks": _text("tasks"),
    "training": _text("training"),
    "expected": _text("expected"),
    "adaptation": lambda content, *_: bool(content.adaptations or content.adaptation_text.strip()),
    "hours": lambda content, *_: bool(content.hours_ramp),
    "days": lambda content, *_: bool(content.days),
    "dates": lambda content, *_: None not in (content.start, content.end) and content.start <= content.end,
    "followup": _followup,
    "position": _post,
    "wage": lambda content, *_: content.wage.complete,
    "mentoring": lambda content, *_: content.mentoring.complete,
    "grant": _grant,
    "buddy": lambda content, *_: content.buddy.reachable,
}
"""When a part says enough. A part that is not here (support, declarations) is held against rules of its own."""


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
    answer = known if content.main_purpose or content.purpose_note.strip() else False
    facts = (Fact("purpose_decided_on", context.purpose_decided_on), Fact("start", content.start))
    ref = _agreement_ref(context.measure, content.start or context.on)
    return Verdict("purpose_before_start", Answer.of(answer), Severity.WARNING, Ref(ref.act, ref.section, "practice"),
                   facts, ("start", "main_purpose"), on=content.start)  # fmt: skip


def declarations(content: AgreementContent, measure: Measure, on: date) -> tuple[Verdict, ...]:
    """§§ 1-6, 3-6, 3-7: every declaration the measure asks for, by the catalogue."""
    return tuple(declared(measure.code, rule, content, on) for rule in asked_rules(measure, on))


def asked_rules(measure: Measure, on: date) -> tuple[Rule, ...]:
    """The measure's rules that an agreement answers: by a declaration, or by the answer to a question."""
    return tuple(rule for rule in measure.rules_on(on) if rule.fact and rule.must_be is not None)


def declared(measure: str, rule: Rule, content: AgreementContent, on: date) -> Verdict:
    """A declaration is met when the answer is the one the rule asks for, or special reasons stand where it allows them.

    Unknown until somebody has answered. A rule that an answer to one of the measure's questions decides is called
    "answered", the measure and the rule, and speaks in the catalogue's words; the declarations have their own.
    """
    said = content.answered(rule.fact)
    reason = getattr(content, f"{rule.fact}_reason", "").strip() if rule.exception else ""
    answer = None if said is None else said == rule.must_be or bool(reason)
    facts = (Fact(rule.fact, said), *((Fact("special_reasons", bool(reason)),) if rule.exception else ()))
    code = rule.code if rule.fact in DECLARED else f"answered.{measure}.{rule.code}"
    return Verdict(code, Answer.of(answer), Severity(rule.severity), rule.reference, facts, (rule.fact,), on=on)


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


__all__ = [
    "Context",
    "asked_rules",
    "check",
    "check_content",
    "contact_points",
    "content_complete",
    "cooperation_open",
    "declarations",
    "declared",
    "duration_within_limit",
    "other_support_considered",
    "part_stated",
    "purpose_before_start",
    "purpose_follows_chain",
    "purpose_stated",
    "waiting_is_named",
]  # fmt: skip
