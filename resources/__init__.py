"""School resources: lesson packs, the vocabularies they are tagged with, the finder, the ZIP."""
