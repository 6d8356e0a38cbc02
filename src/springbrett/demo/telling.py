"""Josef's way in words: after each step, what the rules said, what was decided and what the ledger kept."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from textwrap import wrap

from django.utils import formats

from springbrett import catalogue
from springbrett.agreement import rules as agreement_rules
from springbrett.agreement.context import context_for
from springbrett.agreement.explain import PARTIES, part_lines
from springbrett.agreement.models import Agreement
from springbrett.agreement.selectors import agreement_for, approval_state, newest_version
from springbrett.choice import explain as choice_words
from springbrett.choice.records import MeasureOption
from springbrett.choice.selectors import options_for
from springbrett.demo.cast.employers import EMPLOYER_AT, OPENING, OPENINGS
from springbrett.demo.stories.script import Happening
from springbrett.demo.stories.walk import Walk
from springbrett.desk import explain as desk_words
from springbrett.followup.explain import title
from springbrett.followup.selectors import duties_of
from springbrett.kernel import clock
from springbrett.kernel.verdict import Answer, Verdict, from_data
from springbrett.ledger.models import Event
from springbrett.ledger.selectors import case_events
from springbrett.mapping import explain as mapping_words
from springbrett.mapping import guide
from springbrett.mapping.rules import unknowns
from springbrett.mapping.selectors import profile_for
from springbrett.matching.explain import sentence as matching_sentence
from springbrett.matching.records import Candidate
from springbrett.matching.selectors import candidates_for
from springbrett.outcome.models import Outcome
from springbrett.site.explain_registry import sentence

MARKS = {Answer.MET: "✓", Answer.NOT_MET: "✗", Answer.UNKNOWN: "?"}
WIDTH = 118
SHOWN_OPTIONS, SHOWN_OPENINGS = 4, 3
SHOWN_PARTS = ("purpose", "dates", "hours", "tasks", "training", "expected", "adaptation", "support", "followup")
QUIET = frozenset({"agreement.approved", "agreement.changed", "agreement.ended"})
"""Events that another event of the same moment tells more of."""
TOLD = ("situation", "education_recognised", "cefr_oral", "wishes_occupations", "demands_hard",
        "adaptations_needed", "goals")  # fmt: skip
"""The answers that are printed of the mapping."""


class Teller:
    """Tells one walk through `say`, a line at a time."""

    def __init__(self, walk: Walk, say: Callable[[str], None]) -> None:
        self.walk, self._say = walk, say
        self._last_event = 0

    def opening(self) -> None:
        """Who it is about."""
        self._line("Josef fra kartlegging til jobb. Oppdiktede personer; alt rulles tilbake når vi er ferdige.")

    def mapping(self) -> None:
        """What is known and what is not."""
        self._title("1 Kartlegging")
        profile, version = profile_for(self.walk.caseworker, self.walk.case_id)
        for code in TOLD:
            question = guide.QUESTIONS[code]
            self._point(f"{question.label} {mapping_words.answer_words(question, version.answers.get(code))}")
        missing = unknowns(profile)
        self._line(f"  Fortsatt ukjent, og har noe å si senere ({len(missing)}):")
        for unknown in missing[:2]:
            question = guide.QUESTIONS[unknown.question]
            self._point(f"{question.label} {question.why}", "?")
        self._events()

    def options(self) -> None:
        """Every measure weighed, the first of them shown."""
        self._title("2 Valg")
        found = options_for(self.walk.caseworker, self.walk.case_id)
        for option in found[:SHOWN_OPTIONS]:
            best = option.best_chain
            chain = f", best: {choice_words.chain_name(best.chain)} ({best.score} poeng)" if best else ""
            self._point(f"{choice_words.measure_name(option.measure)}: {choice_words.standing(option)[0]}{chain}", "·")
        stopped = sum(option.stopped for option in found)
        self._line(f"  … {len(found) - SHOWN_OPTIONS} tiltak til i listen; {stopped} av alle stanses av en regel.")
        self._weighed(next(option for option in found if option.measure == "arbeidstrening"))

    def choice(self) -> None:
        """The decision."""
        made = self.walk.story.choice
        if made is not None:
            self._line(f"  Besluttet: arbeidstrening, kjeden «{choice_words.chain_name(made.chain)}».")
            self._point(made.reason, "Fordi:")
            self._point(made.wish, "Josef:")
        self._events()

    def candidates(self) -> None:
        """Openings ranked for the person; only those of this walk, so that the text is always the same."""
        self._title("3 Matching")
        ranking = candidates_for(self.walk.caseworker, self.walk.case_id)
        own = {self.walk.world.id("opening", opening.key) for opening in OPENINGS}
        best = [candidate for candidate in ranking.open if candidate.opening.id in own]
        for place, candidate in enumerate(best[:SHOWN_OPENINGS], start=1):
            self._candidate(place, candidate)
        stopped = [candidate for candidate in ranking.stopped if candidate.opening.id in own]
        self._line(f"  {len(best)} plasser kan velges, {len(stopped)} stanses. For eksempel:")
        for candidate in stopped[:1]:
            why = "; ".join(matching_sentence(stop) for stop in candidate.stops)
            self._point(f"{candidate.opening.title}, {candidate.opening.employer_name}: {why}", "✗")

    def match(self) -> None:
        """The workplace that was chosen."""
        agreed = self.walk.story.agreement
        if agreed is not None:
            opening = OPENING[agreed.opening]
            self._point(f"{opening.title}, {EMPLOYER_AT[opening.at].name}. {agreed.match_reason}", "Valgt:")
        self._events()

    def draft(self) -> None:
        """What the agreement says, and what the rules say of it."""
        self._title("4 Avtale")
        agreement = self._agreement()
        content = newest_version(agreement).record
        for part in SHOWN_PARTS:
            self._point("; ".join(line.rstrip(". ") for line in part_lines(part, content)))
        checked = agreement_rules.check(content, context_for(self.walk.caseworker, agreement, clock.today()))
        self._verdicts(checked.children)

    def approvals(self) -> None:
        """Who approved, in which order."""
        state = approval_state(self._agreement())
        for party in state.parties:
            name, at = PARTIES[party.party], party.given.at if party.given else None
            if at is None:
                self._point(f"{name}: har ikke godkjent", MARKS[Answer.UNKNOWN])
            else:
                self._point(f"{name}: godkjente versjon {state.number} kl. {at.astimezone(clock.OSLO):%H.%M}", "✓")
        self._line(f"  Versjon {state.in_force} er i kraft.")
        self._events()

    def plan(self) -> None:
        """The first duties of the plan."""
        self._title("5 Oppfølging")
        duties = duties_of(self.walk.caseworker, self._agreement(), clock.today())
        for status in [status for status in duties if not status.duty.projected][:5]:
            self._point(f"{_day(status.duty.due_on)} {title(status.duty)} ({PARTIES[status.duty.owed_by]})", "·")
        self._line("  Underveis:")

    def happening(self, then: Happening) -> Callable[[], None]:
        """Tell of what has just happened, when its day has come."""
        return partial(self._happened, then)

    def ledger(self) -> None:
        """Everything the ledger kept, counted."""
        self._title("Hendelsene i saken")
        counted = Counter(event.action for event in case_events(self.walk.case_id))
        for step in dict.fromkeys(action.partition(".")[0] for action in counted):
            told = (f"{action} ×{times}" for action, times in counted.items() if action.startswith(f"{step}."))
            self._point(", ".join(told))
        self._line(f"  {sum(counted.values())} hendelser. Databasen er nå slik den var.")

    def _happened(self, then: Happening) -> None:
        kind = type(then).__name__
        if kind == "Judge":
            self._title("6 Utfall")
        events = [event for event in self._new_events() if event.action not in QUIET]
        text = getattr(then, "agreed", "") or getattr(then, "text", "") or getattr(then, "note", "")
        self._point(f"{_day(clock.today())} {self._told(events)}. {text}")
        if kind == "Judge":
            self._judged()

    def _told(self, events: Iterable[Event]) -> str:
        """Events in one line: each action in words, with the codes that say which kind."""
        known = catalogue.load()
        said = []
        for event in events:
            codes = [str(event.facts[name]) for name in ("kind", "reason", "status", "party") if event.facts.get(name)]
            lists = ("contact_kind", "report_kind", "extension_reason", "end_reason", "change_reason", "later_status",
                     "party")  # fmt: skip
            names = (next((known.name(name, code, "nb") for name in lists if known.has_code(name, code)), code)
                     for code in codes)  # fmt: skip
            said.append(
                " ".join(filter(None, (desk_words.sentence(event.action), f"({', '.join(names)})" * bool(codes))))
            )
        return "; ".join(dict.fromkeys(said))

    def _judged(self) -> None:
        outcome = Outcome.objects.get(agreement_id=self.walk.agreement_id)
        names = ", ".join(catalogue.load().name("outcome", code, "nb") for code in outcome.outcomes)
        self._line(f"  Utfall: {names}. Målt mot egen kjede: {desk_words.JUDGED[outcome.judgement]}.")
        for verdict in from_data(outcome.trace).children:
            self._point(f"{sentence(verdict)} [{verdict.ref}]", MARKS[verdict.answer])

    def _weighed(self, option: MeasureOption) -> None:
        self._line("  Arbeidstrening etter reglene:")
        self._verdicts(option.verdict.children)
        for fit in option.chain_fits[:2]:
            self._line(f"  Kjede: {choice_words.chain_name(fit.chain)}, {fit.score} poeng, "
                       f"{choice_words.fit_words(fit)[0].lower()}")  # fmt: skip
            for reasons, mark in ((fit.for_[:2], "+"), (fit.against[:1], "-")):
                for reason in reasons:
                    self._point(reason.get("nb"), mark)

    def _candidate(self, place: int, candidate: Candidate) -> None:
        opening = candidate.opening
        self._line(f"  {place}. {opening.title}, {opening.employer_name}: {candidate.score} poeng")
        for reasons, mark in ((candidate.speaks_for[:2], "+"), (candidate.speaks_against[:1], "-")):
            for reason in reasons:
                self._point(f"{matching_sentence(reason.verdict)} ({reason.points:+d})", mark)

    def _verdicts(self, verdicts: Iterable[Verdict]) -> None:
        """Each verdict of the law on a line with its §; other demands that are met are only counted."""
        told = list(verdicts)
        quiet = [verdict for verdict in told if verdict.met and verdict.ref.source != "law"]
        for verdict in told:
            if verdict not in quiet:
                self._point(f"{sentence(verdict)} [{verdict.ref}]", MARKS[verdict.answer])
        if quiet:
            self._point(f"og {len(quiet)} krav fra praksis og huset er oppfylt", MARKS[Answer.MET])

    def _agreement(self) -> Agreement:
        return agreement_for(self.walk.caseworker, self.walk.agreement_id)

    def _new_events(self) -> list[Event]:
        found = list(case_events(self.walk.case_id).filter(id__gt=self._last_event))
        self._last_event = max((event.pk for event in found), default=self._last_event)
        return found

    def _events(self) -> None:
        counted = Counter(event.action for event in self._new_events())
        told = ", ".join(f"{action} ×{times}" if times > 1 else action for action, times in counted.items())
        if told:
            self._point(told, "Hendelser:")

    def _title(self, words: str) -> None:
        self._say("")
        self._say(f"{words} · {_day(clock.today())}")

    def _point(self, words: str, mark: str = "·") -> None:
        lines = wrap(" ".join(words.split()), WIDTH - len(mark) - 5) or [""]
        self._say(f"    {mark} {lines[0]}")
        for line in lines[1:]:
            self._say(f"      {line}")

    def _line(self, words: str) -> None:
        self._say(words)


def _day(on: date) -> str:
    return formats.date_format(on, "j. b Y")
