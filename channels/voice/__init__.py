"""Calls: one call script and one kind of event, spoken in the dialects of several telephone systems."""
