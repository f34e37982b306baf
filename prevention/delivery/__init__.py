"""How answers are delivered: content version, page cache, throttling, middleware, access log, API base.

It imports neither pages nor counts; settings.COUNT_ANSWER names the function that counts.
"""
