"""The settings that matter here; a project has more."""

import os

PAGE_URL = os.environ.get("PAGE_URL", "http://localhost:3000")
AUTH_URL = os.environ.get("AUTH_URL", "http://localhost:3001")

DEBUG = True
SECRET_KEY = "only for this example"
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
ROOT_URLCONF = "notes.urls"
ASGI_APPLICATION = "notes.asgi.application"
USE_TZ = True

MIDDLEWARE = ["notes.cors.allow_the_page"]  # or django-cors-headers

MIDDLEWARE += ["betterauth_py.verify.django.BetterAuthMiddleware"]
BETTERAUTH_VERIFIER = "notes.auth.verifier"
BETTERAUTH_TRUSTED_ORIGINS = [PAGE_URL]
