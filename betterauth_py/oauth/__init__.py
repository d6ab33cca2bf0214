"""OAuth: the providers, and all requests to them. Nothing here knows endpoints or rows."""
