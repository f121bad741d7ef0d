package dev.tollgate.cdi;

import dev.tollgate.Usage;
import java.util.Optional;

/**
 * Reads what a call used from the result of a method with {@link AiCost}. Every such bean of the
 * application is asked, until one knows. Must be thread-safe, and may be asked on any thread.
 */
@FunctionalInterface
public interface UsageReader {

  /**
   * What the result tells of the usage; empty when it tells nothing.
   *
   * @param result what the method returned, what its stage completed with, or one item of its
   *     publisher: the last that tells something counts
   */
  Optional<Usage> read(Object result);
}
