"""Memory: keys, conditions, codec. The only folder that knows DynamoDB; never a rule."""
