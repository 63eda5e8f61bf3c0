"""The engine: definitions, clocks, the decision and the door. It knows neither the web nor the wall clock."""
