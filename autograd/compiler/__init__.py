"""A traced scalar graph, rolled up into numpy.

`grouping` finds the scalars that are alike, `indexing` how their operands lie in memory, `emission` writes the numpy
that computes a group at a time, and `program` runs it.
"""

from autograd.compiler.program import Program, compile

__all__ = ["Program", "compile"]
