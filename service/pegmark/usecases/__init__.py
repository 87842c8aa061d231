"""What pegmark does for a caller, step by step; whoever calls it, over HTTP or on a command line."""
