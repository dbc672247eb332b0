"""One flat table a language: key → template, or plural forms. Same keys, same placeholders."""
