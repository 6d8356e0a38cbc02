"""The report of a vignette study: one file per language that opens offline, made of the summary alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from springbrett.catalogue.base import LANGUAGES, Text
from springbrett.evaluation.report.markup import Html, bullets, facts, join, tag
from springbrett.evaluation.report.numbers import long_date, number, percent
from springbrett.evaluation.report.page import STYLE
from springbrett.evaluation.vignettes.shares import Share
from springbrett.evaluation.vignettes.studies import Option, Question, Study, Tells
from springbrett.evaluation.vignettes.summary import Asked, Subject, Summary
from springbrett.evaluation.vignettes.words import say

MORE: tuple[Tells, ...] = ("needs_level", "purpose", "design", "effects", "instead")
_HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>')


@dataclass(frozen=True, slots=True)
class Made:
    """What a report is made of. `told`: what the drawn answers are set to meet (None: real answers, or not known)."""

    study: Study
    found: Summary
    language: str
    told: Text | None
    made_on: str
    key: str
    draws: int

    def say(self, code: str, kind: str = "say", **values: object) -> str:
        """A sentence in the report's language."""
        return say(code, self.language, kind, **values)

    def text(self, words: Text) -> str:
        """A text of the study in the report's language."""
        return words.get(self.language)

    def share(self, value: float | None) -> str:
        """A share as whole per cent."""
        return self.say("hidden") if value is None else percent(value, self.language, 0)

    def number(self, value: float, decimals: int = 1, *, signed: bool = False) -> str:
        """A number."""
        return number(value, decimals, self.language, signed=signed)

    def options(self, question: Question) -> tuple[Option, ...]:
        """What could be chosen."""
        return self.study.options(question)

    def title(self, subject: str) -> str:
        """A person's name, or a section's title."""
        person, section = self.study.person(subject), self.study.section(subject)
        return person.name if person else self.text(section.title) if section else subject


def page(made: Made) -> str:
    """The whole page."""
    from springbrett.evaluation.vignettes import sections

    parts: Sequence[Callable[[Made], Html]] = (
        sections.judged, sections.more, sections.agreement, sections.traits, sections.groups, sections.survey,
        sections.who, methods, breaks, not_answered, again,
    )  # fmt: skip
    body = join(part(made) for part in parts) if made.found.told else join(part(made) for part in (sections.who, again))
    main = tag("main", _first(made), _contents(made, body), body)
    head = tag(
        "head", Html('<meta charset="utf-8">'), Html('<meta name="viewport" content="width=device-width">'),
        tag("title", made.text(made.study.title)), Html(f"<style>{STYLE.read_text(encoding='utf-8')}</style>"),
    )  # fmt: skip
    return f"<!doctype html>\n{tag('html', head, tag('body', main), lang=made.language)}\n"


def _first(made: Made) -> Html:
    study = made.study
    links: list[object] = []
    for code in LANGUAGES:
        if code != made.language:
            link = tag("a", made.say(f"language_{code}"), href=f"report.{code}.html", hreflang=code)
            links += [" · " if links else " ", link]
    head = tag(
        "header", tag("p", made.say("report" if study.persons else "report_survey"), class_="kicker"),
        tag("h1", made.text(study.title)), tag("p", made.text(study.question), class_="question"),
        tag("p", made.say("other_languages"), *links, class_="languages"),
    )  # fmt: skip
    notice = Html("")
    if made.found.simulated:
        told = made.text(made.told) if made.told else made.say("simulated_plain")
        notice = tag("section", tag("h2", made.say("simulated_title")), tag("p", told), class_="notice")
    return join([head, notice, _verdict(made), _short(made)])


def _verdict(made: Made) -> Html:
    if not made.found.told:
        why = tag("p", made.say("too_few", minimum=made.found.minimum))
        return tag("section", tag("h2", made.say("too_few_title")), why, class_="closed")
    lines = main_answer(made)
    return tag("section", tag("h2", made.say("answer")), tag("p", " ".join(lines), class_="answer"), class_="open")


def main_answer(made: Made) -> list[str]:
    """The answer in a few sentences."""
    if not made.study.persons:
        return _survey_answer(made)
    found, lines = made.found, []
    ends = [(one.code, judged.shares) for one in found.persons if (judged := judgement(made, one)) is not None]
    known = [(code, held[0].share) for code, held in ends if held[0].share is not None]
    split = sum(1 for _code, held in ends if held[0].count and held[-1].count)
    if all(one.count is not None for _code, held in ends for one in (held[0], held[-1])):
        lines.append(made.say("answer_split", split=split, persons=len(ends)))
    if len(known) > 1:
        most, least = max(known, key=lambda one: one[1] or 0.0), min(known, key=lambda one: one[1] or 0.0)
        tied = [made.title(code) for code, value in known if value == least[1]]
        lines.append(made.say("answer_most", name=made.title(most[0]), share=made.share(most[1]),
                              least=_listing(tied), least_share=made.share(least[1])))  # fmt: skip
    for one in found.agreement[:1]:
        how = "chance" if one.interval[0] <= 0 else "little" if one.value < 0.4 else (
            "some" if one.value < 0.667 else "much")  # fmt: skip
        lower, upper = (made.number(end, 2) for end in one.interval)
        value = made.number(one.value, 2)
        lines.append(made.say("answer_alpha", how=made.say(f"alike_{how}"), value=value, lower=lower, upper=upper))
    return lines


