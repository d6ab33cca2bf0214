"""OpenAPI from the endpoint values and the schema: our own document, and the parts for the open-api plugin's."""
