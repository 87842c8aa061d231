"""Populations in tables."""
