"""The constants of runtime/src/math: `pip install mpmath`, then `python3 coefficients.py`.

Each polynomial is a least-squares fit at Chebyshev nodes, which is minimax within a small factor, under a weight
that turns its error into the relative error of the result. The coefficients are rounded from the lowest power up,
and the others are fitted again after each, so that they make up for its rounding.
"""

import re

from mpmath import (
    asin, atan, atanh, besseli, cos, erf, erfc, exp, expm1, factorial, findroot, frexp, ldexp,
    linspace, log, loggamma, lu_solve, matrix, mp, mpf, nint, nstr, nsum, pi, psi, sin, sqrt
)

mp.dps = 60
NODES = 150


def rounded(x, bits):
    """x with `bits` significant bits."""
    mantissa, exponent = frexp(x)
    return ldexp(nint(ldexp(mantissa, bits)), exponent - bits)


def shown(x, bits):
    """The shortest decimal that reads back as x, its digits in groups of three."""
    digits = 1
    while rounded(mpf(nstr(x, digits)), bits) != x:
        digits += 1
    whole, fraction, exponent = re.match(r"(-?\d+)\.(\d+)(.*)", nstr(x, digits, min_fixed=-3, max_fixed=6)).groups()
    sign, whole = whole[: whole.startswith("-")], whole.lstrip("-")
    whole = f"{sign}{int(whole):_}"
    return f"{whole}.{'_'.join(re.findall('.{1,3}', fraction))}{exponent}"


def polynomial(coefficients, x):
    value = mpf(0)
    for c in reversed(coefficients):
        value = value * x + c
    return value


def fit(name, function, weight, count, low, high, bits, rest_of_first=False, count_of_nodes=NODES):
    """Prints c0, c1, ... with c0 + c1 x + ... close to function(x), errors counted `weight(x)` times.

    With `rest_of_first`, c0 has twice the digits, in two parts: where x is 0 the others can't make up for its rounding.
    """
    nodes = [(low + high) / 2 + (high - low) / 2 * cos(pi * (k + mpf(0.5)) / count_of_nodes) for k in range(count_of_nodes)]
    weights = [weight(x) for x in nodes]
    rest = [function(x) for x in nodes]
    fixed = []
    for k in range(count):
        system = matrix(count_of_nodes, count - k)
        for i, x in enumerate(nodes):
            for j in range(k, count):
                system[i, j - k] = weights[i] * x**j
        digits = 2 * bits if rest_of_first and k == 0 else bits
        fixed.append(rounded(lu_solve(system, matrix([w * y for w, y in zip(weights, rest)]))[0], digits))
        rest = [y - fixed[k] * x**k for x, y in zip(nodes, rest)]
    worst = max(abs(weight(x) * (polynomial(fixed, x) - function(x))) for x in linspace(low, high, 1000) if 0 != x != high)
    print(f"{name}: relative error 2^{float(log(worst, 2)):.1f} on [{nstr(low, 4)}, {nstr(high, 4)}]")
    if rest_of_first:
        first = rounded(fixed[0], bits)
        print(f"  the rest of the first: {shown(rounded(fixed[0] - first, bits), bits)}")
        fixed[0] = first
    for c in fixed:
        print(f"    {shown(c, bits)},")
    return fixed


def divided(name, coefficients, divisor, bits):
    """Prints each coefficient over divisor(k)."""
    print(name)
    for k, c in enumerate(coefficients):
        print(f"    {shown(rounded(c / divisor(k), bits), bits)},")


def split(name, x, bits, *widths):
    """Prints x as a sum of numbers that have so many bits each."""
    for width in widths:
        part = rounded(x, width)
        print(f"{name}: {shown(part, bits)}")
        x -= part


def in_square(function):
    """An even function as a function of the square of its argument."""
    return lambda z: function(sqrt(z))


def mills(a):
    """Mills' ratio of the normal distribution over sqrt(2 pi): the upper tail is e^(-a^2 / 2) times this."""
    return exp(a**2 / 2) * erfc(a / sqrt(mpf(2))) / 2


