"""One search over everything, in three steps: understand the words, find texts, rank.

It owns no content: names live with the substances, text and keywords with the pages. It owns the index, the
intents with their cards, and lists of words, which editors change in the admin. What somebody typed is never
stored or logged.
"""
