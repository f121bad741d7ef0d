package dev.tollgate.config;

import java.net.URI;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Reads values by their syntax. What is wrong becomes a problem. Not thread-safe. */
final class Values {

  private final SortedMap<Key, String> values;
  private final Problems problems;
  private final SortedMap<Key, String> defaults = new TreeMap<>();

  Values(SortedMap<Key, String> values, Problems problems) {
    this.values = values;
    this.problems = problems;
  }

  /** The names that a group's keys have. */
  SortedSet<String> names(String group) {
    return values.keySet().stream()
        .filter(key -> key.group().equals(group))
        .map(Key::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The value as it is written, empty where there is none. */
  String text(Key key) {
    return values.getOrDefault(key, "");
  }

  boolean has(Key key) {
    return values.containsKey(key);
  }

  <T> T get(String single, Syntax<T> syntax, T otherwise) {
    return get(Key.single(single), syntax, otherwise);
  }

  /** The value, or {@code otherwise} where there is none or it is wrong. */
  <T> T get(Key key, Syntax<T> syntax, T otherwise) {
    String text = values.get(key);
    if (text == null) {
      written(otherwise).ifPresent(value -> defaults.put(key, value));
      return otherwise;
    }
    return attempt(key, syntax.example(), () -> syntax.parse(text)).orElse(otherwise);
  }

  /** What the keys have that were asked for and are missing, as it would be written. */
  SortedMap<Key, String> defaults() {
    return Collections.unmodifiableSortedMap(defaults);
  }

  /** A value as people write it; empty when it stands for nothing, or cannot be written. */
  private static Optional<String> written(Object value) {
    if (value instanceof Duration duration) {
      return Optional.of(
          duration.toMillis() % 1000 == 0
              ? duration.toSeconds() + " seconds"
              : duration.toMillis() + " ms");
    }
    if (value instanceof Enum<?> constant) {
      return Optional.of(Syntax.word(constant));
    }
    if (value instanceof Boolean || value instanceof Integer || value instanceof ZoneId) {
      return Optional.of(value.toString());
    }
    return value instanceof URI address ? Optional.of(address.toString()) : Optional.empty();
  }

  /** Reports the value if it is wrong. */
  void check(String single, Syntax<?> syntax) {
    Key key = Key.single(single);
    if (has(key)) {
      attempt(key, syntax.example(), () -> syntax.parse(text(key)));
    }
  }

  /** The values between commas that are right; empty where the key is missing. */
  <T> List<T> list(Key key, Syntax<T> item) {
    String text = values.get(key);
    if (text == null) {
      return List.of();
    }
    List<T> items = new ArrayList<>();
    for (String term : attempt(key, item.example(), () -> split(text)).orElse(List.of())) {
      attempt(key, item.example(), () -> item.parse(term)).ifPresent(items::add);
    }
    return items;
  }

  /** Makes something of a key's value; empty, with a problem, when that breaks a rule. */
  <T> Optional<T> attempt(Key key, String example, Supplier<T> maker) {
    try {
      return Optional.of(maker.get());
    } catch (IllegalArgumentException wrong) {
      report(key, String.valueOf(wrong.getMessage()), "write for example " + example);
      return Optional.empty();
    }
  }

  void report(Key key, String rule, String remedy) {
    problems.add(key, text(key), rule, remedy);
  }

  /** The terms between commas. */
  static List<String> split(String text) {
    List<String> terms = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    if (terms.contains("")) {
      throw new IllegalArgumentException("has nothing before, after or between its commas");
    }
    return terms;
  }
}
