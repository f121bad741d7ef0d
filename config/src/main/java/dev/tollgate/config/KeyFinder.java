package dev.tollgate.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Finds the keys that a Config defines.
 *
 * <p>MicroProfile Config maps a property to an environment variable only when the property is asked
 * for by name, and its listing of names holds the variable itself: {@code TOLLGATE_STORE_DEADLINE}.
 * Some implementations also list a guess, {@code tollgate.store.deadline}, that may be no key at
 * all. So a name that only a variable explains counts by its variable, and a variable counts as the
 * key that has this environment name. A variable alone can define a new tier, route, caller, price
 * or provider only when its name is one word, since an underscore may stand for any character.
 */
final class KeyFinder {

  private static final String ENVIRONMENT_PREFIX = "TOLLGATE_";
  private static final Pattern VARIABLE = Pattern.compile("TOLLGATE_[A-Z0-9_]+");

  /** What Kubernetes tells every container about a service whose name starts with "tollgate". */
  private static final Pattern SERVICE_LINK =
      Pattern.compile(
          "TOLLGATE_([A-Z0-9_]+_)?(SERVICE_(HOST|PORT)(_\\w+)?|PORT(_\\d+_(TCP|UDP|SCTP)(_\\w+)?)?)");

  private static final Pattern MEMBER =
      Pattern.compile("TOLLGATE_(TIER|ROUTE|CALLER|PRICE|PROVIDER)_(.+)");

  private final Config config;
  private final Problems problems;
  private final Set<String> variables = new TreeSet<>();
  private final Set<String> properties = new TreeSet<>();

  /** The names in sources that list no variables, so that none of them is a guess. */
  private final Set<String> declared = new HashSet<>();

  private final SortedMap<Key, String> found = new TreeMap<>();

  KeyFinder(Config config, Problems problems) {
    this.config = config;
    this.problems = problems;
  }

  /** The properties to ask for, by key. */
  SortedMap<Key, String> find() {
    config.getPropertyNames().forEach(this::sort);
    config.getConfigSources().forEach(this::addNames);
    Set<String> spellings = new HashSet<>();
    variables.forEach(variable -> spellings.add(spelling(variable)));
    properties.removeIf(name -> spellings.contains(spelling(name)) && !declared.contains(name));
    properties.forEach(this::addProperty);
    Key.SINGLES.stream().map(Key::single).forEach(key -> found.putIfAbsent(key, key.toString()));
    addVariables();
    return found;
  }

  /** The sources are asked too: implementations may keep an old listing of all names. */
  private void addNames(ConfigSource source) {
    Set<String> names = source.getPropertyNames();
    names.forEach(this::sort);
    if (names.stream().noneMatch(KeyFinder::isVariable)) {
      declared.addAll(names);
    }
  }

  private void sort(String name) {
    if (isVariable(name)) {
      variables.add(name);
    } else if (name.startsWith(Key.PREFIX)) {
      properties.add(name);
    }
  }

  private static boolean isVariable(String name) {
    return VARIABLE.matcher(name).matches();
  }

  /** Equal for a variable and for every property that could be guessed from it. */
  private static String spelling(String name) {
    String joined = name.replaceAll("[^A-Za-z0-9]+", "_").toUpperCase(Locale.ROOT);
    return joined.endsWith("_") ? joined.substring(0, joined.length() - 1) : joined;
  }

  private void addProperty(String property) {
    Optional<Key> key = Key.parse(property);
    if (key.isEmpty()) {
      reportUnknown(property);
      return;
    }
    String other = found.putIfAbsent(key.get(), property);
    if (other != null) {
      problems.add(property, "", "is the same key as " + other, "remove one of the two");
    }
  }

  /** The value is not shown: a misspelt key may hold a secret. */
  private void reportUnknown(String property) {
    if (config.getOptionalValue(property, String.class).isEmpty()) {
      return;
    }
    String remedy = "remove it, or write the nearest known key, " + Key.nearest(property);
    problems.add(property, "", "is not a known key", remedy);
  }

  private void addVariables() {
    Map<String, Key> known = new HashMap<>();
    for (Key key : candidates()) {
      known.putIfAbsent(Key.environmentName(key.toString()), key);
    }
    for (String variable : variables) {
      Optional<Key> key = Optional.ofNullable(known.get(variable)).or(() -> member(variable));
      if (key.isPresent()) {
        found.putIfAbsent(key.get(), key.get().toString());
      } else if (!SERVICE_LINK.matcher(variable).matches()) {
        reportUnknownVariable(variable);
      }
    }
  }

  /** Every key of every name that is known without the environment. */
  private List<Key> candidates() {
    List<Key> keys = new ArrayList<>(found.keySet());
    for (Key key : found.keySet()) {
      for (String leaf : Key.LEAVES.getOrDefault(key.group(), List.of())) {
        keys.add(new Key(key.group(), key.name(), leaf));
      }
    }
    for (String tier : listedTiers()) {
      for (String leaf : Key.LEAVES.getOrDefault(Key.TIER, List.of())) {
        Key.parse(new Key(Key.TIER, tier, leaf).toString()).ifPresent(keys::add);
      }
    }
    return keys;
  }

  private List<String> listedTiers() {
    return config.getOptionalValue(Key.PREFIX + "tiers", String.class).stream()
        .flatMap(tiers -> Pattern.compile(",").splitAsStream(tiers))
        .map(String::strip)
        .toList();
  }

  /** The key that a variable alone defines. */
  private static Optional<Key> member(String variable) {
    Matcher member = MEMBER.matcher(variable);
    if (!member.matches()) {
      return Optional.empty();
    }
    String group = member.group(1).toLowerCase(Locale.ROOT);
    String rest = member.group(2).toLowerCase(Locale.ROOT);
    return Key.LEAVES.getOrDefault(group, List.of()).stream()
        .map(leaf -> oneWord(group, rest, leaf))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<Key> oneWord(String group, String rest, String leaf) {
    String ending = leaf.isEmpty() ? "" : "_" + leaf.replace('-', '_');
    String name = rest.endsWith(ending) ? rest.substring(0, rest.length() - ending.length()) : "";
    return name.isEmpty() || name.indexOf('_') >= 0
        ? Optional.empty()
        : Optional.of(new Key(group, name, leaf));
  }

  private void reportUnknownVariable(String variable) {
    if (MEMBER.matcher(variable).matches()) {
      problems.add(
          variable,
          "",
          "is not a known key, or names what is defined nowhere else: an underscore in its name"
              + " may stand for any character",
          "define the key in a properties file, or by a name of one word");
      return;
    }
    String guess =
        Key.PREFIX
            + variable
                .substring(ENVIRONMENT_PREFIX.length())
                .toLowerCase(Locale.ROOT)
                .replace('_', '-');
    String nearest = Key.environmentName(Key.nearest(guess));
    String remedy = "remove it, or write the nearest known key, " + nearest;
    problems.add(variable, "", "is not a known key", remedy);
  }
}
