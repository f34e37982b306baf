"""Tests, through the real admin, that what the public sees and finds always agrees with the database."""
