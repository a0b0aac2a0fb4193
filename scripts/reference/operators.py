"""One PyTorch model for each contract function of step 0 but masked_softmax, with its names and shapes.

They give the noise of right float32 code and what wrong code yields, never a golden tensor. Each decision
that a function makes (which head, which keys, which constant) is a switch with a name: one that `switches`
doesn't hold is decided as transformers does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from reference.memory import at
from reference.numerics import Numerics, Order
from reference.switches import OFF, Raised, Switches


def in_range(indices: Sequence[int], size: int) -> list[int]:
    """The indices, if a view of that size has them; it checks."""
    if any(not 0 <= index < size for index in indices):
        raise Raised("out_of_range")
    return list(indices)


def gather(numerics: Numerics, table: Tensor, indices: Sequence[int], switches: Switches = OFF) -> Tensor:
    """table (rows, width) to (n, width)."""
    row = switches.get("row", "by_index")
    if row == "by_position":
        indices = range(len(indices))
    elif row == "before_index":
        indices = [index - 1 for index in indices]
    elif row == "first_index":
        indices = [indices[0]] * len(indices)
    if switches.get("row_width") == "number_of_indices":
        width = table.shape[1]
        return numerics.cast(
            torch.cat([at(table, [1, width], [width, 1], index * len(indices)) for index in indices])
        )
    return numerics.cast(table)[in_range(indices, len(table))]


def rms_norm(numerics: Numerics, x: Tensor, weight: Tensor, eps: float, switches: Switches = OFF) -> Tensor:
    """x (…, width), weight (width)."""
    eps = {"1e5": 1e5, "1e-5": 1e-5}.get(switches.get("eps_value", ""), eps)
    place = switches.get("eps", "in_mean")
    centered = switches.get("centered")
    x = numerics.cast(x)
    mean = numerics.sum(x, tracked=False) / x.shape[-1]
    from_mean = x - mean.unsqueeze(-1)
    numerators = from_mean if centered == "all" else x
    summed = x if centered is None else from_mean

    squares = summed_products(numerics, summed, summed, switches)
    divisor = {"none": 1, "width_minus_one": x.shape[-1] - 1}.get(switches.get("divisor", ""), x.shape[-1])
    if switches.get("sum") == "carried_over_rows":
        squares = running_sum(squares)
    elif switches.get("sum") == "over_all_rows":
        divisor *= squares.numel()
        squares = squares.sum().expand(squares.shape)
    if place == "in_sum":
        squares = squares + eps
    mean_square = squares / divisor
    root = mean_square + eps if place == "in_mean" else mean_square
    if switches.get("root") != "none":
        root = root.sqrt()
    if place == "outside":
        root = root + eps
    root = root.unsqueeze(-1)

    normalized = numerators * root if switches.get("scale") == "root" else numerators / root
    out = normalized * _weight(numerics, x, weight, switches)
    numerics.track(out)
    return out


def _weight(numerics: Numerics, x: Tensor, weight: Tensor, switches: Switches) -> Tensor:
    """(width), or (rows, 1) if each row has its weight."""
    kind = switches.get("weight", "as_it_is")
    if kind == "none":
        return torch.ones(weight.shape, dtype=numerics.dtype)
    if kind == "one_plus":
        return 1 + numerics.cast(weight)
    if kind == "of_row":
        rows = x.shape[0] if x.dim() > 1 else 1
        by_row = numerics.cast(at(weight, [rows], [1]))
        return by_row.unsqueeze(-1) if x.dim() > 1 else by_row
    return numerics.cast(weight)


def summed_products(numerics: Numerics, a: Tensor, b: Tensor, switches: Switches) -> Tensor:
    """Σ a·b over the last dimension, or over the part of it that wrong code sums."""
    n = a.shape[-1]
    first, end = {
        "all_but_last": (0, n - 1),
        "whole_vectors": (0, n - n % 4),  # of four elements
        "last_only": (n - 1, n),
    }.get(switches.get("terms", ""), (0, n))
    a, b = a[..., first:end], b[..., first:end]
    if switches.get("sum") != "bfloat16":
        return numerics.sum_products(a, b, tracked=False)
    total = torch.zeros((), dtype=numerics.dtype)
    for i in range(end - first):
        total = numerics.multiply_add(a[..., i], b[..., i], total.expand((a[..., i] * b[..., i]).shape))
        total = numerics.cast(total.to(torch.bfloat16))
    return total


def running_sum(x: Tensor) -> Tensor:
    """What a variable holds that is added to row by row and never cleared."""
    return x.flatten().cumsum(0).reshape(x.shape)


def matmul(
    numerics: Numerics,
    c: Tensor,
    a: Tensor,
    b: Tensor,
    alpha: float = 1,
    beta: float = 0,
    switches: Switches = OFF,
) -> Tensor:
    """c (m, n), a (m, k), b (k, n)."""
    (k, n), old = b.shape, numerics.cast(c)
    if switches.get("b") == "transposed":
        if n != k:
            raise Raised("out_of_range")
        b = b.transpose(0, 1)
    if switches.get("depth") == "columns_of_b":
        in_range([n - 1], k)
        a, b = a[:, :n], b[:n]
    a, b = numerics.cast(a), numerics.cast(b)
    if switches.get("terms") == "last_only":  # each term overwrites what stood there, c included
        last_term = alpha * (a[:, -1:] * b[-1:])
        numerics.track(last_term)
        return last_term
    if switches.get("beta") == "in_every_term":
        for term in range(a.shape[1]):
            old = beta * old + alpha * a[:, term, None] * b[term]
            numerics.track(old)
        return old
    return _accumulated(
        numerics, old, _product(numerics, a, b.transpose(0, 1), switches), alpha, beta, switches
    )


def matmul_transb(
    numerics: Numerics,
    c: Tensor,
    a: Tensor,
    b: Tensor,
    alpha: float = 1,
    beta: float = 0,
    switches: Switches = OFF,
) -> Tensor:
    """c (m, n), a (m, k), b (n, k)."""
    (m, k), n, old = a.shape, b.shape[0], numerics.cast(c)
    if switches.get("b") == "not_transposed":
        if n != k:
            raise Raised("out_of_range")
        b = b.transpose(0, 1)
    if switches.get("shapes") == "must_be_equal" and a.shape != b.shape:
        raise Raised("invalid_argument")
    if switches.get("depth") == "rows_of_b":
        in_range([n - 1], k)
        a, b = a[:, :n], b[:, :n]
    product = _product(numerics, numerics.cast(a), numerics.cast(b), switches)
    result = _accumulated(numerics, old, product, alpha, beta, switches)
    if switches.get("width") == "columns_of_b":
        in_range([k - 1], n)
        result = torch.cat([result[:, :k], old[:, k:]], dim=1)
    if switches.get("height") == "rows_of_b":
        in_range([n - 1], m)
        result = torch.cat([result[:n], old[n:]])
    return result


def _product(numerics: Numerics, a: Tensor, b: Tensor, switches: Switches) -> Tensor:
    """a (m, k) times b (n, k) transposed"""
    numerics.track(numerics.sum_products(a.abs().unsqueeze(1), b.abs(), tracked=False))
    return summed_products(numerics, a.unsqueeze(1), b, switches)


def _accumulated(
    numerics: Numerics, c: Tensor, product: Tensor, alpha: float, beta: float, switches: Switches = OFF
) -> Tensor:
    """beta · c + alpha · product; with beta == 0, c isn't read."""
    if switches.get("factors") == "exchanged":
        alpha, beta = beta, alpha
    of_alpha, of_beta = switches.get("alpha"), switches.get("beta")
    reads_c = beta != 0 or of_beta in ("zero_times", "never_cleared")
    factor = 1 if of_beta in ("one", "late") or (of_beta == "never_cleared" and beta == 0) else beta
    scaled = product if of_alpha in ("ignored", "late") else product * alpha
    if reads_c and of_beta != "ignored":
        numerics.track((c * factor).abs() + scaled.abs())
        result = numerics.multiply_add(c, torch.tensor(factor, dtype=c.dtype), scaled)
    else:
        numerics.track(scaled)
        result = scaled
    if of_beta == "late" and beta != 0:
        result = result * beta
    return result * alpha if of_alpha == "late" else result


