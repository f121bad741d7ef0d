package dev.tollgate.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.store.Receipt.Outcome;
import dev.tollgate.store.Rollups.Addition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What every store does. A store whose clock cannot be stopped lets it run on from where it is set:
 * the tests allow a few seconds for that.
 */
public abstract class StoreContract {

  private static final Instant START = Instant.parse("2026-03-10T12:00:00Z");
  private static final Calendar DAY = new FixedCalendar(Duration.ofDays(1).toNanos() / 1000);
  private static final Duration HOLD = Duration.ofMinutes(5);

  /** 20 at once, 10 a minute. */
  private static final Bucket FREE = new Bucket(10, 60_000_000L, 20);

  private final String account = "account-" + ThreadLocalRandom.current().nextLong();
  private Store store;
  private int lastId;

  /** A new store, or another client of the same one. */
  protected abstract Store open() throws Exception;

  /** Closes a store that keeps what it was told, and opens it again; by default it stays open. */
  protected Store reopen(Store opened) throws Exception {
    return opened;
  }

  /** Sets the store's clock. */
  protected abstract void setClock(Instant now);

  @BeforeEach
  void openStore() throws Exception {
    setClock(START);
    store = open();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void bucketAdmitsExactlyItsCapacityAndTellsTheExactWait() throws Exception {
    for (int i = 0; i < 20; i++) {
      assertThat(take("rate", FREE, 1).outcome()).as("call %d", i + 1).isEqualTo(Outcome.FULL);
    }
    Receipt refused = take("rate", FREE, 1);
    assertThat(refused.outcome()).isEqualTo(Outcome.REFUSED);
    Balance balance = refused.balances().get(0);
    assertThat(balance.waitMicros()).isBetween(1L, 6_000_000L);
    assertThat(balance.remaining()).isZero();

    setClock(START.plusSeconds(6).plusMillis(5));
    assertThat(take("rate", FREE, 1).outcome()).isEqualTo(Outcome.FULL);
  }

  @Test
  void refusalTakesNothingFromAnyCounter() throws Exception {
    Quota full = quota(5, 5);
    take("full", full, 5);
    Charge rate = Charge.of("rate", FREE, 1);
    Receipt refused = reserve(List.of(rate, Charge.of("full", full, 1)), Duration.ZERO);
    assertThat(refused.outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(refused.admitted()).isEmpty();
    assertThat(store.read(account, List.of(rate)).balances().get(0).remaining()).isEqualTo(20);
  }

  @Test
  void settlingMoreThanTheLimitIsDebt() throws Exception {
    Quota quota = quota(1000, 1000);
    Hold hold = hold("tokens", quota, 100);
    Receipt settled = store.settle(hold, List.of(1200L), "row");
    assertThat(settled.outcome()).isEqualTo(Outcome.APPLIED);
    assertThat(settled.balances().get(0).remaining()).isEqualTo(-200);
    assertThat(take("tokens", quota, 0).outcome()).isEqualTo(Outcome.REFUSED);
  }

  @Test
  void bucketInDebtRefusesUntilItIsPaidBack() throws Exception {
    Bucket bucket = new Bucket(60, 60_000_000L, 100);
    Hold hold = hold("tokens", bucket, 50);
    store.settle(hold, List.of(160L), "");
    Receipt refused = take("tokens", bucket, 1);
    assertThat(refused.outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(refused.balances().get(0).remaining()).isBetween(-60L, -55L);
    assertThat(refused.balances().get(0).waitMicros()).isBetween(56_000_000L, 61_000_000L);
    setClock(START.plusSeconds(62));
    assertThat(take("tokens", bucket, 1).outcome()).isEqualTo(Outcome.FULL);
  }

  @Test
  void settlingLessGivesTheRestBack() throws Exception {
    Quota quota = quota(1000, 1000);
    Bucket bucket = new Bucket(60, 60_000_000L, 1000);
    Receipt admitted =
        reserve(List.of(Charge.of("quota", quota, 900), Charge.of("rate", bucket, 900)), HOLD);
    store.settle(admitted.admitted().orElseThrow(), List.of(10L, 10L), "");
    Receipt next =
        reserve(List.of(Charge.of("quota", quota, 990), Charge.of("rate", bucket, 990)), HOLD);
    assertThat(next.outcome()).isEqualTo(Outcome.FULL);
  }

  @Test
  void repeatedSettlementIsCountedOnce() throws Exception {
    Quota quota = quota(1000, 1000);
    Hold hold = hold("tokens", quota, 100);
    assertThat(store.settle(hold, List.of(70L), "row").outcome()).isEqualTo(Outcome.APPLIED);
    assertThat(store.settle(hold, List.of(70L), "row").outcome()).isEqualTo(Outcome.REPEATED);
    assertThat(store.cancel(hold).outcome()).isEqualTo(Outcome.REPEATED);
    assertThat(read("tokens", quota).posted()).isEqualTo(70);
    assertThat(store.rows(account)).containsExactly("row");
  }

  @Test
  void repeatedSettlementLeavesALaterHoldOfItsIdAlone() throws Exception {
    Quota quota = quota(1000, 1000);
    Charge other = Charge.of("other", quota, 7);
    Request request = request(List.of(Charge.of("tokens", quota, 100)), HOLD, "");
    Hold first = store.reserve(request).admitted().orElseThrow();
    store.settle(first, List.of(70L), "row");
    setClock(START.plusSeconds(5));
    Request later =
        new Request(
            account, first.id(), List.of(other, request.charges().get(0)), 60_000_000L, "later");
    Hold second = store.reserve(later).admitted().orElseThrow();

    assertThat(store.settle(first, List.of(70L), "row").outcome()).isEqualTo(Outcome.REPEATED);
    assertThat(read("tokens", quota).posted()).isEqualTo(70);
    assertThat(read("tokens", quota).held()).isEqualTo(100);
    assertThat(store.settle(second, List.of(7L, 30L), "").outcome()).isEqualTo(Outcome.APPLIED);
    assertThat(read("tokens", quota).posted()).isEqualTo(100);
    assertThat(read("tokens", quota).held()).isZero();
    assertThat(read("other", quota).posted()).isEqualTo(7);
  }

  @Test
  void cancelEndsAHoldWhoseDeadlineItsCallerDoesNotKnow() throws Exception {
    Quota quota = quota(1000, 1000);
    Hold hold = hold("tokens", quota, 100);
    Hold unanswered = new Hold(account, hold.id(), 1, hold.parts());

    assertThat(store.settle(unanswered, List.of(70L), "").outcome()).isEqualTo(Outcome.REPEATED);
    assertThat(store.cancel(unanswered).outcome()).isEqualTo(Outcome.APPLIED);
    assertThat(read("tokens", quota).posted()).isZero();
    assertThat(read("tokens", quota).held()).isZero();
  }

  @Test
  void repeatedReserveGetsTheFirstAnswerAgain() throws Exception {
    Quota quota = quota(100, 100);
    Request request = request(List.of(Charge.of("tokens", quota, 80)), HOLD, "");
    Receipt first = store.reserve(request);
    Receipt again = store.reserve(request);
    assertThat(again.outcome()).isEqualTo(Outcome.FULL);
    assertThat(again.admitted()).isEqualTo(first.admitted());
    assertThat(read("tokens", quota).held()).isEqualTo(80);
  }

  @Test
  void whatIsAskedTogetherIsDecidedOneByOne() throws Exception {
    Quota quota = quota(100, 100);
    Request first = request(List.of(Charge.of("tokens", quota, 80)), HOLD, "");
    Request tooMuch = request(List.of(Charge.of("tokens", quota, 30)), HOLD, "");
    Request posted = request(List.of(Charge.of("tokens", quota, 10)), Duration.ZERO, "");
    List<Receipt> receipts = store.reserveTogether(List.of(first, tooMuch, posted));
    assertThat(receipts)
        .extracting(Receipt::outcome)
        .containsExactly(Outcome.FULL, Outcome.REFUSED, Outcome.FULL);
    assertThat(read("tokens", quota).held()).isEqualTo(80);
    assertThat(read("tokens", quota).posted()).isEqualTo(10);
  }

  @Test
  void whatIsSettledTogetherIsChargedOneByOneAndOnce() throws Exception {
    Quota quota = quota(1000, 1000);
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < Store.MAX_TOGETHER; i++) {
      requests.add(request(List.of(Charge.of("tokens", quota, 10)), HOLD, ""));
    }
    List<Store.Settlement> settlements = new ArrayList<>();
    for (Receipt receipt : store.reserveTogether(requests)) {
      Hold hold = receipt.admitted().orElseThrow();
      settlements.add(new Store.Settlement(hold, List.of(7L), "row of " + hold.id()));
    }
    Store.Settlement ended = settlements.get(3);
    store.settle(ended.hold(), ended.actual(), ended.row());

    List<Receipt> receipts = store.settleTogether(settlements);
    assertThat(receipts.get(3).outcome()).isEqualTo(Outcome.REPEATED);
    assertThat(receipts.get(4).outcome()).isEqualTo(Outcome.APPLIED);
    assertThat(receipts.get(15).balances().get(0).posted()).isEqualTo(7 * Store.MAX_TOGETHER);
    assertThat(store.settleTogether(settlements))
        .extracting(Receipt::outcome)
        .containsOnly(Outcome.REPEATED);
    assertThat(read("tokens", quota).posted()).isEqualTo(7 * Store.MAX_TOGETHER);
    assertThat(read("tokens", quota).held()).isZero();
    assertThat(store.rows(account)).hasSize(Store.MAX_TOGETHER).contains(settlements.get(15).row());
    assertThat(store.settleTogether(List.of())).isEmpty();
  }

  @Test
  void cancelGivesEverythingBack() throws Exception {
    Quota quota = quota(100, 100);
    List<Charge> charges = List.of(Charge.of("tokens", quota, 80), Charge.of("rate", FREE, 20));
    store.cancel(reserve(charges, HOLD).admitted().orElseThrow());
    assertThat(read("tokens", quota).held()).isZero();
    assertThat(reserve(charges, HOLD).outcome()).isEqualTo(Outcome.FULL);
  }

  @Test
  void cancelGivesBackWhatWasPostedAtOnce() throws Exception {
    Quota quota = quota(100, 100);
    List<Charge> charges = List.of(Charge.of("requests", quota, 1), Charge.of("rate", FREE, 20));
    Hold posted = reserve(charges, Duration.ZERO).admitted().orElseThrow();
    assertThat(posted.isKept()).isFalse();
    assertThat(read("requests", quota).posted()).isEqualTo(1);
    store.cancel(posted);
    assertThat(read("requests", quota).posted()).isZero();
    assertThat(reserve(charges, Duration.ZERO).outcome()).isEqualTo(Outcome.FULL);
  }

  @Test
  void holdIsReleasedAtItsDeadlineAndStaysInTheJournal() throws Exception {
    Quota quota = quota(100, 100);
    store.reserve(request(List.of(Charge.of("tokens", quota, 80)), HOLD, "unsettled"));
    assertThat(take("tokens", quota, 80).outcome()).isEqualTo(Outcome.REFUSED);
    setClock(START.plus(HOLD).plusSeconds(1));
    assertThat(take("tokens", quota, 80).outcome()).isEqualTo(Outcome.FULL);
    assertThat(store.rows(account)).containsExactly("unsettled");
  }

  @Test
  void settlementAfterTheDeadlineIsStillChargedOnce() throws Exception {
    Quota quota = quota(100, 100);
    Hold hold = hold("tokens", quota, 80);
    setClock(START.plus(HOLD).plusSeconds(1));
    assertThat(read("tokens", quota).held()).isZero();
    assertThat(store.settle(hold, List.of(70L), "late").outcome()).isEqualTo(Outcome.LATE);
    assertThat(store.settle(hold, List.of(70L), "late").outcome()).isEqualTo(Outcome.REPEATED);
    assertThat(read("tokens", quota).posted()).isEqualTo(70);
  }

  @Test
  void chargedHoldIsPostedAtItsDeadlineAndCorrectedByALateSettlement() throws Exception {
    Quota quota = new Quota(DAY, 100, 100, 100, List.of(50L));
    Hold hold = chargedHold(quota, 80);
    setClock(START.plus(HOLD).plusSeconds(1));
    assertThat(take("tokens", quota, 30).outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(read("tokens", quota).posted()).isEqualTo(80);
    assertThat(read("tokens", quota).held()).isZero();
    assertThat(store.rows(account)).containsExactly("unsettled");

    Receipt late = store.settle(hold, List.of(60L), "");
    assertThat(late.outcome()).isEqualTo(Outcome.LATE);
    assertThat(late.balances().get(0).posted()).isEqualTo(60);
    assertThat(late.balances().get(0).crossedTo()).as("notices").isEqualTo(1);
    assertThat(store.settle(hold, List.of(60L), "").outcome()).isEqualTo(Outcome.REPEATED);
    assertThat(read("tokens", quota).posted()).isEqualTo(60);
  }

  @Test
  void holdThatIsEndedByHandIsReleasedAndSettlesLateOnce() throws Exception {
    Quota quota = quota(100, 100);
    Request request = request(List.of(Charge.of("tokens", quota, 80)), HOLD, "unsettled");
    Hold hold = store.reserve(request).admitted().orElseThrow();
    assertThat(store.expire(account, "another")).isFalse();
    assertThat(store.expire(account, hold.id())).isTrue();
    assertThat(store.expire(account, hold.id())).isFalse();
    assertThat(store.openHolds(account)).isEmpty();
    assertThat(store.rows(account)).containsExactly("unsettled");
    assertThat(read("tokens", quota).held()).isZero();
    assertThat(store.settle(hold, List.of(70L), "late").outcome()).isEqualTo(Outcome.LATE);
    assertThat(store.settle(hold, List.of(70L), "late").outcome()).isEqualTo(Outcome.REPEATED);
    assertThat(read("tokens", quota).posted()).isEqualTo(70);
    assertThat(store.expire(account, hold.id())).isFalse();
  }

  @Test
  void chargedHoldThatIsEndedByHandIsPosted() throws Exception {
    Quota quota = quota(100, 100);
    Hold hold = chargedHold(quota, 80);
    assertThat(store.expire(account, hold.id())).isTrue();
    assertThat(read("tokens", quota).posted()).isEqualTo(80);
    assertThat(store.settle(hold, List.of(60L), "").outcome()).isEqualTo(Outcome.LATE);
    assertThat(read("tokens", quota).posted()).isEqualTo(60);
  }

  @Test
  void openHoldsAreToldByTheirDeadlines() throws Exception {
    assertThat(store.openHolds(account)).isEmpty();
    Quota quota = quota(1000, 1000);
    List<Charge> one = List.of(Charge.of("tokens", quota, 1));
    Hold later = store.reserve(request(one, HOLD.plusMinutes(1), "later")).admitted().orElseThrow();
    Hold sooner = store.reserve(request(one, HOLD, "sooner \u00e4\t{}")).admitted().orElseThrow();
    Hold settled = store.reserve(request(one, HOLD, "settled")).admitted().orElseThrow();
    store.settle(settled, List.of(1L), "");
    assertThat(store.openHolds(account))
        .containsExactly(
            new OpenHold(sooner.id(), sooner.deadlineMicros(), "sooner \u00e4\t{}"),
            new OpenHold(later.id(), later.deadlineMicros(), "later"));
    setClock(START.plus(HOLD).plusSeconds(10));
    assertThat(store.openHolds(account)).extracting(OpenHold::memo).containsExactly("later");
    for (int i = 0; i < Store.MAX_TOLD_HOLDS; i++) {
      store.reserve(request(one, HOLD.plusHours(1), "many"));
    }
    assertThat(store.openHolds(account)).hasSize(Store.MAX_TOLD_HOLDS).element(0).isNotNull();
    assertThat(store.openHolds(account).get(0).memo()).isEqualTo("later");
  }

  @Test
  void chargedHoldThatIsCancelledLateIsGivenBack() throws Exception {
    Quota quota = quota(100, 100);
    Hold hold = chargedHold(quota, 80);
    setClock(START.plus(HOLD).plusSeconds(1));
    assertThat(store.cancel(hold).outcome()).isEqualTo(Outcome.LATE);
    assertThat(read("tokens", quota).posted()).isZero();
  }

  @Test
  void resetForgetsWhatWasPostedAndTheCrossedNotices() throws Exception {
    Quota quota = new Quota(DAY, 100, 100, 100, List.of(80L));
    store.settle(hold("tokens", quota, 10), List.of(150L), "row");
    take("rate", FREE, 20);
    store.reset(account);
    assertThat(read("tokens", quota).posted()).isZero();
    assertThat(take("rate", FREE, 20).outcome()).isEqualTo(Outcome.FULL);
    Balance again = take("tokens", quota, 90).balances().get(0);
    assertThat(again.crossedFrom()).isZero();
    assertThat(again.crossedTo()).as("notices").isEqualTo(1);
    assertThat(store.rows(account)).containsExactly("row");
  }

  @Test
  void holdThatIsOpenAtAResetSettlesToWhatItUsed() throws Exception {
    Quota quota = quota(100, 100);
    List<Charge> charges = List.of(Charge.of("tokens", quota, 60), Charge.of("rate", FREE, 15));
    Hold more = reserve(charges, HOLD).admitted().orElseThrow();
    Hold less = hold("tokens", quota, 30);
    store.reset(account);
    assertThat(read("tokens", quota).held()).isEqualTo(90);
    store.settle(more, List.of(70L, 10L), "");
    store.settle(less, List.of(20L), "");
    assertThat(read("tokens", quota).posted()).isEqualTo(90);
    assertThat(read("tokens", quota).held()).isZero();
    assertThat(read("rate", FREE).remaining()).isEqualTo(20);
  }

  @Test
  void nothingBecomesNegativeWhenAResetForgetsWhatIsGivenBackAfterwards() throws Exception {
    Quota quota = quota(100, 100);
    Hold late = chargedHold(quota, 80);
    setClock(START.plus(HOLD).plusSeconds(1));
    Hold posted =
        reserve(List.of(Charge.of("tokens", quota, 5)), Duration.ZERO).admitted().orElseThrow();
    store.reset(account);
    assertThat(store.settle(late, List.of(60L), "").outcome()).isEqualTo(Outcome.LATE);
    store.cancel(posted);
    assertThat(read("tokens", quota).posted()).isZero();
  }

  @Test
  void resetEndsAFlagAndLeavesOtherAccountsAlone() throws Exception {
    Surge surge = new Surge(DAY, 10, Surge.Action.BLOCK);
    take("anomaly", surge, 100);
    assertThat(take("anomaly", surge, 1).outcome()).isEqualTo(Outcome.REFUSED);
    store.reset(account + " of somebody else");
    assertThat(take("anomaly", surge, 1).outcome()).isEqualTo(Outcome.REFUSED);
    store.reset(account);
    assertThat(take("anomaly", surge, 1).outcome()).isEqualTo(Outcome.FULL);
    assertThat(read("anomaly", surge).posted()).isEqualTo(1);
  }

  @Test
  void documentIsWrittenByTheOneWhoKnowsItsVersion() throws Exception {
    String name = "document of " + account;
    assertThat(store.document(name)).isEqualTo(Document.ABSENT);
    assertThat(store.replace(name, 0, "first")).isTrue();
    assertThat(store.replace(name, 0, "lost")).isFalse();
    assertThat(store.replace(name, 2, "lost")).isFalse();
    assertThat(store.replace(name, 1, "second {\u00e4 \n}")).isTrue();
    Document document = store.document(name);
    assertThat(document.text()).isEqualTo("second {\u00e4 \n}");
    assertThat(document.version()).isEqualTo(2);
    assertThat(document.atMicros())
        .isBetween(START.toEpochMilli() * 1000, START.plusSeconds(60).toEpochMilli() * 1000);
    assertThat(store.document(name + "x")).isEqualTo(Document.ABSENT);
  }

  @Test
  void rollupAddsEachAdditionOnce() throws Exception {
    Rollups rollups = store.rollups();
    String rollup = "spend of " + account;
    assertThat(rollups.largest(rollup, 0, 10)).isEmpty();
    assertThat(rollups.find(rollup, List.of("a"))).isEmpty();
    Addition first = addition(rollup, "one", 1, row("a", 5, 1), row("b \u00e4\t{}", 7, 0));
    rollups.add(first);
    rollups.add(first);
    rollups.add(addition(rollup, "one", 3, row("a", 3, 1, 9)));
    rollups.add(addition(rollup, "one", 2, row("a", 1000)));
    rollups.add(addition(rollup, "other", 1, row("c", 1, 1)));
    assertThat(rollups.largest(rollup, 0, 10))
        .containsExactly(row("a", 8, 2, 9), row("b \u00e4\t{}", 7, 0), row("c", 1, 1));
    assertThat(rollups.find(rollup, List.of("b \u00e4\t{}")))
        .containsExactly(row("b \u00e4\t{}", 7, 0));
    assertThat(rollups.find(rollup, List.of("c", "d", "a")))
        .containsExactlyInAnyOrder(row("c", 1, 1), row("a", 8, 2, 9));
    assertThat(rollups.find(rollup, List.of("d"))).isEmpty();
  }

  @Test
  void rollupPagesItsRowsByTheirFirstValues() throws Exception {
    Rollups rollups = store.rollups();
    List<Long> values = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      List<Rollups.Row> rows = new ArrayList<>();
      for (int j = 0; j < 300; j++) {
        long value = (j * 7919L + i) % 30_011;
        values.add(value);
        rows.add(row("key " + i + " " + j, value, 1));
      }
      rollups.add(new Addition(account, 60_000_000, "writer", i + 1, rows));
    }
    values.sort(Comparator.reverseOrder());
    List<Long> paged = new ArrayList<>();
    for (int offset = 0; offset < 900; offset += 200) {
      rollups.largest(account, offset, 200).forEach(row -> paged.add(row.values().get(0)));
    }
    assertThat(paged).isEqualTo(values);
    assertThat(rollups.largest(account, 900, 1)).isEmpty();
  }

  @Test
  void rollupIsExactUpToTheLargestAmountAndCutThere() throws Exception {
    Rollups rollups = store.rollups();
    rollups.add(addition(account, "one", 1, row("a", Store.MAX_AMOUNT - 2, 0)));
    rollups.add(addition(account, "one", 2, row("a", 1, 0)));
    assertThat(rollups.find(account, List.of("a"))).contains(row("a", Store.MAX_AMOUNT - 1, 0));
    rollups.add(addition(account, "one", 3, row("a", 5, Store.MAX_AMOUNT)));
    assertThat(rollups.find(account, List.of("a")))
        .contains(row("a", Store.MAX_AMOUNT, Store.MAX_AMOUNT));
  }

  private static Addition addition(
      String rollup, String writer, long sequence, Rollups.Row... rows) {
    return new Addition(rollup, 60_000_000, writer, sequence, List.of(rows));
  }

  private static Rollups.Row row(String key, long... values) {
    return new Rollups.Row(key, Arrays.stream(values).boxed().toList());
  }

  @Test
  void largestDocumentFitsAndALargerOneIsRefused() throws Exception {
    String largest = "x".repeat(Store.MAX_DOCUMENT_LENGTH);
    assertThat(store.replace(account, 0, largest)).isTrue();
    assertThat(store.document(account).text()).isEqualTo(largest);
    assertThatThrownBy(() -> store.replace(account, 1, largest + "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("65537");
    assertThatThrownBy(() -> store.document("")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void onlyOneOfManyThreadsReplacesAVersion() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Boolean>> writers = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        String text = "text " + i;
        writers.add(() -> store.replace(account, 0, text));
      }
      int written = 0;
      for (Future<Boolean> writer : threads.invokeAll(writers)) {
        written += writer.get() ? 1 : 0;
      }
      assertThat(written).isEqualTo(1);
      assertThat(store.document(account).version()).isEqualTo(1);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void onlyHoldsInTheWayMeanWaitingForTheNextDeadline() throws Exception {
    Quota quota = quota(100, 100);
    hold("tokens", quota, 80);
    Receipt refused = take("tokens", quota, 80);
    assertThat(refused.balances().get(0).waitMicros())
        .isBetween(HOLD.toNanos() / 1000 - 5_000_000L, HOLD.toNanos() / 1000);
  }

  @Test
  void quotaStartsAnewWithItsWindowAndASettlementBelongsToItsReservation() throws Exception {
    setClock(Instant.parse("2026-03-10T23:59:50Z"));
    Quota quota = quota(100, 100);
    Hold hold = hold("tokens", quota, 60);
    assertThat(read("tokens", quota).held()).isEqualTo(60);

    setClock(Instant.parse("2026-03-11T00:00:01Z"));
    assertThat(read("tokens", quota).held()).isZero();
    store.settle(hold, List.of(90L), "");
    Balance today = read("tokens", quota);
    assertThat(today.posted()).isZero();
    assertThat(today.remaining()).isEqualTo(100);
    assertThat(today.startMicros()).isEqualTo(micros("2026-03-11T00:00:00Z"));
    assertThat(today.endMicros()).isEqualTo(micros("2026-03-12T00:00:00Z"));
  }

  @Test
  void softLimitTakesTheReducedAmountsAndHardLimitRefuses() throws Exception {
    Quota ladder = new Quota(DAY, 100, 100, 150, List.of(80L, 100L));
    Charge charge = new Charge("tokens", ladder, 40, 10);
    Charge restrictedRate = new Charge("restricted", new Bucket(5, 60_000_000L, 5), 0, 1);
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      outcomes.add(reserve(List.of(charge, restrictedRate), Duration.ZERO).outcome());
    }
    assertThat(outcomes.subList(0, 2)).containsOnly(Outcome.FULL);
    assertThat(outcomes.subList(2, 7)).containsOnly(Outcome.REDUCED);
    assertThat(outcomes.subList(7, 9)).as("5 restricted a minute").containsOnly(Outcome.REFUSED);
    setClock(START.plusSeconds(40));
    assertThat(reserve(List.of(charge, restrictedRate), Duration.ZERO).outcome())
        .isEqualTo(Outcome.REDUCED);
    assertThat(reserve(List.of(charge, restrictedRate), Duration.ZERO).outcome())
        .isEqualTo(Outcome.REDUCED);
    assertThat(reserve(List.of(charge), Duration.ZERO).outcome())
        .as("150 is the end")
        .isEqualTo(Outcome.REFUSED);
  }

  @ParameterizedTest
  @CsvSource({"79, 0", "80, 1", "99, 1", "100, 2", "130, 2"})
  void noticesAreCrossedOnce(long amount, int crossed) throws Exception {
    Quota ladder = new Quota(DAY, 100, 150, 150, List.of(80L, 100L));
    Balance first = take("tokens", ladder, amount).balances().get(0);
    assertThat(first.crossedFrom()).isZero();
    assertThat(first.crossedTo()).isEqualTo(crossed);
    Balance second = take("tokens", ladder, 0).balances().get(0);
    assertThat(second.crossedFrom()).isEqualTo(crossed);
    assertThat(second.crossedTo()).isEqualTo(crossed);
  }

  @Test
  void settlementCrossesNoticesAndARestrictedCallCrossesItsOwn() throws Exception {
    Quota ladder = new Quota(DAY, 100, 100, 150, List.of(80L, 100L));
    Hold hold = hold("tokens", ladder, 90);
    Balance settled = store.settle(hold, List.of(85L), "").balances().get(0);
    assertThat(settled.crossedTo() - settled.crossedFrom()).isEqualTo(1);
    Receipt restricted = reserve(List.of(new Charge("tokens", ladder, 40, 5)), Duration.ZERO);
    assertThat(restricted.outcome()).isEqualTo(Outcome.REDUCED);
    assertThat(restricted.balances().get(0).crossedFrom()).isEqualTo(1);
    assertThat(restricted.balances().get(0).crossedTo()).isEqualTo(2);
  }

  @Test
  void raisedLimitKeepsWhatWasCounted() throws Exception {
    Bucket before = new Bucket(10, 60_000_000L, 20);
    for (int i = 0; i < 20; i++) {
      take("rate", before, 1);
    }
    Bucket after = new Bucket(60, 60_000_000L, 100);
    assertThat(read("rate", after).remaining()).isBetween(80L, 85L);
    Quota small = quota(10, 10);
    take("requests", small, 10);
    assertThat(read("requests", quota(200, 200)).remaining()).isEqualTo(190);
  }

  /** Calls whose likely amounts would fit twenty times, and whose worst amounts fit ten times. */
  @Test
  void whatOpenHoldsMayTurnOutToBeFitsUnderTheHardLimit() throws Exception {
    Quota quota = quota(1000, 1000);
    Charge charge = new Charge("tokens", quota, 10, 100, 30);
    List<Hold> whole = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      whole.add(reserve(List.of(charge), HOLD).admitted().orElseThrow());
    }
    assertThat(whole).allMatch(hold -> hold.parts().get(0).amount() == 10);
    assertThat(whole).allMatch(hold -> hold.parts().get(0).worst() == 100);
    store.settle(hold("tokens", quota, 50), List.of(50L), "");

    Receipt reduced = reserve(List.of(charge), HOLD);
    assertThat(reduced.outcome()).isEqualTo(Outcome.REDUCED);
    assertThat(reduced.admitted().orElseThrow().parts().get(0).amount()).isEqualTo(30);
    Balance refused = reserve(List.of(charge), HOLD).balances().get(0);
    assertThat(refused.held()).isEqualTo(120);
    assertThat(refused.waitMicros()).as("until a hold ends").isBetween(1L, HOLD.toNanos() / 1000);

    store.cancel(whole.remove(0));
    assertThat(reserve(List.of(charge), HOLD).outcome()).isEqualTo(Outcome.FULL);
    for (Hold hold : whole) {
      store.settle(hold, List.of(100L), "");
    }
    assertThat(read("tokens", quota).posted()).isEqualTo(850);
    assertThat(read("tokens", quota).held()).isEqualTo(40);
  }

  /** Seven calls stay open while an eighth place is used again and again, at its worst. */
  @Test
  void longCallsThatTurnOutToBeTheWorstDoNotPassTheHardLimit() throws Exception {
    Quota quota = quota(10_000, 10_000);
    Charge charge = new Charge("tokens", quota, 10, 1000, 1000);
    List<Hold> open = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      open.add(reserve(List.of(charge), HOLD).admitted().orElseThrow());
    }
    Receipt next = reserve(List.of(charge), HOLD);
    while (next.admitted().isPresent()) {
      store.settle(next.admitted().get(), List.of(1000L), "");
      next = reserve(List.of(charge), HOLD);
    }
    for (Hold hold : open) {
      store.settle(hold, List.of(1000L), "");
    }
    assertThat(read("tokens", quota).posted()).isEqualTo(10_000);
  }

  /** Any number of calls, settled in any order at no more than their worst. */
  @Test
  void noInterleavingEndsAboveAHardLimit() throws Exception {
    long seed = Long.getLong("seed", ThreadLocalRandom.current().nextLong());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int caller = 0; caller < 40; caller++) {
      Quota tokens = new Quota(DAY, 2000, 1500, 3000, List.of());
      Quota cost = new Quota(DAY, 900_000, 900_000, 900_000, List.of());
      String name = account + "/" + caller;
      List<Hold> open = new ArrayList<>();
      int places = 1 + random.nextInt(30);
      for (int step = 0; step < 120; step++) {
        if (open.size() < places && random.nextInt(3) > 0) {
          store.reserve(spending(name, tokens, cost, random)).admitted().ifPresent(open::add);
        } else if (!open.isEmpty()) {
          settle(open.remove(random.nextInt(open.size())), random);
        }
      }
      while (!open.isEmpty()) {
        settle(open.remove(0), random);
      }
      List<Charge> charges = List.of(Charge.of("tokens", tokens, 0), Charge.of("cost", cost, 0));
      List<Balance> ends = store.read(name, charges).balances();
      assertThat(ends.get(0).posted()).as("seed %d", seed).isLessThanOrEqualTo(3000);
      assertThat(ends.get(1).posted()).as("seed %d", seed).isLessThanOrEqualTo(900_000);
    }
  }

  private Request spending(String name, Quota tokens, Quota cost, Random random) {
    long worst = 1 + random.nextInt(600);
    long likely = 1 + random.nextInt((int) worst);
    long reduced = 1 + random.nextInt((int) worst);
    List<Charge> charges =
        List.of(
            new Charge("tokens", tokens, likely, worst, reduced),
            new Charge("cost", cost, likely * 400, worst * 400, reduced * 400));
    return new Request(name, id(), charges, HOLD.toNanos() / 1000, "");
  }

  /** Mostly at the worst, for that is what a bound is for. */
  private void settle(Hold hold, Random random) throws StoreException {
    boolean all = random.nextInt(4) > 0;
    List<Long> actual =
        hold.parts().stream()
            .map(part -> all ? part.worst() : random.nextLong(part.worst() + 1))
            .toList();
    if (random.nextInt(20) == 0) {
      store.cancel(hold);
    } else {
      store.settle(hold, actual, "");
    }
  }

  @Test
  void amountThatCanNeverFitIsToldApart() throws Exception {
    assertThat(take("rate", FREE, 21).balances().get(0).waitMicros()).isEqualTo(Store.NEVER);
    assertThat(take("quota", quota(10, 10), 11).balances().get(0).waitMicros())
        .isEqualTo(Store.NEVER);
  }

  @Test
  void largestAmountsAreExact() throws Exception {
    Quota quota = quota(Store.MAX_AMOUNT, Store.MAX_AMOUNT);
    Hold hold = hold("cost", quota, Store.MAX_AMOUNT - 1);
    assertThat(read("cost", quota).remaining()).isEqualTo(1);
    store.settle(hold, List.of(Store.MAX_AMOUNT - 3), "");
    assertThat(read("cost", quota).remaining()).isEqualTo(3);
    Bucket fast = new Bucket(Store.MAX_AMOUNT / 2, 60_000_000L, Store.MAX_AMOUNT / 2);
    assertThat(take("tokens", fast, Store.MAX_AMOUNT / 2).outcome()).isEqualTo(Outcome.FULL);
  }

  @Test
  void journalKeepsTheLatestRows() throws Exception {
    Quota quota = quota(1000, 1000);
    for (int i = 0; i < Store.MAX_ROWS + 5; i++) {
      store.settle(hold("tokens", quota, 1), List.of(1L), "row " + i);
    }
    List<String> rows = store.rows(account);
    assertThat(rows).hasSize(Store.MAX_ROWS);
    assertThat(rows.get(0)).isEqualTo("row " + (Store.MAX_ROWS + 4));
  }

  @Test
  void accountsWithStrangeNamesAreCountedApart() throws Exception {
    Quota quota = quota(5, 5);
    for (String name : List.of("a{b}c", "a{b}d", "{", "}", "%7B", "\u00e4 \u0001\n", "{}x")) {
      Request request = new Request(name, id(), List.of(Charge.of("tokens", quota, 5)), 0, "");
      assertThat(store.reserve(request).outcome()).as(name).isEqualTo(Outcome.FULL);
    }
  }

  @Test
  void manyThreadsTakeExactlyTheCapacity() throws Exception {
    try (Store other = open()) {
      ExecutorService threads = Executors.newFixedThreadPool(16);
      try {
        List<Callable<Outcome>> calls = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
          Store mine = i % 2 == 0 ? store : other;
          Request request = request(List.of(Charge.of("rate", FREE, 1)), Duration.ZERO, "");
          calls.add(() -> mine.reserve(request).outcome());
        }
        int admitted = 0;
        for (Future<Outcome> outcome : threads.invokeAll(calls)) {
          admitted += outcome.get() == Outcome.FULL ? 1 : 0;
        }
        assertThat(admitted).isEqualTo(sharesState() ? 20 : 40);
      } finally {
        threads.shutdownNow();
      }
    }
  }

