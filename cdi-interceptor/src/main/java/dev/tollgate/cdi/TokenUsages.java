package dev.tollgate.cdi;

import dev.langchain4j.model.anthropic.AnthropicTokenUsage;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import dev.langchain4j.model.output.TokenUsage;
import dev.tollgate.Usage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** LangChain4j's usages as ours. Loaded only where the application has LangChain4j. */
final class TokenUsages {

  private static final boolean OPENAI = Library.LANGCHAIN4J_OPENAI.isPresent();
  private static final boolean ANTHROPIC = Library.LANGCHAIN4J_ANTHROPIC.isPresent();

  private TokenUsages() {}

  /** A usage; empty when it does not tell both input and output. */
  static Optional<Usage> usage(@Nullable TokenUsage tokens) {
    if (tokens == null || tokens.inputTokenCount() == null || tokens.outputTokenCount() == null) {
      return Optional.empty();
    }
    if (OPENAI && OpenAi.isOne(tokens)) {
      return Optional.of(OpenAi.usage(tokens));
    }
    if (ANTHROPIC && Anthropic.isOne(tokens)) {
      return Optional.of(Anthropic.usage(tokens));
    }
    return Optional.of(other(tokens));
  }

  /** What only its total tells was written unseen: Gemini's thoughts are no part of its output. */
  private static Usage other(TokenUsage tokens) {
    long input = tokens.inputTokenCount();
    long output = tokens.outputTokenCount();
    long unseen = Math.max(0, orZero(tokens.totalTokenCount()) - input - output);
    return new Usage(input, 0, 0, output + unseen, unseen);
  }

  /** Its input includes what was cached. */
  private static final class OpenAi {

    static boolean isOne(TokenUsage tokens) {
      return tokens instanceof OpenAiTokenUsage;
    }

    static Usage usage(TokenUsage tokens) {
      OpenAiTokenUsage told = (OpenAiTokenUsage) tokens;
      var input = told.inputTokensDetails();
      var output = told.outputTokensDetails();
      return new Usage(
          told.inputTokenCount(),
          input == null ? 0 : orZero(input.cachedTokens()),
          0,
          told.outputTokenCount(),
          output == null ? 0 : orZero(output.reasoningTokens()));
    }
  }

  /** Its input excludes what was read from the cache and written to it. */
  private static final class Anthropic {

    static boolean isOne(TokenUsage tokens) {
      return tokens instanceof AnthropicTokenUsage;
    }

    static Usage usage(TokenUsage tokens) {
      AnthropicTokenUsage told = (AnthropicTokenUsage) tokens;
      long read = orZero(told.cacheReadInputTokens());
      long written = orZero(told.cacheCreationInputTokens());
      return new Usage(
          told.inputTokenCount() + read + written, read, written, told.outputTokenCount(), 0);
    }
  }

  private static long orZero(@Nullable Integer count) {
    return count == null ? 0 : count;
  }
}
