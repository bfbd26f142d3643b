"""Reads: frozen views, already scoped to the actor, from memory or by a query of a few lines."""
