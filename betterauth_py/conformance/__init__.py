"""Proof by comparison: the same scenario is played against better-auth on Node and against this server.

A scenario (``contracts/scenarios/**/*.yaml``) is data: a profile of options in better-auth's own names and an ordered
list of steps. :mod:`.player` plays it over raw HTTP/1.1 and keeps everything it saw; :mod:`.facts` turns what was seen
into comparable text, in which random values have become placeholders and every signature has been checked;
:mod:`.comparison` lists the differences. Nothing is excused, except what a step itself declares as intended.

Nothing here imports the server, apart from :mod:`.our_server`, which starts it.
"""
