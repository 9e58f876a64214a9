"""The demo shop as a browser and the bot meet it: over HTTP."""

import datetime as dt
import re

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp.plugin import AiohttpClient

from bot.orders import HttpOrders, OrderState
from hub.demo.goods import GOODS, Locale, price
from hub.demo.orders import ORDERS
from hub.demo.shop import make_app

HUB = "http://hub.test:8080"
Shop = TestClient[web.Request, web.Application]


@pytest.fixture
async def shop(aiohttp_client: AiohttpClient) -> Shop:
    """A running shop."""
    return await aiohttp_client(make_app(HUB))


@pytest.mark.parametrize(("path", "locale", "direction"), [("/", "fa", "rtl"), ("/en", "en", "ltr")])
async def test_a_page_per_language_with_the_chat_on_it(shop: Shop, path: str, locale: Locale, direction: str) -> None:
    response = await shop.get(path)
    page = await response.text()
    assert f'<html lang="{locale}" dir="{direction}">' in page
    assert f'src="{HUB}/chat/shop/loader.js"' in page
    assert all(good.name[locale] in page and price(good.price, locale) in page for good in GOODS)


@pytest.mark.parametrize("path", ["/", "/en"])
async def test_the_policy_is_strict_and_the_page_keeps_it(shop: Shop, path: str) -> None:
    response = await shop.get(path)
    policy = dict(part.strip().split(" ", 1) for part in response.headers["Content-Security-Policy"].split(";"))
    nonce = re.fullmatch(r"'(nonce-[\w-]{20,})'", policy["script-src"])
    assert nonce is not None
    assert policy["style-src"] == policy["script-src"]
    assert (policy["default-src"], policy["frame-src"]) == ("'none'", HUB)
    page = await response.text()
    tags = re.findall(r"<(?:script|style)[^>]*>", page)
    assert tags
    assert all(f'nonce="{nonce[1].removeprefix("nonce-")}"' in tag for tag in tags)
    assert not re.search(r"<[^>]+\s(?:style|on\w+)=", page)


async def test_every_page_has_a_nonce_of_its_own(shop: Shop) -> None:
    policies = {(await shop.get("/")).headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3


async def test_the_bot_understands_every_order(shop: Shop) -> None:
    async with HttpOrders(str(shop.make_url("/orders"))) as orders:
        found = [await orders.find(number) for number in ORDERS]
    assert all(found)
    assert {order.status for order in found if order} == set(OrderState)


async def test_an_order_on_its_way_arrives_in_the_future(shop: Shop) -> None:
    order = await (await shop.get("/orders/12345")).json()
    assert order["status"] == "shipped"
    assert order["items"][0] == "کفش پیاده‌روی سهند"
    assert dt.date.fromisoformat(order["eta"]) > dt.datetime.now(dt.UTC).date()
    english = await (await shop.get("/orders/12345", headers={"Accept-Language": "en"})).json()
    assert english["items"][0] == "Sahand walking shoes"


@pytest.mark.parametrize("number", ["99999", "abc", "12345%00", "..%2f12345", "1" * 3000])
async def test_an_unknown_order_is_not_found(shop: Shop, number: str) -> None:
    response = await shop.get(f"/orders/{number}")
    assert response.status == 404
