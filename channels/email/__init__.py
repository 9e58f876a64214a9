"""The e-mail channel. What is here is pure: bytes of a mail in, `Mail` out; no network, no clock, no store."""
