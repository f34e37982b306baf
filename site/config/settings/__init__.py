"""Settings: `base` is as strict as production; `local`, `dev`, `test` relax it; `production` adds secrets."""
