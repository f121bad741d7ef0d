// Numbers and times as people read them.

const NUMBER = new Intl.NumberFormat("en");

export function count(n) {
  return NUMBER.format(n);
}

/** Dollars from a decimal string or a number, with two digits or as many as small amounts need. */
export function dollars(amount) {
  const value = Math.abs(Number(amount));
  const digits = value < 0.01 ? 6 : 4;
  const text = value.toFixed(digits).replace(/(\.\d\d\d*?)0+$/, "$1");
  return (amount < 0 ? "−$" : "$") + text;
}

/** A length of time, from seconds, in its two largest units. */
export function duration(seconds) {
  const s = Math.max(0, Math.ceil(seconds));
  if (s < 60) {
    return `${s} s`;
  }
  const [large, unit, small, subunit] =
    s < 3600 ? [60, "min", 1, "s"] : s < 86400 ? [3600, "h", 60, "min"] : [86400, "d", 3600, "h"];
  const rest = Math.floor((s % large) / small);
  return `${Math.floor(s / large)} ${unit}` + (rest > 0 ? ` ${rest} ${subunit}` : "");
}

/** The name of a limit: "Requests per minute", or "Chat, requests per day" of a route's own. */
export function label(name) {
  return sentence(name.replaceAll("-", " ").replaceAll("/", ", "));
}

export function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
