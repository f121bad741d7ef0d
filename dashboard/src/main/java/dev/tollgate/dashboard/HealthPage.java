package dev.tollgate.dashboard;

import dev.tollgate.BreakerState;
import dev.tollgate.BreakerStatus;
import dev.tollgate.Health;
import dev.tollgate.OnStoreFailure;
import dev.tollgate.SinkState;
import dev.tollgate.Tollgate;
import dev.tollgate.config.Settings;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * {@code GET /tollgate/health}: how the engine is, as JSON. 503 only where calls cannot be served:
 * the store does not answer, and nothing is let in without it. Thread-safe.
 */
final class HealthPage implements Page {

  static final String PATH = "/tollgate/health";

  private final Tollgate tollgate;
  private final Supplier<Settings> settings;
  private final Supplier<List<SinkState>> sinks;

  HealthPage(Tollgate tollgate, Supplier<Settings> settings, Supplier<List<SinkState>> sinks) {
    this.tollgate = tollgate;
    this.settings = settings;
    this.sinks = sinks;
  }

  /**
   * The answer.
   *
   * @param status {@code up}, {@code degraded} or {@code down}
   * @param degraded whether the store does not answer
   * @param breaker {@code open} if any breaker is, else {@code half-open} if any is, else {@code
   *     closed}
   */
  record Body(
      String status,
      boolean degraded,
      String store,
      String breaker,
      Journal journal,
      Alerts alerts) {}

  /**
   * @param waiting settlements that the store has not acknowledged yet
   * @param lost settlements that found the journal full
   */
  record Journal(long waiting, long lost) {}

  /**
   * @param dropped alerts that found the engine's queue full
   * @param lost alerts that sinks did not take
   */
  record Alerts(long dropped, long lost) {}

  @Override
  public void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Health health = tollgate.health();
    boolean closed = settings.get().store().onFailure() == OnStoreFailure.CLOSED;
    boolean down = health.degraded() && closed;
    long lost = sinks.get().stream().mapToLong(SinkState::lost).sum();
    Body body =
        new Body(
            down ? "down" : health.degraded() ? "degraded" : "up",
            health.degraded(),
            health.degraded() ? "down" : "up",
            Words.dashed(breaker()),
            new Journal(health.journalledSettlements(), health.lostSettlements()),
            new Alerts(health.droppedAlerts(), lost));
    Json.send(response, down ? 503 : 200, Json.TYPE, body);
  }

  private BreakerState breaker() {
    List<BreakerState> states = tollgate.breakers().stream().map(BreakerStatus::state).toList();
    return Stream.of(BreakerState.OPEN, BreakerState.HALF_OPEN)
        .filter(states::contains)
        .findFirst()
        .orElse(BreakerState.CLOSED);
  }
}
