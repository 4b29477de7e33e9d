"""A traced scalar graph, rolled up into numpy.

`grouping` finds the scalars that are alike, and `indexing` how their operands lie in memory. The numpy that computes a
group at a time is written by `forwards` and `backwards`, with the means of `writing` and the `rules` of each operation,
and put together in `emission`; `program` runs it, and `report` tells of it.
"""

from autograd.compiler.program import Program, compile

__all__ = ["Program", "compile"]
