"""The people who sign in: staff, with a password and a second step. Readers have no account."""
