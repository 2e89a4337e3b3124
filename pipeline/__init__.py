"""From interview transcripts to confirmed codes and honest comparisons, on your own machine."""

__version__ = "0.1.0"
