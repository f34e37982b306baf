"""Query understanding: recognise names of substances, intents and topics in a question (decision 31)."""
