"""Addresses of the rooms' pages about a case."""

from uuid import UUID

from django.urls import NoReverseMatch, reverse

STEP_PAGES = {
    "mapping": "mapping:page",
    "choice": "choice:page",
    "matching": "matching:page",
    "agreement": "agreement:page",
    "followup": "followup:page",
    "outcome": "outcome:page",
    "evaluation": "outcome:page",
}
"""The page of each step of a case; later status lives on the outcome's page."""


def step_url(code: str, case_id: UUID) -> str:
    """The page of a step of a case; an empty string if no room offers it."""
    return url_or_nothing(STEP_PAGES.get(code, ""), case_id=case_id)


def url_or_nothing(name: str, **kwargs: object) -> str:
    """The address of a page, or an empty string if no room offers it."""
    try:
        return reverse(name, kwargs=kwargs)
    except NoReverseMatch:
        return ""
