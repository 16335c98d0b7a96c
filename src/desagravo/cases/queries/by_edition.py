"""How many open cases keep each edition of the rulebook: numbers alone, for those who publish editions."""

from django.db.models import Count

from desagravo.cases.lifecycle import OPEN
from desagravo.cases.models import Case
from desagravo.rulebook.queries import STARTER


def open_by_edition() -> dict[str, int]:
    """Code of the edition → open cases that keep it. A case without a code keeps the one that the product brought."""
    rows = Case.objects.filter(status__in=OPEN).values("edition").annotate(count=Count("pk")).order_by()
    found: dict[str, int] = {}
    for row in rows:
        code = row["edition"] or STARTER
        found[code] = found.get(code, 0) + row["count"]
    return found
