// Formats numbers as Python does.

/**
 * The digits and the power of ten of a finite number other than 0: 0.025 is ["25", -2].
 * @param {number} x
 * @returns {[string, number]}
 */
function digits(x) {
  const [mantissa, exponent] = Math.abs(x).toExponential().split("e");
  return [mantissa.replace(".", ""), Number(exponent)];
}

/** @param {number} x */
function special(x) {
  return Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";
}

/** @param {number} exponent */
function tenTo(exponent) {
  return `e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/**
 * The shortest text that reads back as the same number: Python's `repr`.
 * @param {number} x
 */
export function repr(x) {
  if (!Number.isFinite(x)) return special(x);
  const sign = x < 0 || Object.is(x, -0) ? "-" : "";
  if (x === 0) return `${sign}0.0`;
  const [all, exponent] = digits(x);
  if (exponent < -4 || exponent >= 16) {
    return `${sign}${all[0]}${all.length > 1 ? `.${all.slice(1)}` : ""}${tenTo(exponent)}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${all}`;
  const whole = all.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${sign}${whole}.${all.slice(exponent + 1) || "0"}`;
}

/**
 * A number of significant digits, rounding half to even, in the form 1.25e+3.
 * @param {number} x
 * @param {number} count
 */
function rounded(x, count) {
  const exact = Math.abs(x).toExponential(60);
  const [mantissa, exponent] = exact.split("e");
  const all = mantissa.replace(".", "");
  const tie = all[count] === "5" && /^0*$/.test(all.slice(count + 1));
  const even = tie && Number(all[count - 1]) % 2 === 0;
  if (!even) return Math.abs(x).toExponential(count - 1);
  const kept = all.slice(0, count);
  return `${kept[0]}${count > 1 ? `.${kept.slice(1)}` : ""}e${exponent}`;
}

/**
 * Python's format `.{count}g`.
 * @param {number} x
 * @param {number} count the number of significant digits
 */
export function general(x, count) {
  if (!Number.isFinite(x)) return special(x);
  const sign = x < 0 || Object.is(x, -0) ? "-" : "";
  if (x === 0) return `${sign}0`;
  const significant = Math.max(count, 1);
  const [mantissa, power] = rounded(x, significant).split("e");
  const exponent = Number(power);
  const all = mantissa.replace(".", "");
  if (exponent < -4 || exponent >= significant) {
    const rest = all.slice(1).replace(/0+$/, "");
    return `${sign}${all[0]}${rest ? `.${rest}` : ""}${tenTo(exponent)}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${all.replace(/0+$/, "")}`;
  const rest = all.slice(exponent + 1).replace(/0+$/, "");
  return `${sign}${all.slice(0, exponent + 1)}${rest ? `.${rest}` : ""}`;
}

/**
 * Python's format `.{count}f`.
 * @param {number} x
 * @param {number} count the number of digits after the point
 */
function fixed(x, count) {
  const sign = x < 0 || Object.is(x, -0) ? "-" : "";
  const significant = x ? digits(x)[1] + 1 + count : 0;
  if (significant < 1) return sign + Math.abs(x).toFixed(count);
  const [mantissa, exponent] = rounded(x, significant).split("e");
  const all = mantissa.replace(".", "").padEnd(Number(exponent) + 1 + count, "0");
  const point = all.length - count;
  const whole = point > 0 ? all.slice(0, point) : "0";
  return `${sign}${whole}${count ? `.${all.slice(Math.max(point, 0)).padStart(count, "0")}` : ""}`;
}

/**
 * A number in one of Python's formats: sign, digits after the point, and g, f, e or %.
 * @param {number} x
 * @param {string} format such as `.4g` or `+.2f`
 */
export function formatted(x, format) {
  const parts = /^([+ ]?)(,?)(?:\.(\d+))?([gfe%]?)$/.exec(format);
  if (!parts) return repr(x);
  const [, plus, commas, precision, kind] = parts;
  const count = precision === undefined ? 6 : Number(precision);
  const text = !Number.isFinite(x)
    ? special(x)
    : kind === "f"
      ? fixed(x, count)
      : kind === "%"
        ? `${fixed(100 * x, count)}%`
        : kind === "e"
          ? (x < 0 ? "-" : "") + (x ? rounded(x, count + 1) : x.toExponential(count)).replace(/e([+-])(\d)$/, "e$10$2")
          : kind === "g" || precision !== undefined
            ? general(x, count)
            : repr(x);
  const grouped = commas ? text.replace(/^(-?\d+)/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ",")) : text;
  return text.startsWith("-") ? grouped : plus + grouped;
}

/**
 * A number as in lessons, with at most six significant digits: 6.0, 0.666667, 1e-09.
 * @param {number} x
 */
export function number(x) {
  const exact = repr(x);
  if (exact.length <= 8) return exact;
  const short = general(x, 6);
  return /[.en]/.test(short) ? short : `${short}.0`;
}

/**
 * A number as a factor or summand, in parentheses if negative: (-3.0).
 * @param {number} x
 */
export function factor(x) {
  const text = number(x);
  return text.startsWith("-") ? `(${text})` : text;
}

/**
 * A constant of a rule, as short as possible: 1, 0.5.
 * @param {number} x
 */
export function constant(x) {
  return Number.isInteger(x) && Math.abs(x) < 1e6 ? String(x) : number(x);
}

/**
 * The number that a reader typed, such as 1 or -2.5e3; null if it is not a number.
 * @param {string} text
 */
export function typed(text) {
  const plain = text.trim().replace("−", "-").replace(",", ".");
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : null;
}
