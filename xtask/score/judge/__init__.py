"""Judges of core fields: second readers of files, none of which is the reader Damask used for the field."""
