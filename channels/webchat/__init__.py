"""The website chat: a socket per browser tab, resumed by number."""
