"""Wiring only: settings, URLs, the list of API endpoints, WSGI. Nobody imports this package."""
