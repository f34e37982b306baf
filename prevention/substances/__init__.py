"""Harm information: substance pages, their names, families and legal status."""
