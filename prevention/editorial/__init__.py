"""What editors work with: roles, the two-step workflow, reading age, wording, the queue of reviews."""
