"""What pegmark costs, measured on the machine at hand: `make bench`."""
