"""Turns Chinese web text as it is really scraped into text that can be used."""