def excess(a):
    """The reciprocal of Mills' ratio, less a. What cancels at large a is 2 log10 a digits."""
    return 1 / (mills(a) * sqrt(2 * pi)) - a


def on_half_line(function, k):
    """(a + k) function(a) for a from 0 on, as a function of y = (a - k) / (a + k)."""
    return lambda y: (lambda a: (a + k) * function(a))(k * (1 + y) / (1 - y))


def digamma(x):
    return psi(0, x)


def in_inverse_square(function):
    """A function of x as one of 1 / x^2."""
    return lambda z: function(1 / sqrt(z))


def stirling_rest(x):
    """x times what Stirling's formula lacks."""
    return x * (loggamma(x) - (x - mpf(0.5)) * log(x) + x - log(2 * pi) / 2)


def digamma_rest(x):
    """x^2 times what is left of ln x - 1 / 2x."""
    return x**2 * (log(x) - 1 / (2 * x) - digamma(x))


def trigamma_rest(x):
    """x^3 times what is left of 1 / x + 1 / 2x^2."""
    return x**3 * (psi(1, x) - 1 / x - 1 / (2 * x**2))


def exprel_slope(x):
    """The derivative of (e^x - 1) / x, by its series."""
    return nsum(lambda k: x**k / (factorial(k) * (k + 2)), [0, 40], method="d")


def bessel_ratio(x):
    return besseli(1, x) / besseli(0, x)


def bessel_slope(x):
    """The derivative of the ratio. What cancels at large x is 2 log10 x digits."""
    return 1 - bessel_ratio(x) / x - bessel_ratio(x) ** 2


def bessel_curvature(x):
    """The second one."""
    return (bessel_ratio(x) / x - bessel_slope(x)) / x - 2 * bessel_ratio(x) * bessel_slope(x)


def in_quarter_square(function):
    """A function of x as one of x^2 / 4, also at 0."""
    return lambda t: function(2 * sqrt(t if t else mpf(10) ** -40))


def in_inverse(function):
    """A function of x as one of 1 / x - 1 / 16, also at its end."""
    return lambda y: function(1 / max(y + mpf(1) / 16, mpf(10) ** -30))


def erfinv_of(w):
    """erfinv(y) where 1 - y^2 = e^-w, from w = -ln(c (2 - c)) with c = erfc(x)."""
    start = sqrt(w) * 0.886 if w < 1 else sqrt(w) - log(1 + w) / (4 * sqrt(w))
    return findroot(lambda x: log(erfc(x) * (2 - erfc(x))) + w, (start, start * 1.01))


def erfinv_near(v):
    """erfinv(y) / y as a function of w - 25 / 8, also at its end."""
    w = max(v + mpf(25) / 8, mpf(10) ** -30)
    return erfinv_of(w) / sqrt(-expm1(-w))


def erfinv_far(k):
    """erfinv / sqrt w as a function of (sqrt w - k) / (sqrt w + k)."""
    return lambda y: (lambda s: erfinv_of(s**2) / s)(k * (1 + y) / (1 - y))


ZERO = findroot(digamma, 1.4616)
# A little beyond what range reduction leaves, because it rounds.
HALF_LN2 = log(mpf(2)) / 2 * (1 + mpf(2) ** -10)
SQUARE_OF_S = (3 - 2 * sqrt(mpf(2))) ** 2 * (1 + mpf(2) ** -10)
THIRD2 = (mpf(1) / 3 * (1 + mpf(2) ** -10)) ** 2
TAN_SIXTEENTH2 = (sqrt(mpf(2)) - 1) ** 2 * (1 + mpf(2) ** -10)
EIGHTH_OF_A_TURN = (pi / 4 * (1 + mpf(2) ** -6)) ** 2

