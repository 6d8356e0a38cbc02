"""Accounts, reasoned access outside the portfolio, and the log of looks."""

import uuid

from django.db import models

from springbrett.access.roles import Role


class Account(models.Model):
    """Somebody who can log in, in one role. `person_ref` and `employer_ref` point into registers that lie further
    down the stream, so they are identifiers, not foreign keys; `belongs_to` says in words what they point at."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    belongs_to = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    office_ref = models.UUIDField(null=True, blank=True)
    person_ref = models.UUIDField(null=True, blank=True, unique=True)
    employer_ref = models.UUIDField(null=True, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=2, default="nb")
    cleared_for_protected = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]), name="account_role_is_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(role=Role.PARTICIPANT) | models.Q(person_ref__isnull=False),
                name="participant_account_has_person",
            ),
            models.CheckConstraint(
                condition=~models.Q(role=Role.EMPLOYER) | models.Q(employer_ref__isnull=False),
                name="employer_account_has_employer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"


class OpenedCase(models.Model):
    """Reasoned access to a case outside one's own portfolio: why, from when, until when. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account_id = models.UUIDField()
    case_ref = models.UUIDField()
    reason = models.TextField()
    opened_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account_id", "case_ref", "-until"], name="opened_by_account_case")]

    def __str__(self) -> str:
        return f"{self.account_id} → {self.case_ref}"


class Look(models.Model):
    """One look at a person: who, in which role, at which page, why it was allowed. Append-only; the person reads it."""

    at = models.DateTimeField()
    account_id = models.UUIDField()
    role = models.CharField(max_length=20)
    person_ref = models.UUIDField()
    case_ref = models.UUIDField(null=True)
    page = models.CharField(max_length=60)
    why = models.CharField(max_length=40)
    reason = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["person_ref", "-id"], name="looks_by_person")]

    def __str__(self) -> str:
        return f"{self.role} {self.page}"
