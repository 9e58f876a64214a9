"""A contact centre in virtual time: the hub's own routing over a database of its own, with invented people."""
