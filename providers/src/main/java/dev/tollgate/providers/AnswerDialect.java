package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.Usage;

/**
 * How one protocol tells its answers. Holds what is needed to end one stream; not thread-safe.
 *
 * <p>Whatever a message holds, nothing is thrown: what is missing or of a wrong type is not told.
 */
interface AnswerDialect {

  /** Notes what a message tells: an event of a stream, or a whole body. */
  void read(JsonNode message, Tally tally);

  /** Whether the message tells usage and nothing else. */
  default boolean isUsageOnly(JsonNode message) {
    return false;
  }

  /**
   * What ends a stream, after a whole event of it, because no more tokens may come.
   *
   * @param model the model that answers
   * @param spent what it has used
   * @param withUsage whether the client asked for a report of usage
   */
  String ending(String model, Usage spent, boolean withUsage);
}
