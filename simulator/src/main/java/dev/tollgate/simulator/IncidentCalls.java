package dev.tollgate.simulator;

import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The calls of an incident. Those of a loop are all alike and come at even times; others come as
 * independent arrivals do, at exponentially distributed intervals, and differ in size by half.
 */
final class IncidentCalls implements Calls {

  private final Incident incident;
  private final Survey survey;
  private final SplittableRandom random;
  private long atMicros;

  /**
   * @param survey of the trace that they are injected into, whose usual call they resemble
   * @param random where their differences come from
   */
  IncidentCalls(Incident incident, Survey survey, SplittableRandom random) {
    this.incident = incident;
    this.survey = survey;
    this.random = random;
    this.atMicros = incident.atMicros();
  }

  @Override
  public Optional<TraceCall> next() {
    if (atMicros >= incident.untilMicros()) {
      return Optional.empty();
    }
    TraceCall usual = survey.first();
    long output = size(survey.meanOutputTokens());
    TraceCall call =
        new TraceCall(
            atMicros,
            incident.caller(),
            usual.route(),
            usual.model(),
            incident.kind().criticality(),
            size(survey.meanInputTokens()),
            output,
            Math.max(output, usual.maxTokens()));
    atMicros += gap();
    return Optional.of(call);
  }

  private long gap() {
    if (incident.kind().isEven()) {
      return incident.gapMicros();
    }
    double interval = -StrictMath.log(1 - random.nextDouble()) * incident.gapMicros();
    return Math.max(1, (long) interval);
  }

  private long size(long mean) {
    long usual = mean * incident.kind().sizePercent() / 100;
    return incident.kind().isEven() ? usual : usual / 2 + random.nextLong(usual + 1);
  }
}
