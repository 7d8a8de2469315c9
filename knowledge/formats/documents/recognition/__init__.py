"""How situations, wordings, forbidden phrases and time limits are told from the rest of a manual."""
