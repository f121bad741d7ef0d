package dev.tollgate.cdi;

import dev.tollgate.Alert;
import dev.tollgate.Criticality;
import dev.tollgate.Tollgate;
import dev.tollgate.config.Application;
import dev.tollgate.config.ConfigurationException;
import dev.tollgate.config.ConfigurationException.Problem;
import dev.tollgate.providers.TokenCounters;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.eclipse.microprofile.config.ConfigProvider;

/** A deployed application: its engine in use, and its gates. Thread-safe. */
final class Deployment implements AutoCloseable {

  private final Application application;
  private final Gates gates;
  private final Consumer<Alert> alerts;
  private volatile boolean closed;

  private Deployment(Application application, Gates gates, Consumer<Alert> alerts) {
    this.application = application;
    this.gates = gates;
    this.alerts = alerts;
    application.tollgate().onAlert(alerts);
  }

  /**
   * Opens an application.
   *
   * @param alerts hears its alerts until it is closed
   * @throws ConfigurationException when anything is wrong with its settings or its annotations
   */
  static Deployment open(ClassLoader loader, Placements placements, Consumer<Alert> alerts) {
    List<Problem> problems = new ArrayList<>(placements.problems());
    Application application = acquire(loader, problems);
    boolean opened = false;
    try {
      Overrides overrides = new Overrides(ConfigProvider.getConfig(loader));
      var routes = application.settings().policies().routes().keySet();
      Gates gates = new GateReader(routes, overrides, problems).read(placements.methods());
      if (!problems.isEmpty()) {
        throw new ConfigurationException(problems);
      }
      opened = true;
      return new Deployment(application, gates, alerts);
    } finally {
      if (!opened) {
        application.close();
      }
    }
  }

  /** The engine. What is wrong with its settings comes together with what was found before. */
  private static Application acquire(ClassLoader loader, List<Problem> found) {
    try {
      return Application.acquire(loader);
    } catch (ConfigurationException invalid) {
      List<Problem> all = new ArrayList<>(found);
      all.addAll(invalid.problems());
      throw new ConfigurationException(all);
    }
  }

  Tollgate tollgate() {
    return application.tollgate();
  }

  /** Tells whenever calls of a criticality may go on. */
  void onResume(Consumer<Criticality> resumed) {
    for (Criticality criticality : List.of(Criticality.OPTIONAL, Criticality.BACKGROUND)) {
      application
          .tollgate()
          .onResume(
              criticality,
              () -> {
                if (!closed) {
                  resumed.accept(criticality);
                }
              });
    }
  }

  Gates gates() {
    return gates;
  }

  /** Counts the tokens of prompts, and learns from what calls used. */
  TokenCounters counters() {
    return application.tokenCounters();
  }

  /** Ends the use of the engine. Idempotent. */
  @Override
  public void close() {
    closed = true;
    application.tollgate().removeListener(alerts);
    application.close();
  }
}
