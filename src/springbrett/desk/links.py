"""Addresses of the rooms' pages about a case."""

from uuid import UUID

from django.urls import NoReverseMatch, reverse

from springbrett.access.roles import Role

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
OWN_PAGES = {"mapping": "mapping:page", "choice": "choice:page", "matching": "matching:chosen"}
"""The same for the participant; the rest of the way is told on their own page. Leaders read the match there too."""


def step_url(code: str, case_id: UUID, role: Role | None = None) -> str:
    """The page of a step of a case as `role` may read it; an empty string if no room offers it."""
    if role is Role.OFFICE_LEADER and code == "matching":
        return url_or_nothing(OWN_PAGES[code], case_id=case_id)
    if role is not Role.PARTICIPANT:
        return url_or_nothing(STEP_PAGES.get(code, ""), case_id=case_id)
    own = OWN_PAGES.get(code)
    return url_or_nothing(own, case_id=case_id) if own else url_or_nothing("desk:mine")


def url_or_nothing(name: str, **kwargs: object) -> str:
    """The address of a page, or an empty string if no room offers it."""
    try:
        return reverse(name, kwargs=kwargs)
    except NoReverseMatch:
        return ""
