"""The bot port, its Rasa client, and the assistant that Rasa trains."""
