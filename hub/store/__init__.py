"""The store: the only importer of the Mongo driver."""
