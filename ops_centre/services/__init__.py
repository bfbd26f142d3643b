"""Acts: each is authorised, done, audited and committed as one."""
