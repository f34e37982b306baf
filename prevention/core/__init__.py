"""What every page has: the base page, fields, sources, review, sanitising, page index, log of changes.

Also what runs around pages: the readers of the log, the scheduler, and backups. Of our own code it imports
prevention.delivery and prevention.clock only.
"""
