"""Language: text as search compares it, English words, phrases that editors give."""
