"""One settings file, all of it from the environment; README.md has the table.

Without any variable set it is the laptop's setting: SQLite in var/, one process, phones on the same Wi-Fi.
"""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
DEBUG = env.bool("DEBUG", default=False)
# Deployed means: reached through a public address with TLS in front. A laptop in a meeting room has neither.
PUBLIC_URL = env.str("PUBLIC_URL", default="").rstrip("/")
PUBLIC_HOST = urlsplit(PUBLIC_URL).hostname
DEPLOYED = bool(PUBLIC_URL)
if DEPLOYED and not (PUBLIC_HOST and f"https://{urlsplit(PUBLIC_URL).netloc}" == PUBLIC_URL):
    raise ImproperlyConfigured(
        "PUBLIC_URL must be https:// and a name, perhaps with a port, and nothing behind it; leave it out for a "
        "meeting on a laptop's own Wi-Fi."
    )
# For test runs alone: where this process ends itself, to show what is kept then (workshop/fail_points.py).
FAIL_AT = env.str("FAIL_AT", default="")
if FAIL_AT and DEPLOYED:
    raise ImproperlyConfigured("FAIL_AT is for test runs, and this is a server for many: leave it out.")


def _secret_key() -> str:
    if key := env.str("SECRET_KEY", default=""):
        return key
    if DEPLOYED:
        raise ImproperlyConfigured("Set SECRET_KEY: with PUBLIC_URL set, every process must share one secret.")
    path = VAR_DIR / "secret-key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


SECRET_KEY = _secret_key()

# On a laptop the name under which phones reach it changes with the Wi-Fi, so the address is checked by
# workshop.room.hosts (own names and private addresses only) instead of by a list.
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[PUBLIC_HOST] if DEPLOYED else ["*"])

# The laptop's address on the Wi-Fi, host:port, for the QR code; `manage.py serve` finds it out.
LAN_ADDRESS_SET = env.str("LAN_ADDRESS", default="")
LAN_ADDRESS = LAN_ADDRESS_SET or "localhost:8000"

# Where this machine's own server answers: simulated colleagues come from here. `manage.py serve` says it.
SERVED_AT = env.str("SERVED_AT", default="")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "servestatic",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "django_htmx",
    "workshop.accounts",
    "workshop.sessions",
    "definitions.texts",
    "definitions.cards",
    "definitions.proposals",
    "definitions.drafting",
    "definitions.elements",
    "definitions.decisions",
    "definitions.exports",
    "workshop.live",
    "workshop.room",
    "workshop.rehearsal",
    "workshop.keeping",
]

MIDDLEWARE = [
    "workshop.logs.RequestsMiddleware",
    "workshop.health.WatchersMiddleware",
    "workshop.room.hosts.LocalHostsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "workshop.room.security.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "workshop.room.security.ReadableFormsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "workshop.urls"
ASGI_APPLICATION = "workshop.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "workshop.room.templatetags.look"],
        },
    }
]

# Django's own templates of fields, by Jinja: a page of fifty is drawn in two thirds of the time.
FORM_RENDERER = "django.forms.renderers.Jinja2"

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'words.sqlite3'}")}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    (VAR_DIR).mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["CONN_MAX_AGE"] = None
    DATABASES["default"]["OPTIONS"] = {
        # IMMEDIATE: a read-then-write transaction that begins as a reader fails with "locked" under load.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # FULL: what was answered as saved is on the disk even when the power fails.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
    }
else:
    DATABASES["default"]["OPTIONS"] = {
        "pool": {
            "min_size": 1,
            "max_size": env.int("DATABASE_POOL", default=16),
            "timeout": 10,
            # Each failed try waits twice as long as the last; given up soon, whoever asks next tries anew. So the room
            # goes on a second after PostgreSQL is back, and not after as long again as it was away.
            "reconnect_timeout": 1,
        }
    }
    # PgBouncer in transaction mode gives each transaction another connection, on which no cursor outlives it. It has no
    # options of a connection either: there the database's user is to have these limits.
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = env.bool("PGBOUNCER", default=False)
    if not DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"]:
        # A process that freezes in mid-transaction holds its meeting's lock: nobody waits for long, and it is let go.
        limits = "-c lock_timeout=5s -c idle_in_transaction_session_timeout=15s"
        DATABASES["default"]["OPTIONS"]["options"] = env.str("PGOPTIONS", default=limits)