  /** Whether two clients that are opened count together. */
  protected boolean sharesState() {
    return true;
  }

  @Test
  void surgeIsToldOnceAndEndsAfterADay() throws Exception {
    Surge surge = new Surge(DAY, 5, Surge.Action.ALERT);
    for (int i = 0; i < 30; i++) {
      Balance balance = take("surge", surge, 1).balances().get(0);
      assertThat(balance.crossedTo()).as("request %d", i + 1).isZero();
    }
    Balance flagged = take("surge", surge, 1).balances().get(0);
    assertThat(flagged.crossedFrom()).isZero();
    assertThat(flagged.crossedTo()).isEqualTo(1 + Surge.Span.TEN_MINUTES.ordinal());
    assertThat(flagged.posted()).isEqualTo(31);
    assertThat(flagged.remaining()).as("until it is abnormal").isEqualTo(-1);
    assertThat(flagged.endMicros() - flagged.startMicros()).isEqualTo(Surge.FLAG_MICROS);

    Receipt later = take("surge", surge, 1000);
    assertThat(later.outcome()).isEqualTo(Outcome.FULL);
    assertThat(later.balances().get(0).crossedFrom()).isEqualTo(1);
    assertThat(later.balances().get(0).crossedTo()).isEqualTo(1);
    setClock(START.plus(Duration.ofDays(1)).plusSeconds(5));
    assertThat(read("surge", surge).crossedTo()).isZero();
  }

