package dev.tollgate.store;

import java.time.Instant;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * Whatever threads do at the same time, the answers are those of some order of their operations.
 */
@Param(name = "id", gen = IntGen.class, conf = "1:3")
@Param(name = "amount", gen = IntGen.class, conf = "1:9")
public class MemoryStoreLincheckTest {

  private static final HandClock CLOCK = new HandClock(Instant.parse("2026-03-10T12:00:00Z"));
  private static final Quota QUOTA =
      new Quota(new FixedCalendar(86_400_000_000L), 20, 15, 20, List.of(10L));
  private static final Bucket BUCKET = new Bucket(10, 60_000_000L, 15);

  private static final long HOLD_MICROS = 60_000_000L;

  private final MemoryStore store = new MemoryStore(10, CLOCK);

  @Operation
  public String reserve(@Param(name = "id") int id, @Param(name = "amount") int amount) {
    List<Charge> charges =
        List.of(new Charge("q", QUOTA, amount, 1), new Charge("b", BUCKET, amount, 1));
    Receipt receipt = store.reserve(new Request(account(id), "" + id, charges, HOLD_MICROS, ""));
    return describe(receipt);
  }

  @Operation
  public String settle(@Param(name = "id") int id, @Param(name = "amount") int amount) {
    return describe(store.settle(hold(id), List.of((long) amount, (long) amount), ""));
  }

  @Operation
  public String cancel(@Param(name = "id") int id) {
    return describe(store.cancel(hold(id)));
  }

  @Operation
  public String read() {
    return describe(store.read("a", List.of(Charge.of("q", QUOTA, 0), Charge.of("b", BUCKET, 0))));
  }

  /** A hold as far as the store goes by it: its id, and a deadline that the clock gives to all. */
  private static Hold hold(int id) {
    Hold.Part quota = new Hold.Part("q", QUOTA, 0, 0);
    Hold.Part bucket = new Hold.Part("b", BUCKET, 0, 0);
    long deadline = CLOCK.instant().toEpochMilli() * 1000 + HOLD_MICROS;
    return new Hold(account(id), "" + id, deadline, List.of(quota, bucket));
  }

  private static String account(int id) {
    return id == 3 ? "b" : "a";
  }

  private static String describe(Receipt receipt) {
    return receipt.outcome() + " " + receipt.balances();
  }

  @Test
  public void operationsAreLinearizable() {
    new StressOptions()
        .iterations(30)
        .invocationsPerIteration(500)
        .threads(3)
        .actorsPerThread(3)
        .check(MemoryStoreLincheckTest.class);
  }
}
