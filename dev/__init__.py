"""Tools of the developer's own machine: engines, local server, demo. Never shipped to Lambda."""
