package dev.tollgate.config;

import dev.tollgate.config.ConfigurationException.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * Reads the settings of a properties file apart from any application, by the rules of an
 * application: system properties and environment variables go before the file. The store that it
 * names must be one of the product's, but is not opened, and needs no hash key.
 */
public final class SettingsFile {

  /** Behind the environment. */
  private static final int FILE_ORDINAL = 250;

  /** Callers are not hashed here, so a shared store's key need not be known. */
  private static final Source UNUSED_KEY =
      new Source("no hash key", Map.of("tollgate.hash-key", "0".repeat(HashKey.MIN_BYTES)), 0);

  private SettingsFile() {}

  /**
   * @param file in UTF-8, at most 1 MiB
   * @param clock tells the day, of which prices depend
   * @throws ConfigurationException when the file cannot be read or is not valid, with all its
   *     problems
   */
  public static Settings read(Path file, InstantSource clock) {
    Map<String, String> properties = properties(file);
    ConfigProviderResolver resolver = ConfigProviderResolver.instance();
    Config config =
        resolver
            .getBuilder()
            .addDefaultSources()
            .withSources(new Source(file.toString(), properties, FILE_ORDINAL), UNUSED_KEY)
            .build();
    HashKey unused = HashKey.random(new SecureRandom());
    SettingsReader.Reading reading =
        new SettingsReader(Stores.unopened(), Sinks.unopened(), unused, clock)
            .read(Snapshot.take(config));
    return Engine.with(new PriceTable(reading.prices(), clock).book(), reading.settings());
  }

  private static Map<String, String> properties(Path file) {
    try {
      return ConfigFile.read(file);
    } catch (IOException | IllegalArgumentException unreadable) {
      String rule = "is no properties file that can be read: " + unreadable;
      String remedy = "name a file in UTF-8 of at most 1 MiB";
      throw new ConfigurationException(List.of(new Problem(file.toString(), "", rule, remedy)));
    }
  }

  private record Source(String getName, Map<String, String> properties, int getOrdinal)
      implements ConfigSource {

    @Override
    public Set<String> getPropertyNames() {
      return properties.keySet();
    }

    @Override
    public @Nullable String getValue(String name) {
      return properties.get(name);
    }
  }
}
