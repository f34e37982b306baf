"""Understand what somebody typed: names of substances, intents, topics (decision 31)."""
