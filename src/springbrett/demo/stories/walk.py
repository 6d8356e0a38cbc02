"""The engine: one story walked through the services, each step on its day."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from springbrett import catalogue
from springbrett.access.policy import Action
from springbrett.access.roles import Viewer
from springbrett.agreement.context import draft_for, support_for
from springbrett.agreement.errors import NeedsOverride
from springbrett.agreement.models import Agreement
from springbrett.agreement.selectors import newest_version
from springbrett.agreement.services import agreement_approve, agreement_draft, support_draft
from springbrett.choice.services import ChoiceRefused, choice_decide
from springbrett.demo.cast.employers import OPENING
from springbrett.demo.stories import happenings
from springbrett.demo.stories.diary import Diary
from springbrett.demo.stories.money import days_of, refunds
from springbrett.demo.stories.routine import final_report, routine, workday
from springbrett.demo.stories.script import PROFILES, Agreed, End, Money, Report, Story, SupportAgreed, day
from springbrett.demo.stories.writing import content_of, end_of, support_content
from springbrett.demo.world import World, office_of, person_of
from springbrett.kernel import clock
from springbrett.kernel.period import Period
from springbrett.mapping.guide import SECTIONS
from springbrett.mapping.services import mapping_answer, mapping_confirm, mapping_start
from springbrett.matching.services import MatchRefused, contact_record, match_choose
from springbrett.money.grant import CEILING
from springbrett.people.models import Case
from springbrett.people.selectors import case_for
from springbrett.people.services import case_open

REASON = "individual_need"
BEFORE_THE_MONEY, LAST = ("employer", "participant"), ("caseworker",)


class Walk:
    """One story in one world. `owner` is its place among the stories, which keeps the order of a day."""

    def __init__(self, world: World, story: Story, owner: int = 0) -> None:
        self.world, self.story, self.owner = world, story, owner
        self.carrier = story.by
        self._case_id = world.id("case", self.seed)
        self.agreement_id = world.id("agreement", self.seed)

    @property
    def case_id(self) -> UUID:
        """The case of the story; that of a later leg may have been opened by the outcome of the one before."""
        if self.story.leg == 1 or self.story.opened:
            return self._case_id
        return Case.objects.filter(person_id=self.world.id("person", self.story.who)).latest("opened_on", "pk").pk

    def write_into(self, diary: Diary) -> None:
        """Put every step of the story in the diary."""
        story = self.story
        if story.opened:
            self._at(diary, story.opened, self.open_case)
        if story.needs or story.profile:
            self._at(diary, story.answered or story.mapped, self.talk)
        if story.mapped:
            self._at(diary, story.mapped, self.confirm)
        if story.choice:
            self._at(diary, story.choice.on, self.choose)
        if story.agreement:
            self._agreement_into(diary, story.agreement)
        for then in story.then:
            on = then.day(self.world.today)
            diary.write(on, happenings.act(self, then, on), owner=self.owner)
            if isinstance(then, End) and then.report and not self._tells_report("final"):
                later = workday(on + timedelta(days=6))
                diary.write(later, happenings.act(self, final_report(story.who), later), owner=self.owner)

    def _tells_report(self, kind: str) -> bool:
        return any(isinstance(then, Report) and then.kind == kind for then in self.story.then)

    def _agreement_into(self, diary: Diary, agreed: Agreed) -> None:
        self._at(diary, agreed.asked, lambda: self.ask(agreed))
        self._at(diary, agreed.chosen or agreed.asked, lambda: self.match(agreed))
        self._at(diary, agreed.drafted, lambda: self.draft(agreed))
        if agreed.approved:
            self._at(diary, agreed.signed or agreed.drafted, lambda: self.sign(agreed))
        if agreed.money:
            self._money_into(diary, agreed, agreed.money)
        for support in agreed.supports:
            if self._ceiling_known(support):
                self._support_into(diary, support)
        if agreed.routine_until and self.story.choice:
            until = day(agreed.routine_until, self.world.today)
            measure = catalogue.load().measure(self.story.choice.measure)
            for on, then in routine(agreed, measure, self.story.choice.chain, self.start(agreed), until, self.seed):
                if not (isinstance(then, Report) and self._tells_report(then.kind)):
                    diary.write(on, happenings.act(self, then, on), owner=self.owner)

    def _money_into(self, diary: Diary, agreed: Agreed, money: Money) -> None:
        """Asked for and decided; a grant brings the caseworker's yes, and then the refunds."""
        for on, act in days_of(self, money, lambda: self.agreement_id):
            diary.write(on, act, owner=self.owner)
        if money.decided and money.granted and "caseworker" in agreed.approved:
            self._at(diary, money.decided, self.enter)
        start = self.start(agreed)
        wage = agreed.job.wage if agreed.job else 0
        for on, act in refunds(self, money, Period(start, end_of(agreed, start)), wage):
            diary.write(on, act, owner=self.owner)

    def _support_into(self, diary: Diary, support: SupportAgreed) -> None:
        self._at(diary, support.drafted, lambda: self.draft_support(support))
        self._at(diary, support.signed, lambda: self.approve(BEFORE_THE_MONEY, which=self.support_id(support)))
        for on, act in days_of(self, support.money, lambda: self.support_id(support)):
            diary.write(on, act, owner=self.owner)
        if support.money.decided and support.money.granted:
            self._at(diary, support.money.decided, lambda: self.approve(LAST, which=self.support_id(support)))

    def _ceiling_known(self, support: SupportAgreed) -> bool:
        """Whether the law of the day says how much a grant may be; without that nobody can approve one."""
        if not support.items:
            return True
        on = day(support.start or support.drafted, self.world.today) + timedelta(weeks=support.weeks or 0)
        ceiling = catalogue.load().rate_on(CEILING, on)
        return ceiling is not None and ceiling.amount is not None

    def draft_support(self, support: SupportAgreed) -> None:
        """A support is drafted beside the agreement."""
        prefilled = support_for(Agreement.objects.get(pk=self.agreement_id), support.measure)
        if support.start:
            prefilled = replace(prefilled, start=day(support.start, self.world.today, workday=True))
        support_draft(actor=self.caseworker, agreement_id=self.agreement_id, measure=support.measure,
                      content=support_content(self, support, prefilled))  # fmt: skip

    def support_id(self, support: SupportAgreed) -> UUID:
        """The support as it was drafted."""
        return Agreement.objects.get(attached_to_id=self.agreement_id, measure=support.measure).pk

    @property
    def seed(self) -> str:
        """What makes the words of this story its own."""
        return self.story.who if self.story.leg == 1 else f"{self.story.who}-{self.story.leg}"

    def _at(self, diary: Diary, when: str, act: Callable[[], None]) -> None:
        diary.write(day(when, self.world.today, workday=True), act, owner=self.owner)

    @property
    def caseworker(self) -> Viewer:
        """Whoever carries the case now."""
        return self.world.staff(self.carrier)

    def start(self, agreed: Agreed) -> date:
        """The first day of the placement."""
        return day(agreed.start, self.world.today, workday=not agreed.exact_start)

    def open_case(self) -> None:
        """The person is registered the first time, and the case is opened."""
        person = person_of(self.story.who)
        if self.story.leg == 1:
            self.world.register_person(person, self.carrier)
        case_open(
            actor=self.caseworker, person_id=self.world.id("person", person.key), case_id=self.case_id,
            office_id=self.world.id("office", office_of(self.carrier)), caseworker_id=self.caseworker.account_id,
        )  # fmt: skip

    def talk(self) -> None:
        """The conversation is written down, section by section."""
        said: Mapping[str, Any] = {**PROFILES.get(self.story.profile, {}), **self.story.needs}
        if self.story.leg == 1 or self.story.opened:
            mapping_start(actor=self.caseworker, case_id=self.case_id)
        for section in SECTIONS:
            answers = {question.code: said[question.code] for question in section.questions if question.code in said}
            if answers:
                mapping_answer(actor=self.caseworker, case_id=self.case_id, section=section.code, answers=answers)

    def confirm(self) -> None:
        """The mapping is confirmed; what is unknown stays unknown."""
        mapping_confirm(actor=self.caseworker, case_id=self.case_id)

    def choose(self) -> None:
        """The choice, with a reason of its own for every warning that is set aside."""
        made = self.story.choice
        if made is None:
            return
        said: dict[str, Any] = {
            "actor": self.caseworker, "case_id": self.case_id, "measure": made.measure, "chain": made.chain,
            "reason": made.reason, "person_wish": made.wish, "person_wish_measure": made.wish_measure,
            "agrees_with_person": made.agrees, "waiting_for": made.waiting_for, "unknowns_acknowledged": True,
        }  # fmt: skip
        try:
            choice_decide(**said)
        except ChoiceRefused as refused:
            if refused.problem != "not_overridden" or not made.override:
                raise
            choice_decide(**said, overrides=dict.fromkeys(refused.keys, made.override))

    def ask(self, agreed: Agreed) -> None:
        """Somebody asks the employer."""
        contact_record(
            actor=self.caseworker, case_id=self.case_id, on=day(agreed.asked, self.world.today, workday=True),
            by=agreed.asked_by, result="interested", opening_id=self.world.id("opening", agreed.opening),
        )  # fmt: skip

    def match(self, agreed: Agreed) -> None:
        """The opening is chosen."""
        said: dict[str, Any] = {
            "actor": self.caseworker, "case_id": self.case_id, "reason": agreed.match_reason,
            "opening_id": self.world.id("opening", agreed.opening),
        }  # fmt: skip
        try:
            match_choose(**said)
        except MatchRefused as refused:
            if refused.problem != "not_overridden" or not agreed.override:
                raise
            match_choose(**said, overridden=refused.keys, override_reason=agreed.override)

    def draft(self, agreed: Agreed) -> None:
        """The agreement is drafted, and the three meet about it when somebody is to approve."""
        case = case_for(self.caseworker, self.case_id, Action.WRITE_AGREEMENT)
        draft = draft_for(self.caseworker, case)
        content = content_of(self, agreed, catalogue.load().measure(draft.measure), draft.content)
        agreement_draft(actor=self.caseworker, case_id=self.case_id, content=content, agreement_id=self.agreement_id)

    def sign(self, agreed: Agreed) -> None:
        """The three meet at the workplace and approve, the caseworker last; or only those who have come so far. Where
        money is needed, the caseworker waits for it."""
        now = tuple(party for party in agreed.approved if not (agreed.money and party == "caseworker"))
        if now[-1:] == LAST:
            happenings.startup_meeting(self)
        self.approve(now, on_behalf=agreed.on_behalf)

    def enter(self) -> None:
        """The money is granted: the three meet, and the caseworker approves last."""
        happenings.startup_meeting(self)
        self.approve(LAST)

    def approve(
        self, parties: tuple[str, ...], *, on_behalf: str = "", override: str = "", which: UUID | None = None
    ) -> None:
        """The parties named approve the newest version of the agreement, or of the support `which`."""
        agreement = which or self.agreement_id
        number = newest_version(Agreement.objects.get(pk=agreement)).number
        for minutes, party in enumerate(parties, start=1):
            behalf = on_behalf if party == "participant" else ""
            said: dict[str, Any] = {
                "actor": self.caseworker if behalf else self.voice(party), "agreement_id": agreement,
                "version": number, "party": party, "on_behalf_reason": behalf,
            }  # fmt: skip
            with clock.at(clock.now() + timedelta(minutes=minutes)):
                _yes(said, override)

    def voice(self, party: str) -> Viewer:
        """Who speaks for the party."""
        if party == "participant":
            return self.world.person(self.story.who)
        return self.world.employer_at(self.workplace) if party == "employer" else self.caseworker

    @property
    def workplace(self) -> str:
        """Where the person is."""
        if self.story.agreement is None:
            raise LookupError(f"{self.story.who} has no workplace in the story")
        return OPENING[self.story.agreement.opening].at


def _yes(said: dict[str, Any], override: str) -> None:
    try:
        agreement_approve(**said)
    except NeedsOverride:
        agreement_approve(**said, override_reason=override or REASON, override_text="Drøftet i oppstartsmøtet.")
