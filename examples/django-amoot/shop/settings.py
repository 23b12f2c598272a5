"""Settings: enough for a login by SMS."""

import os
import secrets

AMOOT_URL = os.environ.get("AMOOT_BASE_URL", "https://portal.amootsms.com")
AMOOT_TOKEN = os.environ.get("AMOOT_TOKEN", "")
AMOOT_LINE = os.environ.get("AMOOT_LINE", "public")

SECRET_KEY = os.environ.get("SECRET_KEY") or secrets.token_urlsafe()
DEBUG = bool(os.environ.get("DEBUG"))
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
INSTALLED_APPS = ["login"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
ROOT_URLCONF = "shop.urls"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
SESSION_ENGINE = "django.contrib.sessions.backends.cache"  # codes are kept in the cache, too: there is no database
USE_TZ = True
