"""A summary as the rows of a page, in the page's language."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from springbrett.evaluation.vignettes.agreement import Agreement
from springbrett.evaluation.vignettes.attributes import Traits
from springbrett.evaluation.vignettes.shares import Numbers, Share
from springbrett.evaluation.vignettes.studies import Question, Study
from springbrett.evaluation.vignettes.summary import Asked, Grouped, Subject, Summary
from springbrett.mapping.explain import language
from springbrett.vignettes import explain

MEASURES: dict[str, Promise] = {
    "alpha_ordinal": gettext_lazy("Krippendorff's alpha, where a near answer counts for more than a far one"),
    "alpha_nominal": gettext_lazy("Krippendorff's alpha, where only the same answer counts"),
    "fleiss_kappa": gettext_lazy("Fleiss' kappa"),
}
GROUPINGS: dict[str, Promise] = {
    "office": gettext_lazy("Office"),
    "role": gettext_lazy("Role"),
    "experience": gettext_lazy("Experience"),
}
PARTS: dict[str, Promise] = {
    "agreement": gettext_lazy("Agreement between advisers"),
    "attributes": gettext_lazy("What weighs in the judgement"),
    "office": gettext_lazy("Comparison of offices"),
    "role": gettext_lazy("Comparison of roles"),
    "experience": gettext_lazy("Comparison by experience"),
    "rank": gettext_lazy("Correlation with experience"),
}


def results(study: Study, found: Summary) -> dict[str, Any]:
    """What the template needs."""
    return {
        "found": found,
        "persons": [_subject(study, one) for one in found.persons],
        "sections": [_subject(study, one) for one in found.sections],
        "agreement": [_agreement(one) for one in found.agreement],
        "traits": _traits(study, found.traits) if found.traits else [],
        "groups": [_grouped(study, one) for one in found.groups],
        "cannot": [(str(PARTS[part]), explain.cannot(code)) for part, code in found.cannot.items() if part in PARTS],
    }


def _subject(study: Study, found: Subject) -> dict[str, Any]:
    person, section = study.person(found.code), study.section(found.code)
    title = f"{person.name}, {person.age}" if person else section.title.get(language()) if section else found.code
    questions = {question.code: question for question in study.asked(found.code)}
    asked = [_asked(study, questions[one.question], one) for one in found.asked if one.shares or one.numbers]
    alike = "" if found.alike is None else _("%(share)s %% of pairs of advisers answered alike") % {
        "share": round(100 * found.alike)}  # fmt: skip
    judged = [row for row in asked if row["judgement"]]
    return {"code": found.code, "title": title, "n": found.n, "alike": alike, "asked": judged, "judged": bool(judged),
            "more": [row for row in asked if not row["judgement"]]}  # fmt: skip


def _asked(study: Study, question: Question, found: Asked) -> dict[str, Any]:
    texts = {option.code: option.text.get(language()) for option in study.options(question)}
    groups = {option.code: option.text.get(language()) for one in study.sections for asked in one.questions
              if asked.tells == "group" for option in study.options(asked)}  # fmt: skip
    by = [(groups.get(code, code), _numbers(each)) for code, each in (found.by or {}).items()]
    return {
        "label": question.text.get(language()), "n": found.n, "judgement": question.tells == "judgement",
        "bars": [(texts[one.code], one.count, _note(one)) for one in found.shares],
        "numbers": _numbers(found.numbers) if found.numbers else "", "by": by,
    }  # fmt: skip


def _note(one: Share) -> str:
    if one.count is None or one.share is None or one.lower is None or one.upper is None:
        return _("too few to show")
    return _("%(share)s %% (%(lower)s–%(upper)s)") % {
        "share": round(100 * one.share), "lower": round(100 * one.lower), "upper": round(100 * one.upper)
    }  # fmt: skip


def _numbers(found: Numbers) -> str:
    return _("mean %(mean)s (%(lower)s–%(upper)s), half between %(first)s and %(last)s, %(n)s answers") % {
        "mean": decimal(found.mean), "lower": decimal(found.lower), "upper": decimal(found.upper),
        "first": decimal(found.quartiles[0]), "last": decimal(found.quartiles[2]), "n": found.n,
    }  # fmt: skip


def decimal(value: float, digits: int = 1) -> str:
    """A number with so many decimals, a comma in Norwegian."""
    text = f"{value:.{digits}f}".replace("-", "−")
    return text if language() == "en" else text.replace(".", ",")


def _agreement(found: Agreement) -> tuple[str, str, str]:
    low, high = found.interval
    return str(MEASURES[found.measure]), decimal(found.value, 2), f"{decimal(low, 2)} – {decimal(high, 2)}"


def _traits(study: Study, found: Traits) -> list[tuple[str, str, str, str]]:
    names = {attribute.code: attribute for attribute in study.attributes}

    def level(attribute: str, code: str) -> str:
        return next(one.text.get(language()) for one in names[attribute].levels if one.code == code)

    return [
        (
            f"{names[one.attribute].text.get(language())}: {level(one.attribute, one.level)}",
            decimal(one.odds_ratio, 1), f"{decimal(_exp(one.lower))} – {decimal(_exp(one.upper))}", _p(one.p_value),
        )
        for one in found.traits
    ]  # fmt: skip


def _exp(value: float) -> float:
    from math import exp

    return exp(min(value, 20.0))


def _p(value: float) -> str:
    return f"< {decimal(0.001, 3)}" if value < 0.001 else decimal(value, 3)


def _grouped(study: Study, found: Grouped) -> dict[str, Any]:
    names = _names(study, found.by)
    order = list(names) or sorted(group.group for group in found.comparison.groups)
    groups = sorted(found.comparison.groups, key=lambda one: order.index(one.group) if one.group in order else 0)
    rows: Iterable[tuple[str, int, str, str]] = [
        (names.get(one.group, one.group), one.advisers, f"{round(100 * one.uppermost)} %", decimal(one.lenient, 2))
        for one in groups
    ]
    return {"title": str(GROUPINGS[found.by]), "rows": list(rows), "p": _p(found.comparison.p_value),
            "hidden": found.hidden}  # fmt: skip


def _names(study: Study, by: str) -> Mapping[str, str]:
    if by == "role":
        return {"caseworker": _("Caseworker"), "job_specialist": _("Job specialist"),
                "market_contact": _("Market contact")}  # fmt: skip
    if by == "experience":
        return {option.code: option.text.get(language()) for section in study.sections for question in section.questions
                if question.tells == "experience" for option in study.options(question)}  # fmt: skip
    return {}
