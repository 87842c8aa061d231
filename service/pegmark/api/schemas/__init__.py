"""Shapes of requests and responses. Requests are validated against them; responses are held to them by tests."""
