"""The endpoints of organizations themselves."""
