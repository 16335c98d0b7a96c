"""The table of full text search, which differs between the two databases."""

from django.db import migrations

from desagravo.cases.search import postgres, sqlite


def _engine(schema_editor):
    return postgres if schema_editor.connection.vendor == "postgresql" else sqlite


def create(apps, schema_editor):
    """Create the search table."""
    for statement in _engine(schema_editor).CREATE.split(";"):
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    """Drop the search table."""
    schema_editor.execute(_engine(schema_editor).DROP)


class Migration(migrations.Migration):
    """After the cases themselves."""

    dependencies = [("cases", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
