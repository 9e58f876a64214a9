"""How mail comes to us: by IMAP or LMTP, and what becomes of it."""
