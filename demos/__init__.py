"""Demos to run first."""
