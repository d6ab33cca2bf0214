"""What the client tests of every plugin need."""

from tests.clients.conftest import chromium, node_modules, ports

__all__ = ["chromium", "node_modules", "ports"]  # fixtures
