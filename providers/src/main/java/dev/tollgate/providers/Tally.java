package dev.tollgate.providers;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.Money;
import dev.tollgate.store.Store;
import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an answer has told up to now. Not thread-safe. */
final class Tally {

  /** What is counted in tokens. */
  enum Count {
    /** All input. */
    INPUT,
    /** The input without that of caches, where a protocol tells no sum. */
    UNCACHED,
    CACHE_READ,
    CACHE_WRITE,
    /** Those of the writes that are kept for an hour. */
    HOUR_CACHE_WRITE,
    /** All output. */
    OUTPUT,
    REASONING
  }

  /** Fields whose texts are no output of the model, or no text. */
  private static final Set<String> NO_OUTPUT =
      Set.of("type", "id", "role", "index", "signature", "thoughtSignature", "data", "b64_json");

  private static final BigDecimal MOST_USD = Money.usd(Store.MAX_AMOUNT);

  private final Map<Count, Long> counts = new EnumMap<>(Count.class);
  private @Nullable BigDecimal costUsd;
  private String model = "";
  private String finishReason = "";
  private boolean usageFinal;
  private boolean complete;
  private long outputBytes;
  private long deltas;

  /** Reports are cumulative, so the largest counts. */
  void count(Count count, long tokens) {
    counts.merge(count, tokens, Math::max);
  }

  /** Notes a field's number, if it is one. */
  void count(Count count, JsonNode tokens) {
    Json.tokens(tokens).ifPresent(number -> count(count, number));
  }

  boolean isCounted(Count count) {
    return counts.containsKey(count);
  }

  /** Notes what the provider says that it charges, unless nobody can. */
  void cost(BigDecimal usd) {
    if (usd.signum() >= 0 && usd.compareTo(MOST_USD) <= 0) {
      costUsd = usd;
    }
  }

  /** The usage told so far is that of the whole answer. */
  void usageIsFinal() {
    usageFinal = isCounted(Count.OUTPUT);
  }

  void model(JsonNode name) {
    if (name.isTextual()) {
      model = name.textValue();
    }
  }

  void finished(JsonNode reason) {
    if (reason.isTextual()) {
      finishReason = reason.textValue();
    }
  }

  boolean isFinished() {
    return !finishReason.isEmpty();
  }

  /** The answer has ended as its protocol ends. */
  void complete() {
    complete = true;
  }

  boolean isComplete() {
    return complete;
  }

  /** Counts every text below a node as output. */
  void produced(JsonNode output) {
    long before = outputBytes;
    addBytes(output);
    if (outputBytes > before) {
      deltas++;
    }
  }

  private void addBytes(JsonNode node) {
    if (node.isTextual()) {
      outputBytes += Utf8.length(node.textValue());
    } else if (node.isArray()) {
      node.forEach(this::addBytes);
    } else {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        if (!NO_OUTPUT.contains(field.getKey())) {
          addBytes(field.getValue());
        }
      }
    }
  }

  Reading reading() {
    return new Reading(
        counts,
        Optional.ofNullable(costUsd),
        model,
        finishReason,
        usageFinal,
        complete,
        outputBytes,
        deltas);
  }
}
