package dev.tollgate.config;

import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.Decision;
import dev.tollgate.LimitState;
import dev.tollgate.Meter;
import dev.tollgate.Tollgate;
import dev.tollgate.Usage;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A process whose engine meets more callers than it can know, each with one call that is settled.
 * It prints what became of the callers it knew before, of the memory and of those who came last.
 */
final class KeyFlood {

  private static final int KNOWN = 100;
  private static final int CALLS_OF_KNOWN = 10;
  private static final int CALLS_OF_NEW = 1000;
  private static final int TOKENS = 30;

  private final Tollgate tollgate;

  private KeyFlood(Tollgate tollgate) {
    this.tollgate = tollgate;
  }

  /** Takes the number of keys, and then the names and values of settings in turn. */
  public static void main(String[] arguments) throws InterruptedException {
    String[] settings = Arrays.copyOfRange(arguments, 1, arguments.length);
    try (Engine engine = Engine.open(Configs.of(settings), KeyFlood.class.getClassLoader())) {
      new KeyFlood(engine.tollgate()).run(Long.parseLong(arguments[0]));
    }
  }

  private void run(long keys) throws InterruptedException {
    long before = heapAfterCollection();
    List<Caller> known =
        IntStream.range(0, KNOWN).mapToObj(number -> caller("known-" + number)).toList();
    known.forEach(caller -> admitted(caller, CALLS_OF_KNOWN));

    long start = System.nanoTime();
    long admitted = 0;
    for (long key = 0; key < keys; key++) {
      admitted += admitted(caller("flood-" + key), 1);
    }
    double seconds = (System.nanoTime() - start) / 1e9;

    long kept = known.stream().filter(this::isRemembered).count();
    long ofOneNew = admitted(caller("new"), CALLS_OF_NEW);
    long after = heapAfterCollection();
    System.out.printf(
        "keys=%d admitted=%d known=%d kept=%d new-asked=%d new-admitted=%d bytes=%d seconds=%.1f%n",
        keys, admitted, KNOWN, kept, CALLS_OF_NEW, ofOneNew, after - before, seconds);
  }

  private static Caller caller(String id) {
    return new Caller(id, "free");
  }

  private int admitted(Caller caller, int calls) {
    int admitted = 0;
    for (int i = 0; i < calls; i++) {
      Call call = Call.of(caller, "chat").model("gpt-5-mini").estimate(TOKENS, TOKENS);
      Decision decision = tollgate.reserve(call);
      if (!(decision instanceof Decision.Refused)) {
        decision.orThrow().settle(Usage.of(TOKENS, TOKENS));
        admitted++;
      }
    }
    return admitted;
  }

  private boolean isRemembered(Caller caller) {
    return tollgate.limits(caller, "chat").stream()
        .filter(state -> state.limit().isQuota())
        .allMatch(KeyFlood::isWhole);
  }

  private static boolean isWhole(LimitState state) {
    return state.limit().meter() == Meter.REQUESTS
        ? state.used() == CALLS_OF_KNOWN
        : state.limit().meter() == Meter.TOKENS
            ? state.used() == CALLS_OF_KNOWN * 2L * TOKENS
            : state.used() > 0;
  }

  /** Bytes that are in use when everything that nobody needs is gone. */
  private static long heapAfterCollection() throws InterruptedException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(100);
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }
}
