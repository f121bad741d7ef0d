package dev.tollgate.dashboard;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * A library of metrics that the application may have: its adapter is loaded only where it is. No
 * type of the libraries is named here, or this class could not be loaded without them.
 */
enum MetricsLibrary {
  // lambdas: a reference to a method would load the adapter, and the library with it
  MICROMETER("io.micrometer.core.instrument.Metrics", () -> MicrometerMeters.ofApplication()),
  OPEN_TELEMETRY(
      "io.opentelemetry.api.GlobalOpenTelemetry", () -> OpenTelemetryMeters.ofApplication());

  private final String type;
  private final Supplier<Meters> adapter;

  /**
   * @param type the name of a class that it alone has
   */
  MetricsLibrary(String type, Supplier<Meters> adapter) {
    this.type = type;
    this.adapter = adapter;
  }

  /** The adapters to the libraries that the class loader of this class finds. */
  static List<Meters> adapters() {
    return Arrays.stream(values())
        .filter(MetricsLibrary::isPresent)
        .map(library -> library.adapter.get())
        .toList();
  }

  private boolean isPresent() {
    try {
      Class.forName(type, false, MetricsLibrary.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException absent) {
      return false;
    }
  }
}
