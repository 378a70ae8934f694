"""The mechanical mistakes: every way this file knows to make one formula of a source text wrong.

One mutation replaces one expression or statement. Nothing is changed in annotations, docstrings, messages, imports and
decorators, nor in keywords that say how and not what (`strict`, `static`, …): a wrong one there is no wrong formula.
The count of roundings in an allowance is among them: it is an upper bound, and one more is an upper bound too.
"""

import ast
import hashlib
from collections.abc import Iterator
from typing import NamedTuple

BINARY = {
    ast.Add: [ast.Sub], ast.Sub: [ast.Add], ast.Mult: [ast.Div], ast.Div: [ast.Mult], ast.Pow: [ast.Mult],
    ast.FloorDiv: [ast.Div], ast.Mod: [ast.FloorDiv], ast.LShift: [ast.RShift], ast.RShift: [ast.LShift],
    ast.BitAnd: [ast.BitOr], ast.BitOr: [ast.BitAnd],
}  # fmt: skip
"""An operator → those it may be mistaken for."""
WITHOUT_RIGHT = (ast.Add, ast.Sub, ast.Mult, ast.Div)
WITHOUT_LEFT = (ast.Add, ast.Mult)
COMPARISON = {
    ast.Lt: [ast.LtE, ast.Gt], ast.LtE: [ast.Lt, ast.GtE], ast.Gt: [ast.GtE, ast.Lt], ast.GtE: [ast.Gt, ast.LtE],
    ast.Eq: [ast.NotEq], ast.NotEq: [ast.Eq], ast.Is: [ast.IsNot], ast.IsNot: [ast.Is],
    ast.In: [ast.NotIn], ast.NotIn: [ast.In],
}  # fmt: skip
SWAPPED = (
    ("minimum", "maximum"), ("min", "max"), ("any", "all"), ("argmin", "argmax"), ("zeros_like", "ones_like"),
    ("zeros", "ones"), ("isnan", "isinf"),
)  # fmt: skip
SWAPS = {**dict(SWAPPED), **{b: a for a, b in SWAPPED}}
"""A function → the one it may be mistaken for."""
DROPPED = {"abs", "sqrt", "sign", "exp", "log", "tanh", "clip", "sort", "minimum", "maximum", "round"}
"""Functions that may be forgotten around their first argument."""
QUIET_KEYWORDS = {
    "strict", "static", "converter", "remedy", "precision", "is_stable", "full_matrices", "compute_uv", "keepdims",
    "dtype", "copy", "maxsize", "mode", "evaluation_count",
}  # fmt: skip
QUIET_CALLS = {"isinstance", "hasattr", "getattr", "NotImplementedError", "ValueError", "TypeError", "field", "finfo"}


class Mutation(NamedTuple):
    """One mistake in one file: `before`, in the scope `where`, becomes `after`."""

    path: str
    line: int
    where: str
    before: str
    after: str
    occurrence: int  # which of the equal expressions of this scope
    start: int  # in bytes of the source text
    end: int

    @property
    def name(self) -> str:
        """What stays the same when other parts of the file change."""
        return f"{self.path} {self.where} {self.occurrence}: {self.before} → {self.after}"

    def applied(self, source: str) -> str:
        encoded = source.encode()
        return (encoded[: self.start] + self.after.encode() + encoded[self.end :]).decode()


def mutations(path: str, source: str) -> list[Mutation]:
    """Every mutation of the file, in the order of its lines."""
    starts = [0]
    for line in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    seen: dict[tuple[str, str, str], int] = {}
    found = []
    for where, node, after in _replacements(ast.parse(source)):
        begin = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        before = " ".join(source.encode()[begin:end].decode().split())
        occurrence = seen[key] = seen.get(key := (where, before, after), -1) + 1
        found.append(Mutation(path, node.lineno, where, before, after, occurrence, begin, end))
    return sorted(found, key=lambda one: (one.start, one.end, one.after))


