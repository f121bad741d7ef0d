package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.store.Balance;
import dev.tollgate.store.Calendar;
import dev.tollgate.store.Charge;
import dev.tollgate.store.HandClock;
import dev.tollgate.store.Hold;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Receipt.Outcome;
import dev.tollgate.store.Request;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReassertingStoreTest {

  private static final String ANN = "ann";
  private static final Quota QUOTA =
      new Quota(at -> new Calendar.Span(0, Store.MAX_AMOUNT), 100, 100, 100, List.of());
  private static final Duration RETENTION =
      Duration.ofNanos(1000 * ReassertingStore.RETENTION_MICROS);

  private final HandClock clock = new HandClock(Instant.parse("2026-03-10T12:00:00Z"));
  private final ForgetfulStore server = new ForgetfulStore(clock);
  private final ReassertingStore store = new ReassertingStore(server);

  @Test
  void nothingIsToldToTheServerThatKnowsIt() throws StoreException {
    store.settle(reserve("a"), List.of(7L), "");

    assertThat(store.isBehind()).isFalse();
    reassert();
    assertThat(server.restored()).isZero();
  }

  @Test
  void openHoldsAndSettlementsAreToldToTheNextServer() throws StoreException {
    Hold open = reserve("open");
    store.settle(reserve("settled"), List.of(7L), "row");
    store.cancel(reserve("cancelled"));
    server.loseAll();

    assertThat(store.isBehind()).isTrue();
    reassert();

    assertThat(store.isBehind()).isFalse();
    assertThat(balance().held()).isEqualTo(10);
    assertThat(balance().posted()).isEqualTo(7);
    assertThat(store.rows(ANN)).containsExactly("row");
    assertThat(store.settle(open, List.of(5L), "").outcome()).isEqualTo(Outcome.APPLIED);
    assertThat(balance().posted()).isEqualTo(12);
  }

  @Test
  void whatIsToldTwiceCountsOnce() throws StoreException {
    store.settle(reserve("settled"), List.of(7L), "row");
    server.loseAll();
    reassert();
    server.loseNothing();

    reassert();

    assertThat(balance().posted()).isEqualTo(7);
    assertThat(store.rows(ANN)).containsExactly("row");
  }

  @Test
  void settlementOfALostHoldIsToldOnceTheHoldIs() throws StoreException {
    Hold lost = reserve("lost");
    server.loseAll();

    assertThat(store.settle(lost, List.of(7L), "row").outcome()).isEqualTo(Outcome.REPEATED);
    reassert();

    assertThat(balance().posted()).isEqualTo(7);
    assertThat(balance().held()).isZero();
  }

  @Test
  void whatIsNotAnsweredIsToldTheNextTime() throws StoreException {
    store.settle(reserve("settled"), List.of(7L), "");
    server.loseAll();
    server.isCut = true;

    reassert();
    assertThat(store.isBehind()).isTrue();
    assertThat(store.untold()).isEqualTo(1);

    server.isCut = false;
    reassert();
    assertThat(balance().posted()).isEqualTo(7);
  }

  @Test
  void settlementThatMayHaveCountedLongAgoIsNotToldAgain() throws StoreException {
    Hold hold = reserve("hold");
    server.losesAnswer = true;
    assertThatThrownBy(() -> store.settle(hold, List.of(7L), ""))
        .isInstanceOf(StoreException.class);
    clock.advance(Duration.ofNanos(1000 * ForgetfulStore.SETTLED_MICROS).plusMillis(1));
    server.forgetSettled();
    assertThat(store.settle(hold, List.of(7L), "").outcome()).isEqualTo(Outcome.REPEATED);
    server.loseNothing();

    reassert();

    assertThat(balance().posted()).isEqualTo(7);
  }

  @Test
  void settlementsAreForgottenAfterAWhile() throws StoreException {
    store.settle(reserve("old"), List.of(7L), "");
    clock.advance(RETENTION.plusMillis(1));
    store.settle(reserve("new"), List.of(5L), "");
    server.loseAll();

    reassert();

    assertThat(balance().posted()).isEqualTo(5);
  }

  @Test
  void theLatestSettlementsAreKeptWhenThereAreTooMany() throws StoreException {
    for (int i = 0; i <= ReassertingStore.MAX_ENTRIES; i++) {
      store.settle(reserve("id" + i), List.of(i == 0 ? 50L : 0L), "");
    }
    server.loseAll();

    int rounds = 0;
    for (; store.isBehind(); rounds++) {
      int untold = store.untold();
      reassert();
      assertThat(untold - store.untold()).as("told in a round").isBetween(1, 10_000);
    }

    assertThat(rounds).isGreaterThan(1);
    assertThat(server.restored()).isEqualTo(ReassertingStore.MAX_ENTRIES);
    assertThat(balance().posted()).isZero();
  }

  @Test
  void tellingEndsWhenItsTimeIsOver() throws StoreException {
    for (int i = 0; i < 3 * Store.MAX_TOGETHER; i++) {
      store.settle(reserve("id" + i), List.of(0L), "");
    }
    server.loseAll();

    store.reassert(this::tell, () -> server.restored() > Store.MAX_TOGETHER);

    assertThat(server.restored()).isEqualTo(2 * Store.MAX_TOGETHER);
    assertThat(store.untold()).isEqualTo(Store.MAX_TOGETHER);
    reassert();
    assertThat(server.restored()).isEqualTo(3 * Store.MAX_TOGETHER);
    assertThat(store.isBehind()).isFalse();
  }

  private void reassert() {
    store.reassert(this::tell, () -> false);
  }

  private boolean tell(String account, Telling.Message message) {
    try {
      message.tell(store);
      return true;
    } catch (StoreException unanswered) {
      return false;
    }
  }

  private Hold reserve(String id) throws StoreException {
    List<Charge> charges = List.of(Charge.of("cost", QUOTA, 10));
    return store.reserve(new Request(ANN, id, charges, 60_000_000L, "")).admitted().orElseThrow();
  }

  private Balance balance() throws StoreException {
    return store.read(ANN, List.of(Charge.of("cost", QUOTA, 0))).balances().get(0);
  }
}
