"""A Django service that knows who is signed in at a BetterAuth server: `python manage.py runserver 8000`."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notes.settings")
    execute_from_command_line(sys.argv)
