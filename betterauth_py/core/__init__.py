"""What endpoints, flows and plugins work with: the assembled auth, one call, endpoints and plugins as values."""