  @Test
  void surgeRestrictsOrBlocksWhileItIsFlaggedAndCountsNothingThatIsRefused() throws Exception {
    Quota quota = quota(1000, 1000);
    List<Charge> restricting =
        List.of(
            Charge.of("surge", new Surge(DAY, 1, Surge.Action.RESTRICT), 31),
            new Charge("tokens", quota, 10, 3));
    assertThat(reserve(restricting, Duration.ZERO).outcome()).isEqualTo(Outcome.FULL);
    assertThat(reserve(restricting, Duration.ZERO).outcome()).isEqualTo(Outcome.REDUCED);
    assertThat(read("tokens", quota).posted()).isEqualTo(13);

    Surge block = new Surge(DAY, 1, Surge.Action.BLOCK);
    Receipt refused = reserve(List.of(Charge.of("surge", block, 1)), Duration.ZERO);
    assertThat(refused.outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(refused.balances().get(0).posted()).isEqualTo(62);
    assertThat(refused.balances().get(0).waitMicros())
        .isBetween(Surge.FLAG_MICROS - 60_000_000L, Surge.FLAG_MICROS);
  }

  @Test
  void surgeThatHasCountedNothingGoesByWhatIsExpectedNow() throws Exception {
    assertThat(read("surge", new Surge(DAY, 50, Surge.Action.ALERT)).remaining()).isEqualTo(800);
    assertThat(read("surge", new Surge(DAY, 20, Surge.Action.ALERT)).remaining()).isEqualTo(320);
    take("surge", new Surge(DAY, 20, Surge.Action.ALERT), 1);
    assertThat(read("surge", new Surge(DAY, 50, Surge.Action.ALERT)).remaining()).isEqualTo(319);
  }

  @Test
  void settlementAndCancellationLeaveASurgeAsItIs() throws Exception {
    Surge surge = new Surge(DAY, 5, Surge.Action.ALERT);
    List<Charge> charges = List.of(Charge.of("surge", surge, 4), Charge.of("rate", FREE, 1));
    Hold hold = reserve(charges, HOLD).admitted().orElseThrow();
    assertThat(store.settle(hold, List.of(1L, 1L), "").outcome()).isEqualTo(Outcome.APPLIED);
    store.cancel(reserve(charges, Duration.ZERO).admitted().orElseThrow());
    assertThat(read("surge", surge).posted()).isEqualTo(8);
  }

  @Test
  void randomSurgesAgreeWithTheOracle() throws Exception {
    long seed = Long.getLong("seed", ThreadLocalRandom.current().nextLong());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (Surge.Action action : Surge.Action.values()) {
      Surge surge = new Surge(DAY, 1 + random.nextInt(20), action);
      SurgeOracle oracle = new SurgeOracle(surge);
      String name = "surge-" + seed + action;
      Instant now = START;
      for (int step = 0; step < 300; step++) {
        now = now.plusMillis(200 + random.nextLong(1L << (10 + random.nextInt(16))));
        setClock(now);
        if (random.nextInt(40) == 0) {
          store = reopen(store);
        }
        long amount = random.nextInt(20) == 0 ? random.nextInt(200) : random.nextInt(4);
        List<Charge> charges = List.of(Charge.of("surge", surge, amount));
        boolean isRead = random.nextInt(5) == 0;
        Receipt receipt =
            isRead
                ? store.read(name, charges)
                : store.reserve(new Request(name, id(), charges, 0, ""));
        if (!isRead && receipt.outcome() != Outcome.REFUSED) {
          oracle.count(receipt.atMicros(), amount);
        }
        Balance balance = receipt.balances().get(0);
        boolean isFlagged = balance.crossedTo() > 0;
        assertThat(
                new SurgeOracle.Verdict(
                    balance.crossedTo(), isFlagged ? balance.endMicros() : 0, balance.posted()))
            .as("%s, seed %d, step %d", action, seed, step)
            .isEqualTo(oracle.at(receipt.atMicros()));
      }
    }
  }

  @Test
  void randomOperationsAgreeWithTheOracle() throws Exception {
    long seed = Long.getLong("seed", ThreadLocalRandom.current().nextLong());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int run = 0; run < 20; run++) {
      new RandomRun(random, "random-" + seed + "-" + run).go(seed);
    }
  }

