"""`base` has production's values; `dev`, `test` and `local` relax them; `production` demands its secrets."""
