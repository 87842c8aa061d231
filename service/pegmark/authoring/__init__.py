"""What an analyst runs beside the rules: suites of cases, what they expect, and how a decision differs."""
