"""Pages of a browser in which somebody has signed in, and what went wrong on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, ViewportSize

from tests.e2e.running_desk import RunningDesk

SIZES = {"desktop": ViewportSize(width=1280, height=800), "phone": ViewportSize(width=390, height=844)}
PATIENCE = 20_000  # milliseconds that a page may take, on a machine that may be busy


@dataclass
class ConsolePages:
    """Opens such pages, and closes them; at the end nothing may have gone wrong."""

    browser: Browser
    desk: RunningDesk
    sign_ins: dict[str, Any]
    wrong: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def __call__(
        self,
        account: str,
        language: str = "zh-Hans",
        *,
        size: Literal["desktop", "phone"] = "desktop",
        scheme: Literal["light", "dark"] = "light",
        script: bool = True,
    ) -> Page:
        """A page in a browser of its own. The language becomes that of the account, as if it were chosen."""
        if account:
            self._choose_language(account, language)
        context = self.browser.new_context(
            base_url=self.address,
            viewport=SIZES[size],
            is_mobile=size == "phone",
            has_touch=size == "phone",
            color_scheme=scheme,
            locale=language,
            java_script_enabled=script,
            storage_state=self._sign_in(account) if account else None,
        )
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE)
        self._watch(context)
        return context.new_page()

    @property
    def address(self) -> str:
        """Where the desk is served."""
        return f"http://127.0.0.1:{self.desk.port}"

    def _sign_in(self, account: str) -> Any:
        """The cookies of the account's session, by the form the first time."""
        if account not in self.sign_ins:
            context = self.browser.new_context(base_url=self.address)
            page = context.new_page()
            page.goto("/sign-in")
            page.locator("#account").fill(account)
            page.locator("#password").fill(self.desk.password)
            page.locator("main button.main").click()
            page.wait_for_url("**/desk")
            self.sign_ins[account] = context.storage_state()
            context.close()
        return self.sign_ins[account]

    def _choose_language(self, account: str, language: str) -> None:
        answer = self.desk(account).send("PATCH", "/api/me", {"language": language})
        assert answer.status == 200, answer.body

    def _watch(self, context: BrowserContext) -> None:
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.wrong.append(f"a script failed: {error.error}"))
        context.on("request", self._see_request)
        context.on("response", self._see_response)

    def _hear(self, said: ConsoleMessage) -> None:
        """An error of the browser's console; that a page was refused is for the test to judge."""
        if said.type == "error" and not said.text.startswith("Failed to load resource"):
            self.wrong.append(f"{said.text} ({said.page.url if said.page else ''})")

    def _see_request(self, request: Request) -> None:
        there = urlsplit(request.url)
        if there.scheme in ("http", "https", "ws", "wss") and f"http://{there.netloc}" != self.address:
            self.wrong.append(f"a request to another host: {request.url}")

    def _see_response(self, response: Response) -> None:
        kind = response.request.resource_type
        if response.status >= 500 or (response.status >= 400 and kind in ("script", "stylesheet", "image")):
            self.wrong.append(f"{response.status} at {response.url}")

    def __enter__(self) -> ConsolePages:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for context in self._contexts:
            context.close()
        assert not self.wrong, "\n".join(self.wrong)
