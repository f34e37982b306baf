"""One search over all published pages, in three steps: understand the words, find page texts, rank.

The app owns no content: names are stored with the substances, text and keywords with the pages. It owns the
text index, the intents with their cards, and the lists of words; editors change the last two in the admin.
What somebody typed is never stored or logged (decision 22).
"""
