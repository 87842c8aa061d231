"""What a rulebook's suites exercise: which rules fire, which branches are taken, what conditions come to."""
