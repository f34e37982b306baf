"""The starter content in numbers."""
