"""Rounds of a study, and what was answered in them under a random number. No account is stored beside an answer."""

import uuid

from django.db import models
from django.db.models import F, Q


class Round(models.Model):
    """A study put to advisers from a day on. `fingerprint` is of the study as it was; `seed` decides who sees whom."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    fingerprint = models.CharField(max_length=16)
    seed = models.PositiveIntegerField()
    opened_on = models.DateField()
    opened_by = models.UUIDField()
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="vignette_rounds_are_numbered"),
            models.UniqueConstraint(
                fields=["study"], condition=Q(closed_on__isnull=True), name="one_open_round_per_study"
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="round_closes_after_opening",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.study} {self.number}"


class Respondent(models.Model):
    """One who answers. `key` lets the same account come back and can be made only with the installation's secret;
    `pages` are the pages of the form in this adviser's own order. `withdrawn_on`: the answers are deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="respondents")
    key = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    office_ref = models.UUIDField()
    role = models.CharField(max_length=20)
    pages = models.JSONField()
    withdrawn_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "key"], name="one_respondent_per_account_and_round"),
            models.UniqueConstraint(fields=["round", "number"], name="respondents_are_numbered"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.number}"


class Sheet(models.Model):
    """What a respondent answered on one page: question → list of values."""

    respondent = models.ForeignKey(Respondent, on_delete=models.CASCADE, related_name="sheets")
    subject = models.CharField(max_length=40)
    given = models.JSONField()
    complete = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["respondent", "subject"], name="one_sheet_per_page")]

    def __str__(self) -> str:
        return f"{self.respondent_id} {self.subject}"
