"""The prevention apps. Imports go downwards only (held by import-linter, see pyproject.toml):

home > syndication > indicators | alerts | stories | help > pulse > substances | engagement
> editorial > users | media > core > delivery
"""
