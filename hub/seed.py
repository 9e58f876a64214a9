"""What an empty database begins with: one queue, one website chat, canned replies; in a demo also four accounts.

Passwords are generated, never built in; those of the demo accounts are kept in `var/accounts.json`, mode 0600.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import structlog

from hub.model.calendar import Calendar
from hub.model.config import Agent, Canned, Inbox
from hub.model.ids import AgentId, InboxId, QueueId, new_id
from hub.model.queues import Queue
from hub.settings import Settings
from hub.store.audit import Deed
from hub.web.context import Web
from hub.web.passwords import generate

log = structlog.get_logger(__name__)

QUEUE = QueueId("support")
INBOX = InboxId("shop")
_PEOPLE = (
    ("ali", "علی رضایی", "agent"),
    ("sara", "سارا محمدی", "agent"),
    ("mina", "مینا کریمی", "supervisor"),
    ("admin", "مدیر سامانه", "admin"),
)
_CANNED = (
    ("salam", "fa", "سلام {{contact.name}}، وقت بخیر. من {{agent.name}} هستم؛ چطور می‌توانم کمکتان کنم؟"),
    ("hello", "en", "Hello {{contact.name}}, this is {{agent.name}}. How can I help you?"),
    ("sabr", "fa", "لطفاً چند لحظه صبر کنید تا بررسی کنم."),
    ("moment", "en", "One moment please, I am looking into it."),
    ("sefaresh", "fa", "لطفاً شمارهٔ سفارشتان را بفرمایید تا وضعیت آن را ببینم."),
    ("order", "en", "Could you give me your order number, please?"),
    ("marjoo", "fa", "تا هفت روز پس از تحویل می‌توانید کالا را برگردانید. شمارهٔ پیگیری: {{conversation.number}}"),
    ("return", "en", "You can return goods within seven days of delivery. Your reference: {{conversation.number}}"),
    ("khodahafez", "fa", "از گفتگو با شما خوشحال شدم. اگر پرسش دیگری بود، همین‌جا بنویسید."),
    ("bye", "en", "It was a pleasure to help. If anything else comes up, just write here."),
)


async def seed(web: Web, settings: Settings) -> None:
    """Fill an empty database; what is there already is never touched.

    Without `settings.demo` only the account `admin` is made, so that somebody can begin.
    """
    if await web.accounts.is_empty():
        people = [person for person in _PEOPLE if settings.demo or person[2] == "admin"]
        await _people(web, settings.accounts_file, people)
    if not settings.demo:
        return
    if not web.config.queues:
        await web.config.create(Queue(id=QUEUE, name="پشتیبانی"))
    if not web.config.inboxes:
        await web.config.create(_inbox(settings))
        for shortcut, locale, text in _CANNED:
            await web.config.create(Canned(id=new_id(), shortcut=shortcut, locale=locale, text=text))


def _inbox(settings: Settings) -> Inbox:
    hosts = dict.fromkeys((settings.host, "127.0.0.1", "localhost"))
    origins = [f"http://{host}:{settings.shop_port}" for host in hosts]
    return Inbox(
        id=INBOX,
        name="فروشگاه نمونه",
        channel="webchat",
        queue=QUEUE,
        calendar=Calendar(always_open=True),
        settings={"origins": origins, "accent": "#0b7a75", "brand": "پیک‌شاپ", "brand_en": "Peykshop"},
    )


async def _people(web: Web, path: Path, people: Sequence[tuple[str, str, str]]) -> None:
    made = [{"login": login, "name": name, "role": role, "password": generate()} for login, name, role in people]
    # The file first: an account whose password nobody knows would lock everybody out.
    _write_private(path, json.dumps(made, ensure_ascii=False, indent=1))
    for one in made:
        queues = (QUEUE,) if one["role"] == "agent" else ()
        agent = Agent(id=AgentId(new_id()), login=one["login"], name=one["name"], role=one["role"], queues=queues)
        await web.accounts.create(agent, await web.passwords.hash(one["password"]))
        await web.audit.add(Deed(actor="", action="agent.seed", target=f"agent:{agent.id}"))
    log.info("accounts_seeded", count=len(made))


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    scratch.replace(path)
