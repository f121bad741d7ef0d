package dev.tollgate;

import java.util.Map;

/**
 * How a sink does.
 *
 * @param name its name, which tells no secret
 * @param delivered alerts that arrived
 * @param retried deliveries that failed and were put off
 * @param lost alerts that were given up, or had to make room for others
 * @param waiting alerts that wait now
 * @param lostBySeverity the lost ones by their severity, without those of which none was lost
 */
public record SinkState(
    String name,
    long delivered,
    long retried,
    long lost,
    int waiting,
    Map<Alert.Severity, Long> lostBySeverity) {

  public SinkState {
    lostBySeverity = Map.copyOf(lostBySeverity);
  }

  /** How a sink does that has lost nothing, or does not say what. */
  public SinkState(String name, long delivered, long retried, long lost, int waiting) {
    this(name, delivered, retried, lost, waiting, Map.of());
  }
}
