"""Accounts of staff, with a password and a second step. Readers have no account (decision 7)."""
