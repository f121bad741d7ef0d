package dev.tollgate.config;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigSource;

/** Configurations to test with, of a real MicroProfile Config implementation. */
final class Configs {

  private Configs() {}

  /** Properties that can change while they are in use. */
  static final class Changing implements ConfigSource {

    private final Map<String, String> properties = new ConcurrentHashMap<>();

    Changing set(String name, String value) {
      properties.put(name, value);
      return this;
    }

    void remove(String name) {
      properties.remove(name);
    }

    Config config() {
      return new SmallRyeConfigBuilder().addDefaultInterceptors().withSources(this).build();
    }

    @Override
    public Set<String> getPropertyNames() {
      return properties.keySet();
    }

    @Override
    public String getValue(String name) {
      return properties.get(name);
    }

    @Override
    public String getName() {
      return "changing";
    }
  }

  /** A configuration of names and values in turn. */
  static Config of(String... namesAndValues) {
    return source(namesAndValues).config();
  }

  static Changing source(String... namesAndValues) {
    Changing source = new Changing();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      source.set(namesAndValues[i], namesAndValues[i + 1]);
    }
    return source;
  }

  static Config ofEnvironment(Map<String, String> variables, String... namesAndValues) {
    return new SmallRyeConfigBuilder()
        .addDefaultInterceptors()
        .withSources(new EnvConfigSource(variables, 300), source(namesAndValues))
        .build();
  }

  static SettingsReader reader() {
    return reader(Stores.of(Configs.class.getClassLoader()));
  }

  private static SettingsReader reader(Stores stores) {
    InstantSource clock = InstantSource.system();
    Sinks sinks = Sinks.of(Configs.class.getClassLoader(), clock);
    return new SettingsReader(stores, sinks, HashKey.random(new SecureRandom()), clock);
  }

  static Settings read(String... namesAndValues) {
    return read(of(namesAndValues));
  }

  /** Whatever stores are here. */
  static Settings readUnopened(String... namesAndValues) {
    return reader(Stores.unopened()).read(Snapshot.take(of(namesAndValues))).settings();
  }

  static Settings read(Config config) {
    return reader().read(Snapshot.take(config)).settings();
  }
}
