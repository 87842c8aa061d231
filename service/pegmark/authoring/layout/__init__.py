"""How a text of rules stands on the page: read as written, comments and all, and written anew."""
