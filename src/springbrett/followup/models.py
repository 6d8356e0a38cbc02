"""Contacts, reviews, reports, feedback and what was added to the plan: the facts that duties are held against."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from springbrett.agreement.models import Agreement
from springbrett.followup.records import CASEWORKER, EMPLOYER, PARTICIPANT


class Contact(models.Model):
    """A contact that took place: when, how, who took part, and what was agreed. `what_next`: what comes after the
    placement was discussed. `attended` lists party codes; `result` is a code in contact_result."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="contacts")
    kind = models.CharField(max_length=40)
    on = models.DateField()
    attended = models.JSONField(default=list)
    result = models.CharField(max_length=40, blank=True)
    agreed = models.TextField(blank=True)
    for_caseworkers = models.TextField(blank=True)
    what_next = models.BooleanField(default=False)
    by = models.UUIDField()
    logged_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["agreement", "on"], name="contact_by_agreement")]

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"


class Chance(models.TextChoices):
    """How near ordinary work is, as the review sees it."""

    GOOD = "good", _("Good: hiring or another job is within reach")
    SOME = "some", _("Some: with more time or other support")
    SMALL = "small", _("Small for now")


class Headway(models.TextChoices):
    """How far towards the purpose."""

    GOOD = "good", _("Good headway")
    SOME = "some", _("Some headway")
    NONE = "none", _("No headway")


class Review(models.Model):
    """NAV's review: is the length right, how is the chance of ordinary work, how far towards the purpose, what now."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="reviews")
    on = models.DateField()
    duration_ok = models.BooleanField()
    work_chance = models.CharField(max_length=10, choices=Chance.choices)
    headway = models.CharField(max_length=10, choices=Headway.choices)
    conclusion = models.CharField(max_length=40)
    text = models.TextField()
    by = models.UUIDField()
    held_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "on"], name="one_review_a_day"),
            models.CheckConstraint(condition=Q(work_chance__in=Chance.values), name="review_chance_is_known"),
            models.CheckConstraint(condition=Q(headway__in=Headway.values), name="review_headway_is_known"),
        ]

    def __str__(self) -> str:
        return f"review {self.on}"


class Attendance(models.TextChoices):
    """Whether the participant comes as agreed."""

    AS_AGREED = "as_agreed", _("As agreed")
    SOME_ABSENCE = "some_absence", _("Some absence")
    MUCH_ABSENCE = "much_absence", _("Much absence")


class EmployerReport(models.Model):
    """What the employer tells NAV, at the start, under way and at the end. `hiring` is a code in hiring_realistic."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=20)
    submitted_on = models.DateField()
    attendance = models.CharField(max_length=20, choices=Attendance.choices, blank=True)
    tasks = models.TextField()
    progress = models.TextField(blank=True)
    needs = models.TextField(blank=True)
    hiring = models.CharField(max_length=20, blank=True)
    wants_contact = models.BooleanField(default=False)
    by = models.UUIDField()
    submitted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "kind"], condition=~Q(kind="change_notice"), name="each_report_once"
            ),
            models.CheckConstraint(
                condition=Q(attendance="") | Q(attendance__in=Attendance.values), name="report_attendance_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.submitted_on}"


class Audience(models.TextChoices):
    """Who may read the participant's feedback."""

    NAV = "nav", _("Only NAV")
    EMPLOYER = "employer", _("The employer and NAV")


class Feedback(models.Model):
    """What the participant tells: to NAV alone, or to the employer. The two are never shown in the same list.

    `topics` are codes in feedback_topic; `masters` and `needs_training` are for the employer.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="feedback")
    audience = models.CharField(max_length=10, choices=Audience.choices)
    topics = models.JSONField(default=list)
    masters = models.TextField(blank=True)
    needs_training = models.TextField(blank=True)
    text = models.TextField(blank=True)
    on = models.DateField()
    by = models.UUIDField()
    given_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "feedback"
        constraints = [
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="feedback_audience_is_known")
        ]
        indexes = [models.Index(fields=["agreement", "audience", "on"], name="feedback_by_audience")]

    def __str__(self) -> str:
        return f"feedback {self.pk}"


class PlanItem(models.Model):
    """Something the caseworker has added to the plan. Taken away again by a date, never by removing the row; what law
    or agreement asks for is not here and cannot be taken away."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="plan_items")
    kind = models.CharField(max_length=40)
    on = models.DateField()
    owed_by = models.CharField(max_length=20, default=CASEWORKER)
    note = models.TextField(blank=True)
    added_by = models.UUIDField()
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(owed_by__in=[CASEWORKER, EMPLOYER, PARTICIPANT]), name="plan_item_owner_is_known"
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__gte=F("added_at"), removed_by__isnull=False),
                name="plan_item_removed_by_someone",
            ),
        ]
        indexes = [models.Index(fields=["agreement", "on"], name="plan_item_by_agreement")]

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"


class PlacementEnd(models.Model):
    """What was said when the placement was ended, and the check as shown. When and why stand on the agreement."""

    agreement = models.OneToOneField(Agreement, on_delete=models.PROTECT, related_name="end_note", primary_key=True)
    note = models.TextField(blank=True)
    shown = models.JSONField(default=dict)
    by = models.UUIDField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"end of {self.agreement_id}"
