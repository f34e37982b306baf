"""Drug information: pages about substances and groups, with names, families, mixing and legal status."""
