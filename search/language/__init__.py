"""Language: folding of text, English words, phrases that editors enter. Nothing reads the database."""
