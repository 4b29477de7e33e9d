"""The way forward: each group's array from those of its operands."""

from __future__ import annotations

from autograd.compiler import rules
from autograd.compiler.grouping import Group, Index, Terms
from autograd.compiler.writing import Writer, shape_of


class Forwards(Writer):
    """Writes how each group is computed."""

    def _operation(self, each: Group) -> None:
        assert each.rule is not None
        self.setup.append(f"{each.name} = np.empty({shape_of((each.rows,), each.batched)}, dtype)")
        made = self.expression(rules.forward(each.rule), self._operands(each), (each.rows, each.batched), each.name)
        if made != each.name:
            self.lines.append(f"np.copyto({each.name}, {made})")

    def _operands(self, each: Group) -> dict[str, str]:
        return {f"x{i}": self.read(operand.source, operand.index) for i, operand in enumerate(each.operands)}

    def _sum(self, each: Group) -> None:
        """A sum: the terms that have to be computed, and then those that are there already."""
        self.setup.append(f"{each.name} = np.empty({shape_of((each.rows,), each.batched)}, dtype)")
        ordered = sorted(each.terms, key=lambda terms: (is_there(terms), terms.batched != each.batched, -terms.sign))
        total = self._first(each, ordered)
        for terms in ordered[total:]:
            made = self._summed(each, terms, None)
            function = "add" if terms.sign > 0 else "subtract"
            self.lines.append(f"np.{function}({each.name}, {made}, out={each.name})")

    def _first(self, each: Group, ordered: list[Terms]) -> int:
        """Writes the sum's first terms into its array; returns how many kinds of terms that took."""
        first = ordered[0]
        if is_there(first) and len(ordered) > 1 and first.sign > 0:
            a, b = (self._summed(each, terms, None) for terms in ordered[:2])
            function = "add" if ordered[1].sign > 0 else "subtract"
            self.lines.append(f"np.{function}({a}, {b}, out={each.name})")
            return 2
        fits = first.batched == each.batched
        made = self._summed(each, first, each.name if fits else None)
        if first.sign < 0:
            self.lines.append(f"np.negative({made}, out={each.name})")
        elif made != each.name:
            self.lines.append(f"np.copyto({each.name}, {made})")
        return 1

    def _summed(self, each: Group, terms: Terms, out: str | None) -> str:
        """The sum of one kind of terms, without its sign."""
        if terms.grid is not None:
            return self._matrix_product(each, terms, out)
        if is_there(terms):
            factor = terms.factors[0]
            return self.read(factor.source, factor.index[:, 0])
        index = terms.factors[0].index
        single = index.ndim == 2 and index.shape[1] == 1
        values = [self.read(factor.source, flat(factor.index), exact=True) for factor in terms.factors]
        if len(values) == 2:
            target = (single and out) or self._take_scratch(flat(index).shape, terms.batched)
            self.lines.append(f"np.multiply({values[0]}, {values[1]}, out={target})")
            if single:
                return target
            values = [target]
        target = out or self._take_scratch((each.rows,), terms.batched)
        if terms.starts is not None:
            self.lines.append(f"np.add.reduceat({values[0]}, {self._index(terms.starts)}, axis=0, out={target})")
        elif each.rows == 1:
            self.lines.append(f"np.add.reduce({values[0]}, axis=0, keepdims=True, out={target})")
        else:
            self.lines.append(f"np.add.reduce({values[0]}, axis=1, out={target})")
        return target

    def _matrix_product(self, each: Group, terms: Terms, out: str | None) -> str:
        matrix, vectors = self._matrix(terms), self._vectors(terms)
        target = out or self._take_scratch((each.rows,), terms.batched)
        self.lines.append(f"np.matmul({matrix}, {vectors}, out={self._as_grid(target, terms)})")
        return target

    def _matrix(self, terms: Terms) -> str:
        factor = terms.factors[0]
        name = self.read(factor.source, matrix_index(terms), exact=True)
        return self._name(name, f"{name}[..., 0]")

    def _vectors(self, terms: Terms) -> str:
        return self.read(terms.factors[1].source, vectors_index(terms), exact=True)

    def _as_grid(self, name: str, terms: Terms) -> str:
        """An array of (rows, batch) as (vectors, rows of the matrix, batch)."""
        assert terms.grid is not None
        rows, vectors = terms.grid
        if vectors == 1:
            return name
        return self._name(name, f"{name}.reshape({vectors}, {rows}, -1)")


def matrix_index(terms: Terms) -> Index:
    assert terms.grid is not None
    return terms.factors[0].index[: terms.grid[0]]


def vectors_index(terms: Terms) -> Index:
    assert terms.grid is not None
    rows, vectors = terms.grid
    index = terms.factors[1].index[::rows]
    return index[0] if vectors == 1 else index


def is_there(terms: Terms) -> bool:
    """Whether the terms are rows of a group, with nothing to compute."""
    return len(terms.factors) == 1 and terms.starts is None and terms.factors[0].index.shape[1] == 1


def flat(index: Index) -> Index:
    """The index of a sum of one term in each row, or of one row, as a list."""
    return index.reshape(-1) if 1 in index.shape else index
