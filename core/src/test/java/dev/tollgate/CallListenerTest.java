package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.store.HandClock;
import dev.tollgate.store.MemoryStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallListenerTest {

  private static final class Heard implements CallListener {
    final List<Decision> decisions = new ArrayList<>();
    final List<CallRecord> charges = new ArrayList<>();

    @Override
    public void decided(Decision decision) {
      decisions.add(decision);
    }

    @Override
    public void charged(Call call, Usage usage, CallRecord charged) {
      charges.add(charged);
    }
  }

  private static final class Broken implements CallListener {
    @Override
    public void decided(Decision decision) {
      throw new IllegalStateException("broken");
    }

    @Override
    public void charged(Call call, Usage usage, CallRecord charged) {
      throw new IllegalStateException("broken");
    }
  }

  private final HandClock clock = new HandClock(Instant.parse("2026-03-10T12:00:00Z"));
  private final Tollgate tollgate =
      Tollgate.builder(
              Policies.of(
                  List.of(Tier.of("free")),
                  List.of(Route.of("chat")),
                  new PriceBook(Map.of("m", Price.of(1_000_000_000, 2_000_000_000)))),
              new MemoryStore(10, clock))
          .clock(clock)
          .build();
  private final Heard heard = new Heard();

  @AfterEach
  void close() {
    tollgate.close();
  }

  private Decision decide() {
    return tollgate.reserve(
        Call.of(new Caller("ann", "free"), "chat").model("m").estimate(100, 100));
  }

  @Test
  void everyDecisionAndEveryChargeIsHeardOnce() {
    tollgate.onCall(new Broken());
    tollgate.onCall(heard);
    Decision decision = decide();
    assertThat(heard.decisions).containsExactly(decision);
    assertThat(heard.charges).isEmpty();
    CallRecord record = decision.orThrow().settle(Usage.of(10, 20));
    decision.orThrow().settle(Usage.of(10, 20));
    assertThat(heard.charges).containsExactly(record);
  }

  @Test
  void whoNoLongerListensHearsNothing() {
    tollgate.onCall(heard);
    tollgate.removeListener(heard);
    decide().orThrow().close();
    assertThat(heard.decisions).isEmpty();
    assertThat(heard.charges).isEmpty();
  }
}
