"""Requests for money, their decisions, the months that were granted, the claims for them, and the offices' budgets."""

import uuid

from django.db import models
from django.db.models import F, Q

from springbrett.funding.records import Month
from springbrett.funding.store import schedule_from
from springbrett.kernel.period import Period
from springbrett.money.records import Schedule
from springbrett.people.models import Case, Office

MONTHS_OF_A_YEAR = range(1, 13)
FIRST_YEAR, LAST_YEAR = 2000, 2199
"""Years that a row can be about: wide enough for any agreement, narrow enough to catch a slip of the finger."""


class Left(models.TextChoices):
    """Why a request is no longer the subject's own: taken back, replaced by a new one, or the subject has ended."""

    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    CLOSED = "closed"


class Request(models.Model):
    """Money asked for one subject (an agreement, known by its id only), month by month. State is derived, not kept.

    `number` counts the requests of the subject from one. `schedule` holds the amounts as they were calculated, `trace`
    the calculation line by line as it was shown, `terms` what a refund is calculated from, `purpose` the one line of
    the agreement that the approver reads. A request that has been left is never taken up again, unless it is a grant
    whose replacement was given up. Rows are never removed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="requests")
    subject_id = models.UUIDField()
    number = models.PositiveIntegerField()
    measure = models.CharField(max_length=60)
    employer_ref = models.UUIDField(null=True)
    from_on = models.DateField()
    to_on = models.DateField()
    schedule = models.JSONField()
    terms = models.JSONField(default=dict)
    purpose = models.TextField(blank=True)
    total = models.PositiveIntegerField()
    fingerprint = models.CharField(max_length=64)
    trace = models.JSONField(default=list)
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    catalogue_version = models.CharField(max_length=40)
    left_at = models.DateTimeField(null=True)
    left_why = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id"], condition=Q(left_at__isnull=True), name="one_live_request_per_subject"
            ),
            models.UniqueConstraint(fields=["subject_id", "number"], name="request_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="requests_count_from_one"),
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="request_ends_after_start"),
            models.CheckConstraint(condition=Q(total__gte=1), name="request_is_for_money"),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True, left_why="")
                | Q(left_at__isnull=False, left_why__in=Left.values),
                name="request_left_for_a_reason",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"request {self.pk}"

    @property
    def period(self) -> Period:
        """From the first day to the last."""
        return Period(self.from_on, self.to_on)

    @property
    def amounts(self) -> Schedule:
        """The amounts month by month, as they were asked for."""
        return schedule_from(self.schedule)

    @property
    def case_reference(self) -> str:
        """What the approver calls the case: enough to find it again, nothing about the person."""
        return str(self.case_id)[:8].upper()


class Decision(models.Model):
    """What a budget approver decided. Append-only. `reason_code` stands in reasons/funding_decision.toml;
    `override_reason` (reasons/over_budget.toml) says why money was granted beyond the budget; `shown` is the effect on
    the budget as the approver saw it."""

    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="decision")
    granted = models.BooleanField()
    reason_code = models.CharField(max_length=40)
    reason_text = models.TextField(blank=True)
    override_reason = models.CharField(max_length=40, blank=True)
    shown = models.JSONField()
    by = models.UUIDField()
    decided_on = models.DateField()
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason_code=""), name="money_decision_has_reason"),
            models.CheckConstraint(
                condition=Q(granted=True) | Q(override_reason=""), name="only_a_grant_breaks_a_budget"
            ),
        ]

    def __str__(self) -> str:
        return f"decision on {self.request_id}"


class Commitment(models.Model):
    """One calendar month of a granted request: what the budget of its year has bound. Given back when `released_on`
    is set. `office` and `measure` are the request's, kept here because budgets are summed by them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="commitments")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="commitments")
    measure = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    amount = models.PositiveIntegerField()
    committed_on = models.DateField()
    released_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "year", "month"], name="one_commitment_per_month"),
            models.CheckConstraint(
                condition=Q(month__gte=MONTHS_OF_A_YEAR[0], month__lte=MONTHS_OF_A_YEAR[-1]),
                name="commitment_month_is_a_month",
            ),
            models.CheckConstraint(
                condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR), name="commitment_year_is_likely"
            ),
            models.CheckConstraint(condition=Q(amount__gte=1), name="commitment_is_money"),
        ]
        indexes = [models.Index(fields=["office", "year", "measure"], name="commitment_by_budget")]

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02} of {self.request_id}"

    @property
    def when(self) -> Month:
        """The calendar month."""
        return Month(self.year, self.month)


class Claim(models.Model):
    """An employer's claim for one month: the wage that was paid, the refund it gives and how it was calculated.

    Paid or returned by an approver; a returned claim is kept, and a new one can be sent. `at_most` is what was granted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="claims")
    spent = models.PositiveIntegerField()
    refund = models.PositiveIntegerField()
    at_most = models.PositiveIntegerField()
    trace = models.JSONField(default=list)
    sent_by = models.UUIDField()
    sent_at = models.DateTimeField()
    paid_on = models.DateField(null=True)
    returned_on = models.DateField(null=True)
    return_reason = models.CharField(max_length=40, blank=True)
    return_text = models.TextField(blank=True)
    decided_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["commitment"], condition=Q(returned_on__isnull=True), name="one_live_claim_per_month"
            ),
            models.CheckConstraint(condition=Q(refund__lte=F("at_most")), name="refund_within_what_was_granted"),
            models.CheckConstraint(
                condition=Q(paid_on__isnull=True, returned_on__isnull=True, decided_by__isnull=True, return_reason="")
                | Q(paid_on__isnull=False, returned_on__isnull=True, decided_by__isnull=False, return_reason="")
                | Q(paid_on__isnull=True, returned_on__isnull=False, decided_by__isnull=False)
                & ~Q(return_reason=""),
                name="claim_is_paid_or_returned_by_somebody",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"claim {self.pk}"


class Budget(models.Model):
    """What an office may spend on a measure, or on a group of them, in a year. Append-only: a new row with the next
    `number` counts instead of the one before. `code` is a measure or a code in codes/budget_group.toml."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="budgets")
    code = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    amount = models.PositiveIntegerField()
    note = models.TextField(blank=True)
    set_by = models.UUIDField()
    set_on = models.DateField()
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "code", "year", "number"], name="budget_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="budgets_count_from_one"),
            models.CheckConstraint(
                condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR), name="budget_year_is_likely"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.year} of {self.office_id}"
