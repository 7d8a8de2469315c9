"""Service manuals as they are downloaded: read, cleaned, and searched for situations with their wording."""
