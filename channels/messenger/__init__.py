"""Messenger and Instagram: one API in two dialects."""
