package dev.tollgate.providers;

import dev.tollgate.Money;
import dev.tollgate.Usage;
import dev.tollgate.providers.Tally.Count;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;

/** What an answer has told so far. Immutable. */
public final class Reading {

  private static final long BYTES_PER_TOKEN = 4;

  /** What the longest tokens of public vocabularies have: rows of spaces or of dashes. */
  private static final long MOST_BYTES_PER_TOKEN = 128;

  private final Map<Count, Long> counts;
  private final Optional<BigDecimal> costUsd;
  private final String model;
  private final String finishReason;
  private final boolean usageFinal;
  private final boolean complete;
  private final long outputBytes;
  private final long deltas;

  Reading(
      Map<Count, Long> counts,
      Optional<BigDecimal> costUsd,
      String model,
      String finishReason,
      boolean usageFinal,
      boolean complete,
      long outputBytes,
      long deltas) {
    this.counts = Map.copyOf(counts);
    this.costUsd = costUsd;
    this.model = model;
    this.finishReason = finishReason;
    this.usageFinal = usageFinal;
    this.complete = complete;
    this.outputBytes = outputBytes;
    this.deltas = deltas;
  }

  /**
   * The usage of the whole answer, as its provider reports it: always plausible.
   *
   * @param inputIfUntold input tokens to assume when only the output is reported, as Ollama does: 0
   *     to {@link Usage#MAX_TOKENS}
   * @return empty when no report of the whole answer was read
   */
  public Optional<Usage> usage(long inputIfUntold) {
    return usageFinal ? Optional.of(usage(inputIfUntold, told(Count.OUTPUT))) : Optional.empty();
  }

  /**
   * What the provider says that it charges for the whole answer, in USD, as OpenRouter does: 0 or
   * more, and no more than {@link Money} can hold; empty when it does not say.
   */
  public Optional<BigDecimal> costUsd() {
    return usageFinal ? costUsd : Optional.empty();
  }

  /**
   * The best that is known of an answer that broke off: what was reported, and at least the output
   * that was seen.
   *
   * @param inputIfUntold input tokens to assume when none are reported: 0 to {@link
   *     Usage#MAX_TOKENS}
   */
  public Usage spent(long inputIfUntold) {
    return usage(inputIfUntold).orElseGet(() -> usage(inputIfUntold, producedTokens()));
  }

  /**
   * Output tokens so far: those reported or, if more, those seen, a token for each delta or each
   * four bytes, whichever are more.
   */
  public long producedTokens() {
    long seen = Math.max(deltas, (outputBytes + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN);
    return Math.min(Usage.MAX_TOKENS, Math.max(told(Count.OUTPUT), seen));
  }

  /**
   * Output tokens that have been produced at the very least: never more than really were. How many
   * messages they came in says nothing of it, since servers may send a letter at a time.
   */
  long leastTokens() {
    return Math.max(told(Count.OUTPUT), outputBytes / MOST_BYTES_PER_TOKEN);
  }

  /** The model that answers, empty if it is not told. */
  public String model() {
    return model;
  }

  /** Why the answer ended, in the protocol's own words; empty if it is not told. */
  public String finishReason() {
    return finishReason;
  }

  /** Whether the answer ended as its protocol ends. */
  public boolean isComplete() {
    return complete;
  }

  /** The size of the text, reasoning and tool calls seen, in bytes of UTF-8. */
  public long outputBytes() {
    return outputBytes;
  }

  /** How many messages carried output. */
  public long deltas() {
    return deltas;
  }

  private Usage usage(long inputIfUntold, long outputTokens) {
    long input = inputTokens(inputIfUntold);
    long cacheRead = Math.min(told(Count.CACHE_READ), input);
    long cacheWrite = Math.min(told(Count.CACHE_WRITE), input - cacheRead);
    return new Usage(
        input,
        cacheRead,
        cacheWrite,
        Math.min(told(Count.HOUR_CACHE_WRITE), cacheWrite),
        outputTokens,
        Math.min(told(Count.REASONING), outputTokens));
  }

  private long inputTokens(long ifUntold) {
    if (counts.containsKey(Count.INPUT)) {
      return told(Count.INPUT);
    }
    long sum = told(Count.UNCACHED) + told(Count.CACHE_READ) + told(Count.CACHE_WRITE);
    return counts.containsKey(Count.UNCACHED) ? Math.min(sum, Usage.MAX_TOKENS) : ifUntold;
  }

  private long told(Count count) {
    return counts.getOrDefault(count, 0L);
  }
}
