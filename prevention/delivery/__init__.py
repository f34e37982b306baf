"""How answers leave: content version, page cache, counting, throttling, access log, the base of the API.

Knows neither what a page is nor what a count means; settings name the function that counts.
"""
