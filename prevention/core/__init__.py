"""What every page shares: the base page, sources, review, sanitising, caching, throttles, the API base.

Imports nothing of ours.
"""
