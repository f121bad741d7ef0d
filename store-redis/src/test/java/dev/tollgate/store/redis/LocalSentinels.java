package dev.tollgate.store.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Three Sentinels of the loopback interface that watch one master and its replicas. */
final class LocalSentinels {

  /** The name that they know the master by. */
  static final String MASTER = "main";

  static final Duration DOWN_AFTER = Duration.ofMillis(1000);

  private static final int SENTINELS = 3;

  private LocalSentinels() {}

  /**
   * Starts them. A Sentinel that knows the others and the replicas need not find them, which takes
   * seconds.
   *
   * @param master its port
   * @param replicas their ports
   * @param settings further lines of configuration
   */
  static List<LocalRedis> start(int master, List<Integer> replicas, String... settings) {
    List<Integer> ports =
        IntStream.range(0, SENTINELS).mapToObj(i -> LocalRedis.freePort()).toList();
    List<LocalRedis> sentinels = new ArrayList<>();
    for (int port : ports) {
      List<String> lines = new ArrayList<>(List.of(settings));
      lines.add(0, "sentinel monitor " + MASTER + " 127.0.0.1 " + master + " 2");
      lines.add("sentinel myid " + id(port));
      lines.add("sentinel down-after-milliseconds " + MASTER + " " + DOWN_AFTER.toMillis());
      lines.add("sentinel failover-timeout " + MASTER + " 3000");
      replicas.forEach(
          replica -> lines.add("sentinel known-replica " + MASTER + " 127.0.0.1 " + replica));
      for (int other : ports) {
        if (other != port) {
          lines.add("sentinel known-sentinel " + MASTER + " 127.0.0.1 " + other + " " + id(other));
        }
      }
      sentinels.add(LocalRedis.sentinelAt(port, lines.toArray(new String[0])));
    }
    sentinels.forEach(LocalRedis::restart);
    return List.copyOf(sentinels);
  }

  private static String id(int port) {
    return String.format("%040x", port);
  }
}
