"""How our mail goes out: composed, signed, handed to a mail server."""