REDIS_URL = env.str("REDIS_URL", default="")
CHANNEL_LAYERS = {
    "default": (
        {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
        if REDIS_URL
        else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    )
}
# What is lost from the default one is worked out again, so each process has its own. What all of them count together
# lies in `shared`; there is room for so many that no flood of keys pushes a count out.
IN_ONE_PROCESS = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "LOCATION": "shared",
    "OPTIONS": {"MAX_ENTRIES": 100_000},
}
IN_VALKEY = {
    "BACKEND": "django.core.cache.backends.redis.RedisCache",
    "LOCATION": REDIS_URL,
    "OPTIONS": {"socket_timeout": 1.0, "socket_connect_timeout": 1.0},
}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 1_000}},
    "shared": IN_VALKEY if REDIS_URL else IN_ONE_PROCESS,
}

# After how many days `manage.py retain` deletes what; 0: never.
RETAIN_REHEARSALS = env.int("RETAIN_REHEARSALS", default=30)
RETAIN_TRACES = env.int("RETAIN_TRACES", default=90)
RETAIN_PEOPLE = env.int("RETAIN_PEOPLE", default=0)
if min(RETAIN_REHEARSALS, RETAIN_TRACES, RETAIN_PEOPLE) < 0:
    raise ImproperlyConfigured("RETAIN_REHEARSALS, RETAIN_TRACES and RETAIN_PEOPLE are days: 0 (never) or more.")

# Who may read /metrics: whoever brings this; without it, this machine itself.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "sessions:list"
LOGOUT_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="UTC")

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [("dist", BASE_DIR / "static" / "dist"), ("img", BASE_DIR / "static" / "img")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "workshop.static_files.StaticFilesStorage"},
}
# The fonts that the poster is set in: made by the build, and a folder of one's own for scripts that it has none for.
POSTER_FONTS = env.str("POSTER_FONTS", default="")
POSTER_FONT_FOLDERS = [BASE_DIR / "static" / "poster-fonts", *([Path(POSTER_FONTS)] if POSTER_FONTS else [])]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="in-our-own-words@localhost")

# The prefix makes browsers refuse it where it is not secure, or was set for more than this host.
SESSION_COOKIE_NAME = "__Host-sessionid" if DEPLOYED else "sessionid"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = DEPLOYED
SECURE_SSL_REDIRECT = DEPLOYED
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if DEPLOYED else None
SECURE_HSTS_SECONDS = 31_536_000 if DEPLOYED else 0
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin" if DEPLOYED else None
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if DEPLOYED else []
X_FRAME_OPTIONS = "SAMEORIGIN"  # the desk shows the screen in a frame
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS for subdomains, and its
    "security.W021",  # preload list: what else an organization's domain serves is not ours to decide
    "security.W019",  # frames: see X_FRAME_OPTIONS
]

DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400

LOG_LEVEL = env.str("LOG_LEVEL", default="WARNING")
# For programs where programs read it, for people on a laptop.
LOG_FORMAT = env.str("LOG_FORMAT", default="json" if DEPLOYED else "text")
if LOG_FORMAT not in ("json", "text"):
    raise ImproperlyConfigured("LOG_FORMAT must be json or text.")
if LOG_LEVEL not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
    raise ImproperlyConfigured("LOG_LEVEL must be DEBUG, INFO, WARNING, ERROR or CRITICAL.")
# What these tell below a warning is what goes through them: frames, statements, addresses.
_TALKATIVE = ("asyncio", "django.db.backends", "httpcore", "httpx", "uvicorn", "websockets")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {"()": "workshop.logs.JsonLines"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        **{name: {"level": LOG_LEVEL if LOG_LEVEL in ("ERROR", "CRITICAL") else "WARNING"} for name in _TALKATIVE},
        # A line for each request: `manage.py serve --access-log`.
        "workshop.requests": {"level": "INFO" if env.bool("ACCESS_LOG", default=False) else LOG_LEVEL},
    },
}
