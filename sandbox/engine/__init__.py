"""What every method is made of; nothing here knows a space, a pair or a method."""