  /** One random history of one account, told to the store and to the oracle. */
  private final class RandomRun {
    private final Random random;
    private final String name;
    private final OracleStore oracle = new OracleStore();
    private final List<Hold> holds = new ArrayList<>();
    private final List<Request> requests = new ArrayList<>();
    private final Set<String> refunded = new HashSet<>();
    private Instant now = START;

    RandomRun(Random random, String name) {
      this.random = random;
      this.name = name;
    }

    void go(long seed) throws Exception {
      for (int step = 0; step < 100; step++) {
        // forward by more than a running clock can have gained
        now = now.plusMillis(random.nextInt(4) == 0 ? random.nextInt(20_000) : 0).plusMillis(200);
        setClock(now);
        if (random.nextInt(20) == 0) {
          store = reopen(store);
        }
        step(name + ", seed " + seed + ", step " + step);
      }
    }

    private void step(String where) throws Exception {
      switch (random.nextInt(7)) {
        case 0, 1 -> reserve(where, new Request(name, id(), charges(), holdMicros(), expiry(), ""));
        case 2 -> {
          if (!requests.isEmpty()) {
            reserve(where, requests.get(random.nextInt(requests.size())));
          }
        }
        case 3, 4 -> endOne(where);
        case 5 -> expireOne(where);
        default -> {
          List<Charge> charges = charges();
          Receipt read = store.read(name, charges);
          check(where, "read", read, oracle.read(charges, read.atMicros()));
        }
      }
    }