def sample(candidates: list[Mutation], count: int, seed: int) -> list[Mutation]:
    """`count` of them, drawn by the hash of seed and name: a change elsewhere in the file leaves the draw as it was."""
    return sorted(candidates, key=lambda one: hashlib.sha256(f"{seed} {one.name}".encode()).digest())[:count]


def _replacements(tree: ast.Module) -> Iterator[tuple[str, ast.expr | ast.stmt, str]]:
    """(scope, what is replaced, by which text)."""

    def visit(node: ast.AST, where: str) -> Iterator[tuple[str, ast.expr | ast.stmt, str]]:
        match node:
            case ast.ClassDef() | ast.FunctionDef():
                inner = f"{where}.{node.name}".lstrip(".")
                parts: list[ast.AST] = list(node.body)
                if isinstance(node, ast.FunctionDef):
                    parts += [*node.args.defaults, *(default for default in node.args.kw_defaults if default)]
                for part in parts:
                    yield from visit(part, inner)
                return
            case ast.AnnAssign():
                if node.value is not None:
                    yield from visit(node.value, where)
                return
            case ast.Import() | ast.ImportFrom() | ast.Raise() | ast.JoinedStr() | ast.Try():
                return
            case ast.Call() if _called(node) in QUIET_CALLS:
                return
            case ast.keyword() if node.arg in QUIET_KEYWORDS:
                return
            case ast.If():
                yield where, node.test, f"not ({ast.unparse(node.test)})"
            case ast.Expr(value=ast.Call()):
                yield where, node, "pass"
            case ast.expr():
                for after in _mistaken(node):
                    yield where, node, after
        for child in ast.iter_child_nodes(node):
            yield from visit(child, where)

    yield from visit(tree, "")


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _mistaken(node: ast.expr) -> Iterator[str]:
    """What could stand in the place of an expression by mistake."""
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            if isinstance(left, ast.List | ast.Constant) and isinstance(getattr(left, "value", ""), str):
                return
            for other in BINARY.get(type(op), ()):
                yield f"({ast.unparse(ast.BinOp(left, other(), right))})"
            if isinstance(op, WITHOUT_RIGHT):
                yield f"({ast.unparse(left)})"
            if isinstance(op, WITHOUT_LEFT):
                yield f"({ast.unparse(right)})"
        case ast.UnaryOp(op=ast.USub() | ast.Not() | ast.Invert(), operand=operand):
            yield f"({ast.unparse(operand)})"
        case ast.Compare(left=left, ops=[op, *rest], comparators=comparators):
            for other in COMPARISON.get(type(op), ()):
                yield f"({ast.unparse(ast.Compare(left, [other(), *rest], comparators))})"
        case ast.BoolOp(op=op, values=values):
            yield f"({ast.unparse(ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values))})"
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield f"({ast.unparse(ast.IfExp(test, orelse, body))})"
        case ast.Constant(value=bool() as value):
            yield repr(not value)
        case ast.Constant(value=int() as value):
            yield from (repr(value + 1), f"({value - 1})")
        case ast.Constant(value=float() as value):
            yield from (repr(2 * value or 1.0), f"({-value or 0.5!r})")
        case ast.Call(args=[first, *others]) if not any(isinstance(one, ast.Starred) for one in node.args):
            name = _called(node)
            if name in SWAPS:
                yield ast.unparse(_renamed(node, SWAPS[name]))
            if name in DROPPED:
                yield f"({ast.unparse(first)})"
            if name == "where" and len(others) == 2:
                yield ast.unparse(ast.Call(node.func, [first, *reversed(others)], node.keywords))


def _renamed(call: ast.Call, name: str) -> ast.Call:
    is_method = isinstance(call.func, ast.Attribute)
    func = ast.Attribute(call.func.value, name, ast.Load()) if is_method else ast.Name(name, ast.Load())
    return ast.Call(func, call.args, call.keywords)
