"""Telegram bots, and the messengers whose bot API has Telegram's shape."""
