"""YAML files into frozen, checked configs."""
