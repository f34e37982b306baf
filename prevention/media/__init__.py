"""Images, which need alternative text and lose their metadata, and documents, whose content is checked."""
