"""The HTTP API: thin. It knows status codes and JSON field names; what things mean is decided below it."""
