"""Record what a browser does during a test."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Request, Response


class Watch:
    """Records the hosts that a browser asks, its errors, and the cookies and Vary headers that it gets.

    A breach of the content security policy is among the complaints: browsers write it to the console.
    """

    def __init__(self, context: BrowserContext, own: str) -> None:
        """Start recording. `own` is the address of the site; only its host may be asked."""
        self.own = own
        self.strangers: list[str] = []
        self.complaints: list[str] = []
        self.cookies: list[str] = []
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _request(self, request: Request) -> None:
        if not request.url.startswith(f"{self.own}/"):
            self.strangers.append(request.url)

    def _response(self, response: Response) -> None:
        headers = response.headers
        if "set-cookie" in headers or "cookie" in headers.get("vary", "").lower():
            self.cookies.append(f"{response.url}: {headers.get('set-cookie')} {headers.get('vary')}")
