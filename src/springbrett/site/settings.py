"""Settings. Everything that differs between machines comes from the environment; the defaults run the demonstration.

SPRINGBRETT_DATABASE_URL   sqlite:///path or postgresql://user:password@host:port/name (default: SQLite in var/)
SPRINGBRETT_SECRET_KEY     required unless SPRINGBRETT_DEMO=1
SPRINGBRETT_DEMO           1 = demonstration: choose-a-person log-in, local secret (default 1 until real log-in lands)
SPRINGBRETT_HOSTS          comma-separated host names (default localhost,127.0.0.1)
SPRINGBRETT_TODAY          YYYY-MM-DD: the date the process believes it is
SPRINGBRETT_VAR            folder for the embedded database and exports (default ./var)
"""

import os
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF

SOURCE = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("SPRINGBRETT_VAR", "var")).resolve()
VAR.mkdir(parents=True, exist_ok=True)

DEMO_LOG_IN = os.environ.get("SPRINGBRETT_DEMO", "1") == "1"
DEBUG = os.environ.get("SPRINGBRETT_DEBUG", "0") == "1"
SECRET_KEY = os.environ.get("SPRINGBRETT_SECRET_KEY") or ("demonstration-only" if DEMO_LOG_IN else "")
ALLOWED_HOSTS = os.environ.get("SPRINGBRETT_HOSTS", "localhost,127.0.0.1").split(",")

ROOMS = ["ledger", "access", "people", "employers", "mapping", "choice", "matching", "funding", "agreement", "followup",
         "outcome", "steering", "vignettes", "desk", "site"]  # fmt: skip
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    *[f"springbrett.{room}" for room in ROOMS if (SOURCE / room / "apps.py").exists()],
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "springbrett.access.web.ViewerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "springbrett.site.middleware.NoStoreMiddleware",
    "springbrett.site.middleware.DeniedMiddleware",
]
ROOT_URLCONF = "springbrett.site.urls"
WSGI_APPLICATION = "springbrett.site.wsgi.application"
LOGIN_URL = "access:log_in"
CSRF_FAILURE_VIEW = "springbrett.site.views.csrf_failure"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "springbrett.site.context.page",
            ],
        },
    }
]
FORM_RENDERER = "springbrett.site.forms.AkselRenderer"

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("SPRINGBRETT_DATABASE_URL", f"sqlite:///{VAR / 'springbrett.sqlite3'}"), conn_max_age=60
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
    # A file, not memory: two connections must meet as they do in real life.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / f"test-{os.getpid()}.sqlite3")}

LANGUAGE_CODE = "nb"
LANGUAGES = [("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English")]
LOCALE_PATHS: list[str] = []
TIME_ZONE = "Europe/Oslo"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns about a folder that is not there; files are found by the finders
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600

# The cookie holds a random key, never what the user searched for. Read from this process's memory, else the database.
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 5_000}}}
SESSION_COOKIE_AGE = 12 * 60 * 60  # a working day
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if not DEMO_LOG_IN:
    SECURE_SSL_REDIRECT = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
