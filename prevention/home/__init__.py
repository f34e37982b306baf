"""The home page, topic and standard pages, and the starter content."""
