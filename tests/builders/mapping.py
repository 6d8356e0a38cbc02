"""Builders of mappings, through the services."""

from typing import Any
from uuid import UUID

from springbrett.access.roles import Viewer
from springbrett.mapping import guide
from springbrett.mapping.models import MappingVersion
from springbrett.mapping.services import mapping_answer, mapping_confirm

JOSEF: dict[str, Any] = {
    "needs_level": "situasjonsbestemt_innsats",
    "situation": "unemployment_benefit",
    "job_seeker": True,
    "years_in_norway": 2,
    "education_recognised": False,
    "cefr_oral": "A2",
    "cefr_written": "A2",
    "motivation": 5,
    "work_experience_norway_years": 0,
}
"""What a constructed person tells: two years in Norway, little Norwegian, wants to work."""


def open_mapping(actor: Viewer, case_id: UUID, **answers: Any) -> MappingVersion:
    """An open version holding the answers, saved section by section."""
    version: MappingVersion | None = None
    for section in guide.SECTIONS:
        given = {code: value for code, value in answers.items() if guide.SECTION_OF[code] == section.code}
        if given:
            version = mapping_answer(actor=actor, case_id=case_id, section=section.code, answers=given)
    assert version is not None, "a mapping needs at least one answer"
    return version


def confirmed_mapping(actor: Viewer, case_id: UUID, **answers: Any) -> MappingVersion:
    """A confirmed version; with no answers given, Josef's."""
    open_mapping(actor, case_id, **(answers or JOSEF))
    return mapping_confirm(actor=actor, case_id=case_id)
