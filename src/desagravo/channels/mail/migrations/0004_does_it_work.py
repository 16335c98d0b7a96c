"""Whether the connected mail server ever answered as it should."""

from typing import Any

from django.db import migrations, models
from django.db.models import F


def trusted_until_now(apps: Any, _schema: Any) -> None:
    """What was connected before this was asked goes on without a warning; the mails that wait say the rest."""
    apps.get_model("mail", "MailServer").objects.update(worked_at=F("set_at"))


class Migration(migrations.Migration):
    dependencies = [("mail", "0003_waiting_mails")]

    operations = [
        migrations.AddField("mailserver", "worked_at", models.DateTimeField(null=True)),
        migrations.AddField("mailserver", "said", models.CharField(blank=True, max_length=1000)),
        migrations.RunPython(trusted_until_now, migrations.RunPython.noop, elidable=True),
    ]
