package dev.tollgate.config;

import dev.tollgate.config.ConfigurationException.Problem;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.eclipse.microprofile.config.Config;

/**
 * The keys and values that a Config had at one time. Immutable.
 *
 * @param values by key
 * @param problems of keys that are not known and of values that cannot be read
 */
record Snapshot(SortedMap<Key, String> values, List<Problem> problems) {

  static final int MAX_KEYS = 10_000;
  static final int MAX_VALUE_LENGTH = 10_000;

  Snapshot {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    problems = List.copyOf(problems);
  }

  static Snapshot take(Config config) {
    Problems problems = new Problems();
    SortedMap<Key, String> values = new TreeMap<>();
    for (Map.Entry<Key, String> entry : new KeyFinder(config, problems).find().entrySet()) {
      Key key = entry.getKey();
      String property = entry.getValue();
      String value = config.getOptionalValue(property, String.class).orElse("").strip();
      if (value.isEmpty()) {
        reportUnresolved(config, key, property, problems);
      } else if (value.length() > MAX_VALUE_LENGTH) {
        String rule = "a value has at most " + MAX_VALUE_LENGTH + " characters";
        problems.add(key.toString(), "", rule, "shorten it");
      } else {
        values.put(key, value);
      }
    }
    if (values.size() > MAX_KEYS) {
      String rule = "there are " + values.size() + " keys: at most " + MAX_KEYS + " are read";
      problems.add("tollgate.*", "", rule, "remove some");
    }
    return new Snapshot(values, problems.sorted());
  }

  /** An expression such as {@code ${NAME}} whose name has no value makes the key vanish. */
  private static void reportUnresolved(Config config, Key key, String property, Problems problems) {
    String raw = config.getConfigValue(property).getRawValue();
    if (raw != null && raw.contains("${")) {
      String rule = "refers to a property that has no value";
      problems.add(key, raw, rule, "define it, or give a default as in ${NAME:default}");
    }
  }

  /** Equal for equal snapshots, and says nothing about their secrets. */
  String fingerprint(HashKey key) {
    return key.hash(values + "\n" + problems);
  }
}
