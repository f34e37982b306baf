"""School resources: lesson packs, the vocabularies of their tags, the finder, the ZIP for download."""
