"""The admin doors, one file per resource. Every write here leaves a row in the audit log."""
