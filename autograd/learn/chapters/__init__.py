"""The exercises with their checks, a chapter in a file."""
