package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.store.HandClock;
import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SpendLedgerTest {

  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final LocalDate DAY = LocalDate.of(2026, 11, 23);

  private enum Failure {
    NONE,
    BEFORE,
    AFTER
  }

  private final HandClock clock = new HandClock(NOON);
  private final MemoryStore memory = new MemoryStore(100, clock);
  private Failure failure = Failure.NONE;
  private final SpendLedger ledger = new SpendLedger(guard(lossy(memory)));
  private final SpendLedger other = new SpendLedger(guard(memory));

  private static StoreGuard guard(Store store) {
    StoreGuard guard = new StoreGuard(store, Optional.empty());
    guard.probe();
    return guard;
  }

  /** A store whose line breaks before a document is written, or before that is answered. */
  private Store lossy(Store store) {
    return (Store)
        Proxy.newProxyInstance(
            Store.class.getClassLoader(),
            new Class<?>[] {Store.class},
            (proxy, method, arguments) -> {
              boolean write = method.getName().equals("replace");
              if (write && failure == Failure.BEFORE) {
                throw new StoreException("lost");
              }
              Object answer = invoke(method, store, arguments);
              if (write && failure == Failure.AFTER) {
                throw new StoreException("lost");
              }
              return answer;
            });
  }

  private static Object invoke(Method method, Store store, Object[] arguments) throws Exception {
    try {
      return method.invoke(store, arguments);
    } catch (InvocationTargetException failed) {
      throw new AssertionError(failed.getCause());
    }
  }

  @Test
  void costsOfAllProcessesAreAddedUpByProviderAndDayOfUtc() throws Exception {
    ledger.add("openai", Instant.parse("2026-11-22T23:59:59.999Z"), 5);
    ledger.add("openai", NOON, 7);
    ledger.add("anthropic", NOON, 100);
    other.add("openai", NOON, 11);
    assertThat(ledger.days("openai")).as("nothing is shared yet").isEmpty();

    ledger.flush();
    other.flush();
    other.flush();

    assertThat(ledger.days("openai"))
        .containsExactly(Map.entry(DAY.minusDays(1), 5L), Map.entry(DAY, 18L));
    assertThat(other.days("anthropic")).containsExactly(Map.entry(DAY, 100L));
  }

  @Test
  void whatIsNotTakenIsTakenLater() throws Exception {
    failure = Failure.BEFORE;
    ledger.add("openai", NOON, 5);
    ledger.flush();
    ledger.flush();
    other.add("openai", NOON, 1);
    other.flush();
    failure = Failure.NONE;
    ledger.add("openai", NOON, 2);
    ledger.flush();

    assertThat(ledger.days("openai")).containsExactly(Map.entry(DAY, 8L));
  }

  @Test
  void whatIsTakenWithoutAnAnswerIsNotAddedTwice() throws Exception {
    failure = Failure.AFTER;
    ledger.add("openai", NOON, 5);
    ledger.flush();
    failure = Failure.NONE;
    ledger.add("openai", NOON, 2);
    ledger.flush();
    ledger.flush();

    assertThat(ledger.days("openai")).containsExactly(Map.entry(DAY, 7L));
  }

  @Test
  void onlyTheLatestDaysAreKept() throws Exception {
    for (int day = 0; day < SpendLedger.MAX_DAYS + 3; day++) {
      ledger.add("openai", NOON.plus(Duration.ofDays(day)), 1);
      ledger.flush();
    }

    assertThat(ledger.days("openai")).hasSize(SpendLedger.MAX_DAYS);
    assertThat(ledger.days("openai").firstKey()).isEqualTo(DAY.plusDays(3));
  }

  @Test
  void engineTellsWhatItsCallsHaveCost() throws Exception {
    Limit limit =
        Limit.of(
            Meter.COST, 1_000_000_000L, new Window.Calendar(Window.Unit.MONTH, ZoneOffset.UTC));
    ProviderBudget budget =
        new ProviderBudget("openai", Set.of(), List.of("gpt-*"), limit, 0, 10_000_000L);
    Policies policies =
        Policies.of(
                List.of(Tier.of("free")),
                List.of(Route.of("chat")),
                new PriceBook(Map.of("gpt-x", Price.of(1_000_000_000L, 2_000_000_000L))))
            .with(new Spending(List.of(budget), BreakerPolicy.OFF, AnomalyPolicy.OFF));
    try (Tollgate tollgate = Tollgate.builder(policies, memory).clock(clock).build()) {
      Call call = Call.of(new Caller("ann", "free"), "chat").estimate(1000, 1000);
      tollgate.reserve(call.model("gpt-x")).orThrow().settle(Usage.of(100, 200));
      tollgate.reserve(call.model("other")).orThrow().cancel();
    }

    assertThat(other.days("openai"))
        .as("100 * 1 + 200 * 2 dollars for a million, when the engine has ended")
        .containsExactly(Map.entry(DAY, 500_000L));
  }
}
