"""Teaching the bot: read examples, check them, train and judge a model in the bot's own environment."""
