"""Measure the speed of pages relative to a hello-world view on the same server: `make bench`."""
