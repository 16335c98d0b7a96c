"""Settings of the tests: the product's own, on a throw-away folder and database.

DESAGRAVO_DATABASE_URL chooses the engine, as for the product. SQLite lies in a file as it does in the product (not in
memory), but does not wait for the disk: what survives kill -9 and power cuts is tested with real processes.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

if "DESAGRAVO_TEST_DATA" not in os.environ:
    _folder = tempfile.mkdtemp(prefix="desagravo-test-")
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
    os.environ["DESAGRAVO_DATA"] = _folder
else:
    os.environ["DESAGRAVO_DATA"] = os.environ["DESAGRAVO_TEST_DATA"]
os.environ.pop("DESAGRAVO_DEMO", None)

from desagravo.settings import surroundings
from desagravo.settings.base import *  # noqa: F403

DATABASES = {
    "default": surroundings.database(
        os.environ.get("DESAGRAVO_DATABASE_URL", ""), folder=surroundings.data_folder(), testing=True
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(surroundings.data_folder() / "test.sqlite3")}
    DATABASES["default"]["CONN_MAX_AGE"] = 0

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
ACCOUNT_RATE_LIMITS = {"login": "10000/m/ip", "login_failed": "10000/m/ip,10000/5m/key"}
DESAGRAVO_THROTTLES = {
    "complaint": (10_000, 60),
    "tracking": (10_000, 60),
    "new_link": (10_000, 60),
    "setup_code": (10_000, 60),
    "search": (10_000, 60),
    "export": (10_000, 60),
    "procedure": (1_000_000, 600),
}
DESAGRAVO_SECOND_FACTOR = []  # asked for only where a test turns it on