    private void reserve(String where, Request request) throws StoreException {
      Receipt receipt = store.reserve(request);
      check(where, "reserve", receipt, oracle.reserve(request, receipt));
      receipt.admitted().ifPresent(holds::add);
      if (request.holdMicros() > 0) {
        requests.add(request);
      }
    }

    private void expireOne(String where) throws StoreException {
      // one whose deadline does not come in between
      long later = now.plusMillis(150).toEpochMilli() * 1000;
      List<Hold> far =
          holds.stream().filter(hold -> hold.isKept() && hold.deadlineMicros() > later).toList();
      if (!far.isEmpty()) {
        String id = far.get(random.nextInt(far.size())).id();
        boolean expired = store.expire(name, id);
        long at = now.toEpochMilli() * 1000;
        assertThat(expired).as("%s: expire", where).isEqualTo(oracle.expire(id, at));
      }
    }

    private void endOne(String where) throws StoreException {
      if (holds.isEmpty()) {
        return;
      }
      Hold hold = holds.get(random.nextInt(holds.size()));
      if (!hold.isKept()) {
        if (refunded.add(hold.id())) {
          Receipt refund = store.cancel(hold);
          check(where, "refund", refund, oracle.refundPosted(hold, refund.atMicros()));
        }
        return;
      }
      boolean cancel = random.nextInt(4) == 0;
      List<Long> actual = new ArrayList<>();
      for (Hold.Part part : hold.parts()) {
        actual.add(cancel ? 0 : (long) random.nextInt((int) part.amount() * 2 + 3));
      }
      Receipt ended = cancel ? store.cancel(hold) : store.settle(hold, actual, "");
      long at = ended.atMicros();
      OracleStore.Answer expected =
          cancel ? oracle.cancel(hold, at) : oracle.settle(hold, actual, at);
      check(where, "end", ended, expected);
    }

