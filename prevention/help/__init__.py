"""Where to get help: helplines, the help page, and the counted way out to a helpline's website."""
