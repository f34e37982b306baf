"""Exits with 0 when the server of this machine answers /healthz/ with 200, else with 1; for containers.

It sends the headers that the proxy sends: the first host of ALLOWED_HOSTS, and https as the protocol.
"""

from __future__ import annotations

import http.client
import os
import sys


def healthy(port: int, host: str) -> bool:
    """Return whether /healthz/ on `port` of the loopback address answers 200 within three seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        connection.request("GET", "/healthz/", headers={"Host": host, "X-Forwarded-Proto": "https"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    first_host = os.environ.get("ALLOWED_HOSTS", "127.0.0.1").split(",")[0].strip()
    sys.exit(0 if healthy(int(os.environ.get("PORT") or 8000), first_host) else 1)
