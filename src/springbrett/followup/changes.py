"""Whether a placement may be extended or ended as somebody wants to. Pure: facts in, verdicts out."""

from dataclasses import dataclass
from datetime import date, timedelta

from springbrett.followup.records import HOUSE
from springbrett.kernel.verdict import Answer, Fact, Ref, Severity, Verdict, all_of

SOON_A_VACANCY = "position_coming"
"""The extension reason that, repeated, is a known sign of free labour."""


@dataclass(frozen=True, slots=True)
class Extension:
    """What the rules need to know about a wished extension.

    `duration` is the agreement room's verdict on the whole period with the new end. `extensions_before` counts those
    of this placement, `vacancy_before` those at the employer with "soon a vacancy"; the limits are the house's, and
    count the one now wished for. `review_on_time`: no review is overdue.
    """

    on: date
    start: date
    current_end: date
    new_end: date
    reason: str
    reason_known: bool
    duration: Verdict
    extensions_before: int
    extensions_sign: int
    vacancy_before: int
    vacancy_sign: int
    review_on_time: bool
    review_ref: Ref


def extension(wish: Extension) -> Verdict:
    """Whether the placement may be extended: inside the limit, before it is over, for a known reason (§ 3-5)."""
    children = (moves_the_end(wish), still_running(wish), reason_given(wish), wish.duration, reviewed_first(wish),
                vacancy_not_repeated(wish), not_extended_again_and_again(wish))  # fmt: skip
    return all_of("extension_allowed", wish.duration.ref, children, on=wish.on)


def moves_the_end(wish: Extension) -> Verdict:
    """An extension ends later than what is agreed now; a shorter placement is another change."""
    facts = (Fact("end", wish.current_end), Fact("new_end", wish.new_end))
    return Verdict("extension_moves_the_end", Answer.of(wish.new_end > wish.current_end), Severity.STOP, HOUSE, facts,
                   ("new_end",), on=wish.on)  # fmt: skip


def still_running(wish: Extension) -> Verdict:
    """What is over cannot be extended: it needs an outcome, and perhaps a new agreement."""
    facts = (Fact("end", wish.current_end), Fact("today", wish.on))
    return Verdict("placement_still_running", Answer.of(wish.on <= wish.current_end), Severity.STOP, HOUSE, facts,
                   on=wish.on)  # fmt: skip


def reason_given(wish: Extension) -> Verdict:
    """An extension has a coded reason."""
    facts = (Fact("extension_reason", wish.reason or None),)
    return Verdict("extension_reason_given", Answer.of(wish.reason_known), Severity.STOP, HOUSE, facts,
                   ("extension_reason",), on=wish.on)  # fmt: skip


def reviewed_first(wish: Extension) -> Verdict:
    """§ 3-5: the length is assessed regularly, so a placement whose review is overdue is reviewed before it grows."""
    ref = Ref(wish.review_ref.act, wish.review_ref.section, "practice")
    return Verdict("reviewed_before_extension", Answer.of(wish.review_on_time), Severity.WARNING, ref,
                   (Fact("review_on_time", wish.review_on_time),), ("review_held",), on=wish.on)  # fmt: skip


def vacancy_not_repeated(wish: Extension) -> Verdict:
    """House: "soon a vacancy" again and again is a sign of free labour; going on needs a reason of its own."""
    count = wish.vacancy_before + 1
    again = wish.reason == SOON_A_VACANCY and count >= wish.vacancy_sign
    facts = (Fact("vacancy_extensions", wish.vacancy_before), Fact("vacancy_sign", wish.vacancy_sign),
             Fact("extension_reason", wish.reason or None))  # fmt: skip
    return Verdict("vacancy_not_promised_again", Answer.of(not again), Severity.WARNING, HOUSE, facts,
                   ("extension_reason",), on=wish.on)  # fmt: skip


def not_extended_again_and_again(wish: Extension) -> Verdict:
    """House: many extensions of one placement is a sign to look at."""
    facts = (Fact("extensions", wish.extensions_before), Fact("extensions_sign", wish.extensions_sign))
    answer = Answer.of(wish.extensions_before + 1 < wish.extensions_sign)
    return Verdict("few_extensions", answer, Severity.WARNING, HOUSE, facts, on=wish.on)


@dataclass(frozen=True, slots=True)
class Ending:
    """What the rules need to know about a wished end. `reason_early` is the catalogue's; None for an unknown reason."""

    on: date
    start: date
    planned_end: date
    ended_on: date
    reason: str
    reason_early: bool | None

    @property
    def early(self) -> bool:
        """Whether it ends before what was agreed."""
        return self.ended_on < self.planned_end


def ending(wish: Ending) -> Verdict:
    """Whether the placement may be ended like this: a day that has been and lies within it, and a reason that fits."""
    children = (end_has_been(wish), end_within_placement(wish), reason_fits_the_day(wish))
    return all_of("ending_allowed", HOUSE, children, on=wish.on)


def end_has_been(wish: Ending) -> Verdict:
    """The last day is written down when it has come, so that what is on the record is what happened."""
    facts = (Fact("ended_on", wish.ended_on), Fact("today", wish.on))
    return Verdict("end_not_in_the_future", Answer.of(wish.ended_on <= wish.on), Severity.STOP, HOUSE, facts,
                   ("ended_on",), on=wish.on)  # fmt: skip


def end_within_placement(wish: Ending) -> Verdict:
    """The last day lies within the placement. A day before the start says that it never began."""
    day_before = wish.start - timedelta(days=1)
    never_began = wish.ended_on < wish.start and (wish.on < wish.start or wish.ended_on == day_before)
    inside = wish.start <= wish.ended_on <= wish.planned_end
    facts = (Fact("start", wish.start), Fact("end", wish.planned_end), Fact("ended_on", wish.ended_on))
    return Verdict("end_within_placement", Answer.of(inside or never_began), Severity.STOP, HOUSE, facts,
                   ("ended_on",), on=wish.on)  # fmt: skip


def reason_fits_the_day(wish: Ending) -> Verdict:
    """A planned end is on the agreed day; every other reason is for an end before it."""
    answer = None if wish.reason_early is None else wish.reason_early == wish.early
    facts = (Fact("end_reason", wish.reason or None), Fact("ended_on", wish.ended_on), Fact("end", wish.planned_end))
    severity = Severity.STOP
    found = Answer.NOT_MET if answer is None else Answer.of(answer)
    return Verdict("end_reason_fits", found, severity, HOUSE, facts, ("end_reason", "ended_on"), on=wish.on)
