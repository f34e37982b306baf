"""Anonymous counts. Knows neither content nor people, and imports nothing of ours.

A view notes on its answer what one delivery counts as, in plain strings; the middleware counts it after the
human filter; a thread adds the sums to the database once a second.
"""
