"""The structured conversation as data: sections, questions, and why each answer matters for what comes after.

Question codes are the fields of `NeedsProfile`. Texts are shown in the viewer's language; choices come from the
catalogue's code lists, so that a new code there is a new choice here.
"""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from springbrett.access.voice import addressed_lazy

Kind = Literal[
    "choice", "multi", "number", "date", "text", "yes_no_unknown", "scale", "occupation_search", "demands_grid"
]
CHOICE, MATCHING, AGREEMENT, FOLLOWUP = "choice", "matching", "agreement", "followup"
SCALE_MAX = 5
MEASURES = "measure"
"""The code "list" that is the catalogue's measures."""
DIAGNOSIS_WORDS = (
    "diagnose[nrs]*", "diagnosis", "depresjon", "depression", "sosial angst", "angstlidelse", "anxiety disorder",
    "adhd", "ptsd", "bipolar", "schizofreni", "schizophrenia", "autisme", "autism", "asperger", "epilepsi", "epilepsy",
)  # fmt: skip
"""Words (as patterns) that say what somebody suffers from, where the page asks what they can and cannot do."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `codes` names the catalogue list of its choices; `matters_for` the steps an answer is used in.

    `why` is said when the answer is missing; a question without it is never counted as unknown. `unit`, `least` and
    `most` belong to numbers and scales.
    """

    code: str
    kind: Kind
    label: Promise
    help: Promise | str = ""
    why: Promise | str = ""
    matters_for: tuple[str, ...] = ()
    codes: str = ""
    unit: Promise | str = ""
    least: int = 0
    most: int = SCALE_MAX


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the conversation that is saved as one page."""

    code: str
    title: Promise
    intro: Promise | str
    questions: tuple[Question, ...]

    def question(self, code: str) -> Question:
        """The section's question. Raises KeyError."""
        return {question.code: question for question in self.questions}[code]


