"""Aksel components as template tags; how to use them stands in docs/explanation/design-system.md.

Small ones are built here, larger ones from templates in ``site/aksel/``.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput
from django.middleware.csrf import get_token
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from springbrett.access import voice
from springbrett.kernel.verdict import Verdict
from springbrett.site import icons, trees, words
from springbrett.site.forms import is_iso_date

register = template.Library()

_FILTERS: dict[str, Callable[..., Any]] = {
    "lang": words.in_language,
    "date_long": words.date_long,
    "date_short": words.date_short,
    "moment": words.moment,
    "months": words.months,
    "amount": words.amount,
    "number": words.number,
    "fact": words.fact,
    "code_label": words.code_label,
    "is_iso_date": is_iso_date,
}
for _name, _function in _FILTERS.items():
    register.filter(_name, _function)

_ALERTS = {
    "info": ("InformationSquareFill", gettext_lazy("Information")),
    "success": ("CheckmarkCircleFill", gettext_lazy("Done")),
    "warning": ("ExclamationmarkTriangleFill", gettext_lazy("Warning")),
    "error": ("XMarkOctagonFill", gettext_lazy("Error")),
}
_DUE = {
    "due": ("warning", gettext_lazy("Due")),
    "overdue": ("danger", gettext_lazy("Overdue")),
    "done": ("success", gettext_lazy("Done")),
    "coming": ("neutral", gettext_lazy("Coming")),
}


def _attributes(extra: Mapping[str, Any]) -> SafeString:
    """Further HTML attributes; ``hx_post`` becomes ``hx-post``, True a bare name, None and False nothing."""
    return format_html_join(
        "",
        "{}",
        (
            (format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value),)
            for name, value in ((key.rstrip("_").replace("_", "-"), value) for key, value in extra.items())
            if value not in (None, False)
        ),
    )


def _of(item: Any, name: str, default: Any = "") -> Any:
    """The attribute or key ``name`` of a dict or object."""
    value = item.get(name, default) if isinstance(item, Mapping) else getattr(item, name, default)
    return default if value is None else value


@register.simple_tag
def addressed(of_person: object, to_you: object) -> str:
    """Words about the person, or the same words to the person when that is who reads the page."""
    return voice.addressed(str(of_person), str(to_you))


@register.simple_tag
def aksel_icon(name: str, title: str = "", css: str = "") -> SafeString:
    """An icon beside text (hidden from screen readers), or one that stands alone (with ``title``)."""
    return icons.draw(name, title, css)


@register.simple_tag
def aksel_tag(text: object, colour: str = "neutral", variant: str = "moderate") -> SafeString:
    """A small coloured label. The text must carry the meaning, never the colour alone."""
    return format_html(
        '<span class="aksel-tag aksel-tag--small aksel-body-short aksel-body-short--small" '
        'data-color="{}" data-variant="{}">{}</span>',
        {"error": "danger"}.get(colour, colour),
        variant,
        words.in_language(text),
    )


@register.simple_tag
def due_tag(state: object, on: Any = None) -> SafeString:
    """The tag of a duty: due, overdue, done or coming, with its date."""
    code = str(getattr(state, "value", state)).lower()
    colour, word = _DUE.get(code, ("neutral", code))
    text = f"{word} {words.date_short(on)}" if on else str(word)
    return aksel_tag(text, colour)


@register.simple_block_tag
def aksel_alert(content: str, kind: str = "info", title: str = "") -> SafeString:
    """A message box; ``kind`` is info, success, warning or error. With a title it gets a heading."""
    icon, word = _ALERTS[kind]
    context = {"kind": kind, "icon": icon, "word": word, "title": title, "content": content,
               "colour": {"error": "danger"}.get(kind, kind)}  # fmt: skip
    return render_to_string("site/aksel/alert.html", context)


@register.simple_block_tag
def aksel_inline(content: str, kind: str = "info") -> SafeString:
    """A short message on a line: icon and text."""
    icon, word = _ALERTS[kind]
    return format_html(
        '<div class="aksel-inline-message aksel-body-long aksel-body-long--medium" data-color="{}" data-size="medium">'
        '{}<span class="aksel-sr-only">{}: </span><span>{}</span></div>',
        {"error": "danger"}.get(kind, kind),
        icons.draw(icon, css="aksel-inline-message__icon"),
        word,
        content,
    )


@register.simple_tag
def aksel_button(
    text: object, variant: str = "primary", size: str = "medium", icon: str = "", *, danger: bool = False, **extra: Any
) -> SafeString:
    """A button, a submit button unless ``type="button"``; further keywords become attributes (``hx_post``…)."""
    return format_html(
        '<button class="aksel-button aksel-button--{}" data-variant="{}"{}{}>{}{}</button>',
        size,
        variant,
        mark_safe(' data-color="danger"') if danger else "",
        _attributes(extra),
        _button_icon(icon),
        _button_label(text, size),
    )


@register.simple_tag
def aksel_link_button(
    url: str, text: object, variant: str = "primary", size: str = "medium", icon: str = "", **extra: Any
) -> SafeString:
    """A link that looks like a button, for going somewhere."""
    return format_html(
        '<a class="aksel-button aksel-button--{}" data-variant="{}" href="{}"{}>{}{}</a>',
        size,
        variant,
        url,
        _attributes(extra),
        _button_icon(icon),
        _button_label(text, size),
    )


@register.simple_tag(takes_context=True)
def post_button(
    context: Context, url: str, text: object, *, name: str = "", value: object = "", **look: Any
) -> SafeString:
    """A whole form with one button, for doing one thing; carries the CSRF token. ``look`` is as for aksel_button."""
    hidden = format_html('<input type="hidden" name="{}" value="{}">', name, value) if name else ""
    return format_html(
        '<form method="post" action="{}" class="sb-inline-form">'
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">{}{}</form>',
        url,
        get_token(context["request"]),
        hidden,
        aksel_button(text, **{"variant": "secondary", "size": "small", **look}),
    )


def _button_icon(name: str) -> SafeString | str:
    return format_html('<span class="aksel-button__icon">{}</span>', icons.draw(name)) if name else ""


def _button_label(text: object, size: str) -> SafeString:
    css = "aksel-label" if size == "medium" else "aksel-label aksel-label--small"
    return format_html('<span class="{}">{}</span>', css, words.in_language(text))


@register.simple_block_tag
def aksel_details(content: str, summary: str, *, open: bool = False) -> SafeString:
    """More to read, folded away: a native ``<details>``."""
    return trees.details(summary, SafeString(content), open=open)


@register.simple_block_tag
def aksel_card(content: str, title: object = "", level: int = 2, tone: str = "") -> SafeString:
    """A framed section with a heading; ``tone`` is accent, warning, success, danger or soft."""
    heading = format_html("<h{}>{}</h{}>", level, words.in_language(title), level) if title else ""
    tag = "section" if title else "div"
    return format_html(
        '<{} class="sb-card{}">{}{}</{}>', tag, f" sb-card--{tone}" if tone else "", heading, content, tag
    )


@register.simple_tag
def aksel_link_card(url: str, title: object, description: object = "") -> SafeString:
    """A card that is one link."""
    context = {"url": url, "title": words.in_language(title), "description": words.in_language(description)}
    return render_to_string("site/aksel/link_card.html", context)


@register.simple_block_tag
def aksel_table(content: str, caption: str) -> SafeString:
    """A table that scrolls sideways on a phone; the caption is read out, not shown."""
    return format_html(
        '<div class="sb-table-wrap" role="region" aria-label="{}" tabindex="0">'
        '<table class="aksel-table sb-table"><caption class="aksel-sr-only">{}</caption>{}</table></div>',
        caption,
        caption,
        content,
    )


@register.simple_block_tag
def aksel_empty(content: str) -> SafeString:
    """What stands where a list would have been."""
    return format_html('<p class="sb-empty">{}</p>', content)


@register.simple_tag
def aksel_summary(rows: Iterable[tuple[Any, ...]], title: object = "", level: int = 2) -> SafeString:
    """Label and value pairs in a frame: ``(label, value)`` or ``(label, value, url to change it)``."""
    answers = [(words.in_language(row[0]), _shown(row[1]), row[2] if len(row) > 2 else "") for row in rows]
    context = {"answers": answers, "title": words.in_language(title), "level": level}
    return render_to_string("site/aksel/summary.html", context)


def _shown(value: object) -> str:
    """A value in a summary: safe HTML and free text as they are, all else in words."""
    return conditional_escape(value) if isinstance(value, str) else words.fact(value)


@register.simple_tag
def aksel_progress(value: int, maximum: int, label: str) -> SafeString:
    """How far: a native ``<progress>`` with its label and «3 of 7»."""
    return format_html(
        '<div class="sb-progress"><span class="sb-progress__label">{}</span>'
        '<progress max="{}" value="{}" aria-label="{}"></progress><span class="sb-number">{}</span></div>',
        label,
        maximum or 1,
        value,
        label,
        _("%(value)s of %(maximum)s") % {"value": value, "maximum": maximum},
    )


@register.simple_tag
def aksel_search(url: str, label: str, name: str = "q", value: str = "", **extra: Any) -> SafeString:
    """A search form (GET); further keywords become attributes of the input (``hx_get``, ``hx_target``…)."""
    context = {"url": url, "label": label, "name": name, "value": value, "attributes": _attributes(extra)}
    return render_to_string("site/aksel/search.html", context)


@register.simple_tag
def bars(rows: Iterable[tuple[Any, ...]], label: str = "") -> SafeString:
    """A bar chart as a table: ``(label, value)`` or ``(label, value, note)``; the largest value fills the width.

    A value of None is hidden: no number and no bar, only the note that says why.
    """
    given = [(words.in_language(row[0]), row[1], row[2] if len(row) > 2 else "") for row in rows]
    largest = max((float(value or 0) for _label, value, _note in given), default=0) or 1
    lines = [
        (text, "" if value is None else words.number(value), f"{100 * float(value or 0) / largest:.1f}", note)
        for text, value, note in given
    ]
    return render_to_string("site/aksel/bars.html", {"lines": lines, "label": label})


@register.simple_tag
def aksel_stepper(steps: Iterable[Any], label: str = "") -> SafeString:
    """The path as a stepper. A step has ``label`` (or a flow ``code``), ``url``, ``state`` and maybe ``note``."""
    drawn = []
    for step in steps:
        state = str(_of(step, "state", "open"))
        text = _of(step, "label") or words.STEP_LABELS.get(str(_of(step, "code")), _of(step, "code"))
        drawn.append({"label": text, "url": _of(step, "url"), "note": _of(step, "note"), "state": state,
                      "done": state == "done" or bool(_of(step, "done", False))})  # fmt: skip
    return render_to_string("site/aksel/stepper.html", {"steps": drawn, "label": label or _("The path of the case")})


@register.simple_tag
def timeline(entries: Iterable[Any]) -> SafeString:
    """Dated facts in the order given: ``on``, ``title`` and maybe ``body``, ``colour``, ``who``, ``url``, ``tag``."""
    names = ("on", "title", "body", "colour", "who", "url", "tag")
    drawn = [{name: _of(entry, name) for name in names} for entry in entries]
    return render_to_string("site/aksel/timeline.html", {"entries": drawn})


@register.simple_tag
def keyset_pager(previous_url: str | None = "", next_url: str | None = "") -> SafeString:
    """Links to the page before and after; nothing when there is only one page."""
    if not previous_url and not next_url:
        return SafeString("")
    return render_to_string("site/aksel/pager.html", {"previous": previous_url, "next": next_url})


@register.simple_tag
def verdict_tree(verdict: Verdict, summary: str = "", *, open: bool = False) -> SafeString:
    """«Hvorfor?»: the verdict and everything it rests on, folded away."""
    return trees.verdict_details(verdict, summary or _("Why?"), open=open)


@register.simple_tag
def verdict_line(verdict: Verdict) -> SafeString:
    """One verdict on a line: icon, word, sentence."""
    return trees.verdict_line(verdict)


@register.simple_tag
def trace_tree(trace: Any, summary: str = "", *, open: bool = False) -> SafeString:
    """«Hvorfor?» for an answer that is not a verdict: a ``Traced`` or a ``Step``."""
    return trees.trace_details(trace, summary or _("Why?"), open=open)


@register.simple_tag
def calculation(trace: Any, summary: str = "", *, open: bool = False) -> SafeString:
    """An amount line by line: a ``Traced`` or a ``Step`` whose labels have words and units in the explain registry."""
    return trees.calculation(trace, summary or _("The calculation"), open=open)


@register.simple_tag
def form_errors(form: BaseForm) -> SafeString:
    """The error summary of a form, with a link to each field; nothing when there are no errors."""
    if not form.errors:
        return SafeString("")
    items: list[tuple[str, str]] = [("", str(error)) for error in form.non_field_errors()]
    for field in form:
        target = field.auto_id if field.use_fieldset else field.id_for_label
        items += [(target, f"{field.label}: {error}") for error in field.errors]
    return render_to_string("site/forms/errors.html", {"items": items})


@register.simple_tag
def optional_mark(field: BoundField) -> SafeString | str:
    """«(optional)» after the label of a field that may be left out, in a form where others may not."""
    fields = field.form.fields.values()
    if field.field.required or not any(other.required for other in fields):
        return ""
    return format_html(' <span class="sb-optional">{}</span>', _("(optional)"))


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Whether the field is one checkbox, whose label stands after it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.simple_block_tag
def keep(content: str) -> SafeString:
    """The content as a value, to be used twice: ``{% keep as title %}…{% endkeep %}``."""
    return SafeString(content.strip())


@register.filter
def alert_kind(level: str) -> str:
    """The kind of alert for the level of a Django message."""
    return level if level in _ALERTS else "info"
