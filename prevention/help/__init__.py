"""Where to get help: helplines, the help page, and the counted link to a helpline's website."""
