"""«Hvorfor?»: verdicts and traces as nested lists with an icon, a word and a sentence for every step."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from springbrett.kernel.trace import Step, Traced
from springbrett.kernel.verdict import Answer, Ref, Severity, Verdict
from springbrett.site import explain_registry, icons, words

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


def _verdict_item(verdict: Verdict) -> SafeString:
    return format_html(
        "<li>{}{}{}{}</li>",
        verdict_line(verdict),
        _grounds(verdict.ref, [(fact.name, fact.value) for fact in verdict.facts]),
        _would_change(verdict),
        _nested(_verdict_item(child) for child in verdict.children),
    )


def _step_item(step: Step) -> SafeString:
    return format_html(
        "<li>{}: <b>{}</b>{}{}</li>",
        explain_registry.step_label(step.label),
        words.fact(step.value),
        _grounds(step.ref, []) if step.ref else "",
        _nested(_step_item(child) for child in step.children),
    )


def _grounds(ref: Ref, facts: list[tuple[str, object]]) -> SafeString:
    """The rule and the facts used, on a small line."""
    act = words.code_label(ref.act, "act")
    parts = [f"{act} § {ref.section} ({_SOURCES[ref.source]})" if ref.section else f"{act} ({_SOURCES[ref.source]})"]
    labelled = [(explain_registry.fact_label(name), value) for name, value in facts]
    parts += [f"{label}: {words.fact(value)}" for label, value in labelled if label]
    return format_html('<span class="sb-why__grounds">{}</span>', " · ".join(parts))


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
