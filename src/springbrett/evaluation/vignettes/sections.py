"""The sections of the report, each made of the summary. A figure has its numbers folded away under it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from springbrett.evaluation.report import figures, svg
from springbrett.evaluation.report.markup import Html, bullets, figure, join, table, tag
from springbrett.evaluation.report.numbers import p_value
from springbrett.evaluation.vignettes.report import MORE, Made, judgement
from springbrett.evaluation.vignettes.shares import Share
from springbrett.evaluation.vignettes.studies import Question
from springbrett.evaluation.vignettes.summary import Asked, Grouped, Subject

FILLS = (("#0063c1", ""), ("#8fb8e8", "//"), ("#a93d70", ""), ("#d9a3bd", "\\\\"), ("#5d6573", ".."))
"""Colour and pattern of the answers, best first: the pattern tells them apart without colour."""
CLEAR = 0.05


def judged(made: Made) -> Html:
    """The judgement of each person."""
    question = made.study.telling("judgement")
    if question is None:
        return Html("")
    held = [(one, asked) for one in made.found.persons if (asked := judgement(made, one)) is not None]
    title = made.say("judged")
    numbers = _share_table(made, title, question, [(one, asked.shares) for one, asked in held])
    drawn = [(made.title(one.code), asked.shares, one.n) for one, asked in held
             if all(share.count is not None for share in asked.shares)]  # fmt: skip
    picture: Html = numbers
    if drawn:
        picture = figure(stacked(made, "judged", question, drawn, made.say("count_axis")), title, made.say("numbers"),
                         numbers)  # fmt: skip
    return join([tag("h2", title, id="judged"), tag("p", made.say("judged_text")), picture])


def stacked(
    made: Made, key: str, question: Question, rows: Sequence[tuple[str, Sequence[Share], int | None]], axis: str
) -> Html:  # fmt: skip
    """Horizontal bars, one row each, split by answer, with the counts written in them."""
    options = made.options(question)
    with svg.drawing(height=1.5 + 0.5 * len(rows)) as (drawing, axes):
        left = np.zeros(len(rows))
        for place, option in enumerate(options):
            counts = np.array([shares[place].count or 0 for _name, shares, _n in rows], np.float64)
            colour, hatch = FILLS[place % len(FILLS)]
            axes.barh(range(len(rows)), counts, left=left, color=colour, hatch=hatch, edgecolor="white", height=0.62,
                      label=made.text(option.text))  # fmt: skip
            for row, count in enumerate(counts):
                if count:
                    _write(axes, left[row] + count / 2, row, int(count))
            left += counts
        axes.set_yticks(range(len(rows)), [f"{name} (N = {n})" for name, _shares, n in rows])
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xlim(0, max(left.max(), 1))
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(visible=False, axis="y")
        axes.set_xlabel(axis)
        axes.tick_params(length=0)
        drawing.legend(loc="outside upper left", ncols=min(3, len(options)), handlelength=1.4, columnspacing=1.2)
        words = "; ".join(
            f"{name}: " + ", ".join(f"{made.text(o.text)} {s.count}" for o, s in zip(options, shares, strict=True))
            for name, shares, _n in rows
        )
        return svg.svg_of(drawing, key, made.text(question.text), words)


def _write(axes: Any, x: float, row: int, count: int) -> None:
    axes.text(x, row, str(count), ha="center", va="center", fontsize=11)


def _share_table(made: Made, title: str, question: Question, rows: Sequence[tuple[Subject, Sequence[Share]]]) -> Html:
    options = made.options(question)
    head = [made.say("person"), "N", *(made.text(option.text) for option in options), made.say("alike_column")]
    body = [
        [made.title(one.code), one.n if one.n is not None else made.say("hidden"),
         *(_share(made, share) for share in shares), "–" if one.alike is None else made.share(one.alike)]
        for one, shares in rows
    ]  # fmt: skip
    told = f"{made.say('number_of').lower()}, {made.say('share').lower()}, {made.say('interval')}"
    return table(f"{title} ({told})", head, body)


def _share(made: Made, one: Share) -> str:
    if one.count is None:
        return made.say("hidden")
    return f"{one.count} ({made.share(one.share)}, {_range(made, one)})"


def _range(made: Made, one: Share) -> str:
    lower, upper = one.lower or 0.0, one.upper if one.upper is not None else 1.0
    return f"{made.number(100 * lower, 0)}–{made.number(100 * upper, 0)}"


def more(made: Made) -> Html:
    """Needs level, purpose, design, effects and what else, person by person."""
    parts: list[Html] = []
    for tells in MORE:
        question = made.study.telling(tells)
        if question is None:
            continue
        columns = [(one, asked) for one in made.found.persons for asked in one.asked if asked.question == question.code]
        head = [made.say("answer_column"), *(made.title(one.code) for one, _ in columns)]
        rows: list[list[object]] = [["N", *(made.say("hidden") if a.n is None else a.n for _, a in columns)]]
        for place, option in enumerate(made.options(question)):
            rows.append([made.text(option.text), *(_count(made, asked, place) for _, asked in columns)])
        rows += []
        parts.append(table(made.text(question.text), head, rows))
    if not parts:
        return Html("")
    return join([tag("h2", made.say("more_asked"), id="more"), tag("p", made.say("more_asked_text")), *parts])


def _count(made: Made, asked: Asked, place: int) -> object:
    if not asked.shares:
        return "–"
    count = asked.shares[place].count
    return made.say("hidden") if count is None else count or "–"


def agreement(made: Made) -> Html:
    """The coefficients with their intervals."""
    held = made.found.agreement
    if not held:
        return Html("")
    title = made.say("agreement")
    rows = [[made.say(one.measure), made.number(one.value, 2),
             f"{made.number(one.interval[0], 2)} – {made.number(one.interval[1], 2)}"] for one in held]  # fmt: skip
    numbers = table(title, [made.say("measure"), made.say("value"), made.say("interval")], rows)
    points = [figures.Point(made.say(f"short_{one.measure}"), one.value, *one.interval, main=place == 0)
              for place, one in enumerate(held)]  # fmt: skip
    frame = figures.Frame("agreement", title, "; ".join(f"{row[0]} {row[1]} ({row[2]})" for row in rows),
                          made.say("agreement_axis"), "", str, lambda value: made.number(value, 2))  # fmt: skip
    drawn = figure(figures.forest(points, frame), title, made.say("numbers"), numbers)
    return join([tag("h2", title, id="agreement"), tag("p", made.say("agreement_text")), drawn])


def traits(made: Made) -> Html:
    """What weighs in the judgement."""
    held = made.found.traits
    if held is None:
        return Html("")
    title, names = made.say("traits"), {one.code: one for one in made.study.attributes}

    def level(code: str, which: str) -> str:
        return made.text(next(one.text for one in names[code].levels if one.code == which))

    def named(code: str, which: str) -> str:
        return f"{made.text(names[code].text)}: {level(code, which)}"

    rows = [[named(one.attribute, one.level), made.number(one.odds_ratio),
             f"{made.number(float(np.exp(one.lower)))} – {made.number(float(np.exp(min(one.upper, 20))))}",
             p_value(one.p_value, made.language)] for one in held.traits]  # fmt: skip
    numbers = table(title, [made.say("trait"), made.say("odds_ratio"), made.say("interval"), "p"], rows)
    two = np.log(2)  # ticks at halves and doubles
    points = [
        figures.Point(level(one.attribute, one.level), one.log_odds / two, one.lower / two, one.upper / two)
        for one in held.traits
    ]
    frame = figures.Frame("traits", title, "; ".join(" ".join(row) for row in rows), made.say("odds_axis"), "", str,
                          lambda value: _odds(made, 2.0**value))  # fmt: skip
    lines = [made.say("traits_warn", persons=len(made.study.persons))]
    if held.other_persons is not None:
        sign = made.say("sign_yes" if held.other_persons[2] < CLEAR else "sign_no")
        lines.append(made.say("traits_other", sign=sign, p=p_value(held.other_persons[2], made.language)))
    lines.append(made.say("spread", sigma=made.number(held.fit.sigma, 2), p=p_value(held.advisers_p, made.language),
                          alike=made.share(held.fit.alike)))  # fmt: skip
    drawn = figure(figures.forest(points, frame), title, made.say("numbers"), numbers)
    return join([tag("h2", title, id="traits"), tag("p", made.say("traits_text")), drawn, bullets(lines)])


def _odds(made: Made, value: float) -> str:
    """As many decimals as it takes: 8, 2,5, 0,25."""
    return made.number(value, 0 if value >= 10 or value in (1, 2, 4, 8) else 1 if value > 1 else 2)


def groups(made: Made) -> Html:
    """Offices, roles and experience."""
    if not made.found.groups:
        return Html("")
    parts = [_group(made, one) for one in made.found.groups]
    return join([tag("h2", made.say("groups"), id="groups"), tag("p", made.say("groups_text")), *parts])


def _group(made: Made, held: Grouped) -> Html:
    names = _group_names(made, held.by)
    order = list(names)
    found = sorted(held.comparison.groups, key=lambda one: order.index(one.group) if one.group in order else 0)
    rows = [[names.get(one.group, one.group), one.advisers, made.share(one.uppermost),
             made.number(one.lenient, 2, signed=True)] for one in found]  # fmt: skip
    title = made.say(f"by_{held.by}")
    head = [title, made.say("advisers"), made.say("uppermost"), made.say("lenient")]
    lines = [made.say("group_p", p=p_value(held.comparison.p_value, made.language))]
    if held.rank is not None:
        lines.append(made.say("group_rank", rho=made.number(held.rank[0], 2),
                              p=p_value(held.rank[1], made.language)))  # fmt: skip
    if held.hidden:
        lines.append(made.say("group_hidden", hidden=held.hidden))
    return join([table(title, head, rows), tag("p", " ".join(lines))])


def _group_names(made: Made, by: str) -> dict[str, str]:
    if by == "role":
        return {code: made.say(f"role_{code}") for code in ("caseworker", "job_specialist", "market_contact")}
    if by != "experience":
        return {}
    return _option_names(made, "experience")


def _option_names(made: Made, tells: str) -> dict[str, str]:
    return {option.code: made.text(option.text) for section in made.study.sections for question in section.questions
            if question.tells == tells for option in made.options(question)}  # fmt: skip


def survey(made: Made) -> Html:
    """The sections of the form: scales as bars, numbers as means, the rest as tables."""
    parts: list[Html] = []
    for section, subject in zip(made.study.sections, made.found.sections, strict=True):
        asked = dict(zip(section.questions, subject.asked, strict=True)) if section.questions else {}
        title = made.say("background") if section.background else made.text(section.title)
        parts.append(tag("h2", title, id=f"section-{section.code}"))
        for scale in dict.fromkeys(question.scale for question in asked if question.kind == "scale"):
            parts.append(_scale(made, section.code, [(q, a) for q, a in asked.items() if q.scale == scale]))
        counted = [(question, one) for question, one in asked.items() if question.kind == "number" and one.numbers]
        parts += [_numbers(made, question, one) for question, one in counted]
        for question, one in asked.items():
            if question.kind in ("one", "many") and one.shares:
                rows = [[made.text(option.text), _share(made, share)]
                        for option, share in zip(made.options(question), one.shares, strict=True)]  # fmt: skip
                caption = f"{made.text(question.text)} (N = {made.say('hidden') if one.n is None else one.n})"
                parts.append(table(caption, [made.say("answer_column"), made.say("number_of")], rows))
    return join(parts)


def _scale(made: Made, section: str, rows: Sequence[tuple[Question, Asked]]) -> Html:
    held = [(question, one) for question, one in rows if one.shares and one.n]
    if not held:
        return tag("p", made.say("hidden"))
    first = held[0][0]
    held.sort(key=lambda row: -(row[1].shares[0].share or 0.0))
    options = made.options(first)
    head = [made.say("answer_column"), "N", *(made.text(option.text) for option in options)]
    body = [[made.text(question.text), one.n, *(_share(made, share) for share in one.shares)] for question, one in held]
    title = made.title(section)
    numbers = table(title, head, body)
    whole = [(made.text(q.text), one.shares, one.n) for q, one in held if all(s.count is not None for s in one.shares)]
    if not whole:
        return numbers
    drawn = stacked(made, f"scale-{section}", first, whole, made.say("answers_axis"))
    return figure(drawn, title, made.say("numbers"), numbers)


def _numbers(made: Made, question: Question, asked: Asked) -> Html:
    names = {"": made.say("everybody"), **_option_names(made, "group")}
    rows = []
    for code, one in {"": asked.numbers, **(asked.by or {})}.items():
        if one is not None:
            low, _middle, high = one.quartiles
            rows.append([names.get(code, code), one.n, made.number(one.mean),
                         f"{made.number(one.lower)} – {made.number(one.upper)}",
                         f"{made.number(low)} – {made.number(high)}"])  # fmt: skip
    head = [made.say("group_column"), "N", made.say("mean"), made.say("interval"), made.say("middle_half")]
    return table(made.text(question.text), head, rows)


def who(made: Made) -> Html:
    """The persons as they were presented, and what was to be found out."""
    if not made.study.persons:
        return Html("")
    parts: list[Html] = [tag("h2", made.say("who"), id="who")]
    for person in made.study.persons:
        tests = tag("p", f"{made.say('tests')} {made.text(person.tests)}", class_="small")
        parts.append(join([tag("h3", made.say("years", name=person.name, age=person.age)),
                           bullets(made.text(fact) for fact in person.facts), tests]))  # fmt: skip
    return join(parts)
