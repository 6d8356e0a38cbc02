"""One table: the append-only event."""

from django.db import models


class Event(models.Model):
    """One thing that happened. Rows are only ever added (triggers `ledger_event_no_update`, `..._no_delete`)."""

    occurred_at = models.DateTimeField()
    action = models.CharField(max_length=60)
    step = models.CharField(max_length=20)
    actor_account_id = models.UUIDField()
    actor_role = models.CharField(max_length=20)
    office_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    employer_id = models.UUIDField(null=True)
    object_kind = models.CharField(max_length=40, blank=True)
    object_id = models.UUIDField(null=True)
    facts = models.JSONField(default=dict)
    catalogue_version = models.CharField(max_length=40)

    class Meta:
        indexes = [
            models.Index(fields=["case_id", "id"], name="ledger_by_case"),
            models.Index(fields=["person_id", "id"], name="ledger_by_person"),
            models.Index(fields=["employer_id", "action", "id"], name="ledger_by_employer"),
            models.Index(fields=["action", "occurred_at"], name="ledger_by_action"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.action}"
