"""The product's settings. What an organisation may change comes from the environment (docs: "Running Desagravo").

DESAGRAVO_DATA            folder of the product: files, keys, the SQLite database
DESAGRAVO_DATABASE_URL    postgresql://… or sqlite:///…; without it, SQLite in the data folder
DESAGRAVO_DEMO            1: the sample company; mail is kept and shown instead of sent; throttles are wide
DESAGRAVO_URL             the public address, as in links that are sent to customers
DESAGRAVO_HOSTS           further host names that this product answers to, separated by commas
DESAGRAVO_HTTPS           1: everything reaches the product over https (secure cookies, HSTS)
DESAGRAVO_PROXY           1: a proxy in front sets X-Forwarded-Proto and X-Forwarded-For, and nobody can go around it
DESAGRAVO_SMTP_URL        smtp://user:password@host:587 (STARTTLS), smtps://… (TLS), smtp://host:25?tls=0 (neither)
DESAGRAVO_MAIL_FROM       sender of the mails
DESAGRAVO_LOG_LEVEL       INFO by default
DESAGRAVO_CHECKPOINTS     folder in which checkpoints are published; best one that can only be added to, elsewhere
DESAGRAVO_AUDITOR_EMAIL   address to which each new checkpoint is mailed as well
DESAGRAVO_SECOND_FACTOR   roles that need a second factor, separated by commas, or "off"; by default those that
                          administer, sign, lead, read all and keep data. The demo asks for none
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from desagravo.common.logs import logging_settings
from desagravo.settings import surroundings

DESAGRAVO_DATA = surroundings.data_folder()
DESAGRAVO_DEMO = surroundings.flag("DESAGRAVO_DEMO")
DESAGRAVO_CHECKPOINTS = os.environ.get("DESAGRAVO_CHECKPOINTS") or str(DESAGRAVO_DATA / "checkpoints")
DESAGRAVO_AUDITOR_EMAIL = os.environ.get("DESAGRAVO_AUDITOR_EMAIL", "")
DESAGRAVO_HTTPS = surroundings.flag("DESAGRAVO_HTTPS")
DESAGRAVO_PROXY = surroundings.flag("DESAGRAVO_PROXY")
DESAGRAVO_URL = os.environ.get("DESAGRAVO_URL", "http://localhost:8000").rstrip("/")

DEBUG = False
SECRET_KEY = surroundings.key(DESAGRAVO_DATA, "django_secret")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *surroundings.words("DESAGRAVO_HOSTS")]
if _public_host := urlsplit(DESAGRAVO_URL).hostname:
    ALLOWED_HOSTS.append(_public_host)
CSRF_TRUSTED_ORIGINS = [DESAGRAVO_URL]

DATABASES = {
    "default": surroundings.database(os.environ.get("DESAGRAVO_DATABASE_URL", ""), folder=DESAGRAVO_DATA),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "desagravo.common",  # before allauth, whose pages it replaces
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "template_partials",
    "desagravo.history",
    "desagravo.departments",
    "desagravo.customers",
    "desagravo.rulebook",
    "desagravo.cases",
    "desagravo.desk",
    "desagravo.administration",
    "desagravo.portal",
    "desagravo.api",
    "desagravo.channels.mail",
    "desagravo.operations",
]

# Every line is passed by every page: nothing stands here that a page could do without.
MIDDLEWARE = [
    "desagravo.common.middleware.PageHeaders",
    "desagravo.common.middleware.NoNul",
    "desagravo.common.middleware.OneMeaning",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "desagravo.operations.sessions.Sessions",
    "desagravo.common.middleware.Language",
    "desagravo.administration.opening.NotOpenYet",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "desagravo.urls"
WSGI_APPLICATION = "desagravo.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# One read by primary key for a request of a signed-in person, none for a customer's page. Sessions that live in a
# signed cookie would save it, but then signing out would not end them.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
DESAGRAVO_SESSION_LONGEST = timedelta(hours=12)
DESAGRAVO_SESSION_IDLE = timedelta(minutes=60)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = DESAGRAVO_HTTPS
SESSION_COOKIE_NAME = "__Host-session" if DESAGRAVO_HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if DESAGRAVO_HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"

# Shared by all processes, so that rate limits hold without a further server. Start-up makes its table.
CACHES = {
    "default": {
        "BACKEND": "desagravo.common.cache.Cache",
        "LOCATION": "operations_cache",
        "VERSION": 2,  # the first kept pickles
        "TIMEOUT": 3600,
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

AUTH_USER_MODEL = "departments.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["desagravo.common.passwords.Argon2"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {"NAME": "desagravo.departments.passwords.NotOfThisHouse"},
    {"NAME": "desagravo.common.passwords.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
ACCOUNT_ADAPTER = "desagravo.operations.sign_in.StaffOnly"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/account/login/"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(DESAGRAVO_URL).scheme or "http"
ACCOUNT_RATE_LIMITS = (
    {"login": "1000/m/ip", "login_failed": "200/m/ip,100/5m/key"}
    if DESAGRAVO_DEMO
    else {
        "login": "60/m/ip",
        "login_failed": "100/15m/ip,10/15m/key",  # the key is account and address together
        "reset_password": "20/m/ip,3/h/key",  # nobody's mailbox is flooded, from however many addresses it is asked
    }
)
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # this session goes on; the others end, because their hash changed
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_ADAPTER = "desagravo.operations.sign_in.SecondFactor"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are given by an administrator
MFA_TOTP_TOLERANCE = 1  # telephones whose clock is half a minute off
MFA_RECOVERY_CODE_DIGITS = 10
MFA_RECOVERY_CODES_SHOW_ONCE = True
ALLAUTH_TRUSTED_PROXY_COUNT = int(DESAGRAVO_PROXY)

# Whose sign-in needs more than a password: who administers, signs, leads, reads everything, keeps the data.
DESAGRAVO_SECOND_FACTOR = (
    []
    if DESAGRAVO_DEMO
    else surroundings.words("DESAGRAVO_SECOND_FACTOR")
    or ["administrator", "supervisor", "manager", "senior_manager", "auditor", "data_keeper"]
)
if DESAGRAVO_SECOND_FACTOR == ["off"]:
    DESAGRAVO_SECOND_FACTOR = []

# How often one address may do what needs no sign-in, and one colleague what costs much (searching, copies of data):
# allowed times, in so many seconds.
DESAGRAVO_THROTTLES = (
    (
        {"complaint": (10_000, 60), "tracking": (10_000, 60), "new_link": (1_000, 60), "setup_code": (1_000, 60)}
        if DESAGRAVO_DEMO
        else {"complaint": (30, 600), "tracking": (120, 60), "new_link": (10, 3600), "setup_code": (20, 600)}
    )
    | {"search": (10_000 if DESAGRAVO_DEMO else 120, 60), "export": (10_000 if DESAGRAVO_DEMO else 30, 3600)}
    | {"procedure": (10_000 if DESAGRAVO_DEMO else 120, 600)}
)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 100
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("pt-pt", "Português"), ("pt-br", "Português (Brasil)"), ("es", "Español")]
LANGUAGE_COOKIE_NAME = "language"
LOCALE_PATHS = [str(surroundings.PACKAGE / "locale")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("DESAGRAVO_TIME_ZONE", "Europe/Lisbon")

STATIC_URL = "/static/"
STATIC_ROOT = str(surroundings.static_folder(DESAGRAVO_DATA))
STATICFILES_DIRS = [str(surroundings.PACKAGE / "static")] if (surroundings.PACKAGE / "static").is_dir() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_MANIFEST_STRICT = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if DESAGRAVO_HTTPS else 0
SECURE_SSL_REDIRECT = DESAGRAVO_HTTPS
SECURE_REDIRECT_EXEMPT = ["^health$"]
if DESAGRAVO_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Pages that only the person with the link may see are never kept by a browser or a proxy; signed-in pages never are.
DESAGRAVO_NO_STORE = (
    "/desk/",
    "/administration/",
    "/setup/",
    "/account/",
    "/outgoing-mail/",
    "/operations/",
    "/track/",
    "/api/",
)
SILENCED_SYSTEM_CHECKS = ["security.W008"]

_smtp = urlsplit(os.environ.get("DESAGRAVO_SMTP_URL", ""))
_tls = parse_qs(_smtp.query).get("tls", ["1"])[0] not in {"0", "no", "false"}
# nothing leaves the demo, not even a password mail, whatever address stands in the environment
_sends = bool(_smtp.hostname) and not DESAGRAVO_DEMO
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _sends else 'dummy'}.EmailBackend"
EMAIL_HOST = _smtp.hostname or "localhost"
EMAIL_USE_SSL = _smtp.scheme == "smtps"
EMAIL_USE_TLS = not EMAIL_USE_SSL and _tls
EMAIL_PORT = _smtp.port or (465 if EMAIL_USE_SSL else 587 if EMAIL_USE_TLS else 25)
EMAIL_HOST_USER = unquote(_smtp.username or "")
EMAIL_HOST_PASSWORD = unquote(_smtp.password or "")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("DESAGRAVO_MAIL_FROM", "complaints@localhost")

LOGGING_CONFIG = None
logging_settings(os.environ.get("DESAGRAVO_LOG_LEVEL", "INFO"))
