package dev.tollgate.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigValue;

/**
 * A value of the configuration, to be shown. Immutable.
 *
 * @param key such as {@code tollgate.store}
 * @param value without its secrets
 * @param origin the name of the source that it comes from
 */
public record ConfiguredValue(String key, String value, String origin) {

  /** What comes after the host of an address may be a secret, as a webhook's path is. */
  private static final Pattern ADDRESS =
      Pattern.compile("(?i)([a-z][a-z0-9+.-]*://)([^/?#\\s,@]*@)?([^/?#\\s,]*)([/?#][^\\s,]*)?");

  private static final Pattern SECRET_KEY = Pattern.compile(".*[.-](key|secret|password|token)");
  private static final String HIDDEN = "***";

  static final String DEFAULT = "default";

  /**
   * The values that a Config has for the product's keys, and the defaults of others, by key.
   *
   * @param defaults by key
   */
  static List<ConfiguredValue> of(Config config, Map<Key, String> defaults) {
    Problems unread = new Problems();
    SortedMap<Key, ConfiguredValue> values = new TreeMap<>();
    defaults.forEach(
        (key, value) -> values.put(key, new ConfiguredValue(key.toString(), value, DEFAULT)));
    new KeyFinder(config, unread)
        .find()
        .forEach(
            (key, property) ->
                of(key, config.getConfigValue(property))
                    .ifPresent(value -> values.put(key, value)));
    return List.copyOf(values.values());
  }

  private static Optional<ConfiguredValue> of(Key key, ConfigValue found) {
    String value = found.getValue();
    if (value == null || value.isBlank()) {
      return Optional.empty();
    }
    String origin = found.getSourceName() == null ? "" : found.getSourceName();
    return Optional.of(new ConfiguredValue(key.toString(), shown(key, value), origin));
  }

  private static String shown(Key key, String value) {
    String redacted = Redaction.of(key, value);
    if (redacted.isEmpty() || SECRET_KEY.matcher(key.toString()).matches()) {
      return HIDDEN;
    }
    return ADDRESS
        .matcher(redacted)
        .replaceAll(
            found -> {
              String login = found.group(2) == null ? "" : HIDDEN + "@";
              String rest = found.group(4) == null ? "" : "/" + HIDDEN;
              return Matcher.quoteReplacement(found.group(1) + login + found.group(3) + rest);
            });
  }
}
