"""A launch from files: rows of CSV are checked line by line, then sent to the API."""
