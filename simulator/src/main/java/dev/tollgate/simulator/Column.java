package dev.tollgate.simulator;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A column of a trace. */
enum Column {
  TIMESTAMP(true),
  CALLER(true),
  INPUT_TOKENS(true),
  OUTPUT_TOKENS(true),
  MODEL(false),
  CRITICALITY(false),
  MAX_TOKENS(false),
  ROUTE(false),
  TIER(false);

  private final boolean required;

  Column(boolean required) {
    this.required = required;
  }

  /** Its name in a header. */
  String header() {
    return name().toLowerCase(Locale.ROOT);
  }

  boolean isRequired() {
    return required;
  }

  static Optional<Column> of(String header) {
    return Arrays.stream(values()).filter(column -> column.header().equals(header)).findFirst();
  }

  static List<String> headers() {
    return Arrays.stream(values()).map(Column::header).toList();
  }
}
