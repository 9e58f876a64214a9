"""An agent whose telephone is the desk itself: real SIP in, WebRTC to a real Chromium, sound measured on both ends."""

from __future__ import annotations

import asyncio
import json
import math
import struct
import wave
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Playwright, WebSocket, expect

from channels.calls import BROWSER
from channels.voice.parse import browser_name
from hub.model.ids import new_id
from hub.store.database import connect
from hub.store.embedded import Mongod
from hub.up import browser_parts
from tests.asterisk import Asterisk
from tests.browser.fixtures import launched, missing
from tests.browser.people import PATIENCE_MS, Agent
from tests.browser.stack import ROOT, cache
from tests.calls import CallHouse, call_house

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

CALLER, ALI, SARA = 600.0, 1_100.0, 1_700.0
FLOW = {
    "name": "f",
    "version": 1,
    "entry": {"node": "line", "locale": "en"},
    "locales": ["en"],
    "nodes": {"line": {"type": "queue", "queue": ""}},
}
KEEP_LINES = """
window.lines = [];
const Made = RTCPeerConnection;
window.RTCPeerConnection = class extends Made { constructor(...all) { super(...all); window.lines.push(this); } };
"""
LISTEN = """
async () => {
  const [receiver] = window.lines.at(-1).getReceivers();
  const context = new AudioContext(), analyser = context.createAnalyser();
  await context.resume();
  analyser.fftSize = 4096;
  analyser.smoothingTimeConstant = 0;
  context.createMediaStreamSource(new MediaStream([receiver.track])).connect(analyser);
  const heights = new Float32Array(analyser.frequencyBinCount);
  window.loudest = () => {
    analyser.getFloatFrequencyData(heights);
    const at = heights.indexOf(Math.max(...heights));
    return { hz: at * context.sampleRate / analyser.fftSize, db: heights[at] };
  };
}
"""
SOUNDS = """
async () => [...(await window.lines.at(-1).getStats()).values()]
  .some((one) => one.type === "inbound-rtp" && one.audioLevel > 0.01)
"""


@dataclass(slots=True)
class Seat:
    """Ali at a desk that is his telephone. `registered` is set with each registration that Asterisk accepts."""

    house: CallHouse
    page: Page
    agent: Agent
    registered: asyncio.Event

    async def bar(self, words: str) -> None:
        """Wait until the call bar says so."""
        await expect(self.page.locator(".call-state")).to_contain_text(words, timeout=PATIENCE_MS)

    async def says(self, words: str) -> None:
        """Wait until the telephone's line above the panes says so."""
        await expect(self.page.locator(".phone-banner")).to_contain_text(words, timeout=PATIENCE_MS)

    async def registers(self) -> None:
        """Wait for the next registration, and until the hub knows of it."""
        async with asyncio.timeout(20):
            await self.registered.wait()
            self.registered.clear()
            while not self.house.agent("ali").phone_ready:
                await asyncio.sleep(0.02)

    async def key(self, key: str) -> None:
        """A key, with the focus on no field."""
        await self.agent.away_from_fields()
        await self.page.keyboard.press(key)

    async def hears(self, tone: float) -> None:
        """Wait until that tone is the loudest of what comes into the page."""
        await self.page.evaluate(LISTEN)
        await self.page.wait_for_function(
            "tone => { const at = window.loudest(); return Math.abs(at.hz - tone) < 25 && at.db > -50; }",
            arg=tone,
            timeout=PATIENCE_MS,
        )

    async def hears_nothing(self) -> None:
        """Wait until nothing comes any more."""
        await self.page.wait_for_function("() => window.loudest().db < -80", timeout=PATIENCE_MS)


