"""Who comes in to the rulebook: administrators and managers write, auditors read. Nobody else learns that it exists."""

from desagravo.entrance import door

WRITERS = ("administrator", "manager")
READERS = (*WRITERS, "auditor")

reads = door("GET", roles=READERS, back_to="administration:rulebook")
writes = door("GET", "POST", roles=WRITERS, back_to="administration:rulebook")
acts = door("POST", roles=WRITERS, back_to="administration:rulebook")
