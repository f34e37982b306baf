"""Proof, through the real admin: what the public sees, finds and is told agrees with the database, always."""
