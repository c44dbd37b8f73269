"""What one view shows, and how it is drawn."""
