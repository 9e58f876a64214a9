"""The Simotel dialect: events of an Iranian PBX, and the answers that it waits a second for (wiki.simotel.com)."""
