"""A rulebook over all admissible assets at once: the same program in z3, and what it promises."""
