package dev.tollgate.config;

import dev.tollgate.Call;
import dev.tollgate.Caller;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A key that the product knows: {@code tollgate.<leaf>} or {@code tollgate.<group>.<name>.<leaf>},
 * and for a price {@code tollgate.price.<name>}.
 *
 * @param group empty for a single key
 * @param name empty for a single key
 * @param leaf empty for a price
 */
record Key(String group, String name, String leaf) implements Comparable<Key> {

  static final String PREFIX = "tollgate.";
  static final String TIER = "tier";
  static final String ROUTE = "route";
  static final String CALLER = "caller";
  static final String PRICE = "price";
  static final String PROVIDER = "provider";

  static final Set<String> SINGLES =
      Set.of(
          "store",
          "store-deadline",
          "on-store-failure",
          "nodes",
          "max-callers",
          "hold",
          "callers",
          "caller-tier",
          "tiers",
          "zone",
          "shadow",
          "pages",
          "prices",
          "prices-format",
          "unpriced",
          "trusted-proxies",
          "hash-key",
          "waiting-room",
          "expected-spend",
          "breaker",
          "anomaly",
          "on-hard-limit",
          "bill-drift",
          "alerts",
          "alerts-private-addresses",
          "alerts-secret",
          "genai-metrics",
          "reload",
          "config");

  static final Map<String, List<String>> LEAVES =
      Map.of(
          TIER,
              List.of(
                  "rate",
                  "quota",
                  "ladder",
                  "restrict",
                  "priority",
                  "expected-spend",
                  "expected-requests"),
          ROUTE,
              List.of(
                  "path",
                  "methods",
                  "criticality",
                  "rate",
                  "quota",
                  "wait",
                  "errors",
                  "body",
                  "cost",
                  "extras",
                  "model",
                  "max-tokens",
                  "expected-spend"),
          PROVIDER,
              List.of(
                  "hard-limit",
                  "essential-reserve",
                  "slice",
                  "models",
                  "routes",
                  "expected-spend",
                  "bill",
                  "bill-key",
                  "bill-url",
                  "bill-of",
                  "set-limit",
                  "set-limit-key",
                  "set-limit-url",
                  "set-limit-of"),
          CALLER, List.of("tier"),
          PRICE, List.of(""));

  private static final Pattern BARE = Pattern.compile("[A-Za-z0-9_-]+");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9 ._:-]{0,63}");
  private static final Pattern MODEL =
      Pattern.compile("[^\\s\\p{Cntrl}\"]{1," + Call.MAX_MODEL_LENGTH + "}");
  private static final Pattern CALLER_ID =
      Pattern.compile("[^\\p{Cntrl}\"]{1," + Caller.MAX_ID_LENGTH + "}");

  static Key single(String leaf) {
    return new Key("", "", leaf);
  }

  /** The key of a property's name; empty when there is no such key. */
  static Optional<Key> parse(String property) {
    if (!property.startsWith(PREFIX)) {
      return Optional.empty();
    }
    String rest = property.substring(PREFIX.length());
    if (SINGLES.contains(rest)) {
      return Optional.of(single(rest));
    }
    int dot = rest.indexOf('.');
    String group = dot < 0 ? "" : rest.substring(0, dot);
    return LEAVES.containsKey(group)
        ? member(group, rest.substring(dot + 1)).filter(Key::isNamed)
        : Optional.empty();
  }

  private static Optional<Key> member(String group, String rest) {
    if (group.equals(PRICE)) {
      return Optional.of(new Key(group, unquote(rest), ""));
    }
    int dot = rest.lastIndexOf('.');
    if (dot < 0 || !LEAVES.getOrDefault(group, List.of()).contains(rest.substring(dot + 1))) {
      return Optional.empty();
    }
    String name = rest.substring(0, dot);
    boolean plain = name.startsWith("\"") || group.equals(CALLER) || BARE.matcher(name).matches();
    return plain
        ? Optional.of(new Key(group, unquote(name), rest.substring(dot + 1)))
        : Optional.empty();
  }

  private static String unquote(String name) {
    boolean quoted = name.length() > 1 && name.startsWith("\"") && name.endsWith("\"");
    return quoted ? name.substring(1, name.length() - 1) : name;
  }

  private boolean isNamed() {
    return switch (group) {
      case PRICE -> isModel(name);
      case CALLER -> CALLER_ID.matcher(name).matches();
      default -> NAME.matcher(name).matches();
    };
  }

  /** Whether a text can be the name of a model. */
  static boolean isModel(String text) {
    return MODEL.matcher(text).matches();
  }

  /** The name of the environment variable that MicroProfile Config maps to a property. */
  static String environmentName(String property) {
    return property.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
  }

  /** The known key whose name is nearest to one that is not known. */
  static String nearest(String property) {
    Set<String> known = new TreeSet<>();
    SINGLES.forEach(leaf -> known.add(PREFIX + leaf));
    String name = middle(property);
    LEAVES.forEach(
        (group, leaves) -> leaves.forEach(leaf -> known.add(property(group, name, leaf))));
    return known.stream()
        .min(Comparator.comparingInt(candidate -> Distance.between(property, candidate)))
        .orElseThrow();
  }

  private static String middle(String property) {
    String[] parts = property.split("\\.", 4);
    if (parts.length < 3) {
      return "<name>";
    }
    int from = parts[0].length() + parts[1].length() + 2;
    int end = property.lastIndexOf('.');
    return end > from ? property.substring(from, end) : parts[2];
  }

  private static String property(String group, String name, String leaf) {
    return PREFIX + group + "." + name + (leaf.isEmpty() ? "" : "." + leaf);
  }

  /** The property's name. */
  @Override
  public String toString() {
    if (group.isEmpty()) {
      return PREFIX + leaf;
    }
    boolean bare = group.equals(PRICE) || BARE.matcher(name).matches();
    return property(group, bare ? name : "\"" + name + "\"", leaf);
  }

  @Override
  public int compareTo(Key other) {
    return toString().compareTo(other.toString());
  }
}
