"""Warnings with an end date. The base template shows them on pages; no page type imports this app."""
