"""HTTP for people: sign-in, sessions, the REST API, files, pages, health and metrics."""
