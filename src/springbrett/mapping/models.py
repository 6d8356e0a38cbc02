"""Versions of a mapping, and every answer as it was given."""

import uuid

from django.db import models
from django.db.models import Q

from springbrett.people.models import Case


class MappingVersion(models.Model):
    """One version of a case's mapping. Open until confirmed; a confirmed version never changes.

    `answers` is what the answer rows add up to on top of the version before (kept whole because every page reads it);
    `revision` counts the saves.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="mappings")
    number = models.PositiveIntegerField()
    revision = models.PositiveIntegerField(default=0)
    answers = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    started_by = models.UUIDField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.UUIDField(null=True, blank=True)
    catalogue_version = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="mapping_number_once_per_case"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(confirmed_at__isnull=True), name="one_open_mapping_per_case"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="mapping_number_from_one"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="mapping_confirmed_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"mapping {self.number} of {self.case_id}"

    @property
    def confirmed(self) -> bool:
        """Whether the version is frozen."""
        return self.confirmed_at is not None


class Answer(models.Model):
    """One answer as it was given: the whole value, at which revision, by whom. `sheet` is the opened page it was
    typed on, so that saving twice from one page never clashes with itself."""

    version = models.ForeignKey(MappingVersion, on_delete=models.PROTECT, related_name="given")
    question = models.CharField(max_length=40)
    revision = models.PositiveIntegerField()
    value = models.JSONField(null=True)
    by = models.UUIDField()
    at = models.DateTimeField()
    sheet = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "question", "revision"], name="one_answer_per_revision")
        ]

    def __str__(self) -> str:
        return f"{self.question} at {self.revision}"
