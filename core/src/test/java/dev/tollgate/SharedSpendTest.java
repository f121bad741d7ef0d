package dev.tollgate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.SpendScope.Kind;
import dev.tollgate.store.Store;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SharedSpendTest {

  private static final long MINUTE = SharedSpend.MINUTE_MICROS;

  /** A day of a year in which minutes have eight digits. */
  private static final long NOW = 29_500_000L;

  private static final BreakerPolicy POLICY = new BreakerPolicy(300, 10, false, Map.of());
  private static final SpendScope CHAT = new SpendScope(Kind.ROUTE, "chat");

  private final SharedSpend shared = new SharedSpend();

  private static BreakerOrder order(BreakerControl control) {
    return BreakerOrder.of(control, NOW + 100_000);
  }

  @Test
  void anOrderIsKeptWithItsEndAndTellsIt() {
    shared.watch(Map.of(CHAT, 43_200_000L), NOW);
    shared.control(CHAT, BreakerOrder.of(BreakerControl.OPEN, NOW + 3));
    SharedSpend read = SharedSpend.read(shared.write()).orElseThrow();
    assertThat(read.close((NOW + 3) * MINUTE, POLICY)).isEmpty();
    BreakerChange told = read.close((NOW + 4) * MINUTE, POLICY).get(0);
    assertThat(told.ended()).contains(BreakerControl.OPEN);
    assertThat(told.status().state()).isEqualTo(BreakerState.OPEN);
    assertThat(told.status().control()).isEqualTo(BreakerControl.AUTOMATIC);
    assertThat(told.status().controlEnds()).isEmpty();
    assertThat(read.close((NOW + 60) * MINUTE, POLICY))
        .extracting(change -> change.status().state())
        .containsExactly(BreakerState.HALF_OPEN, BreakerState.CLOSED);
  }

  @Test
  void anOrderOfAFormerReleaseEndsAfterADay() {
    shared.watch(Map.of(CHAT, 43_200_000L), NOW);
    shared.control(CHAT, BreakerOrder.of(BreakerControl.HELD, NOW + 3));
    String former = shared.write().replace("HELD@" + (NOW + 3), "HELD");
    SharedSpend read = SharedSpend.read(former).orElseThrow();
    BreakerStatus status = read.status(CHAT).orElseThrow();
    assertThat(status.control()).isEqualTo(BreakerControl.HELD);
    assertThat(status.controlEnds()).contains(LimitState.instant((NOW + 1440) * MINUTE));
  }

  @Test
  void readsWhatItWrote() {
    shared.watch(Map.of(CHAT, 43_200_000L, SpendScope.APPLICATION, 1L), NOW);
    shared.sign("me", 7, NOW);
    shared.add(CHAT, NOW, new MinuteSpend(5, 6), NOW);
    shared.close((NOW + 3) * MINUTE, POLICY);
    shared.add(CHAT, NOW + 3, new MinuteSpend(7, 8), NOW + 3);
    shared.control(CHAT, order(BreakerControl.OPEN));
    SharedSpend read = SharedSpend.read(shared.write()).orElseThrow();
    assertThat(read.write()).isEqualTo(shared.write());
    assertThat(read.lastNumber("me")).isEqualTo(7);
    assertThat(read.status(CHAT)).isEqualTo(shared.status(CHAT));
  }

  @Test
  void takesNothingFromATextOfAnotherForm() {
    assertThat(SharedSpend.read("nonsense")).isEmpty();
    assertThat(SharedSpend.read("scope\tROUTE\tchat\t12")).isEmpty();
    assertThat(SharedSpend.read("")).isPresent();
  }

  @Test
  void asManyScopesAndProcessesAsThereMayBeFitIntoADocument() {
    Map<SpendScope, Long> scopes = new HashMap<>();
    for (int i = 0; i < BreakerPolicy.MAX_SCOPES; i++) {
      String name = "%064d".formatted(i);
      scopes.put(new SpendScope(Kind.PROVIDER, name), Store.MAX_AMOUNT);
    }
    shared.watch(scopes, NOW);
    MinuteSpend most = new MinuteSpend(Store.MAX_AMOUNT, Store.MAX_AMOUNT);
    for (SpendScope scope : scopes.keySet()) {
      shared.control(scope, order(BreakerControl.AUTOMATIC));
    }
    for (long minute = NOW; minute < NOW + 1500; minute++) {
      for (SpendScope scope : scopes.keySet()) {
        shared.add(scope, minute, most, minute);
      }
      shared.close(minute * MINUTE + SharedSpend.GRACE_MICROS, POLICY);
    }
    for (SpendScope scope : scopes.keySet()) {
      shared.add(scope, NOW + 1500, most, NOW + 1500);
      shared.control(scope, order(BreakerControl.CLOSED));
    }
    for (int i = 0; i < SharedSpend.MAX_WRITERS + 10; i++) {
      shared.sign("%020d".formatted(i), 1_000_000_000_000L, NOW + 1500);
    }
    int length = shared.write().length();
    System.out.printf(
        "%d scopes and %d processes at their worst: %d characters%n",
        scopes.size(), SharedSpend.MAX_WRITERS, length);
    assertThat(length).isLessThanOrEqualTo(Store.MAX_DOCUMENT_LENGTH);
  }

  @Test
  void usualScopeTakesAFewHundredCharacters() {
    shared.watch(Map.of(CHAT, 2_000_000_000_000L), NOW);
    long[] traffic = ServeGen.minutes(new Random(1));
    for (int i = 0; i < 3000; i++) {
      shared.add(CHAT, NOW + i, new MinuteSpend(traffic[i], 0), NOW + i);
      shared.close((NOW + i) * MINUTE + SharedSpend.GRACE_MICROS, POLICY);
    }
    int length = shared.write().length();
    System.out.printf("one scope: %d characters%n", length);
    assertThat(length).isBetween(280, 500);
  }

  @Test
  void whatComesTooLateIsAddedToTheFirstMinuteThatIsNotClosed() {
    shared.watch(Map.of(CHAT, 43_200_000L), NOW);
    shared.close((NOW + 5) * MINUTE, POLICY);
    shared.add(CHAT, NOW, new MinuteSpend(5_000, 0), NOW + 5);
    shared.add(CHAT, NOW + 99, new MinuteSpend(5_000, 0), NOW + 5);
    shared.close((NOW + 6) * MINUTE + SharedSpend.GRACE_MICROS, POLICY);
    assertThat(shared.status(CHAT).orElseThrow().demand())
        .as("the mean of five minutes")
        .isEqualTo(2_000);
  }

  @Test
  void minutesAreClosedSomeSecondsAfterTheirEnd() {
    shared.watch(Map.of(CHAT, 43_200_000L), NOW);
    long end = (NOW + 1) * MINUTE;
    assertThat(shared.isDue(end + SharedSpend.GRACE_MICROS - 1)).isFalse();
    assertThat(shared.isDue(end + SharedSpend.GRACE_MICROS)).isTrue();
    shared.close(end + SharedSpend.GRACE_MICROS, POLICY);
    assertThat(shared.isDue(end + SharedSpend.GRACE_MICROS)).isFalse();
  }

  @Test
  void yearsOfSilenceAreClosedAtOnce() {
    shared.watch(Map.of(CHAT, 43_200_000L), NOW);
    shared.control(CHAT, order(BreakerControl.OPEN));
    shared.control(CHAT, order(BreakerControl.AUTOMATIC));
    long later = NOW + 100L * 365 * 1440;
    List<BreakerChange> changes = shared.close(later * MINUTE, POLICY);
    assertThat(changes)
        .extracting(change -> change.status().state())
        .containsExactly(BreakerState.HALF_OPEN, BreakerState.CLOSED);
    assertThat(shared.isDue(later * MINUTE)).isFalse();
    assertThat(shared.isDue((later + 1) * MINUTE)).isTrue();
  }

  @Test
  void scopesThatNobodyWatchesAreDroppedAfterAWeekAndMakeRoomAtOnce() {
    shared.watch(Map.of(CHAT, 1L), NOW);
    shared.watch(Map.of(SpendScope.APPLICATION, 1L), NOW + 6 * 1440);
    assertThat(shared.status(CHAT)).isPresent();
    shared.watch(Map.of(SpendScope.APPLICATION, 1L), NOW + 8 * 1440);
    assertThat(shared.status(CHAT)).isEqualTo(Optional.empty());

    Map<SpendScope, Long> others = new HashMap<>();
    for (int i = 0; i < BreakerPolicy.MAX_SCOPES; i++) {
      others.put(new SpendScope(Kind.TIER, "t" + i), 1L);
    }
    shared.watch(others, NOW + 8 * 1440);
    assertThat(shared.status(SpendScope.APPLICATION)).isEqualTo(Optional.empty());
    assertThat(others.keySet()).allMatch(scope -> shared.status(scope).isPresent());
  }
}
