"""A plain Asterisk as a telephone system that speaks the jambonz dialect."""
