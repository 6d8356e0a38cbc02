"""«Hvorfor?»: verdicts and traces as nested lists with an icon, a word and a sentence for every step.

A calculation is printed like a receipt instead: line by line, what a sum is made of before the sum itself.
"""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from springbrett.kernel.trace import Step, Traced
from springbrett.kernel.verdict import Answer, Ref, Severity, Verdict
from springbrett.site import codes, explain_registry, icons, words

_MET = ("CheckmarkCircle", "success", pgettext_lazy("verdict", "Yes"))
_UNKNOWN = ("QuestionmarkDiamond", "info", pgettext_lazy("verdict", "Not known yet"))
_NOT_MET: dict[Severity, tuple[str, str, Promise]] = {
    Severity.STOP: ("XMarkOctagon", "danger", pgettext_lazy("verdict", "No")),
    Severity.WARNING: ("ExclamationmarkTriangle", "warning", pgettext_lazy("verdict", "Note")),
    Severity.INFO: ("InformationSquare", "neutral", pgettext_lazy("verdict", "No")),
}
_SOURCES = {
    "law": gettext_lazy("by regulation"),
    "practice": gettext_lazy("by practice"),
    "house": gettext_lazy("our own rule"),
}


def _mark(verdict: Verdict) -> tuple[str, str, Promise]:
    if verdict.answer is Answer.MET:
        return _MET
    return _UNKNOWN if verdict.answer is Answer.UNKNOWN else _NOT_MET[verdict.severity]


def verdict_line(verdict: Verdict) -> SafeString:
    """Icon, word and sentence of one verdict."""
    icon, colour, word = _mark(verdict)
    return format_html(
        '<span class="sb-verdict" data-color="{}">{}<span><b>{}</b> {}</span></span>',
        colour,
        icons.mark(icon),
        word,
        explain_registry.sentence(verdict),
    )


def verdict_details(verdict: Verdict, summary: str, *, open: bool = False) -> SafeString:
    """The tree of a verdict behind a summary."""
    return details(summary, format_html('<ul class="sb-why">{}</ul>', _verdict_item(verdict)), open=open)


def trace_details(trace: Traced[object] | Step, summary: str, *, open: bool = False) -> SafeString:
    """The tree of a traced answer behind a summary."""
    if isinstance(trace, Step):
        items = _step_item(trace)
    else:
        items = _joined([*map(_step_item, trace.steps), *map(_verdict_item, trace.verdicts)])
    return details(summary, format_html('<ul class="sb-why">{}</ul>', items), open=open)


def calculation(trace: Traced[object] | Step, summary: str, *, open: bool = False) -> SafeString:
    """A traced amount line by line behind a summary: the lines of each part before the part.

    A § stands where it is another than the one above. Parts that are made of other lines are folded; `open` opens the
    calculation and every part of it.
    """
    steps = trace.steps if isinstance(trace, Traced) else (trace,)
    verdicts = trace.verdicts if isinstance(trace, Traced) else ()
    grounds = (None, *(step.ref for step in steps))
    parts = _joined(_part(step, above, open=open) for step, above in zip(steps, grounds, strict=False))
    lines = format_html('<ol class="sb-calc">{}</ol>', parts)
    beside = format_html('<ul class="sb-why">{}</ul>', _joined(map(_verdict_item, verdicts))) if verdicts else ""
    return details(summary, format_html("{}{}", lines, beside), open=open)


def _part(step: Step, above: Ref | None, *, open: bool) -> SafeString:
    """A line of the calculation, with the lines it is made of folded behind it."""
    if not step.children:
        return format_html("<li>{}</li>", _line(step, above))
    return format_html(
        '<li><details class="sb-calc__part"{}><summary>{}</summary><ol>{}</ol></details></li>',
        mark_safe(" open") if open else "",
        _line(step, above),
        _joined(_lines(step, step.ref)),
    )


