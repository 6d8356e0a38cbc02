"""The outcome of each ended agreement, what each party answered, and where the person stands later."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from springbrett.agreement.models import Agreement
from springbrett.followup.records import EMPLOYER, PARTICIPANT
from springbrett.outcome.records import Judgement
from springbrett.people.models import Case

REACHED = ("yes", "partly", "no")


class Outcome(models.Model):
    """What came of one agreement, as the caseworker decided it. `outcomes` and `main` are codes in outcome.

    `purposes` holds purpose → {"reached", "text"}. `carried_out` and `learned` document how it went and what it gave;
    the participant reads them. `trace` is the judgement as it was shown. A decision is never changed: a new row
    `corrects` the one before it, with a code in outcome_correction, and the row that nothing corrects is the one that
    counts.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="outcomes")
    corrects = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="corrected_by")
    correction_reason = models.CharField(max_length=40, blank=True)
    correction_text = models.TextField(blank=True)
    outcomes = models.JSONField()
    main = models.CharField(max_length=40)
    judgement = models.CharField(max_length=20)
    trace = models.JSONField()
    purpose_reached = models.CharField(max_length=10)
    purposes = models.JSONField(default=dict)
    carried_out = models.TextField(blank=True)
    learned = models.TextField()
    next_step = models.CharField(max_length=40)
    next_measure = models.CharField(max_length=60, blank=True)
    decided_on = models.DateField()
    by = models.UUIDField()
    decided_at = models.DateTimeField()
    catalogue_version = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(judgement__in=[one.value for one in Judgement]), name="outcome_judgement_is_known"
            ),
            models.CheckConstraint(condition=Q(purpose_reached__in=REACHED), name="outcome_reached_is_known"),
            models.UniqueConstraint(
                fields=["agreement"], condition=Q(corrects__isnull=True), name="one_first_outcome_per_agreement"
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, correction_reason="")
                | (Q(corrects__isnull=False) & ~Q(correction_reason="")),
                name="outcome_correction_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"outcome of {self.agreement_id}"


class PartyAnswer(models.Model):
    """Whether the purpose was reached as a party sees it. The other party reads it only if it is `shared`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="outcome_answers")
    party = models.CharField(max_length=20)
    purpose_reached = models.CharField(max_length=10)
    text = models.TextField(blank=True)
    shared = models.BooleanField(default=False)
    by = models.UUIDField()
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "party"], name="one_answer_per_party"),
            models.CheckConstraint(condition=Q(party__in=[PARTICIPANT, EMPLOYER]), name="answer_party_is_known"),
            models.CheckConstraint(condition=Q(purpose_reached__in=REACHED), name="answer_reached_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.party} of {self.agreement_id}"


class Source(models.TextChoices):
    """Where the caseworker has the later status from."""

    PERSON = "person", _("The person")
    EMPLOYER = "employer", _("An employer")
    REGISTER = "register", _("A register")
    OTHER = "other", _("Somebody else")


class LaterStatus(models.Model):
    """Where the person stands so many months after the end. `status` is a code in later_status."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="later_statuses")
    months = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=40)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.PERSON)
    note = models.TextField(blank=True)
    recorded_on = models.DateField()
    by = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "months"], name="one_later_status_per_time"),
            models.CheckConstraint(condition=Q(months__gte=1), name="later_status_is_later"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="later_status_source_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} after {self.months} months"
