"""Indicators: figures computed from the counts and released once a month. It reads neither pages nor users."""
