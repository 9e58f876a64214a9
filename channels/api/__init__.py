"""The signed API channel: anything else that can speak HTTP."""
