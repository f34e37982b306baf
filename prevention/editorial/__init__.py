"""Tools for editors: roles, the two-step workflow, reading age, wording, the attention report."""
