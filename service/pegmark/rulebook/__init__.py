"""From a folder of YAML to a checked program, or to every problem in it."""
