"""The training studio: what the bot knows, its versions, and how they reach the servers that answer customers."""
