"""The roles of the system and the viewer who acts in one of them."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a person is in the system. One account has one role; somebody with two jobs has two accounts."""

    PARTICIPANT = "participant"
    CASEWORKER = "caseworker"
    JOB_SPECIALIST = "job_specialist"
    MARKET_CONTACT = "market_contact"
    EMPLOYER = "employer"
    MENTOR = "mentor"
    PROVIDER = "provider"
    BUDGET_APPROVER = "budget_approver"
    OFFICE_LEADER = "office_leader"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


CASEWORKERS = frozenset({Role.CASEWORKER, Role.JOB_SPECIALIST})
"""Those who carry cases."""
OFFICE_STAFF = CASEWORKERS | {Role.MARKET_CONTACT, Role.OFFICE_LEADER, Role.BUDGET_APPROVER}
"""Those who work at an office."""

SYSTEM_ACCOUNT = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks or acts: an account in its role, with what it belongs to.

    `person_id` is set for participants, `employer_id` for employer contacts and mentors, `office_id` for staff.
    """

    account_id: UUID
    role: Role
    name: str = ""
    office_id: UUID | None = None
    person_id: UUID | None = None
    employer_id: UUID | None = None
    language: str = "nb"
    cleared_for_protected: bool = False

    @classmethod
    def system(cls) -> "Viewer":
        """The system itself, for what no person does: seeding registers, exports run by a schedule."""
        return cls(account_id=SYSTEM_ACCOUNT, role=Role.SYSTEM, name="Springbrett")

    @property
    def carries_cases(self) -> bool:
        """Whether this role has a portfolio."""
        return self.role in CASEWORKERS
