"""One search over everything, in three steps: understand the words, retrieve pages, rank.

It owns no content: names live with the substances, text with the pages. It owns the index and the phrases
that call for urgent help. What somebody typed is never stored or logged.
"""
