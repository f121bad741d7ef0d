package dev.tollgate.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Decision;
import dev.tollgate.Ladder;
import dev.tollgate.Limit;
import dev.tollgate.Meter;
import dev.tollgate.Policies;
import dev.tollgate.PriceBook;
import dev.tollgate.Priority;
import dev.tollgate.Restriction;
import dev.tollgate.Route;
import dev.tollgate.Tier;
import dev.tollgate.Tollgate;
import dev.tollgate.Window;
import dev.tollgate.store.MemoryStore;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Restricted callers wait behind the others of their tier. */
class WaitingPriorityTest {

  private static final Limit ONE_A_MINUTE = Limit.rate(Meter.REQUESTS, 1, Duration.ofMinutes(1), 1);

  private static final Limit ONE_A_DAY =
      Limit.of(Meter.REQUESTS, 1, new Window.Calendar(Window.Unit.DAY, ZoneId.of("Europe/Berlin")));

  @Test
  void aCallerWithinItsQuotasHasThePriorityOfItsTier() {
    Tier tier = tier(List.of(ONE_A_MINUTE), List.of());
    assertThat(WaitingRoom.priority(firstRefusal(tier), tier)).isEqualTo(Priority.HIGH);
  }

  @Test
  void aCallerWhoHasUsedUpAQuotaHasThatOfTheRestriction() {
    Tier tier = tier(List.of(ONE_A_DAY), List.of(ONE_A_MINUTE));
    assertThat(WaitingRoom.priority(firstRefusal(tier), tier)).isEqualTo(Priority.LOW);
  }

  private static Tier tier(List<Limit> limits, List<Limit> restrictedRates) {
    return new Tier(
        "free",
        limits,
        new Ladder(List.of(new Ladder.Rung(100, Ladder.Action.RESTRICT))),
        Restriction.DEFAULT,
        restrictedRates,
        Priority.HIGH);
  }

  private static Decision.Refused firstRefusal(Tier tier) {
    HandSetClock clock = new HandSetClock();
    Policies policies = Policies.of(List.of(tier), List.of(Route.of("chat")), PriceBook.EMPTY);
    try (Tollgate tollgate =
        Tollgate.builder(policies, new MemoryStore(10, clock)).clock(clock).build()) {
      Call call = Call.of(new Caller("alice", "free"), "chat");
      for (int i = 0; i < 3; i++) {
        if (tollgate.reserve(call) instanceof Decision.Refused refused) {
          return refused;
        }
      }
      throw new AssertionError("nothing was refused");
    }
  }
}
