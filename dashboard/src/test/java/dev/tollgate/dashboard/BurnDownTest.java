package dev.tollgate.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.BudgetStatus;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Tollgate;
import dev.tollgate.Usage;
import dev.tollgate.store.MemoryStore;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** How a budget of 100 USD a month is used up, at noon of the tenth of March. */
class BurnDownTest {

  private static final Instant FIRST = Instant.parse("2026-03-01T12:00:00Z");

  private final AtomicReference<Instant> now = new AtomicReference<>(FIRST);
  private final InstantSource clock = now::get;
  private final MemoryStore store = new MemoryStore(1000, clock);

  private Tollgate open() {
    return Tollgate.builder(PageServer.policies(), store).clock(clock).build();
  }

  /** Six dollars on each of ten days, and a call of a caller that is cancelled. */
  private void spend() {
    try (Tollgate engine = open()) {
      for (int day = 0; day < 10; day++) {
        now.set(FIRST.plus(day, ChronoUnit.DAYS));
        Call call = Call.of(new Caller("c" + day, "free"), "chat").model("m").estimate(7, 3);
        engine.reserve(call).orThrow().settle(Usage.of(7, 3), BigDecimal.valueOf(6));
        engine.reserve(call).orThrow().cancel();
      }
    }
  }

  @Test
  void whatWasSpentByEachDayIsDrawnAgainstTheLimit() throws Exception {
    spend();
    try (Tollgate reader = open()) {
      BudgetStatus status = reader.budgets().get(0);
      BurnDown burnDown = BurnDown.read(reader.analytics(), status, now.get());
      assertThat(burnDown.steps()).hasSize(10);
      assertThat(burnDown.steps().get(2))
          .isEqualTo(new BurnDown.Step(Instant.parse("2026-03-04T00:00:00Z"), 18_000_000_000L));
      assertThat(burnDown.steps().get(9)).isEqualTo(new BurnDown.Step(now.get(), 60_000_000_000L));
      Html html = new Html();
      burnDown.write(html, new Numbers(Locale.US));
      String written = html.finish();
      // 60 USD in 9.5 of 31 days are 195.79 in all, which is 95 % of the height of 80
      assertThat(written)
          .contains("class=\"limit\" d=\"M0.0 41.1 L300.0 41.1\"")
          .contains("class=\"pace\" d=\"M91.9 56.7 L300.0 3.8\"")
          .contains("<data value=\"18.00\">$18.00</data>");
    }
  }

  @Test
  void nothingSpentDrawsNothing() throws Exception {
    try (Tollgate reader = open()) {
      Html html = new Html();
      BurnDown.read(reader.analytics(), reader.budgets().get(0), now.get())
          .write(html, new Numbers(Locale.US));
      assertThat(html.finish()).isEmpty();
    }
  }
}
