"""First contacts with employers about a person, and the match that was chosen, with what was shown at the time."""

import uuid

from django.db import models
from django.db.models import Q

from springbrett.employers.models import Opening, Workplace
from springbrett.people.models import Case


class FirstContact(models.Model):
    """Somebody asked an employer about this person: when, who took the step, and what came of it.

    `by` is an initiative code (the person, the caseworker …), `result` a contact result code; `opening` is empty when
    the workplace was asked without a registered opening.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="first_contacts")
    workplace = models.ForeignKey(Workplace, on_delete=models.PROTECT, related_name="first_contacts")
    opening = models.ForeignKey(Opening, on_delete=models.PROTECT, null=True, blank=True, related_name="first_contacts")
    on = models.DateField()
    by = models.CharField(max_length=40)
    result = models.CharField(max_length=40)
    note = models.TextField(blank=True)
    written_by = models.UUIDField()
    written_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "-on", "-written_at"], name="first_contact_by_case")]

    def __str__(self) -> str:
        return f"first contact {self.pk}"


class Match(models.Model):
    """The opening chosen for a case. A new choice is a new row with the next `number`; the highest counts.

    `workplace_id` and `employer_ref` are kept beside the opening as they were. `snapshot` is what the person who
    decided had in front of them: the ranked list (its top), the chosen candidate with its reasons, the profile version.
    `overridden` are the codes of warnings that were set aside, `override_reason` the coded reason for doing so.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="matches")
    number = models.PositiveIntegerField()
    opening = models.ForeignKey(Opening, on_delete=models.PROTECT, related_name="matches")
    workplace = models.ForeignKey(Workplace, on_delete=models.PROTECT, related_name="matches")
    employer_ref = models.UUIDField()
    reason = models.TextField()
    overridden = models.JSONField(default=list, blank=True)
    override_reason = models.CharField(max_length=40, blank=True)
    snapshot = models.JSONField(default=dict)
    decided_on = models.DateField()
    decided_by = models.UUIDField()
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="match_number_once_per_case"),
            models.CheckConstraint(condition=~Q(reason=""), name="match_has_reason"),
            models.CheckConstraint(condition=Q(overridden=[]) | ~Q(override_reason=""), name="override_has_reason"),
        ]
        indexes = [models.Index(fields=["opening", "number"], name="match_by_opening")]

    def __str__(self) -> str:
        return f"match {self.pk}"

    @property
    def employer_id(self) -> uuid.UUID:
        """The employer chosen."""
        return self.employer_ref
