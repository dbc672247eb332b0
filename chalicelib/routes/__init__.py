"""Doors for HTTP: unwrap, authenticate, call one operation, wrap. Never rules, never DynamoDB."""
