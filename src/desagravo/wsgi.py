"""The application that the web server calls, in each of its processes."""

from __future__ import annotations

import os

from desagravo.operations.family import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desagravo.settings.base")
end_with_parent()

from django.core.wsgi import get_wsgi_application  # noqa: E402  the settings must be named first

application = get_wsgi_application()