_SITUATION = Section(
    "situation", _("Situation and needs level"),
    _("The needs level is decided by Nav in a decision of its own. Here it is only recorded, with the date."),
    (
        Question("needs_level", "choice", _("Which needs level has been decided?"), codes="needs_level",
                 help=_("Both the older and the newer name are shown."),
                 why=_("Some measures are meant for certain needs levels."), matters_for=(CHOICE,)),
        Question("needs_level_decided_on", "date", _("When was it decided?")),
        Question("situation", "choice",
                 addressed_lazy(_("What does the person live on now?"),
                                _("What do you live on now?")), codes="situation",
                 why=_("The income decides which measures can be combined with it."), matters_for=(CHOICE,)),
        Question("job_seeker", "yes_no_unknown",
                 addressed_lazy(_("Is the person registered as a job seeker?"),
                                _("Are you registered as a job seeker?")),
                 why=_("Arbeidstrening is for job seekers, or for people with reduced work capacity."),
                 matters_for=(CHOICE,)),
        Question("reduced_work_capacity", "yes_no_unknown", _("Has Nav decided that the work capacity is reduced?"),
                 help=_("Answer by the decision, not by health."),
                 why=_("It opens some measures, and decides how long arbeidstrening may last."),
                 matters_for=(CHOICE, AGREEMENT, FOLLOWUP)),
        Question("work_capacity_clarified", "yes_no_unknown",
                 addressed_lazy(_("Is it clear how much and what the person can work?"),
                                _("Is it clear how much and what you can work?")),
                 why=_("When this is unclear, finding it out may be the first purpose."), matters_for=(CHOICE,)),
    ),
)  # fmt: skip
_WORK = Section(
    "work", _("Work so far"), _("All work counts, paid or not, in Norway and abroad."),
    (
        Question("work_experience_years", "number", _("How many years of work in all?"), unit=_("years"), most=60,
                 help=_("Half a year is 0.5. Write 0 if the person has not worked."),
                 why=_("Little or no work experience is one way into arbeidstrening."), matters_for=(CHOICE, MATCHING)),
        Question("work_experience_norway_years", "number", _("How many of those years in Norway?"), unit=_("years"),
                 most=60, why=_("Without a Norwegian reference, work experience may be the purpose."),
                 matters_for=(CHOICE,)),
        Question("last_worked_years_ago", "number", _("How many years since the last job?"), unit=_("years"), most=60,
                 help=_("Write 0 if it ended less than half a year ago. Leave it open if the person has not worked."),
                 why=_("A long gap says something about how far work is."), matters_for=(CHOICE,)),
        Question("work_history", "text", _("Which jobs and tasks, and how did they go?")),
        Question("previous_measures", "multi",
                 addressed_lazy(_("Which measures has the person been in before?"),
                                _("Which measures have you been in before?")), codes=MEASURES,
                 why=_("What has been tried should not be repeated without a reason."), matters_for=(CHOICE,)),
    ),
)  # fmt: skip
_EDUCATION = Section(
    "education", _("Education and certificates"), "",
    (
        Question("education_level", "choice", _("What is the highest education?"), codes="education_level",
                 why=_("It shows whether education is a nearer road than a placement."), matters_for=(CHOICE,)),
        Question("education_recognised", "yes_no_unknown", _("Is the education recognised in Norway?"),
                 help=_("Leave it open if the education is Norwegian."),
                 why=_("A recognised education opens jobs that must not be overlooked."), matters_for=(CHOICE,)),
        Question("started_trade_certificate", "yes_no_unknown",
                 addressed_lazy(_("Has the person begun on a trade certificate?"),
                                _("Have you begun on a trade certificate?")),
                 why=_("Missing practice for a certificate can be the purpose of a placement."),
                 matters_for=(CHOICE, MATCHING)),
        Question("certificates", "multi", _("Which certificates and courses?"), codes="certificate",
                 why=_("Some workplaces require them."), matters_for=(MATCHING,)),
    ),
)  # fmt: skip
_LANGUAGE = Section(
    "language", _("Language"),
    _("Levels follow the common European scale, from A1 (a few words) to C2 (as a first language)."),
    (
        Question("cefr_oral", "choice",
                 addressed_lazy(_("How well does the person speak and understand Norwegian?"),
                                _("How well do you speak and understand Norwegian?")), codes="cefr",
                 why=_("The workplace must fit the language, and language can itself be the purpose."),
                 matters_for=(CHOICE, MATCHING)),
        Question("cefr_written", "choice",
                 addressed_lazy(_("How well does the person read and write Norwegian?"),
                                _("How well do you read and write Norwegian?")), codes="cefr",
                 why=_("Some tasks need reading and writing."), matters_for=(MATCHING,)),
        Question("years_in_norway", "number",
                 addressed_lazy(_("How many years has the person lived in Norway?"),
                                _("How many years have you lived in Norway?")), unit=_("years"),
                 most=100),
    ),
)  # fmt: skip
_WISHES = Section(
    "wishes", _("Wishes for work"), _("The person's own wishes. Motivation is the best predictor there is."),
    (
        Question("knows_what_work", "yes_no_unknown",
                 addressed_lazy(_("Does the person know what work they want?"),
                                _("Do you know what work you want?")),
                 why=_("If not, trying out an industry may come first."), matters_for=(CHOICE,)),
        Question("wishes_occupations", "occupation_search", _("Which occupations?"),
                 help=_("Search, tick those that fit, and save."),
                 why=addressed_lazy(_("Openings are ranked first by what the person wants."),
                                    _("Openings are ranked first by what you want.")), matters_for=(MATCHING,)),
        Question("wishes_industries", "multi", _("Which industries?"), codes="industry",
                 why=_("A placement in the wrong industry shows little."), matters_for=(CHOICE, MATCHING)),
        Question("wish_employer", "text", _("Is there a certain employer?")),
        Question("contact_employer_self", "yes_no_unknown",
                 addressed_lazy(_("Can the person make the first contact with an employer?"),
                                _("Can you make the first contact with an employer?")),
                 help=_("Alone or with support. It is no condition."),
                 why=_("Somebody must make the first contact; it should be agreed who."), matters_for=(MATCHING,)),
    ),
)  # fmt: skip
_MOTIVATION = Section(
    "motivation", _("Motivation and confidence"), _("The person's own score and own words, not the caseworker's view."),
    (
        Question("motivation", "scale",
                 addressed_lazy(_("How much does the person want to work now?"),
                                _("How much do you want to work now?")), least=1,
                 help=_("1 is not at all, 5 is very much."),
                 why=_("With little motivation something else may have to come first."), matters_for=(CHOICE,)),
        Question("motivation_words", "text", addressed_lazy(_("In the person's own words"), _("In your own words"))),
        Question("confidence", "scale",
                 addressed_lazy(_("How sure is the person of managing a job?"),
                                _("How sure are you of managing a job?")), least=1,
                 help=_("1 is not at all, 5 is very sure."),
                 why=_("Low confidence calls for a slower start and closer contact."), matters_for=(CHOICE, FOLLOWUP)),
        Question("confidence_words", "text", addressed_lazy(_("In the person's own words"), _("In your own words"))),
    ),
)  # fmt: skip
_ABILITIES = Section(
    "abilities", addressed_lazy(_("What the person can do at work"), _("What you can do at work")),
    _("Describe what the person can and cannot do at work, and what would help. Never write a diagnosis."),
    (
        Question("demands_hard", "demands_grid",
                 addressed_lazy(_("How does the person manage these demands?"),
                                _("How do you manage these demands?")), codes="demand",
                 why=addressed_lazy(
                     _("Openings with demands the person cannot meet are left out; the rest can be adapted."),
                     _("Openings with demands you cannot meet are left out; the rest can be adapted.")),
                 matters_for=(MATCHING, AGREEMENT)),
        Question("followup_need", "scale",
                 addressed_lazy(_("How much follow-up does the person need?"),
                                _("How much follow-up do you need?")), codes="followup_need",
                 least=1, most=3, why=_("Too little follow-up is the most common reason that placements fail."),
                 matters_for=(CHOICE, MATCHING, FOLLOWUP)),
    ),
)  # fmt: skip
_ADAPTATION = Section(
    "adaptation", _("What would help at work"),
    _("What a workplace can arrange so that the person manages the job."),
    (
        Question("adaptations_needed", "multi", _("What would help?"), codes="adaptation",
                 why=_("The employer must know what to arrange before the start."), matters_for=(MATCHING, AGREEMENT)),
    ),
)  # fmt: skip
_PRACTICAL = Section(
    "practical", _("Practical limits"), "",
    (
        Question("hours_min", "number",
                 addressed_lazy(_("How few hours a week can the person begin with?"),
                                _("How few hours a week can you begin with?")), unit=_("hours"), most=40,
                 why=_("The hours may begin low and grow."), matters_for=(MATCHING, AGREEMENT)),
        Question("hours_max", "number",
                 addressed_lazy(_("How many hours a week can the person work?"),
                                _("How many hours a week can you work?")), unit=_("hours"), most=40,
                 why=_("The load must be possible to carry."), matters_for=(MATCHING, AGREEMENT)),
        Question("commute_max_km", "number",
                 addressed_lazy(_("How far can the person travel to work, one way?"),
                                _("How far can you travel to work, one way?")), unit="km", most=200,
                 why=_("Openings further away are left out."), matters_for=(MATCHING,)),
        Question("licences", "multi", _("Which driving licences?"), codes="driving_licence",
                 why=_("Some openings require a licence."), matters_for=(MATCHING,)),
        Question("childcare_limits", "yes_no_unknown",
                 addressed_lazy(_("Does childcare set limits to when the person can work?"),
                                _("Does childcare set limits to when you can work?")),
                 why=_("Working hours must fit the day."), matters_for=(MATCHING, AGREEMENT)),
        Question("practical_limits", "multi", _("Which practical limits are there?"), codes="practical_limit"),
    ),
)  # fmt: skip
_NETWORK = Section(
    "network", addressed_lazy(_("Support around the person"), _("Support around you")), "",
    (
        Question("support_network", "multi",
                 addressed_lazy(_("Who supports the person?"),
                                _("Who supports you?")), codes="support_network",
                 why=_("Follow-up should be built with those who are already there."), matters_for=(FOLLOWUP,)),
    ),
)  # fmt: skip
_GOALS = Section(
    "goals", _("Goals and own wish"), _("The person should have a say in which measure, how and how long."),
    (
        Question("goals", "text",
                 addressed_lazy(_("What does the person want to reach?"),
                                _("What do you want to reach?")),
                 why=addressed_lazy(_("The purpose should be one the person recognises."),
                                    _("The purpose should be one you recognise.")), matters_for=(CHOICE, AGREEMENT)),
        Question("own_wish_measure", "choice",
                 addressed_lazy(_("Which measure does the person want?"),
                                _("Which measure do you want?")), codes=MEASURES,
                 why=addressed_lazy(_("The choice is made together with the person."),
                                    _("The choice is made together with you.")), matters_for=(CHOICE,)),
    ),
)  # fmt: skip

SECTIONS: tuple[Section, ...] = (
    _SITUATION, _WORK, _EDUCATION, _LANGUAGE, _WISHES, _MOTIVATION, _ABILITIES, _ADAPTATION, _PRACTICAL, _NETWORK,
    _GOALS,
)  # fmt: skip
QUESTIONS: dict[str, Question] = {question.code: question for section in SECTIONS for question in section.questions}
SECTION_OF: dict[str, str] = {question.code: section.code for section in SECTIONS for question in section.questions}


def section(code: str) -> Section:
    """The section called `code`. Raises KeyError."""
    return {section.code: section for section in SECTIONS}[code]


def after(code: str) -> Section | None:
    """The section that follows; None after the last."""
    place = [section.code for section in SECTIONS].index(code) + 1
    return SECTIONS[place] if place < len(SECTIONS) else None
