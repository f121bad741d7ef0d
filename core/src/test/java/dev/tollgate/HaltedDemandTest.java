package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Decision.Refusal.SpendHalted;
import dev.tollgate.Decision.Refused;
import dev.tollgate.store.HandClock;
import dev.tollgate.store.HandScheduler;
import dev.tollgate.store.MemoryStore;
import dev.tollgate.store.Store;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose halted calls keep spending halted. */
class HaltedDemandTest {

  private static final Instant NOON = Instant.parse("2026-03-10T12:00:00Z");
  private static final Window DAY = new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC);

  /** 1 USD for a million tokens in. */
  private static final PriceBook PRICES = new PriceBook(Map.of("m", Price.of(1_000_000_000, 0)));

  /** A month of 1000 tokens a minute. */
  private static final long MONTHLY = 43_200L * 1000 * 1000;

  /** A call of 800 tokens is 0.8 times normal if it comes once a minute: what "slow" may do. */
  private static final Tier SLOW =
      Tier.of(
          "slow",
          Limit.rate(Meter.REQUESTS, 1, Duration.ofMinutes(1), 2),
          Limit.of(Meter.REQUESTS, 1_000_000, DAY));

  private static final Tier FEW = Tier.of("few", Limit.of(Meter.REQUESTS, 4, DAY));
  private static final Tier FREE = Tier.of("free", Limit.of(Meter.REQUESTS, 1_000_000, DAY));

  private final HandClock clock = new HandClock(NOON);
  private final HandScheduler scheduler = new HandScheduler(clock);
  private final AtomicInteger asked = new AtomicInteger();
  private final Tollgate tollgate =
      Tollgate.builder(policies(), counting(new MemoryStore(1000, clock)))
          .clock(clock)
          .background(scheduler)
          .build();

  private static Policies policies() {
    return Policies.of(
            List.of(refusing(SLOW), refusing(FEW), FREE), List.of(Route.of("chat")), PRICES)
        .with(
            new Spending(
                List.of(),
                new BreakerPolicy(300, 10, false, Map.of(SpendScope.APPLICATION, MONTHLY)),
                new AnomalyPolicy(AnomalyPolicy.Action.BLOCK, Map.of())));
  }

  /** One whose quotas refuse at 100 %. */
  private static Tier refusing(Tier tier) {
    return new Tier(
        tier.name(),
        tier.limits(),
        Ladder.REFUSE,
        tier.restriction(),
        tier.restrictedRates(),
        tier.priority());
  }

  /** Counts what is asked about callers. */
  private Store counting(Store store) {
    return (Store)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Store.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("read") || method.getName().equals("reserve")) {
                asked.incrementAndGet();
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException failed) {
                throw failed.getCause();
              }
            });
  }

  @AfterEach
  void close() {
    tollgate.close();
  }

  private static Call call(String caller, String tier) {
    return Call.of(new Caller(caller, tier), "chat").model("m").estimate(800, 0);
  }

  private BreakerState state() {
    return tollgate.breakers().get(0).state();
  }

  private void open() {
    for (int second = 0; state() == BreakerState.CLOSED; second += 5) {
      assertThat(second).isLessThan(900);
      Call abuse = call("thief" + second % 60, "free");
      tollgate.reserve(abuse).orThrow().settle(Usage.of(800, 0));
      rest(5);
    }
  }

  private void rest(int seconds) {
    clock.advance(Duration.ofSeconds(seconds));
    scheduler.run();
  }

  /** The state after half an hour in which these calls come each second, by turns. */
  private BreakerState after(int perSecond, List<Call> calls) {
    int turn = 0;
    for (int second = 0; second < 1800; second++) {
      for (int i = 0; i < perSecond; i++) {
        Decision decision = tollgate.reserve(calls.get(turn++ % calls.size()));
        if (!(decision instanceof Refused)) {
          decision.orThrow().settle(Usage.of(800, 0));
        }
      }
      rest(1);
    }
    return state();
  }

  @Test
  void aFloodThatItsOwnRateWouldRefuseKeepsNothingHalted() {
    open();
    assertThat(after(10, List.of(call("flood", "slow")))).isEqualTo(BreakerState.CLOSED);
  }

  @Test
  void demandOfManyCallersWithinTheirRatesKeepsItOpen() {
    open();
    List<Call> callers = IntStream.range(0, 20).mapToObj(i -> call("user" + i, "slow")).toList();
    assertThat(after(10, callers)).isEqualTo(BreakerState.OPEN);
    assertThat(tollgate.breakers().get(0).demand())
        .as("20 callers once a minute")
        .isEqualTo(20 * 800_000L);
  }

  @Test
  void callersWhoseQuotaIsUsedUpAreNoDemand() {
    for (int i = 0; i < 4; i++) {
      tollgate.reserve(call("spent", "few")).orThrow().settle(Usage.of(10, 0));
    }
    open();
    assertThat(after(1, List.of(call("spent", "few")))).isEqualTo(BreakerState.CLOSED);
  }

  @Test
  void aQuotaIsDemandOnceHoweverOftenItIsTried() {
    open();
    assertThat(after(5, List.of(call("eager", "few")))).isEqualTo(BreakerState.CLOSED);
  }

  @Test
  void callersWhoAreBlockedForAbnormalUseAreNoDemand() {
    open();
    Call flagged = call("bot", "free").criticality(Criticality.ESSENTIAL);
    Optional<Decision.Refusal> blocked = Optional.empty();
    for (int i = 0; i < 1000 && blocked.isEmpty(); i++) {
      Decision decision = tollgate.reserve(flagged);
      if (decision instanceof Refused refused) {
        blocked = Optional.of(refused.refusal());
      } else {
        decision.orThrow().cancel();
      }
    }
    assertThat(blocked).isPresent();
    assertThat(after(2, List.of(call("bot", "free")))).isEqualTo(BreakerState.CLOSED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"slow", "free"})
  void aHaltedCallChargesNobodyAndAsksTheStoreOnceAtMost(String tier) {
    open();
    Caller caller = new Caller("ann", tier);
    for (int i = 0; i < 50; i++) {
      int before = asked.get();
      Refused refused = (Refused) tollgate.reserve(call("ann", tier));
      assertThat(refused.refusal()).isInstanceOf(SpendHalted.class);
      assertThat(asked.get() - before).isLessThanOrEqualTo(i < 2 || tier.equals("free") ? 1 : 0);
    }
    assertThat(tollgate.limits(caller, "chat"))
        .allSatisfy(limit -> assertThat(limit.used()).isZero());
  }

  @Test
  void theNextIncidentBeginsAnew() {
    open();
    for (int i = 0; i < 60; i++) {
      tollgate.reserve(call("eager", "few"));
      rest(1);
    }
    while (state() != BreakerState.CLOSED) {
      rest(60);
    }
    open();
    rest(360);
    tollgate.reserve(call("eager", "few"));
    rest(120);
    assertThat(tollgate.breakers().get(0).demand())
        .as("one call, on average of five minutes")
        .isEqualTo(800_000 / 5);
  }
}
