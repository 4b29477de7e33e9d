"""The version of the package."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("glassgrad")
except PackageNotFoundError:
    __version__ = "0+unknown"  # a checkout that is not installed