    private void check(String where, String what, Receipt actual, OracleStore.Answer expected) {
      assertThat(OracleStore.Answer.of(actual)).as("%s: %s", where, what).isEqualTo(expected);
    }

    private long holdMicros() {
      return random.nextBoolean() ? 0 : 1_000_000L + random.nextInt(30_000_000);
    }

    private Expiry expiry() {
      return random.nextInt(3) == 0 ? Expiry.CHARGED : Expiry.RELEASED;
    }

    private List<Charge> charges() {
      Calendar tenSeconds = new FixedCalendar(10_000_000);
      Calendar minute = new FixedCalendar(60_000_000);
      List<Charge> charges = new ArrayList<>();
      charges.add(charge("r", new Bucket(7, 3_000_000L, 11), 4));
      charges.add(charge("t", new Bucket(1_000_003, 60_000_000L, 50_000), 20_000));
      charges.add(charge("d", new Quota(tenSeconds, 20, 20, 30, List.of(16L, 20L)), 8));
      charges.add(charge("m", new Quota(minute, 9_000, 8_000, 9_000, List.of(7_000L)), 3_000));
      charges.removeIf(charge -> random.nextInt(4) == 0);
      return charges;
    }

    private Charge charge(String counter, Bound bound, int max) {
      long amount = random.nextInt(max + 1);
      return new Charge(counter, bound, amount, amount + amount / 3, amount / 2);
    }
  }

