"""The engine: one story walked through the services, each step on its day."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from springbrett import catalogue
from springbrett.access.policy import Action
from springbrett.access.roles import Viewer
from springbrett.agreement.context import draft_for
from springbrett.agreement.errors import NeedsOverride
from springbrett.agreement.models import Agreement
from springbrett.agreement.records import AgreementContent, ContactPoint, HoursStep, Support
from springbrett.agreement.selectors import newest_version
from springbrett.agreement.services import agreement_approve, agreement_draft
from springbrett.choice.services import ChoiceRefused, choice_decide
from springbrett.demo.cast.employers import EMPLOYER_AT, OPENING
from springbrett.demo.stories import happenings
from springbrett.demo.stories.diary import Diary
from springbrett.demo.stories.routine import final_report, routine, workday
from springbrett.demo.stories.script import PROFILES, Agreed, End, Report, Story, day
from springbrett.demo.world import World, office_of, person_of
from springbrett.kernel import clock
from springbrett.kernel.period import add_months
from springbrett.mapping.guide import SECTIONS
from springbrett.mapping.services import mapping_answer, mapping_confirm, mapping_start
from springbrett.matching.services import MatchRefused, contact_record, match_choose
from springbrett.people.selectors import case_for
from springbrett.people.services import case_open

REASON = "individual_need"


class Walk:
    """One story in one world. `owner` is its place among the stories, which keeps the order of a day."""

    def __init__(self, world: World, story: Story, owner: int = 0) -> None:
        self.world, self.story, self.owner = world, story, owner
        self.carrier = story.by
        self.case_id = world.id("case", story.who)
        self.agreement_id = world.id("agreement", story.who)

    def write_into(self, diary: Diary) -> None:
        """Put every step of the story in the diary."""
        story = self.story
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
        if agreed.routine_until and self.story.choice:
            until = day(agreed.routine_until, self.world.today)
            start, chain = self.start(agreed), catalogue.load().chain(self.story.choice.chain)
            for on, then in routine(agreed, chain, start, until, self.story.who):
                if not (isinstance(then, Report) and self._tells_report(then.kind)):
                    diary.write(on, happenings.act(self, then, on), owner=self.owner)

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
        """The person is registered, and the case is opened."""
        person = person_of(self.story.who)
        self.world.register_person(person, self.carrier)
        case_open(
            actor=self.caseworker, person_id=self.world.id("person", person.key), case_id=self.case_id,
            office_id=self.world.id("office", office_of(self.carrier)), caseworker_id=self.caseworker.account_id,
        )  # fmt: skip

    def talk(self) -> None:
        """The conversation is written down, section by section."""
        said: Mapping[str, Any] = {**PROFILES.get(self.story.profile, {}), **self.story.needs}
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
            "actor": self.caseworker, "case_id": self.case_id, "measure": "arbeidstrening", "chain": made.chain,
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
        content = self.content(agreed, draft_for(self.caseworker, case).content)
        agreement_draft(actor=self.caseworker, case_id=self.case_id, content=content, agreement_id=self.agreement_id)

    def content(self, agreed: Agreed, prefilled: AgreementContent) -> AgreementContent:
        """The agreement's text: what the draft knows already, and what the story says."""
        start = self.start(agreed)
        named = prefilled.main_purpose
        followup = prefilled.followup
        if agreed.contact_every_weeks is not None:
            followup = replace(followup, contact_every_weeks=agreed.contact_every_weeks)
        if agreed.report_months is not None:
            followup = replace(followup, report_months=agreed.report_months)
        return replace(
            prefilled,
            purposes=tuple(dict.fromkeys((named, *agreed.purposes))),
            purpose_note=agreed.purpose_note,
            tasks=agreed.tasks or prefilled.tasks,
            training=agreed.training,
            expected=agreed.expected,
            adaptations=prefilled.adaptations if agreed.adaptations is None else agreed.adaptations,
            adaptation_text=agreed.adaptation_text,
            support=self.support(agreed),
            hours_ramp=tuple(
                HoursStep(start + timedelta(weeks=week), Decimal(str(hours))) for week, hours in agreed.hours
            ),
            days=agreed.days or prefilled.days,
            start=start,
            end=add_months(start, agreed.months) - timedelta(days=1),
            followup=followup,
            contact_nav=ContactPoint(self.caseworker.name, "", f"{self.carrier}@nav.example.test"),
            discussed_with_employee_reps=True,
            displaces_ordinary_staff=False,
            close_relative=False,
            employed_in_company=False,
        )

    def support(self, agreed: Agreed) -> Support:
        """The support asked for beside the placement; a mentor at the workplace who can log in is let in."""
        employer = EMPLOYER_AT[OPENING[agreed.opening].at]
        has_mentor = agreed.mentor and bool(employer.mentor)
        return Support(
            mentor_requested=agreed.mentor_hours is not None,
            mentor_hours_week=None if agreed.mentor_hours is None else Decimal(str(agreed.mentor_hours)),
            mentor_name=employer.mentor if has_mentor else "",
            mentor_account_id=self.world.id("account", f"mentor-{employer.key}") if has_mentor else None,
            inclusion_grant_requested=bool(agreed.inclusion_grant_for),
            inclusion_grant_for=agreed.inclusion_grant_for,
            other_considered=True,
            other=agreed.other_support,
        )

    def sign(self, agreed: Agreed) -> None:
        """The three meet at the workplace and approve, the caseworker last; or only those who have come so far."""
        if "caseworker" in agreed.approved:
            happenings.startup_meeting(self)
        self.approve(agreed.approved, on_behalf=agreed.on_behalf)

    def approve(self, parties: tuple[str, ...], *, on_behalf: str = "", override: str = "") -> None:
        """The parties named approve the newest version."""
        number = newest_version(Agreement.objects.get(pk=self.agreement_id)).number
        for minutes, party in enumerate(parties, start=1):
            with clock.at(clock.now() + timedelta(minutes=minutes)):
                self._yes(party, number, on_behalf if party == "participant" else "", override)

    def _yes(self, party: str, number: int, on_behalf: str, override: str) -> None:
        said: dict[str, Any] = {
            "actor": self.caseworker if on_behalf else self.voice(party), "agreement_id": self.agreement_id,
            "version": number, "party": party, "on_behalf_reason": on_behalf,
        }  # fmt: skip
        try:
            agreement_approve(**said)
        except NeedsOverride:
            agreement_approve(**said, override_reason=override or REASON, override_text="Drøftet i oppstartsmøtet.")

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
