package dev.tollgate.store.file;

import dev.tollgate.store.Rollups;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A process of its own that settles on many threads, and prints each acknowledgement before it goes
 * on. Thread-safe.
 */
final class Settler implements AutoCloseable {

  /** Says at each start which directory it opens, which is known here. */
  private static final Logger LOGGER = Logger.getLogger("dev.tollgate");

  private static final long START_MILLIS = 60_000;

  private final Process process;
  private final Thread listener = new Thread(this::listen, "settler-listener");
  private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
  private long total;

  private Settler(Process process) {
    this.process = process;
  }

  /**
   * @param run tells the ids of its calls from those of other runs
   */
  static Settler start(Path data, int threads, int run) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xmx64m",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Settler.class.getName(),
                data.toString(),
                Integer.toString(threads),
                Integer.toString(run))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Settler settler = new Settler(process);
    settler.listener.start();
    return settler;
  }

  private void listen() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        heard(line);
      }
    } catch (IOException killed) {
      // what was printed before it was killed has been read
    }
  }

  /** A line without its end was not printed whole. */
  private synchronized void heard(String line) {
    if (line.endsWith(";")) {
      String[] fields = line.substring(0, line.length() - 1).split(" ");
      acknowledged.put(fields[0], Long.parseLong(fields[1]));
      total++;
      notifyAll();
    }
  }

  synchronized void awaitAcknowledged(long count) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_MILLIS);
    while (total < count && process.isAlive() && System.nanoTime() < end) {
      wait(100);
    }
  }

  long pid() {
    return process.pid();
  }

  /** How often each was acknowledged; to be asked when it was killed. */
  long acknowledged(String name) {
    return acknowledged.getOrDefault(name, 0L);
  }

  /**
   * Kills it at once, as {@code kill -9} does, and hears all that it has said: {@link
   * Process#destroyForcibly} would not listen to the end.
   */
  void kill() throws InterruptedException {
    process.toHandle().destroyForcibly();
    process.waitFor();
    listener.join();
  }

  @Override
  public void close() {
    try {
      kill();
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  /** Arguments: the directory, the number of threads, the number of the run. */
  public static void main(String[] args) throws StoreException {
    LOGGER.setLevel(Level.WARNING);
    Store store = Kept.open(Path.of(args[0]));
    int threads = Integer.parseInt(args[1]);
    for (int i = 0; i < threads; i++) {
      String account = "thread-" + i;
      new Thread(() -> settle(store, account, args[2]), account).start();
    }
    addAndReplace(store, args[2]);
  }

  private static void settle(Store store, String account, String run) {
    try {
      for (long i = 1; ; i++) {
        Kept.spend(store, account, run + "-" + i, 1);
        print(account, i);
      }
    } catch (StoreException failure) {
      throw new AssertionError(failure);
    }
  }

  private static void addAndReplace(Store store, String run) throws StoreException {
    for (long i = 1; ; i++) {
      List<Rollups.Row> rows = List.of(new Rollups.Row("row", List.of(1L)));
      long tenDays = TimeUnit.DAYS.toMicros(10);
      store.rollups().add(new Rollups.Addition("rollup", tenDays, "writer-" + run, i, rows));
      print("rollup", i);
      store.replace("document", store.document("document").version(), "text " + i);
      print("document", i);
    }
  }

  private static synchronized void print(String name, long count) {
    System.out.print(name + " " + count + ";\n");
    System.out.flush();
  }
}
