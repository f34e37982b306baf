"""The tests, apart from the source and mirroring it."""
