"""`peyk up`: everything that is installed, built, started, watched and stopped around the hub."""
