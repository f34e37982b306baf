"""Measure search: its quality (`python -m tests.quality`), and hostile input (`... .bad_input`)."""
