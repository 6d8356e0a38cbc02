"""Puts the report together: one file per language, complete in itself, that fetches nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from springbrett.catalogue.base import LANGUAGES
from springbrett.evaluation.report import (
    cost_section,
    effect_sections,
    end_sections,
    order_section,
    other_sections,
    side_section,
    time_sections,
    trial_section,
    when_sections,
)
from springbrett.evaluation.report.answer import first_page
from springbrett.evaluation.report.markup import Html, join, tag
from springbrett.evaluation.report.reading import Reading, read_run

STYLE = Path(__file__).with_name("report.css")
SECTIONS: tuple[Callable[[Reading], Html], ...] = (
    when_sections.timing, order_section.order, effect_sections.effect, when_sections.preference,
    time_sections.staggered, time_sections.dose,
    other_sections.lock_in, effect_sections.estimates, side_section.side_by_side,
    trial_section.trial, trial_section.before, other_sections.providers, effect_sections.paths,
    other_sections.ways_out, when_sections.leaving,
    other_sections.chains, cost_section.costs, effect_sections.people, end_sections.checks, end_sections.methods,
    end_sections.not_answered, end_sections.protocol, end_sections.again,
)  # fmt: skip
_HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>')


def write_reports(folder: Path) -> list[Path]:
    """The report of a run in every language, beside its results."""
    written = []
    for language in LANGUAGES:
        path = folder / f"report.{language}.html"
        path.write_text(page(read_run(folder, language)), encoding="utf-8")
        written.append(path)
    return written


def page(run: Reading) -> str:
    """The whole page. When the gate is closed the checks come right after the first page."""
    order = list(SECTIONS)
    if not run.facts["gate"]["open"]:
        order.remove(end_sections.checks)
        order.insert(0, end_sections.checks)
    body = join(section(run) for section in order)
    main = tag("main", first_page(run), _contents(run, body), body)
    style = Html(f"<style>{STYLE.read_text(encoding='utf-8')}</style>")
    head = tag(
        "head", Html('<meta charset="utf-8">'), Html('<meta name="viewport" content="width=device-width">'),
        tag("title", run.text(run.protocol["title"])), style,
    )  # fmt: skip
    return f"<!doctype html>\n{tag('html', head, tag('body', main), lang=run.language)}\n"


def _contents(run: Reading, body: Html) -> Html:
    found = [tag("li", tag("a", Html(title), href=f"#{key}")) for key, title in _HEADING.findall(body)]
    return tag("nav", tag("h2", run.say("contents")), tag("ol", *found), aria_label=run.say("contents"))