for bits, exponential, ln, softplus, sine, cosine, arctan, arcsin, erf_near_0, tail, tail_excess, k, gamma, stirling, psi_near, psi_far, psi1_far, slope in (
    (24, 5, 3, 5, 4, 3, 5, 6, 5, 15, 18, 2, 13, 3, 12, 4, 4, 8),
    (53, 9, 7, 10, 6, 6, 11, 12, 10, 27, 30, 4, 26, 11, 24, 12, 13, 13),
):
    print(f"\nf{32 if bits == 24 else 64}")
    fit("exp, (e^r - 1 - r - r^2 / 2) / r^3", lambda r: (expm1(r) - r - r**2 / 2) / r**3,
        lambda r: abs(r**3 / expm1(r)), exponential, -HALF_LN2, HALF_LN2, bits)
    fit("ln, (2 atanh(s) - 2 s) / s^3 in s^2", in_square(lambda s: (2 * atanh(s) - 2 * s) / s**3), lambda z: z / 2,
        ln, mpf(0), SQUARE_OF_S, bits)
    fit("softplus, the same", in_square(lambda s: (2 * atanh(s) - 2 * s) / s**3),
        in_square(lambda s: s**3 / (2 * atanh(s))), softplus, mpf(0), THIRD2, bits)
    fit("sin, (sin r - r) / r^3 in r^2", in_square(lambda r: (sin(r) - r) / r**3),
        in_square(lambda r: r**3 / sin(r)), sine, mpf(0), EIGHTH_OF_A_TURN, bits)
    fit("cos, (cos r - 1 + r^2 / 2) / r^4 in r^2", in_square(lambda r: (cos(r) - 1 + r**2 / 2) / r**4),
        in_square(lambda r: r**4 / cos(r)), cosine, mpf(0), EIGHTH_OF_A_TURN, bits)
    fit("atan, (atan u - u) / u^3 in u^2", in_square(lambda u: (atan(u) - u) / u**3),
        in_square(lambda u: u**3 / atan(u)), arctan, mpf(0), TAN_SIXTEENTH2, bits)
    fit("asin, (asin s - s) / s^3 in s^2", in_square(lambda s: (asin(s) - s) / s**3),
        in_square(lambda s: s**3 / asin(s)), arcsin, mpf(0), mpf(1) / 4, bits)
    fit("erf, erf x / x - 1 in x^2", in_square(lambda x: erf(x) / x - 1), in_square(lambda x: x / erf(x)),
        erf_near_0, mpf(0), mpf(1) / 4, bits)
    function = on_half_line(mills, k)
    fit("Mills' ratio, (a + k) R(a) / sqrt(2 pi) in (a - k) / (a + k)", function, lambda y: 1 / function(y), tail,
        mpf(-1), mpf(1), bits, rest_of_first=True)
    function = on_half_line(excess, k)
    fit("its reciprocal, (a + k) (1 / R(a) - a) in the same", function, lambda y: 1 / function(y), tail_excess,
        mpf(-1), mpf(1), bits, rest_of_first=True)
    fit("lgamma(2 + y) / y in y", lambda y: loggamma(2 + y) / y, lambda y: y / loggamma(2 + y), gamma, mpf(-0.75),
        mpf(1), bits, rest_of_first=True)
    fit("Stirling's rest in 1 / x^2", in_inverse_square(stirling_rest),
        in_inverse_square(lambda x: 1 / x / loggamma(x)), stirling, mpf(0), mpf(1) / 9, bits)
    fit("digamma(3/2 + t) / (t + 3/2 - zero) in t", lambda t: digamma(t + 1.5) / (t + 1.5 - ZERO),
        lambda t: (t + 1.5 - ZERO) / digamma(t + 1.5), psi_near, mpf(-0.5), mpf(0.5), bits, rest_of_first=True)
    fit("digamma's rest in 1 / x^2", in_inverse_square(digamma_rest),
        in_inverse_square(lambda x: 1 / x**2 / digamma(x)), psi_far, mpf(0), mpf(1) / 9, bits)
    rest = fit("trigamma's rest in 1 / x^2", in_inverse_square(trigamma_rest),
               in_inverse_square(lambda x: 1 / x**3 / psi(1, x)), psi1_far, mpf(0), mpf(1) / 9, bits)
    divided("its integral, negative: what digamma lacks", rest, lambda k: 2 * k + 2, bits)
    divided("the integral of that: what lgamma lacks", rest, lambda k: (2 * k + 1) * (2 * k + 2), bits)
    fit("exprel' in x", exprel_slope, lambda x: 1 / exprel_slope(x), slope, mpf(-0.5), mpf(0.5), bits)
    split("zero of digamma", ZERO, bits, bits, bits)
    split("ln 2 pi / 2", log(2 * pi) / 2, bits, bits, bits)
    # The first part times an exponent (9 or 12 bits with its sign) is exact.
    split("ln 2", log(mpf(2)), bits, bits - (9 if bits == 24 else 12), bits)
    split("pi / 2", pi / 2, bits, bits, bits, bits)