  private Receipt take(String counter, Bound bound, long amount) throws StoreException {
    return reserve(List.of(Charge.of(counter, bound, amount)), Duration.ZERO);
  }

  private Hold hold(String counter, Bound bound, long amount) throws StoreException {
    return reserve(List.of(Charge.of(counter, bound, amount)), HOLD).admitted().orElseThrow();
  }

  private Hold chargedHold(Quota quota, long amount) throws StoreException {
    List<Charge> charges = List.of(Charge.of("tokens", quota, amount));
    long micros = HOLD.toNanos() / 1000;
    return store
        .reserve(new Request(account, id(), charges, micros, Expiry.CHARGED, "unsettled"))
        .admitted()
        .orElseThrow();
  }

  private Receipt reserve(List<Charge> charges, Duration hold) throws StoreException {
    return store.reserve(request(charges, hold, ""));
  }

  private Request request(List<Charge> charges, Duration hold, String memo) {
    return new Request(account, id(), charges, hold.toNanos() / 1000, memo);
  }

  private Balance read(String counter, Bound bound) throws StoreException {
    return store.read(account, List.of(Charge.of(counter, bound, 0))).balances().get(0);
  }

  private String id() {
    return "id-" + ++lastId;
  }

  private static Quota quota(long soft, long hard) {
    return new Quota(DAY, hard, soft, hard, List.of());
  }

  private static long micros(String instant) {
    return Instant.parse(instant).toEpochMilli() * 1000;
  }
}