def rope_frequencies(numerics: Numerics, head_dim: int, theta: float, switches: Switches = OFF) -> Tensor:
    """(head_dim / 2)"""
    if switches.get("theta") == "10000":
        theta = 10000.0
    pair = torch.arange(head_dim // 2, dtype=numerics.dtype)
    fraction = switches.get("exponent", "2i/d")
    exponent = {
        "2i/d": 2 * pair / head_dim,
        "i/d": pair / head_dim,
        "2i/half": 2 * pair / (head_dim // 2),
        "whole_division": torch.zeros_like(pair),
        "2(i+1)/d": 2 * (pair + 1) / head_dim,
        "to_the_end": 2 * pair / (head_dim - 2),
        "negative": -2 * pair / head_dim,
        "from_the_end": 2 * pair.flip(0) / head_dim,
    }[fraction]
    inv_freq = torch.tensor(theta, dtype=numerics.dtype).pow(-exponent)
    if switches.get("precision") == "bfloat16":
        inv_freq = numerics.cast(inv_freq.to(torch.bfloat16))
    numerics.track(inv_freq)
    return inv_freq


def rope(numerics: Numerics, x: Tensor, start_pos: int, inv_freq: Tensor, switches: Switches = OFF) -> Tensor:
    """x (seq_len, n_heads, head_dim), inv_freq (head_dim / 2)."""
    (seq_len, n_heads, head_dim), half = x.shape, x.shape[-1] // 2
    frequency = _frequency(numerics, inv_freq, head_dim, switches)
    angle = _position(numerics, seq_len, n_heads, start_pos, switches) * frequency
    if switches.get("precision") == "bfloat16":
        angle = numerics.cast(angle.to(torch.bfloat16))
    cos, sin = angle.cos(), angle.sin()
    if switches.get("trigonometry") == "exchanged":
        cos, sin = sin, cos
    if switches.get("direction") == "clockwise":
        sin = -sin

    old = numerics.cast(x)
    pairs = switches.get("pairs", "halves")
    if pairs == "neighbours":
        first, second = old[..., 0::2], old[..., 1::2]
    elif pairs == "across_heads":
        first, second = old.reshape(seq_len, 2, n_heads, half).unbind(1)
    else:
        first, second = old[..., :half], old[..., half:]
    of_second = second if switches.get("first_sign") == "plus" else -second
    rotated_first = _two_products(numerics, first, cos, of_second, sin)
    of_first = rotated_first if switches.get("second_from") == "new_first" else first
    sign = -1 if switches.get("second_sign") == "minus" else 1
    rotated_second = _two_products(numerics, second, cos, sign * of_first, sin)
    if switches.get("second") == "kept":
        rotated_second = second
    if pairs == "neighbours":
        result = torch.stack([rotated_first, rotated_second], dim=-1).flatten(-2)
    elif pairs == "across_heads":
        result = torch.stack([rotated_first, rotated_second], dim=1).reshape(x.shape)
    else:
        result = torch.cat([rotated_first, rotated_second], dim=-1)
    if switches.get("heads") == "first_only":
        result = torch.cat([result[:, :1], old[:, 1:]], dim=1)
    return result


def _frequency(numerics: Numerics, inv_freq: Tensor, head_dim: int, switches: Switches) -> Tensor:
    """(head_dim / 2)"""
    kind = switches.get("frequencies", "given")
    if kind == "of_10000":
        return _frequencies_of_10000(numerics, head_dim)
    if kind == "every_second":
        inv_freq = at(inv_freq, inv_freq.shape, [2])
    elif kind == "first":
        inv_freq = inv_freq[:1].expand(inv_freq.shape)
    inv_freq = numerics.cast(inv_freq)
    return inv_freq * inv_freq if kind == "squared" else inv_freq


def _frequencies_of_10000(numerics: Numerics, head_dim: int) -> Tensor:
    """Far out, the last digit of a frequency decides, so noise must know other ways to compute a power."""
    exponent = torch.arange(0, head_dim, 2, dtype=numerics.dtype) / head_dim
    theta = torch.tensor(10000.0, dtype=numerics.dtype)
    if numerics.order is Order.BACKWARDS:
        return 1 / theta.pow(exponent)
    if numerics.order is Order.BLOCKS:
        return (-exponent * theta.log()).exp()
    return theta.pow(-exponent)


def _position(numerics: Numerics, seq_len: int, n_heads: int, start_pos: int, switches: Switches) -> Tensor:
    """(seq_len, n_heads, 1)"""
    row = torch.arange(seq_len, dtype=numerics.dtype)[:, None, None].expand(seq_len, n_heads, 1)
    kind = switches.get("position", "continued")
    if kind == "from_zero":
        return row
    if kind == "from_one":
        return row + start_pos + 1
    if kind == "start_only":
        return torch.full_like(row, start_pos)
    if kind == "by_head":
        return torch.arange(n_heads, dtype=numerics.dtype)[:, None].expand(seq_len, n_heads, 1) + start_pos
    if kind == "doubled":
        return 2 * (row + start_pos)
    return row + start_pos


def _two_products(numerics: Numerics, a: Tensor, b: Tensor, c: Tensor, d: Tensor) -> Tensor:
    """a·b + c·d"""
    b, d = b.expand(a.shape), d.expand(a.shape)
    return numerics.sum_products(torch.stack([a, c], dim=-1), torch.stack([b, d], dim=-1))


def silu(x: Tensor) -> Tensor:
    return x * (1 / (1 + (-x).exp()))


def swiglu(numerics: Numerics, gate: Tensor, up: Tensor, switches: Switches = OFF) -> Tensor:
    """gate, up (rows, width)"""
    gate, up = numerics.cast(gate), numerics.cast(up)
    activated = switches.get("activated", "gate")
    if activated == "up":
        gate, up = up, gate
    if activated == "product":
        gate, up = gate * up, torch.ones_like(up)
    out = gate if activated == "none" else activation(gate, switches)
    if activated == "both":
        up = silu(up)
    combined = switches.get("combined", "multiplied")
    if combined == "added":
        out = out + up
    elif combined == "multiplied":
        out = out * up
    numerics.track(out)
    return out


def activation(x: Tensor, switches: Switches) -> Tensor:
    kind = switches.get("activation", "silu")
    if kind == "sigmoid":
        return 1 / (1 + (-x).exp())
    if kind == "gelu":
        return 0.5 * x * (1 + (math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)).tanh())
    if kind == "relu":
        return x.clamp(min=0)
    if kind == "tanh":
        return x * x.tanh()
    if kind == "falling":
        return x * (1 / (1 + x.exp()))
    if kind == "overflowing":
        return x * x.exp() / (1 + x.exp())
    return silu(x)


def narrow_copy(
    numerics: Numerics, x: Tensor, dim: int, start: int, length: int, switches: Switches = OFF
) -> Tensor:
    """x's shape, but for `length` in dimension `dim`."""
    shape = [*x.shape[:dim], length, *x.shape[dim + 1 :]]
    start = {"ignored": 0, "one_later": start + 1, "in_blocks": start * length}.get(
        switches.get("start", ""), start
    )
    if switches.get("block") == "one_run":
        strides = [math.prod(shape[axis + 1 :]) for axis in range(len(shape))]
        return numerics.cast(at(x, shape, strides, start * x.stride(dim)))
    dim = {"first": 0, "last": x.dim() - 1, "from_the_end": x.dim() - 1 - dim}.get(
        switches.get("dim", ""), dim
    )
    if start + shape[dim] > x.shape[dim]:
        raise Raised("invalid_argument")
    block = x.narrow(dim, start, shape[dim])
    return numerics.cast(block[tuple(slice(0, size) for size in shape)]).clone()
