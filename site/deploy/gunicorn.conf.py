"""The application server, for `make run` and for production: gunicorn -c site/deploy/gunicorn.conf.py

Behind a proxy (nginx.conf beside this file) it listens on the loopback address; a container sets
BIND_ADDRESS. Numbers can be changed by the variables read here; the rest is policy.
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
    """The environment variable `name` as a whole number; stops the start when it is not one."""
    text = os.environ.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdigit()) or int(text) < least:
        raise SystemExit(
            f"The environment variable {name} is {text!r}. Give a whole number, {least} or more."
        )
    return int(text)


def networks(name: str, default: str) -> list[IPv4Network | IPv6Network]:
    """The environment variable `name` as networks, with commas between; stops the start when it is not."""
    text = os.environ.get(name, "").strip() or default
    try:
        return [ip_network(part.strip()) for part in text.split(",")]
    except ValueError as error:
        raise SystemExit(
            f"The environment variable {name} can not be used: {error}. "
            "Give the address of the proxy, or its network, such as 10.0.0.0/24; everyone (*) is not a proxy."
        ) from error


class AnonymousLogger(Logger):
    """gunicorn's log without the reader: on a bad request it would name the address, the URL and headers."""

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        if str(msg).startswith("Invalid request from"):
            msg, args = "A malformed request was refused.", ()
        super().warning(msg, *args, **kwargs)

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        if str(msg).startswith("Error handling request"):
            msg, args = "A request could not be handled.", ()
        super().exception(msg, *args, **kwargs)


def pre_request(_worker: Worker, req: Request) -> None:
    """Behind our proxy, take the reader's address from it: the throttles count by buckets of addresses.

    nginx sets X-Real-IP itself. From anyone but the proxy the header means nothing.
    """
    given = [value for name, value in req.headers if name == "X-REAL-IP"]
    if len(given) != 1 or not isinstance(req.peer_addr, tuple):
        return
    try:
        reader, peer = ip_address(given[0]), ip_address(req.peer_addr[0])
    except ValueError:
        return
    if any(peer in network for network in PROXIES):
        # What gunicorn itself uses for proxies that tell the address by another protocol.
        req.proxy_protocol_info = {
            "proxy_protocol": "X-Real-IP",
            "client_addr": str(reader),
            "client_port": 0,
            "proxy_addr": str(peer),
            "proxy_port": 0,
        }


def worker_exit(_server: Arbiter, worker: Worker) -> None:
    """Write down what was counted in the last second before the worker goes."""
    # Looked up, not imported: a worker that has not loaded it has counted nothing.
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
# Threads, because a request may wait for the database or the search engine. Each worker keeps its own pages.
worker_class = "gthread"
workers = number("WEB_CONCURRENCY", 2)
threads = number("WEB_THREADS", 4)
preload_app = False  # a forked copy would share the counts' thread and the database connections
max_requests = number("WEB_MAX_REQUESTS", 100_000, least=0)  # caps what a slow leak can take
max_requests_jitter = max_requests // 10  # so that workers do not renew themselves together

# --- Patience -----------------------------------------------------------------------------------------------
timeout = 30
graceful_timeout = 20
keepalive = 5
# The heartbeat file: in memory where that exists, because a busy disk would look like a dead worker.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - a memory file system

# --- What a client may send ---------------------------------------------------------------------------------
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190

# --- What is written down: never an address, a query or a user agent ----------------------------------------
accesslog = None  # the application logs the name of the route itself
errorlog = "-"
loglevel = "info"
logger_class = AnonymousLogger
control_socket_disable = True  # it would open a file in the home directory, and nobody here uses it
