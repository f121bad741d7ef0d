package dev.tollgate.config;

import dev.tollgate.OnStoreFailure;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;

/** Reads where limits are counted. */
final class StoreReader {

  private static final String FILE = "file:";
  private static final Syntax<Duration> DEADLINE =
      DurationSyntax.between(Duration.ofMillis(1), Duration.ofSeconds(10));
  private static final Syntax<Duration> HOLD =
      DurationSyntax.between(Duration.ofSeconds(1), Duration.ofHours(24));

  /**
   * A caller with one call takes 2.5 KiB; a full journal and rows in rollups take four times that.
   */
  private static final int HEAP_OF_CALLER = 16 << 10;

  private static final int MAX_CALLERS = 100_000;
  private static final int MIN_CALLERS = 1000;

  private final Values values;
  private final Stores stores;
  private final long heapBytes;

  /**
   * @param heapBytes how much memory the process has: in less, fewer callers are kept
   */
  StoreReader(Values values, Stores stores, long heapBytes) {
    this.values = values;
    this.stores = stores;
    this.heapBytes = heapBytes;
  }

  StoreSettings read() {
    return new StoreSettings(
        values.get(
            "store",
            new Syntax<>("memory:, file:tollgate-data or redis://localhost:6379", this::uri),
            Stores.MEMORY),
        values.get("store-deadline", DEADLINE, Duration.ofMillis(50)),
        values.get("on-store-failure", Syntax.oneOf(OnStoreFailure.class), OnStoreFailure.LOCAL),
        values.get("nodes", Syntax.wholeNumber(1, 10_000), 1),
        values.get("max-callers", Syntax.wholeNumber(100, 10_000_000), callers(heapBytes)),
        values.get("hold", HOLD, Duration.ofMinutes(5)));
  }

  /**
   * How many callers are kept where nothing is configured: no more than the memory has room for.
   */
  private static int callers(long heapBytes) {
    return (int) Math.max(MIN_CALLERS, Math.min(MAX_CALLERS, heapBytes / HEAP_OF_CALLER));
  }

  /** Directories are written as they are, not as URIs: with spaces, for example. */
  private static URI path(String directory) throws URISyntaxException {
    return new URI("file", directory, null);
  }

  /** Its messages do not repeat the address, which may hold a password. */
  private URI uri(String text) {
    if (text.equals("memory:") || text.equals("memory")) {
      return Stores.MEMORY;
    }
    URI uri;
    try {
      uri = text.startsWith(FILE) ? path(text.substring(FILE.length())) : new URI(text);
    } catch (URISyntaxException wrong) {
      throw new IllegalArgumentException(
          "is not a URI: special characters of a password are written as %40 for @, %2F for /,"
              + " %23 for #");
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme();
    if (!stores.opens(scheme)) {
      throw new IllegalArgumentException(stores.unknown(scheme));
    }
    return uri;
  }
}
