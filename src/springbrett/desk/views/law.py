"""The law by section and by date: sources, what rests on each §, what changes soon, two days side by side, rates."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from springbrett import catalogue
from springbrett.access.web import ViewerRequest, page
from springbrett.catalogue.codelists import Act
from springbrett.catalogue.compare import between_days
from springbrett.catalogue.entries import ahead, resting_on
from springbrett.catalogue.structs import Measure
from springbrett.desk import reading
from springbrett.desk.amounts import language
from springbrett.desk.charts import staircase
from springbrett.desk.reading import ReadChange, Reader, ReadValue
from springbrett.desk.views.catalogue import chosen_day
from springbrett.kernel import clock

ACT_KINDS = {
    "act": _("Acts"),
    "regulation": _("Regulations"),
    "practice": _("Practice"),
    "report": _("Reports"),
    "house": _("Our own choices"),
}
WHAT_A_SOURCE_IS = {
    "act": _("An act, passed by the Storting. The law decides where practice differs."),
    "regulation": _("A regulation, made under an act. It decides where practice differs."),
    "practice": _("How an existing system or office does it. It is shown, and can warn, but it never stops anybody."),
    "report": _("A study or an evaluation. It tells how a measure is used and what came of it; it is not a rule."),
    "house": _("A choice made here where the law leaves one, with its reason. It can be made otherwise."),
}


MOST_CHANGES = 44
"""How many changes a page of differences shows in full; with more it shows how many there are, by measure."""


@dataclass(frozen=True, slots=True)
class Differing:
    """What differs for one measure, rate or other between two days. `of` is how the address asks for it alone."""

    name: str
    page: str
    of: str
    changes: tuple[ReadChange, ...]


class TwoDays(forms.Form):
    """Which two days to compare."""

    before = forms.DateField(label=_("From"))
    after = forms.DateField(label=_("To"))


@require_safe
@page()
def acts(request: ViewerRequest) -> HttpResponse:
    """Every source that values rest on, by kind."""
    found = Reader(clock.today()).entries()
    rows = [(act, sum(entry.value.act == act.code for entry in found)) for act in _acts()]
    order = list(ACT_KINDS)
    rows.sort(key=lambda row: order.index(row[0].kind))
    groups = [(ACT_KINDS[kind], list(group)) for kind, group in groupby(rows, key=lambda row: row[0].kind)]
    return render(request, "desk/acts.html", {"groups": groups})


@require_safe
@page()
def act(request: ViewerRequest, act: str) -> HttpResponse:
    """One source: what it is, where it can be read, its sections, and what rests on it as a whole."""
    found = _act(act)
    reader = Reader(clock.today())
    resting = resting_on(reader.entries(), act)
    sections = sorted({e.value.section for e in resting if e.value.section} | _basis_sections(act), key=section_order)
    context = {
        "act": found,
        "kind": WHAT_A_SOURCE_IS[found.kind],
        "address": found.address(),
        "sections": [(s, sum(e.value.section == s for e in resting), _owners(reader, act, s)) for s in sections],
        "values": _by_owner(reader, act, ""),
    }
    return render(request, "desk/act.html", context)


@require_safe
@page()
def section(request: ViewerRequest, act: str, section: str) -> HttpResponse:
    """One section: every value that rests on it, measure by measure, over time, and whether it holds on the day."""
    found = _act(act)
    form, on = chosen_day(request)
    reader = Reader(on)
    groups = _by_owner(reader, act, section)
    basis = [measure for measure in _measures() if section in _sections_of(measure, act)]
    if not groups and not basis:
        raise Http404
    context = {
        "act": found,
        "section": section,
        "address": found.address(section),
        "kind": WHAT_A_SOURCE_IS[found.kind],
        "form": form,
        "on": on,
        "groups": groups,
        "basis": basis,
    }
    return render(request, "desk/section.html", context)


@require_safe
@page()
def soon(request: ViewerRequest) -> HttpResponse:
    """Every dated value that lies ahead, by the day it takes hold."""
    on = clock.today()
    reader = Reader(on)
    changes = [reader.change(change) for change in ahead(catalogue.load(), on)]
    days = [(day, list(found)) for day, found in groupby(changes, key=attrgetter("on"))]
    return render(request, "desk/soon.html", {"days": days, "on": on})


@require_safe
@page()
def diff(request: ViewerRequest) -> HttpResponse:
    """Two days side by side: what applied on one and what applies on the other; of one measure when it is named.

    More than fits on a page is told measure by measure, with the way to each.
    """
    today = clock.today()
    first = {"before": date(today.year - 1, today.month, 1), "after": today}
    form = TwoDays(request.GET) if {"before", "after"} & set(request.GET) else TwoDays(initial=first)
    days = form.cleaned_data if form.is_bound and form.is_valid() else (None if form.is_bound else first)
    context: dict[str, object] = {"form": form, "days": days}
    if days:
        context |= _compared(days["before"], days["after"], request.GET.get("of", ""))
    return render(request, "desk/diff.html", context)


def _compared(before: date, after: date, of: str) -> dict[str, object]:
    """The changes between two days, by what they belong to; only the counts when there are too many to read."""
    found = between_days(catalogue.load(), before, after)
    chosen = [change for change in found if not of or f"{change.kind}.{change.owner}" == of]
    reader = Reader(after)
    owners = [
        Differing(reader.owner_name(kind, owner), reading.owner_page(kind, owner), f"{kind}.{owner}",
                  tuple(map(reader.change, changes)))
        for (kind, owner), changes in groupby(chosen, key=attrgetter("kind", "owner"))
    ]  # fmt: skip
    return {"counted" if len(chosen) > MOST_CHANGES and not of else "owners": owners}


@require_safe
@page()
def rates(request: ViewerRequest) -> HttpResponse:
    """Every rate with its history, drawn where there are two known values or more; amounts before plain numbers."""
    on = clock.today()
    reader = Reader(on)
    history: dict[str, list[ReadValue]] = {}
    for entry in reader.entries(lambda entry: entry.kind == "rate"):
        history.setdefault(entry.owner, []).append(reader.value(entry))
    rows = [
        {"code": code, "name": rate.name.get(language()), "values": history[code][::-1],
         "now": next((value for value in history[code] if value.in_force), None), "chart": staircase(rate, on)}
        for code, rate in sorted(catalogue.load().rates.items(), key=lambda item: item[1].unit == "count")
    ]  # fmt: skip
    return render(request, "desk/rates.html", {"rates": rows, "on": on})


def section_order(section: str) -> tuple[list[tuple[int, str]], str]:
    """Sections as they are read: 3-4 before 3-10, 14-1 before 14A-1."""
    parts = [part for part in section.replace("-", " ").replace(".", " ").split() if part]
    return [
        (int("".join(c for c in p if c.isdigit()) or 0), "".join(c for c in p if c.isalpha())) for p in parts
    ], section


def _by_owner(reader: Reader, act: str, section: str) -> list[tuple[str, str, list[ReadValue]]]:
    """What rests on the section: name and page of each measure, rate or other, with its values."""
    found = resting_on(reader.entries(), act, section)
    return [
        (reader.owner_name(kind, owner), reading.owner_page(kind, owner), [reader.value(entry) for entry in group])
        for (kind, owner), group in groupby(sorted(found, key=lambda e: (e.kind != "measure", e.kind, e.owner)),
                                            key=attrgetter("kind", "owner"))
    ]  # fmt: skip


def _owners(reader: Reader, act: str, section: str) -> list[str]:
    found = resting_on(reader.entries(), act, section)
    names = [reader.owner_name(e.kind, e.owner) for e in found]
    names += [m.name.get(language()) for m in _measures() if section in _sections_of(m, act)]
    return list(dict.fromkeys(names))


def _act(code: str) -> Act:
    entry = catalogue.load().lists["act"].get(code)
    if not isinstance(entry, Act):
        raise Http404
    return entry


def _acts() -> list[Act]:
    return [entry for entry in catalogue.load().codes("act") if isinstance(entry, Act)]


def _measures() -> list[Measure]:
    return list(catalogue.load().measures.values())


def _basis_sections(act: str) -> set[str]:
    return {section for measure in _measures() for section in _sections_of(measure, act)}


def _sections_of(measure: Measure, act: str) -> set[str]:
    return {section for basis in measure.legal_basis if basis.act == act for section in basis.sections}