def beeps(path: Path, tone: float) -> Path:
    """A voice of one tone with pauses; a tone without end would be taken for noise and filtered out."""
    rate = 48_000
    one = [round(12_000 * math.sin(2 * math.pi * tone * at / rate)) for at in range(rate * 3 // 10)]
    piece = struct.pack(f"<{len(one)}h", *one) + bytes(rate * 2 // 5)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(piece * 10)
    return path


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def speaker(playwright_driver: Playwright, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """A Chromium whose microphone hears beeps. Who uses it is asked for the microphone as everywhere."""
    voice = beeps(tmp_path_factory.mktemp("voice") / "ali.wav", ALI)
    words = ("--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={voice}")
    async with launched(playwright_driver, *words, "--allow-loopback-in-peer-connection") as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def house(
    mongod_server: Mongod,
    tmp_path: Path,
    asterisk: Asterisk,
) -> AsyncIterator[CallHouse]:
    """A number whose calls come straight to the line, and browsers that may be telephones."""
    try:
        await asyncio.to_thread(
            browser_parts.build, ROOT / "widget", cache() / "tools", cache() / "logs", lambda _: None
        )
    except (RuntimeError, OSError) as error:
        missing(error)
    name = "b" + new_id().replace("-", "").replace("_", "").lower()
    async with (
        connect(mongod_server.uri, name) as database,
        call_house(database, tmp_path, asterisk, flow=json.dumps(FLOW), browser_url=asterisk.websocket) as made,
    ):
        await made.has_phone("ali", BROWSER)
        yield made


@asynccontextmanager
async def seat(
    house: CallHouse, browser: Browser, microphone: Literal["granted", "refused"] = "granted"
) -> AsyncIterator[Seat]:
    """Ali comes to work."""
    async with AsyncExitStack() as stack:
        context = await browser.new_context(
            locale="en-GB", viewport={"width": 1440, "height": 900}, ignore_https_errors=True
        )
        stack.push_async_callback(context.close)
        if microphone == "granted":
            await context.grant_permissions(["microphone"])
        await context.add_init_script(KEEP_LINES)
        await context.clock.install()  # it goes on by itself
        page = await context.new_page()
        one = Seat(house, page, Agent(page, house.live.url, "ali"), asyncio.Event())
        page.on("websocket", lambda socket: _follow(socket, one))
        await one.agent.sign_in(house.live.passwords["ali"])
        await one.agent.sit_down()
        if await page.locator("html").get_attribute("lang") != "en":
            async with page.expect_response("**/api/me"):
                await page.locator(".rail-language").click()
        await one.agent.online()
        yield one


def _follow(socket: WebSocket, one: Seat) -> None:
    def told(frame: str | bytes) -> None:
        text = frame if isinstance(frame, str) else frame.decode(errors="replace")
        if text.startswith("SIP/2.0 200") and "REGISTER" in text and "\r\nContact:" in text:
            one.registered.set()

    socket.on("framereceived", told)


async def test_a_call_is_accepted_in_the_desk_and_spoken_there(house: CallHouse, speaker: Browser) -> None:
    async with seat(house, speaker) as ali, house.phone("c", tone=CALLER) as caller:
        await ali.registers()
        await caller.dial(house.number)
        await expect(ali.agent.offer).to_be_visible(timeout=PATIENCE_MS)
        await ali.key("a")
        await ali.bar("On the phone")
        await caller.hears(ALI)
        await ali.hears(CALLER)
        await ali.page.wait_for_function(SOUNDS)
        await ali.key("Shift+M")
        await expect(ali.page.get_by_role("button", name="Unmute", exact=True)).to_be_visible(timeout=PATIENCE_MS)
        await caller.hears_no_more(ALI)
        await ali.key("Shift+M")
        await caller.hears(ALI)
        await ali.key("Shift+K")
        await expect(ali.page.get_by_role("button", name="1", exact=True)).to_be_focused(timeout=PATIENCE_MS)
        await ali.page.keyboard.press("5")
        await expect(ali.page.locator(".keypad-sent")).to_have_text("5")
        await caller.event("CALL_DTMF_START")
        await ali.page.keyboard.press("Escape")
        await ali.key("Shift+H")
        await ali.bar("On hold")
        await ali.hears_nothing()
        await caller.hears_no_more(ALI)
        await caller.hears_something()
        await ali.key("Shift+H")
        await ali.bar("On the phone")
        await caller.hears(ALI)
        await ali.hears(CALLER)
        await ali.key("Shift+X")
        await caller.event("CALL_CLOSED")
        await ali.bar("The call is over")
        assert await ali.page.evaluate("window.lines.length") == 1


async def test_a_call_outlives_the_password_of_its_browser(house: CallHouse, speaker: Browser) -> None:
    """As when the gateway starts anew: it forgets all browsers, and each asks again."""
    async with seat(house, speaker) as ali, house.phone("c", tone=CALLER) as caller:
        await ali.registers()
        await caller.dial(house.number)
        await expect(ali.agent.offer).to_be_visible(timeout=PATIENCE_MS)
        await ali.key("a")
        await ali.bar("On the phone")
        await caller.hears(ALI)
        settings = house.asterisk.settings
        config = f"{settings.asterisk}/ari/asterisk/config/dynamic/res_pjsip"
        headers = {"Authorization": aiohttp.encode_basic_auth(settings.user, settings.password)}
        async with aiohttp.ClientSession(headers=headers) as ari:
            for kind in ("endpoint", "aor", "auth"):
                async with ari.delete(f"{config}/{kind}/{browser_name(house.agent('ali').id)}") as answer:
                    assert answer.status == 204
        await ali.page.clock.fast_forward(60_000)  # it registers, is refused, and asks the hub again
        await ali.registers()
        await caller.hears(ALI)
        await ali.hears(CALLER)
        await ali.key("Shift+X")
        await caller.event("CALL_CLOSED")


async def test_a_colleague_who_asks_rings_and_is_not_picked_up_by_itself(house: CallHouse, speaker: Browser) -> None:
    async with house.phone("c", tone=CALLER) as caller, house.phone("s", tone=SARA, extension="102") as sara:
        await house.comes("sara", "102")
        await caller.dial(house.number)
        call = await house.call()
        await house.accepts(call, "sara")
        await sara.event("CALL_INCOMING")
        await sara.answer()
        await house.until(call, lambda state: state.call == "joined")
        async with seat(house, speaker) as ali:
            await ali.registers()
            await house.controls(call, "sara", "consult", house.agent("ali").id)
            ringing = ali.page.get_by_role("alert").filter(has_text="Your telephone rings")
            await expect(ringing).to_be_visible(timeout=PATIENCE_MS)
            await ali.key("a")
            await sara.hears(ALI)
            await ali.hears(SARA)
            await ali.page.get_by_role("button", name="Hang up").click()
            await house.until(call, lambda state: state.call == "held")


async def test_a_blocked_microphone_is_named_and_calls_wait_for_it(house: CallHouse, speaker: Browser) -> None:
    async with seat(house, speaker, "refused") as ali, house.phone("c", tone=CALLER) as caller:
        await ali.says("The microphone is blocked")
        await caller.dial(house.number)
        waits = await house.until(await house.call(), lambda state: state.owner.kind == "queue")
        await caller.hears_something()
        await expect(ali.agent.offer).to_have_count(0)
        await ali.page.context.grant_permissions(["microphone"])
        await ali.registers()
        await expect(ali.agent.offer).to_be_visible(timeout=PATIENCE_MS)
        assert waits.passed == {}
        await expect(ali.page.locator(".phone-banner")).to_have_count(0, timeout=PATIENCE_MS)


async def test_a_computer_without_a_microphone_is_named(house: CallHouse, browser: Browser) -> None:
    async with seat(house, browser) as ali:
        await ali.says("No microphone was found")
        await expect(ali.page.get_by_role("button", name="Try again")).to_be_visible()


async def test_a_line_that_is_lost_comes_back(
    house: CallHouse,
    speaker: Browser,
    asterisk: Asterisk,
) -> None:
    async with seat(house, speaker) as ali:
        await ali.registers()
        await asyncio.to_thread(asterisk.stop)
        await ali.says("lost its connection")
        asterisk.start()
        await ali.registers()
        await expect(ali.page.locator(".phone-banner")).to_have_count(0, timeout=PATIENCE_MS)


async def test_the_newest_desk_is_the_telephone(house: CallHouse, speaker: Browser) -> None:
    async with seat(house, speaker) as first, seat(house, speaker) as second:
        await first.registers()
        await second.registers()
        await first.page.clock.fast_forward(60_000)  # a minute later it registers again
        await first.says("in another window")
        await first.page.get_by_role("button", name="Use it here").click()
        await first.registers()
