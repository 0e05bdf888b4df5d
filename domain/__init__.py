"""What the programmes of the city are: aggregates, events and rules. Imports nothing else of ours."""
