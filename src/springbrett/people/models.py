"""Offices, persons, cases and who carries them."""

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q

from springbrett.access.models import Account
from springbrett.kernel.identity import NationalId


class Office(models.Model):
    """A NAV office."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=4, unique=True)
    name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.name


class Protection(models.TextChoices):
    """Whether the person's record is closed beyond the ordinary."""

    NONE = "none"
    ADDRESS = "address"
    OWN_EMPLOYEE = "own_employee"


class Person(models.Model):
    """A person the office follows up. The national identity number is never shown in lists, logs or URLs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    national_id = models.CharField(max_length=11, unique=True)
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    language = models.CharField(max_length=2, default="nb")
    protection = models.CharField(max_length=20, choices=Protection.choices, default=Protection.NONE)
    home_place = models.CharField(max_length=40, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(protection__in=Protection.values), name="person_protection_is_known")
        ]
        indexes = [models.Index(fields=["family_name", "given_name", "id"], name="person_by_name")]

    def __str__(self) -> str:
        return f"person {self.pk}"

    @property
    def name(self) -> str:
        """Given and family name."""
        return f"{self.given_name} {self.family_name}"

    @property
    def birth_date(self) -> date:
        """Read from the national identity number."""
        return NationalId.parse(self.national_id).birth_date

    @property
    def protected(self) -> bool:
        """Whether only a cleared caseworker may open the record."""
        return self.protection != Protection.NONE


class Case(models.Model):
    """One walk of the path for one person at one office."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cases")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="cases")
    opened_on = models.DateField()
    chained_from = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="chained_to"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(chained_from__isnull=True) | ~Q(chained_from=F("id")), name="case_not_chained_to_itself"
            )
        ]
        indexes = [models.Index(fields=["office", "opened_on", "id"], name="case_by_office")]

    def __str__(self) -> str:
        return f"case {self.pk}"


class CaseAssignment(models.Model):
    """Who carries the case, from and to which day (`to_on` is the last day; empty while it lasts)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assignments")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="assignments")
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(to_on__isnull=True), name="one_caseworker_at_a_time"),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="assignment_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} carried by {self.account_id}"


class CaseParty(models.Model):
    """An outside account or organisation that a case's agreement has let in: the employer, a mentor.

    Written by the agreement room through `people.services.party_let_in`, so that access can be decided without
    looking further down the stream.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="parties")
    employer_ref = models.UUIDField(null=True, blank=True)
    mentor_account_ref = models.UUIDField(null=True, blank=True)
    since = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "employer_ref"], name="employer_let_in_once"),
            models.UniqueConstraint(fields=["case", "mentor_account_ref"], name="mentor_let_in_once"),
            models.CheckConstraint(
                condition=Q(employer_ref__isnull=False) | Q(mentor_account_ref__isnull=False), name="party_is_someone"
            ),
        ]
        indexes = [models.Index(fields=["employer_ref"], name="party_by_employer")]

    def __str__(self) -> str:
        return f"party of {self.case_id}"
