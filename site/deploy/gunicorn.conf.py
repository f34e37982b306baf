"""The configuration of gunicorn for `make run` and production: gunicorn -c site/deploy/gunicorn.conf.py

It listens on the loopback address, behind a proxy (nginx.conf beside this file), unless BIND_ADDRESS is set,
as in a container. The environment variables read here change numbers; all else is fixed (decision 18).
"""

from __future__ import annotations

import os
import sys
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gunicorn.glogging import Logger

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

    from gunicorn.arbiter import Arbiter
    from gunicorn.http.message import Request
    from gunicorn.workers.base import Worker

ROOT = Path(__file__).resolve().parents[2]


def number(name: str, default: int, least: int = 1) -> int:
    """Return the environment variable `name` as a whole number, or `default` when it is unset.

    Raises SystemExit when it is not a whole number of `least` or more.
    """
    text = os.environ.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdigit()) or int(text) < least:
        raise SystemExit(
            f"The environment variable {name} is {text!r}. Give a whole number, {least} or more."
        )
    return int(text)


def networks(name: str, default: str) -> list[IPv4Network | IPv6Network]:
    """Return the environment variable `name`, comma-separated addresses or networks, or `default` when unset.

    Raises SystemExit when one can not be read.
    """
    text = os.environ.get(name, "").strip() or default
    try:
        return [ip_network(part.strip()) for part in text.split(",")]
    except ValueError as error:
        raise SystemExit(
            f"The environment variable {name} can not be used: {error}. "
            "Give the address of the proxy, or its network, such as 10.0.0.0/24; everyone (*) is not a proxy."
        ) from error


class AnonymousLogger(Logger):
    """gunicorn's logger without the messages that hold address, URL and headers of bad requests."""

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Log a warning; one about an invalid request is replaced by a sentence without its data."""
        if str(msg).startswith("Invalid request from"):
            msg, args = "A malformed request was refused.", ()
        super().warning(msg, *args, **kwargs)

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Log an exception; the message about a failed request is replaced by one without its address."""
        if str(msg).startswith("Error handling request"):
            msg, args = "A request could not be handled.", ()
        super().exception(msg, *args, **kwargs)


def pre_request(_worker: Worker, req: Request) -> None:
    """Take the reader's address from X-Real-IP when the request comes from our proxy (hook of gunicorn).

    The throttles need it to choose a bucket. nginx sets the header itself; from anyone but the proxies of
    FORWARDED_ALLOW_IPS it is ignored.
    """
    given = [value for name, value in req.headers if name == "X-REAL-IP"]
    if len(given) != 1 or not isinstance(req.peer_addr, tuple):
        return
    try:
        reader, peer = ip_address(given[0]), ip_address(req.peer_addr[0])
    except ValueError:
        return
    if any(peer in network for network in PROXIES):
        # gunicorn takes REMOTE_ADDR from this dict, which it fills itself for the PROXY protocol.
        req.proxy_protocol_info = {
            "proxy_protocol": "X-Real-IP",
            "client_addr": str(reader),
            "client_port": 0,
            "proxy_addr": str(peer),
            "proxy_port": 0,
        }


def worker_exit(_server: Arbiter, worker: Worker) -> None:
    """Write the counts of the last second to the database when a worker ends (hook of gunicorn)."""
    # Not imported: a worker that has not loaded the module has counted nothing.
    counts = sys.modules.get("prevention.engagement.counts")
    if counts is None:
        return
    try:
        counts.flush()
    except Exception:
        worker.log.exception("The last counts of a worker were lost.")


PROXIES = networks("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")  # gunicorn reads the same variable

# --- What is served, and where ------------------------------------------------------------------------------
wsgi_app = "config.wsgi:application"
chdir = str(ROOT)
pythonpath = str(ROOT / "site")
bind = f"{os.environ.get('BIND_ADDRESS', '').strip() or '127.0.0.1'}:{number('PORT', 8000)}"

# --- Workers ------------------------------------------------------------------------------------------------
# Threads, because a request may wait for the database or the search engine (decision 18). Each worker has its
# own page cache.
worker_class = "gthread"
workers = number("WEB_CONCURRENCY", 2)
threads = number("WEB_THREADS", 4)
preload_app = False  # forked workers would share database connections and miss the threads of the parent
max_requests = number("WEB_MAX_REQUESTS", 100_000, least=0)  # limits the effect of a slow memory leak
max_requests_jitter = max_requests // 10  # so that workers are not replaced all at once

# --- Patience -----------------------------------------------------------------------------------------------
timeout = 30
graceful_timeout = 20
keepalive = 5
# The heartbeat file is in memory where possible, because on a busy disk a worker would seem dead.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - a memory file system

# --- What a client may send ---------------------------------------------------------------------------------
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190

# --- Logs: never an address, a query or a user agent --------------------------------------------------------
accesslog = None  # prevention.delivery.middleware.AccessLogMiddleware logs the name of the route instead
errorlog = "-"
loglevel = "info"
logger_class = AnonymousLogger
control_socket_disable = True  # gunicorn would create a socket in the home directory, which is not used