def _lines(step: Step, above: Ref | None) -> Iterable[SafeString]:
    """What the step is made of, deepest first, and last the sum of it. `above`: the § that is already said."""
    for child in step.children:
        if explain_registry.is_hidden(child):
            continue
        if child.children:
            yield from _lines(child, above)
        else:
            yield format_html("<li>{}</li>", _line(child, above))
    yield format_html('<li class="sb-calc__sum">{}</li>', _line(step, above))


def _line(step: Step, above: Ref | None) -> SafeString:
    """One line, with its § beneath it unless that is the one said last."""
    return format_html(
        '<span class="sb-calc__line"><span>{}</span><b>{}</b></span>{}',
        explain_registry.step_label(step),
        explain_registry.step_value(step, words.amount),
        _grounds(step.ref, []) if step.ref and step.ref != above else "",
    )


def details(summary: str, body: SafeString, *, open: bool) -> SafeString:
    """``body`` folded away behind ``summary``."""
    return format_html(
        '<details class="sb-details"{}><summary>{}<span>{}</span></summary>'
        '<div class="sb-details__body">{}</div></details>',
        mark_safe(" open") if open else "",
        icons.mark("ChevronDown"),
        summary,
        body,
    )


def _verdict_item(verdict: Verdict, above: date | None = None) -> SafeString:
    """A verdict and its children. `above`: the day the one above was judged for, so that a day is said only once."""
    facts: list[tuple[str, object]] = [(fact.name, fact.value) for fact in verdict.facts]
    return format_html(
        "<li>{}{}{}{}</li>",
        verdict_line(verdict),
        _grounds(verdict.ref, facts, verdict.on if verdict.on != above else None),
        _would_change(verdict),
        _nested(_verdict_item(child, verdict.on or above) for child in verdict.children),
    )


def _step_item(step: Step) -> SafeString:
    return format_html(
        "<li>{}: <b>{}</b>{}{}</li>",
        explain_registry.step_label(step),
        explain_registry.step_value(step, words.amount),
        _grounds(step.ref, []) if step.ref else "",
        _nested(_step_item(child) for child in step.children),
    )


def _grounds(ref: Ref, facts: list[tuple[str, object]], on: date | None = None) -> SafeString:
    """The rule and the facts used, on a small line; the rule leads to its page in the catalogue."""
    parts = [format_html("{} ({})", _rule(ref), _SOURCES[ref.source])]
    if on is not None:
        parts.append(format_html("{}", _("judged for %s") % words.date_short(on)))
    labelled = [(explain_registry.fact_label(name), explain_registry.fact_unit(name), value) for name, value in facts]
    parts += [format_html("{}: {}", label, words.amount(value, unit)) for label, unit, value in labelled if label]
    shown = format_html_join(" · ", "{}", ((part,) for part in parts))
    return format_html('<span class="sb-why__grounds">{}</span>', shown)


def _rule(ref: Ref) -> SafeString:
    """The act and § as a link to every value that rests on it; plain text for an act the catalogue does not hold."""
    act = words.code_label(ref.act, "act")
    text = f"{act} § {ref.section}" if ref.section else act
    if codes.text_of(ref.act, "act") is None:
        return format_html("{}", text)
    url = reverse("desk:section", args=[ref.act, ref.section]) if ref.section else reverse("desk:act", args=[ref.act])
    return format_html('<a href="{}">{}</a>', url, text)


def _would_change(verdict: Verdict) -> SafeString | str:
    """What would change the answer; only said where the answer is a leaf that is not met or not known."""
    if verdict.answer is Answer.MET or verdict.children or not verdict.would_change:
        return ""
    changes = words.listing([explain_registry.change_label(code) for code in verdict.would_change])
    return format_html('<span class="sb-why__grounds">{}</span>', _("What would change this: %s") % changes)


def _nested(items: Iterable[SafeString]) -> SafeString | str:
    inside = _joined(items)
    return format_html("<ul>{}</ul>", inside) if inside else ""


def _joined(items: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((item,) for item in items))
