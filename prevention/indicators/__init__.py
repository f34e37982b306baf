"""Indicators: figures computed from the counts and released once a month."""
