"""A support agreement stands beside a main one; the case still has at most one open main agreement."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agreement", "0001_initial"),
        ("employers", "0001_initial"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="agreement",
            name="attached_to",
            field=models.ForeignKey(
                blank=True,
                default=None,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attached",
                to="agreement.agreement",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="agreement",
            name="one_open_agreement_per_case",
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("attached_to__isnull", True), ("discarded_at__isnull", True), ("ended_on__isnull", True)
                ),
                fields=("case",),
                name="one_open_agreement_per_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("attached_to__isnull", False), ("discarded_at__isnull", True), ("ended_on__isnull", True)
                ),
                fields=("attached_to", "measure"),
                name="one_open_support_per_measure",
            ),
        ),
    ]
