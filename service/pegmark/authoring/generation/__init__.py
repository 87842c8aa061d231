"""Cases that are found by search: what to vary, in which steps, and how they stand in a file."""
