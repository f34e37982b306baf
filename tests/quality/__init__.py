"""How good search is (`python -m tests.quality`), and that no input harms it (`... .bad_input`)."""
