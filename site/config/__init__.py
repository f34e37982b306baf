"""Settings, URLs, the list of API endpoints, WSGI. No other package of ours imports this one."""
