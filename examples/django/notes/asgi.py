"""For `uvicorn notes.asgi:application --port 8000`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notes.settings")
application = get_asgi_application()