def _listing(names: Sequence[str]) -> str:
    return " / ".join(names)


def _survey_answer(made: Made) -> list[str]:
    scaled: list[tuple[Question, Share]] = []
    lines: list[str] = []
    for section in made.study.sections:
        subject = next(one for one in made.found.sections if one.code == section.code)
        for question, asked in zip(section.questions, subject.asked, strict=True):
            if question.kind == "scale" and asked.shares and asked.shares[0].share is not None:
                scaled.append((question, asked.shares[0]))
            if question.kind == "number" and asked.numbers and not lines and not section.background:
                held = asked.numbers
                lines.append(made.say("answer_number", question=made.text(question.text), mean=made.number(held.mean),
                                      lower=made.number(held.lower), upper=made.number(held.upper)))  # fmt: skip
    if scaled:
        question, share = max(scaled, key=lambda one: one[1].share or 0.0)
        option = made.options(question)[0]
        ends = {"share": made.share(share.share), "lower": made.share(share.lower), "upper": made.share(share.upper)}
        named = {"question": made.text(question.text), "option": made.text(option.text).lower()}
        lines.insert(0, made.say("answer_survey", **named, **ends))
    return lines


def _short(made: Made) -> Html:
    study, rows = made.study, []
    count = made.found.respondents
    rows.append((made.say("respondents"), made.say("hidden") if count is None else str(count)))
    if study.persons:
        each = study.design.each or len(study.persons)
        design = made.say(f"design_{study.design.kind}", each=each)
        rows += [(made.say("persons"), str(len(study.persons))),
                 (made.say("design"), f"{design}, {made.say(f'order_{study.design.order}')}")]  # fmt: skip
    rows.append((made.say("based_on"), made.text(study.based_on)))
    if made.made_on:
        rows.append((made.say("made_on"), long_date(date.fromisoformat(made.made_on), made.language)))
    hidden = tag("p", made.say("small_cells", minimum=made.found.minimum)) if made.found.minimum > 1 else ""
    return join([tag("h2", made.say("in_short"), id="short"), facts(rows), hidden])


def judgement(made: Made, subject: Subject) -> Asked | None:
    """The judgement of a person, when anything of it may be told."""
    question = made.study.telling("judgement")
    found = next((one for one in subject.asked if question and one.question == question.code), None)
    return found if found is not None and found.shares and found.n else None


def methods(made: Made) -> Html:
    """How it was worked out, in words."""
    codes = ["method_shares", "method_agreement", "method_traits"] if made.study.persons else ["method_shares"]
    if any(one.numbers for subject in made.found.sections for one in subject.asked):
        codes.append("method_means")
    lines = [made.say(code, draws=made.number(made.draws, 0)) for code in codes] + [made.say("own_words")]
    return join([tag("h2", made.say("methods"), id="methods"), bullets(lines)])


def breaks(made: Made) -> Html:
    """What it leans on."""
    codes = ["break_real", "break_who", "break_odds", "break_kappa", "break_many"] if made.study.persons else [
        "break_self", "break_who"]  # fmt: skip
    return join([tag("h2", made.say("breaks"), id="breaks"), bullets(made.say(code) for code in codes)])


def not_answered(made: Made) -> Html:
    """What could not be worked out, and why."""
    if not made.found.cannot:
        return Html("")
    lines = [f"{made.say(part, 'part')}: {made.say(code, 'reason')}." for part, code in made.found.cannot.items()]
    return join([tag("h2", made.say("not_answered"), id="not-answered"), bullets(lines)])


def again(made: Made) -> Html:
    """How to get the same again."""
    rows = [(made.say("key"), tag("code", made.key)), (made.say("command"), tag("code", command(made)))]
    return join([tag("h2", made.say("again"), id="again"), tag("p", made.say("again_text")), facts(rows)])


def command(made: Made) -> str:
    """The command that makes the report."""
    return f"springbrett study run {made.study.code}" + ("" if made.found.simulated else " --answers FILE")


def _contents(made: Made, body: Html) -> Html:
    found = [tag("li", tag("a", Html(title), href=f"#{key}")) for key, title in _HEADING.findall(body)]
    return tag("nav", tag("h2", made.say("contents")), tag("ol", *found), aria_label=made.say("contents"))