# The variables of these are so small that their powers need more digits than 60.
mp.dps = 110

for bits, i0, i1, ln_far, ratio_far, slope, slope_far, curvature, curvature_far, near, far, top, k in (
    (24, 10, 11, 6, 7, 15, 11, 18, 12, 12, 13, "10.3", 4),
    (53, 15, 16, 24, 26, 20, 33, 25, 36, 25, 44, "27.5", 8),
):
    print(f"\nf{32 if bits == 24 else 64}")
    in_t = (mpf(0), mpf(16), bits, True)
    in_y = (mpf(-1) / 16, mpf(1) / 16, bits)
    function = in_quarter_square(lambda x: (besseli(0, x) - 1) / (x**2 / 4))
    fit("(I0 - 1) / t in t = x^2 / 4", function, lambda t: 1 / function(t), i0, *in_t)
    function = in_quarter_square(lambda x: besseli(1, x) / (x / 2))
    fit("I1 / (x / 2) in t", function, lambda t: 1 / function(t), i1, *in_t)
    function = in_inverse(lambda x: log(besseli(0, x) * exp(-x) * sqrt(x)))
    fit("ln(I0 sqrt x) - x in 1 / x - 1 / 16", function, lambda y: mpf(1) / 2, ln_far, *in_y, True, 90)
    function = in_inverse(lambda x: x * (1 - bessel_ratio(x)))
    fit("x (1 - I1 / I0) in the same", function, lambda y: mpf(1) / 4, ratio_far, *in_y, False, 90)
    function = in_quarter_square(lambda x: bessel_slope(x) * besseli(0, x) ** 2)
    fit("(I1 / I0)' I0^2 in t", function, lambda t: 1 / function(t), slope, *in_t)
    function = in_inverse(lambda x: x**2 * bessel_slope(x))
    fit("x^2 (I1 / I0)' in 1 / x - 1 / 16", function, lambda y: 1 / function(y), slope_far, *in_y, True, 90)
    function = in_quarter_square(lambda x: bessel_curvature(x) / x * besseli(0, x) ** 3)
    fit("(I1 / I0)'' I0^3 / x in t", function, lambda t: 1 / function(t), curvature, *in_t)
    function = in_inverse(lambda x: x**3 * bessel_curvature(x))
    fit("x^3 (I1 / I0)'' in 1 / x - 1 / 16", function, lambda y: 1 / function(y), curvature_far, *in_y, True, 90)
    fit("erfinv(y) / y in w - 25 / 8", erfinv_near, lambda v: 1 / erfinv_near(v), near, mpf(-25) / 8, mpf(25) / 8, bits, True, 90)
    ends = [(s - k) / (s + k) for s in (mpf("2.49"), mpf(top))]
    function = erfinv_far(k)
    fit("erfinv / sqrt w in (sqrt w - k) / (sqrt w + k)", function, lambda y: 1 / function(y), far, *ends, bits, True)
