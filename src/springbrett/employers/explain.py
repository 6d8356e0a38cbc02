"""Codes of the register in words: refusals, signs, and names from the catalogue in the page's language."""

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from springbrett import catalogue
from springbrett.employers.records import Refused
from springbrett.kernel.verdict import Verdict

SECTORS: dict[str, Promise] = {"private": gettext_lazy("Private"), "public": gettext_lazy("Public")}

REFUSALS: dict[str, Promise] = {
    "empty": gettext_lazy("Fill this in."),
    "unknown_code": gettext_lazy("Choose one from the list."),
    "not_a_number": gettext_lazy("This is not a valid organisation number. It has nine digits; check them once more."),
    "already_registered": gettext_lazy(
        "An employer with this organisation number is registered already. Search for it."
    ),
    "out_of_range": gettext_lazy("This number cannot be right. Check it once more."),
    "less_than_lowest": gettext_lazy("The most hours cannot be fewer than the fewest."),
    "before_start": gettext_lazy("The last day cannot be before the first."),
    "in_the_future": gettext_lazy("This day has not come yet. Write when it happened."),
    "of_another_employer": gettext_lazy("This belongs to another employer."),
    "already_stopped": gettext_lazy("Cooperation is stopped already in this time."),
    "not_stopped": gettext_lazy("Cooperation is not stopped now."),
}

FACTS: dict[str, str | Promise] = {
    "finished_stays": gettext_lazy("Finished placements"),
    "hired_after": gettext_lazy("Hired afterwards"),
    "job_was_the_aim": gettext_lazy("Where a job here was the aim"),
    "enough_to_say": gettext_lazy("Worth a look from"),
    "extended_again": gettext_lazy("Placements extended more than once"),
    "extensions": gettext_lazy("Extensions"),
    "post_was_coming": gettext_lazy("Extended because a post was coming"),
    "running_stays": gettext_lazy("Placements now"),
    "staff_count": gettext_lazy("Own staff"),
    "share_percent": gettext_lazy("Worth a look above this percentage"),
}
CHANGES: dict[str, str | Promise] = {
    "hired_after": gettext_lazy("somebody being hired"),
    "extensions": gettext_lazy("fewer extensions"),
    "staff_count": gettext_lazy("knowing how many work there"),
}


def language() -> str:
    """The language of the page: nb, nn or en."""
    return (get_language() or "nb")[:2]


def code_name(listed: str, code: str) -> str:
    """A code's name in the page's language; the code itself if the list does not hold it."""
    return catalogue.load().name(listed, code, language())


def code_names(listed: str, codes: object) -> str:
    """Several codes' names, joined by commas."""
    return ", ".join(code_name(listed, str(code)) for code in codes) if isinstance(codes, list | tuple) else ""


def refusal(refused: Refused) -> str:
    """Why a value was refused and what to do."""
    return str(REFUSALS[refused.why])


def some_are_hired(verdict: Verdict) -> str:
    """Whether anybody was hired after their stay."""
    finished, hired = _int(verdict, "finished_stays"), _int(verdict, "hired_after")
    if verdict.unknown:
        return _("Too few have finished here to say whether anybody is hired.")
    if verdict.met:
        return ngettext(
            "%(hired)d person was hired afterwards, of %(finished)d finished placements.",
            "%(hired)d people were hired afterwards, of %(finished)d finished placements.",
            hired,
        ) % {"hired": hired, "finished": finished}
    return _(
        "%(finished)d placements have finished, and nobody was hired. In %(aim)d of them a job here was the aim."
    ) % {
        "finished": finished,
        "aim": _int(verdict, "job_was_the_aim"),
    }


def seldom_extended_twice(verdict: Verdict) -> str:
    """Whether stays are extended again and again."""
    if verdict.met:
        return _("No placement has been extended again and again.")
    again = _int(verdict, "extended_again")
    return ngettext(
        "%(count)d placement has been extended more than once.",
        "%(count)d placements have been extended more than once.",
        again,
    ) % {"count": again}


def vacancies_come(verdict: Verdict) -> str:
    """Whether posts that were said to be coming came."""
    if verdict.met:
        return _("Placements are not extended time after time for a post that does not come.")
    return _("Placements were extended %(count)d times because a post was coming, and nobody was hired.") % {
        "count": _int(verdict, "post_was_coming")
    }


def participants_are_few_among_staff(verdict: Verdict) -> str:
    """Whether the placed are few beside the staff."""
    if verdict.unknown:
        return _("How many work here is not recorded, so the share of participants is not known.")
    said = {"running": _int(verdict, "running_stays"), "staff": _int(verdict, "staff_count")}
    if verdict.met:
        return _("%(running)d placed now, beside a staff of %(staff)d.") % said
    return _("%(running)d placed now is many beside a staff of %(staff)d.") % said


SENTENCES: dict[str, Callable[[Verdict], str]] = {
    "some_are_hired": some_are_hired,
    "seldom_extended_twice": seldom_extended_twice,
    "vacancies_come": vacancies_come,
    "participants_are_few_among_staff": participants_are_few_among_staff,
}


def _int(verdict: Verdict, name: str) -> int:
    value = verdict.fact(name)
    return value if isinstance(value, int) else 0
