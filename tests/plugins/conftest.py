"""What the client tests of every plugin need."""

from tests.clients.conftest import node_modules

__all__ = ["node_modules"]  # fixture
