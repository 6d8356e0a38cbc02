"""Refusals and codes of the room as sentences."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

REFUSALS: dict[str, Promise] = {
    "already_open": gettext_lazy("A round of this study is open already."),
    "not_open": gettext_lazy("No round of this study is open."),
    "already_begun": gettext_lazy("You have begun already."),
    "not_begun": gettext_lazy("Begin on the study's first page."),
    "withdrawn": gettext_lazy("You have taken your answers back. They are deleted."),
    "unknown_page": gettext_lazy("You have not been given this page."),
    "missing": gettext_lazy("Answer this, or save and go on later."),
    "unknown_question": gettext_lazy("The form has changed. Load the page again."),
    "unknown_answer": gettext_lazy("Choose one of the answers."),
    "one_answer": gettext_lazy("Choose one answer."),
    "not_a_number": gettext_lazy("Write a whole number within the limits."),
    "too_long": gettext_lazy("Write it shorter."),
    "words_national_id": gettext_lazy("Take out the national identity number."),
}
CANNOT: dict[str, Promise] = {
    "one_cluster": gettext_lazy("It takes at least two to compare."),
    "no_comparison": gettext_lazy("No person has been judged by two advisers."),
    "no_variation": gettext_lazy("All gave the same answer, so there is nothing to compare."),
    "singular": gettext_lazy("The traits cannot be told apart with these persons."),
    "not_supported": gettext_lazy("Each adviser has judged one person only."),
    "not_converged": gettext_lazy("The answers are too few, or too alike, for the model to settle."),
    "empty_group": gettext_lazy("Too few have answered."),
}


def refusal(code: str) -> str:
    """Why it was refused."""
    return str(REFUSALS.get(code, gettext_lazy("It cannot be done now.")))


def cannot(code: str) -> str:
    """Why a number cannot be given."""
    return str(CANNOT.get(code, gettext_lazy("It cannot be worked out from these answers.")))
