"""Images, whose alternative text is required, and documents, whose content is checked on upload."""
