"""The endpoints of invitations."""
