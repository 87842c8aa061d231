"""Shapes of requests, which are validated against them, and of responses, which tests hold to them."""
