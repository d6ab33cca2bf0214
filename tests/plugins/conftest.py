"""What the client tests of every plugin need."""

from tests.clients.conftest import chromium, node_modules

__all__ = ["chromium", "node_modules"]  # fixtures
