package dev.tollgate.config;

import dev.tollgate.Tollgate;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

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
    final Engine engine;
    int uses;

    Shared(Engine engine) {
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
        Config config = ConfigProvider.getConfig(loader);
        shared = new Shared(Engine.open(config, loader));
        ENGINES.put(loader, shared);
      }
      shared.uses++;
      return new Application(loader, shared);
    }
  }

  public Tollgate tollgate() {
    return shared.engine.tollgate();
  }

  /** The settings in force: another set after a reload. */
  public Settings settings() {
    return shared.engine.settings();
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
      }
    }
  }
}
