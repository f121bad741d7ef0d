package dev.tollgate.store;

/** Windows of one length, counted from the epoch. */
record FixedCalendar(long lengthMicros) implements Calendar {
  @Override
  public Span at(long micros) {
    long start = Math.floorDiv(micros, lengthMicros) * lengthMicros;
    return new Span(start, start + lengthMicros);
  }
}
