"""Who is signed in."""

from django.conf import settings

from betterauth_py.verify import sync

verifier = sync.SessionVerifier(sync.Remote(settings.AUTH_URL))
