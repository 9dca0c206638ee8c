"""What the model is held against: history that it has not seen, and forecasts that need no model."""
