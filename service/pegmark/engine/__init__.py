"""Rulebook x snapshot -> decision: pure, exact, explained as it is evaluated."""
