"""What the Makefile runs and the service never imports."""
