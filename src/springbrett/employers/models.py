"""Employers, their workplaces, the people who answer there, openings, stops in cooperation, and the contact log."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from springbrett.access.models import Account

HOURS_IN_A_WEEK = 24 * 7


class Sector(models.TextChoices):
    """Which sector the employer belongs to."""

    PRIVATE = "private"
    PUBLIC = "public"


class Employer(models.Model):
    """An organisation. `name_key` is the name in lower case, kept by the services so that search and order are the
    same for every letter on every database."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation_number = models.CharField(max_length=9, unique=True)
    name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=120, editable=False)
    industry = models.CharField(max_length=40)
    sector = models.CharField(max_length=10, choices=Sector.choices)
    staff_count = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(sector__in=Sector.values), name="employer_sector_is_known")]
        indexes = [models.Index(fields=["name_key", "id"], name="employer_by_name")]

    def __str__(self) -> str:
        return self.name


class CooperationStop(models.Model):
    """The office does not use this employer, from and to which day (`to_on` is the last day; empty while it lasts)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    employer = models.ForeignKey(Employer, on_delete=models.PROTECT, related_name="stops")
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=40)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="stop_ends_after_start"
            ),
            models.UniqueConstraint(fields=["employer"], condition=Q(to_on__isnull=True), name="one_open_stop"),
        ]

    def __str__(self) -> str:
        return f"stop {self.pk}"


class Workplace(models.Model):
    """A place where people work for the employer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    employer = models.ForeignKey(Employer, on_delete=models.PROTECT, related_name="workplaces")
    name = models.CharField(max_length=120)
    place = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.name


class EmployerContact(models.Model):
    """Somebody who answers for the employer at a workplace. `account` is set when they can log in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workplace = models.ForeignKey(Workplace, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="answers_for")

    def __str__(self) -> str:
        return f"contact {self.pk}"


class EmployerNote(models.Model):
    """One line of the contact log: when the office was in touch with the employer, how, and what was learnt."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    employer = models.ForeignKey(Employer, on_delete=models.PROTECT, related_name="notes")
    workplace = models.ForeignKey(Workplace, on_delete=models.PROTECT, null=True, blank=True, related_name="notes")
    on = models.DateField()
    kind = models.CharField(max_length=40)
    text = models.TextField()
    written_by = models.UUIDField()
    written_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["employer", "-on", "-written_at"], name="note_by_employer")]

    def __str__(self) -> str:
        return f"note {self.pk}"


class Opening(models.Model):
    """Room for a person at a workplace: the tasks, what they demand, what can be arranged, and when.

    Empty means not known: `hours_*` in hours a week, `followup_capacity` 1 (little) to 3 (close), `mentor_available`,
    `training_company` and `must_speak` null, `language_min` and `licence` "" (none asked for), lists empty.
    `open_to` is the last day it stands open.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workplace = models.ForeignKey(Workplace, on_delete=models.PROTECT, related_name="openings")
    title = models.CharField(max_length=120)
    occupation = models.CharField(max_length=40)
    tasks = models.TextField(blank=True)
    demands = models.JSONField(default=list, blank=True)
    adaptations = models.JSONField(default=list, blank=True)
    language_min = models.CharField(max_length=2, blank=True)
    hours_min = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    hours_max = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    days = models.JSONField(default=list, blank=True)
    followup_capacity = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(3)]
    )
    mentor_available = models.BooleanField(null=True, blank=True)
    hiring_realistic = models.CharField(max_length=10, default="unknown")
    training_company = models.BooleanField(null=True, blank=True)
    must_speak = models.BooleanField(null=True, blank=True)
    licence = models.CharField(max_length=20, blank=True)
    places = models.PositiveSmallIntegerField(default=1)
    open_from = models.DateField()
    open_to = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(places__gt=0), name="opening_has_places"),
            models.CheckConstraint(
                condition=Q(hours_min__isnull=True) | Q(hours_min__gt=0), name="opening_hours_positive"
            ),
            models.CheckConstraint(
                condition=Q(hours_max__isnull=True) | Q(hours_min__isnull=True) | Q(hours_max__gte=F("hours_min")),
                name="opening_hours_in_order",
            ),
            models.CheckConstraint(
                condition=Q(hours_max__isnull=True) | Q(hours_max__gt=0, hours_max__lte=HOURS_IN_A_WEEK),
                name="opening_hours_fit_in_a_week",
            ),
            models.CheckConstraint(
                condition=Q(followup_capacity__isnull=True) | Q(followup_capacity__range=(1, 3)),
                name="opening_followup_capacity_1_to_3",
            ),
            models.CheckConstraint(
                condition=Q(open_to__isnull=True) | Q(open_to__gte=F("open_from")), name="opening_closes_after_it_opens"
            ),
        ]
        indexes = [models.Index(fields=["open_from", "open_to"], name="opening_by_dates")]

    def __str__(self) -> str:
        return self.title
