package dev.tollgate.cdi;

import com.anthropic.errors.AnthropicInvalidDataException;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageDeltaUsage;
import com.anthropic.models.messages.OutputTokensDetails;
import com.anthropic.models.messages.StructuredMessage;
import dev.tollgate.Usage;
import java.util.Optional;

/**
 * Reads the messages that anthropic-java returns. Anthropic's input excludes what was read from the
 * cache and written to it. Stateless.
 */
final class AnthropicResults implements UsageReader {

  @Override
  public Optional<Usage> read(Object result) {
    try {
      if (result instanceof Message message) {
        return Optional.of(usage(message.usage()));
      }
      if (result instanceof StructuredMessage<?> message) {
        return Optional.of(usage(message.rawMessage().usage()));
      }
      return Optional.empty();
    } catch (AnthropicInvalidDataException incomplete) {
      return Optional.empty();
    }
  }

  static Usage usage(com.anthropic.models.messages.Usage told) {
    long read = told.cacheReadInputTokens().orElse(0L);
    long written = told.cacheCreationInputTokens().orElse(0L);
    return new Usage(
        told.inputTokens() + read + written,
        read,
        written,
        forAnHour(told),
        told.outputTokens(),
        reasoning(told.outputTokensDetails()));
  }

  /**
   * The usage at a later time of a stream: counts are totals, and those left out have not changed.
   */
  static Usage later(Usage before, MessageDeltaUsage told) {
    long read = told.cacheReadInputTokens().orElse(before.cacheReadTokens());
    long written = told.cacheCreationInputTokens().orElse(before.cacheWriteTokens());
    long fresh = before.inputTokens() - before.cacheReadTokens() - before.cacheWriteTokens();
    return new Usage(
        told.inputTokens().orElse(fresh) + read + written,
        read,
        written,
        before.hourCacheWriteTokens(),
        told.outputTokens(),
        reasoning(told.outputTokensDetails()));
  }

  private static long forAnHour(com.anthropic.models.messages.Usage told) {
    return told.cacheCreation()
        .flatMap(created -> created._ephemeral1hInputTokens().asKnown())
        .orElse(0L);
  }

  private static long reasoning(Optional<OutputTokensDetails> details) {
    return details.flatMap(known -> known._thinkingTokens().asKnown()).orElse(0L);
  }
}
