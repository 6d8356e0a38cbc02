"""Choices: what was decided, why, and the proposal as it was shown."""

import uuid

from django.db import models
from django.db.models import F, Q

from springbrett.mapping.models import MappingVersion
from springbrett.people.models import Case


class Choice(models.Model):
    """A decision on a measure for a case. The newest counts; the older ones stay."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="choices")
    mapping_version = models.ForeignKey(MappingVersion, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    measure = models.CharField(max_length=60)
    chain = models.CharField(max_length=60, blank=True)
    reason = models.TextField()
    person_wish = models.TextField(blank=True)
    person_wish_measure = models.CharField(max_length=60, blank=True)
    agrees_with_person = models.BooleanField()
    waiting_for = models.CharField(max_length=60, blank=True)
    proposal = models.JSONField()
    differs_from_proposal = models.BooleanField()
    overridden_warnings = models.JSONField(default=list)
    unknowns_acknowledged = models.JSONField(default=list)
    catalogue_version = models.CharField(max_length=40)
    decided_on = models.DateField()
    decided_by = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="choice_number_once_per_case"),
            models.CheckConstraint(condition=~Q(reason=""), name="choice_has_a_reason"),
            models.CheckConstraint(condition=~Q(waiting_for=F("measure")), name="choice_does_not_wait_for_itself"),
        ]

    def __str__(self) -> str:
        return f"choice {self.number} of {self.case_id}"
