"""The jambonz dialect: JSON webhooks that are answered with a list of verbs."""
