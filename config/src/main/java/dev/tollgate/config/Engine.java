package dev.tollgate.config;

import dev.tollgate.Tollgate;
import org.eclipse.microprofile.config.Config;

/** An engine and the settings it was opened with. Thread-safe. */
final class Engine implements AutoCloseable {

  private final Tollgate tollgate;
  private final Settings settings;

  private Engine(Tollgate tollgate, Settings settings) {
    this.tollgate = tollgate;
    this.settings = settings;
  }

  static Engine open(Config config, ClassLoader loader) {
    throw new UnsupportedOperationException(config + " " + loader);
  }

  Tollgate tollgate() {
    return tollgate;
  }

  Settings settings() {
    return settings;
  }

  @Override
  public void close() {
    tollgate.close();
  }
}
