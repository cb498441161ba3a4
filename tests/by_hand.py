"""A browser that is used as a person uses it: by the mouse, on what can be seen."""

import contextlib
import json
import time

from odoo.tests.common import ChromeBrowser, ChromeBrowserException

VISIBLE = """
(selector, text) => [...document.querySelectorAll(selector)].find((el) => {
    const box = el.getBoundingClientRect();
    return box.width && box.height && (!text || el.textContent.includes(text));
})
"""


class ByHand:
    """For an `HttpCase`: opens pages and clicks; nothing is called on the client."""

    seconds = 60

    @contextlib.contextmanager
    def browsing(self, user, path):
        """A browser with the session of a user, on a page.

        :param str path: of the page
        """
        self.browser = ChromeBrowser(self)
        with (
            self.allow_requests(browser=self.browser),
            contextlib.ExitStack() as at_exit,
        ):
            at_exit.callback(self._wait_remaining_requests)
            at_exit.callback(self.browser.stop)
            self.authenticate(user.login, user.login, browser=self.browser)
            self.cr.flush()
            self.cr.clear()
            self.browser.navigate_to(f"{self.base_url()}{path}")
            yield self.browser
        self.env.invalidate_all()

    def evaluate(self, code):
        """The value of an expression of JavaScript."""
        answer = self.browser._websocket_request(
            "Runtime.evaluate",
            params={"expression": code, "returnByValue": True},
            timeout=self.seconds,
        )
        return answer["result"].get("value")

    def becomes(self, code, seconds):
        """Wait until an expression is true, and return its value; None if it isn't."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            # A page that is just being left answers nothing.
            with contextlib.suppress(TimeoutError, ChromeBrowserException):
                if value := self.evaluate(
                    f"(() => {{ try {{ return {code} }} catch {{}} }})()"
                ):
                    return value
            time.sleep(0.1)
        return None

    def wait_for(self, code, what):
        """Wait until an expression is true, and return its value."""
        if value := self.becomes(code, self.seconds):
            return value
        self.browser.take_screenshot(prefix="sc_by_hand_")
        return self.fail(f"{what} did not come up")

    def sees(self, selector, text=""):
        """Wait until something can be seen."""
        self.wait_for(
            f"Boolean(({VISIBLE})({json.dumps(selector)}, {json.dumps(text)}))",
            f"“{selector}” {text}",
        )

    def click(self, selector, text=""):
        """Click into the middle of what can be seen, or tap it on a phone."""
        place = self.place_of(selector, text)
        if self.touch_enabled:
            self._touch("touchStart", place)
            self._touch("touchEnd")
        else:
            self._click_at(place)

    def rest_on(self, selector, until):
        """Let a finger rest on something.

        A phone takes no click from it; the browser of a test would, if the finger did
        not slide off at last.

        :param until: selector of what comes up meanwhile
        """
        x, y = self.place_of(selector)
        self._touch("touchStart", (x, y))
        self.sees(until)
        self._touch("touchMove", (x, y + 40))
        self._touch("touchEnd")

    def _touch(self, kind, *places):
        self.browser._websocket_request(
            "Input.dispatchTouchEvent",
            params={"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in places]},
        )

    def place_of(self, selector, text=""):
        """The middle of what can be seen, as soon as it stands still."""
        self.sees(selector, text)
        place = None
        while True:
            now = self.wait_for(
                f"""(() => {{
                    const el = ({VISIBLE})({json.dumps(selector)}, {json.dumps(text)});
                    el.scrollIntoView({{block: "center"}});
                    const box = el.getBoundingClientRect();
                    return [box.x + box.width / 2, box.y + box.height / 2];
                }})()""",
                f"“{selector}” {text}",
            )
            if now == place:
                break
            place = now
            time.sleep(0.1)
        return place

    def _click_at(self, place):
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.browser._websocket_request(
                "Input.dispatchMouseEvent",
                params={
                    "type": kind,
                    "x": place[0],
                    "y": place[1],
                    "button": "none" if kind == "mouseMoved" else "left",
                    "clickCount": 0 if kind == "mouseMoved" else 1,
                },
            )

    def write(self, text):
        """Type into what has the focus."""
        self.browser._websocket_request("Input.insertText", params={"text": text})

    def press_key(self, key, text=""):
        """Press a key.

        :param str text: what it writes; Enter presses a button by a carriage return
        """
        for kind in ("keyDown" if text else "rawKeyDown", "keyUp"):
            self.browser._websocket_request(
                "Input.dispatchKeyEvent",
                params={"type": kind, "key": key, "code": key, "text": text},
            )
