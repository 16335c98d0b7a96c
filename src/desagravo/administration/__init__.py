"""Setting the product up, and looking after it: organisation, departments, people, letterhead, health."""
