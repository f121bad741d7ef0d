package dev.tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Policies;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.Reservation;
import dev.tollgate.Route;
import dev.tollgate.Tier;
import dev.tollgate.Tollgate;
import dev.tollgate.Usage;
import dev.tollgate.store.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CallLogTest {

  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-03-10T12:00:00Z"));

  private final Logger logger = Logger.getLogger("dev.tollgate.calls");
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Handler handler = new Recorder();
  private final Tollgate tollgate = engine(false);

  private final class Recorder extends Handler {

    @Override
    public void publish(LogRecord line) {
      lines.add(line.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  /** Two requests a minute. */
  private static Tollgate engine(boolean shadow) {
    Tier free = Tier.of("free", Limit.rate(Meter.REQUESTS, 2, Duration.ofMinutes(1), 2));
    Policies policies =
        Policies.of(
            List.of(free),
            List.of(Route.of("chat")),
            new PriceBook(Map.of("m", Price.of(1_000_000_000L, 2_000_000_000L))));
    Tollgate tollgate =
        Tollgate.builder(
                new Policies(
                    policies.tiers(),
                    policies.routes(),
                    policies.prices(),
                    shadow,
                    policies.spending()),
                new MemoryStore(10, CLOCK))
            .clock(CLOCK)
            .build();
    tollgate.onCall(new CallLog());
    return tollgate;
  }

  @BeforeEach
  void listen() {
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
    logger.setLevel(Level.FINE);
  }

  @AfterEach
  void stop() {
    logger.removeHandler(handler);
    logger.setUseParentHandlers(true);
    logger.setLevel(null);
    tollgate.close();
  }

  private static Call call(String caller, String model) {
    return Call.of(new Caller(caller, "free"), "chat").model(model).estimate(700, 300);
  }

  @Test
  void aChargedCallIsALine() {
    Reservation reservation = tollgate.reserve(call("ann", "m")).orThrow();
    assertThat(lines).isEmpty();
    reservation.settle(Usage.of(700, 300));
    assertThat(lines)
        .containsExactly(
            "event=\"settled\" id=\""
                + reservation.id()
                + "\" at=\"2026-03-10T12:00:00Z\" caller=\"ann\" tier=\"free\" route=\"chat\""
                + " model=\"m\" inputTokens=\"700\" outputTokens=\"300\" costUsd=\"0.0013\"");
  }

  @Test
  void aRefusedCallIsALineThatSaysWhy() {
    tollgate.reserve(call("ann", "m").requests(2));
    tollgate.reserve(call("ann", "m"));
    assertThat(lines)
        .containsExactly(
            "event=\"refused\" caller=\"ann\" tier=\"free\" route=\"chat\" model=\"m\""
                + " reason=\"limit requests-per-minute is used up\" retryAfterMillis=\"30000\"");
  }

  @Test
  void whatShadowModeWouldHaveRefusedIsALine() {
    try (Tollgate shadow = engine(true)) {
      shadow.reserve(call("ann", "m").requests(1000));
    }
    assertThat(lines).singleElement().asString().startsWith("event=\"shadow-refused\"");
  }

  @Test
  void noCallerOrModelWritesALineOrAPairOfItsOwn() {
    tollgate
        .reserve(call("a\" tier=\"pro\\\r\nevent=\"settled\u2028\u202e", "m\u0000\u001b[31m"))
        .orThrow()
        .settle(Usage.of(1, 1));
    assertThat(lines)
        .singleElement()
        .asString()
        .contains(
            " caller=\"a\\\" tier=\\\"pro\\\\\\u{d}\\u{a}event=\\\"settled\\u{2028}\\u{202e}\" ",
            " model=\"m\\u{0}\\u{1b}[31m\" ")
        .matches("(\\w+=\"([^\"\\\\]|\\\\.)*\" ?)+");
  }

  @Test
  void nothingIsWrittenWhileTheLogIsOff() {
    logger.setLevel(Level.INFO);
    tollgate.reserve(call("ann", "m")).orThrow().settle(Usage.of(1, 1));
    tollgate.reserve(call("ann", "m").requests(1000));
    assertThat(lines).isEmpty();
  }
}
