package dev.tollgate.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.AnomalyPolicy;
import dev.tollgate.BreakerControl;
import dev.tollgate.BreakerPolicy;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.CallerOverride;
import dev.tollgate.Criticality;
import dev.tollgate.Ladder;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Policies;
import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.Provider;
import dev.tollgate.Route;
import dev.tollgate.SpendScope;
import dev.tollgate.Spending;
import dev.tollgate.Tier;
import dev.tollgate.Tollgate;
import dev.tollgate.Window;
import dev.tollgate.store.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a quote says is in a call's way. */
class QuoteTest {

  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-03-10T12:00:00Z"));
  private static final Caller ANN = new Caller("ann", "free");
  private static final long DOLLAR = 1_000_000_000L;
  private static final Window.Calendar DAY = new Window.Calendar(Window.Unit.DAY, ZoneOffset.UTC);

  /** One dollar for a million tokens. */
  private static final Map<String, Price> PRICES = Map.of("m", Price.of(DOLLAR, DOLLAR));

  private static final Tier FREE =
      Tier.of(
              "free",
              Limit.of(Meter.TOKENS, 10_000_000, DAY),
              Limit.of(Meter.COST, 5 * DOLLAR, DAY))
          .ladder(Ladder.DEFAULT);

  private final Tollgate tollgate =
      Tollgate.builder(policies(PriceBook.Unpriced.REFUSE), new MemoryStore(100, CLOCK))
          .clock(CLOCK)
          .build();

  private static Policies policies(PriceBook.Unpriced unpriced) {
    Provider openai =
        new Provider("openai", Set.of(), List.of("m"))
            .hardLimit(Limit.of(Meter.COST, 2 * DOLLAR, DAY), 0, DOLLAR);
    return Policies.of(List.of(FREE), List.of(Route.of("chat")), new PriceBook(PRICES, unpriced))
        .with(
            new Spending(
                List.of(openai),
                new BreakerPolicy(300, 10, false, Map.of(SpendScope.APPLICATION, 100 * DOLLAR)),
                AnomalyPolicy.OFF));
  }

  @AfterEach
  void close() {
    tollgate.close();
  }

  private static Call call(long tokens) {
    return Call.of(ANN, "chat").model("m").estimate(tokens, 0);
  }

  private String binding(Call call) {
    return String.valueOf(Quote.of(call, tollgate).bindingLimit());
  }

  @Test
  void anOpenWayHasNoCause() {
    assertThat(binding(call(10))).isEqualTo("null");
  }

  @Test
  void whatIsNoLimitOfTheCallerIsNamed() throws Exception {
    assertThat(binding(call(3_000_000))).as("above the provider's").isEqualTo("provider-budget");
    assertThat(binding(Call.of(ANN, "chat").model("unheard-of").estimate(1, 1)))
        .isEqualTo("unpriced-model");
    tollgate.control(SpendScope.APPLICATION, BreakerControl.OPEN);
    assertThat(binding(call(10).criticality(Criticality.BACKGROUND))).isEqualTo("breaker");
    tollgate.control(SpendScope.APPLICATION, BreakerControl.CLOSED);
    tollgate.override(
        new CallerOverride(
            "ann",
            new CallerOverride.Block(),
            CLOCK.instant().plus(Duration.ofDays(1)),
            "op",
            "test"));
    assertThat(binding(call(10))).isEqualTo("blocked");
  }

  /** The tokens are nearly used up, but it is the cost that the dear model would pass. */
  @Test
  void theQuotaThatTheCallDoesNotFitIntoIsNamedAndNotTheFullest() {
    Tier tier =
        Tier.of("free", Limit.of(Meter.TOKENS, 1_000_000, DAY), Limit.of(Meter.COST, DOLLAR, DAY))
            .ladder(Ladder.DEFAULT);
    Map<String, Price> prices =
        Map.of("m", Price.of(DOLLAR / 10, DOLLAR / 10), "dear", Price.of(DOLLAR, 90_000 * DOLLAR));
    tollgate.reload(Policies.of(List.of(tier), List.of(Route.of("chat")), new PriceBook(prices)));
    tollgate.reserve(call(900_000)).orThrow().settleAsReserved();
    assertThat(binding(Call.of(ANN, "chat").model("dear").estimate(10, 11)))
        .isEqualTo("cost-per-day");
  }
}
