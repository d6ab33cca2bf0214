"""The endpoints of the members of organizations."""
