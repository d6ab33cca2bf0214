"""Django's settings, which a process has once for all its tests, whichever needs them first."""

from __future__ import annotations

import django  # type: ignore[import-untyped]
from django.conf import settings  # type: ignore[import-untyped]


def configure() -> None:
    """Set Django up, unless another test has done so."""
    if settings.configured:
        return
    settings.configure(
        SECRET_KEY="tests", ROOT_URLCONF="tests.verify.integrations.in_django", ALLOWED_HOSTS=["localhost"], USE_TZ=True
    )
    django.setup()
