"""The home page, topics, the page of changes, and the starter content with its loader."""
