package dev.tollgate.config;

import dev.tollgate.SinkState;
import dev.tollgate.Tollgate;
import dev.tollgate.providers.TokenCounters;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;

/**
 * A use of the application's one engine. The filter and the interceptors each acquire it and close
 * their use; the last close ends the engine, so that an undeployed application leaves nothing.
 *
 * <p>Thread-safe.
 */
public final class Application implements AutoCloseable {

  /** Engines by the class loader of their application, with the number of their uses. */
  private static final Map<ClassLoader, Shared> ENGINES = new HashMap<>();

  private static final class Shared {
    final Config config;
    final Engine engine;
    int uses;

    Shared(Config config, Engine engine) {
      this.config = config;
      this.engine = engine;
    }
  }

  private final ClassLoader loader;
  private final Shared shared;
  private boolean closed;

  private Application(ClassLoader loader, Shared shared) {
    this.loader = loader;
    this.shared = shared;
  }

  /**
   * The application's engine, opened on its first use.
   *
   * @param loader the application's class loader
   * @throws ConfigurationException when its configuration is not valid
   */
  public static Application acquire(ClassLoader loader) {
    synchronized (ENGINES) {
      Shared shared = ENGINES.get(loader);
      if (shared == null) {
        shared = open(loader);
        ENGINES.put(loader, shared);
      }
      shared.uses++;
      return new Application(loader, shared);
    }
  }

  private static Shared open(ClassLoader loader) {
    Config config = ConfigProvider.getConfig(loader);
    try {
      return new Shared(config, Engine.open(config, loader));
    } catch (ConfigurationException invalid) {
      release(config);
      throw invalid;
    }
  }

  /** A resolver within the application keeps its Config until told; a server's has its own ways. */
  private static void release(Config config) {
    ConfigProviderResolver resolver = ConfigProviderResolver.instance();
    if (resolver.getClass().getClassLoader() == Application.class.getClassLoader()) {
      resolver.releaseConfig(config);
    }
  }

  public Tollgate tollgate() {
    return shared.engine.tollgate();
  }

  /** The counters of models' tokens, which learn from what providers report. */
  public TokenCounters tokenCounters() {
    return shared.engine.tokenCounters();
  }

  /** How the sinks of alerts do that are configured now. */
  public List<SinkState> sinks() {
    return shared.engine.sinks();
  }

  /** The settings in force: another set after a reload. */
  public Settings settings() {
    return shared.engine.settings();
  }

  /** The values in force, and what is wrong with a changed configuration that is not. */
  public ConfigurationState configuration() {
    return shared.engine.configuration();
  }

  /** Ends this use. Idempotent. */
  @Override
  public void close() {
    synchronized (ENGINES) {
      if (closed) {
        return;
      }
      closed = true;
      if (--shared.uses == 0) {
        ENGINES.remove(loader);
        shared.engine.close();
        release(shared.config);
      }
    }
  }
}
