"""Agreements, their versions and the approvals of them. What is in force is derived, never stored."""

import uuid

from django.db import models
from django.db.models import F, Q

from springbrett.access.roles import CASEWORKERS
from springbrett.agreement.approvals import Terms
from springbrett.agreement.records import CASEWORKER, EMPLOYER, PARTICIPANT, AgreementContent
from springbrett.employers.models import Workplace
from springbrett.people.models import Case

_CARRIERS = sorted(role.value for role in CASEWORKERS)


class Agreement(models.Model):
    """The agreement of one case about one workplace, or a support that stands beside it.

    `attached_to` is the main agreement a support (a mentor, an inclusion grant) stands beside, and ends with; without
    it, this is the agreement the case walks its path with.
    `match_ref` points at the match it was drafted from. `waiting_for` is the measure the person waits for, when the
    placement is openly a waiting measure. `terms` is what the catalogue said, when it was drafted, about who approves
    and what a change clears: a later edition of the catalogue must not take an approval away. `ended_on` is the last
    day when it was ended; `discarded_at` closes a draft that never came into force.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="agreements")
    workplace = models.ForeignKey(Workplace, on_delete=models.PROTECT, related_name="agreements")
    match_ref = models.UUIDField(null=True, blank=True)
    measure = models.CharField(max_length=60)
    chain = models.CharField(max_length=60, blank=True)
    waiting_for = models.CharField(max_length=60, blank=True)
    terms = models.JSONField()
    catalogue_version = models.CharField(max_length=40)
    created_at = models.DateTimeField()
    ended_on = models.DateField(null=True, blank=True)
    ended_reason = models.CharField(max_length=40, blank=True)
    discarded_at = models.DateTimeField(null=True, blank=True)
    attached_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="attached", null=True, blank=True, default=None
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(ended_on__isnull=True, discarded_at__isnull=True, attached_to__isnull=True),
                name="one_open_agreement_per_case",
            ),
            models.UniqueConstraint(
                fields=["attached_to", "measure"],
                condition=Q(ended_on__isnull=True, discarded_at__isnull=True, attached_to__isnull=False),
                name="one_open_support_per_measure",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, ended_reason="") | Q(ended_on__isnull=False) & ~Q(ended_reason=""),
                name="agreement_end_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(discarded_at__isnull=True), name="agreement_ends_one_way"
            ),
        ]
        indexes = [models.Index(fields=["workplace", "created_at"], name="agreement_by_workplace")]

    def __str__(self) -> str:
        return f"agreement {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it can still be changed and approved."""
        return self.ended_on is None and self.discarded_at is None

    @property
    def is_main(self) -> bool:
        """Whether it stands on its own; otherwise it stands beside `attached_to`."""
        return self.attached_to_id is None

    @property
    def approval_terms(self) -> Terms:
        """The kept terms of approval."""
        return Terms(
            parties=tuple(self.terms["parties"]),
            last=self.terms["last"],
            clears={part: tuple(parties) for part, parties in self.terms["clears"].items()},
        )


class AgreementVersion(models.Model):
    """One version of the content. Append-only: the database refuses to change or remove it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    created_by = models.UUIDField()
    role = models.CharField(max_length=20)
    created_at = models.DateTimeField()
    reason_code = models.CharField(max_length=40, blank=True)
    reason_text = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="version_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="versions_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} v{self.number}"

    @property
    def record(self) -> AgreementContent:
        """The content as a value."""
        return AgreementContent.from_data(self.content)


class Approval(models.Model):
    """One party's yes to one version. `on_behalf_reason`: why the caseworker said it for the participant.

    `shown` is the check as the approver saw it; `override_*` why they went on in spite of its warnings.
    """

    id = models.BigAutoField(primary_key=True)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="approvals")
    version = models.ForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="approvals")
    party = models.CharField(max_length=20)
    by_account = models.UUIDField()
    role = models.CharField(max_length=20)
    on_behalf_reason = models.CharField(max_length=40, blank=True)
    override_reason = models.CharField(max_length=40, blank=True)
    override_text = models.TextField(blank=True)
    shown = models.JSONField(default=dict)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "party"], condition=Q(withdrawn_at__isnull=True), name="one_approval_per_party"
            ),
            models.CheckConstraint(
                condition=Q(party__in=[PARTICIPANT, EMPLOYER, CASEWORKER]), name="approval_party_is_known"
            ),
            models.CheckConstraint(
                condition=Q(on_behalf_reason="") | Q(party=PARTICIPANT, role__in=_CARRIERS),
                name="on_behalf_of_participant_only",
            ),
            models.CheckConstraint(
                condition=Q(party=PARTICIPANT, role="participant")
                | Q(party=PARTICIPANT, role__in=_CARRIERS) & ~Q(on_behalf_reason="")
                | Q(party=EMPLOYER, role="employer")
                | Q(party=CASEWORKER, role__in=_CARRIERS),
                name="approval_role_speaks_for_party",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("at")), name="withdrawn_after_given"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} of {self.version_id}"
