"""Every address that the web layer answers, and who may use it.

The reference (`/openapi.json`) is made from this table.
"""

from hub.web.admin_routes import AGENTS, HOUSE
from hub.web.bot_figures import BOT_FIGURES
from hub.web.bot_forms_routes import BOT_FORMS
from hub.web.bot_routes import BOT
from hub.web.bot_stories import BOT_STORIES
from hub.web.bot_undo import BOT_UNDO
from hub.web.bot_version_routes import BOT_VERSIONS
from hub.web.bot_words_routes import BOT_WORDS
from hub.web.flow_routes import FLOWS
from hub.web.inbox_routes import INBOXES
from hub.web.ops_routes import OPS
from hub.web.page_routes import ACCOUNT, PAGES
from hub.web.routing_routes import ROUTING

BOT_PARTS = (*BOT, *BOT_VERSIONS, *BOT_WORDS, *BOT_FORMS, *BOT_UNDO, *BOT_FIGURES, *BOT_STORIES)
ROUTES = (*PAGES, *ACCOUNT, *AGENTS, *ROUTING, *HOUSE, *INBOXES, *FLOWS, *BOT_PARTS, *OPS)
