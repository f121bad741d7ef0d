package dev.tollgate.providers;

import java.io.IOException;
import java.util.Optional;

/** Where a price file is. Remembers which version was taken last; not thread-safe. */
sealed interface PriceSource permits FilePriceSource, HttpPriceSource {

  /** A larger file is refused: 32 MiB. */
  int MAX_BYTES = 32 << 20;

  /** The file, if it is another than the last time. */
  Optional<byte[]> changed() throws IOException;

  static void checkSize(long bytes) throws IOException {
    if (bytes > MAX_BYTES) {
      throw new IOException("has more than " + MAX_BYTES + " bytes");
    }
  }
}
