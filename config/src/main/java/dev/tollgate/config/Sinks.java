package dev.tollgate.config;

import dev.tollgate.AlertSink;
import dev.tollgate.AlertSinkFactory;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;

/** The kinds of sinks that the application has. Immutable. */
final class Sinks {

  private static final Set<String> SHIPPED =
      Set.of("webhook", "slack", "alertmanager", "pagerduty");

  private final List<AlertSinkFactory> factories;
  private final InstantSource clock;

  private Sinks(List<AlertSinkFactory> factories, InstantSource clock) {
    this.factories = List.copyOf(factories);
    this.clock = clock;
  }

  /** Those that the application's loader sees, and those beside this class. */
  static Sinks of(ClassLoader loader, InstantSource clock) {
    Map<Class<?>, AlertSinkFactory> found = new LinkedHashMap<>();
    for (ClassLoader each : new ClassLoader[] {loader, Sinks.class.getClassLoader()}) {
      for (AlertSinkFactory factory : ServiceLoader.load(AlertSinkFactory.class, each)) {
        found.putIfAbsent(factory.getClass(), factory);
      }
    }
    return new Sinks(List.copyOf(found.values()), clock);
  }

  /** The product's, whether or not they are here: for settings whose sinks stay closed. */
  static Sinks unopened() {
    return new Sinks(List.of(new ClosedFactory()), InstantSource.system());
  }

  List<AlertSink> open(AlertSettings settings) {
    return settings.sinks().stream().map(sink -> open(sink, settings)).toList();
  }

  /**
   * @throws IllegalArgumentException when nothing opens the address, which the message does not
   *     repeat
   */
  AlertSink open(SinkAddress sink, AlertSettings settings) {
    AlertSink opened = openAsItIs(sink, settings);
    return sink.leastSeverity()
        .<AlertSink>map(least -> new ChoosySink(opened, least))
        .orElse(opened);
  }

  private AlertSink openAsItIs(SinkAddress sink, AlertSettings settings) {
    if (sink.isWhere(new SinkAddress(LogSink.SCHEME, ""))) {
      return new LogSink();
    }
    AlertSinkFactory.Options options =
        new AlertSinkFactory.Options(settings.privateAddresses(), settings.secret(), clock);
    return find(sink.scheme())
        .orElseThrow(() -> new IllegalArgumentException(unknown(sink.scheme())))
        .open(sink.scheme(), sink.address(), options);
  }

  private static String unknown(String scheme) {
    if (SHIPPED.contains(scheme)) {
      return "nothing here opens " + scheme + ": sinks; add the jar tollgate-alerts";
    }
    return "is not a kind of sink: known are log, "
        + String.join(":, ", new TreeSet<>(SHIPPED))
        + ":";
  }

  private Optional<AlertSinkFactory> find(String scheme) {
    return factories.stream().filter(factory -> factory.opens(scheme)).findFirst();
  }

  private static final class ClosedFactory implements AlertSinkFactory {

    @Override
    public boolean opens(String scheme) {
      return SHIPPED.contains(scheme);
    }

    @Override
    public AlertSink open(String scheme, String address, Options options) {
      return new LogSink();
    }
  }
}
