"""Who may do what: permissions, roles, the actor. Sign-in itself is `ops_centre.services.accounts`."""
