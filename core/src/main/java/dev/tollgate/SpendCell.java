package dev.tollgate;

import java.time.Instant;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What spending of an hour is divided by. */
record SpendCell(Instant hour, String tier, String route, String model, String provider) {

  static final String SEPARATOR = "\t";

  /** Its key in the rollup of a resolution. */
  String key(Resolution resolution) {
    return Stream.of(resolution.part(hour), tier, route, model, provider)
        .map(CallRecord::clean)
        .collect(Collectors.joining(SEPARATOR));
  }

  /**
   * Its name in a dimension.
   *
   * @param dimension any but the caller
   */
  String name(Analytics.Dimension dimension) {
    return CallRecord.clean(
        switch (dimension) {
          case TIER -> tier;
          case ROUTE -> route;
          case MODEL -> model;
          case PROVIDER -> provider;
          case CALLER -> throw new IllegalArgumentException("a cell has many callers");
        });
  }
}
