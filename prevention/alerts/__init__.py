"""Time-limited warnings. They attach themselves to pages from above; no page imports them."""
