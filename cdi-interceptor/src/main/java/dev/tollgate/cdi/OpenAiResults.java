package dev.tollgate.cdi;

import com.openai.core.JsonField;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.StructuredChatCompletion;
import com.openai.models.completions.CompletionUsage;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCompletedEvent;
import com.openai.models.responses.ResponseFailedEvent;
import com.openai.models.responses.ResponseIncompleteEvent;
import com.openai.models.responses.ResponseStreamEvent;
import com.openai.models.responses.ResponseUsage;
import com.openai.models.responses.StructuredResponse;
import dev.tollgate.Usage;
import java.util.Optional;

/**
 * Reads what openai-java returns, whole or event by event. OpenAI's input includes what was cached.
 * Servers that imitate OpenAI leave out details, which count as 0. Stateless.
 */
final class OpenAiResults implements UsageReader {

  @Override
  public Optional<Usage> read(Object result) {
    try {
      return completion(result)
          .map(OpenAiResults::usage)
          .or(() -> response(result).map(OpenAiResults::usage));
    } catch (OpenAIInvalidDataException incomplete) {
      return Optional.empty();
    }
  }

  private static Optional<CompletionUsage> completion(Object result) {
    if (result instanceof ChatCompletion completion) {
      return completion.usage();
    }
    if (result instanceof ChatCompletionChunk chunk) {
      return chunk.usage();
    }
    if (result instanceof StructuredChatCompletion<?> completion) {
      return completion.rawChatCompletion().usage();
    }
    return Optional.empty();
  }

  private static Optional<ResponseUsage> response(Object result) {
    if (result instanceof Response response) {
      return response.usage();
    }
    if (result instanceof StructuredResponse<?> response) {
      return response.rawResponse().usage();
    }
    if (result instanceof ResponseStreamEvent event) {
      return event
          .completed()
          .map(ResponseCompletedEvent::response)
          .or(() -> event.incomplete().map(ResponseIncompleteEvent::response))
          .or(() -> event.failed().map(ResponseFailedEvent::response))
          .flatMap(Response::usage);
    }
    return Optional.empty();
  }

  private static Usage usage(CompletionUsage told) {
    var input = told.promptTokensDetails();
    return new Usage(
        told.promptTokens(),
        input.flatMap(details -> details.cachedTokens()).orElse(0L),
        input.flatMap(details -> details.cacheWriteTokens()).orElse(0L),
        told.completionTokens(),
        told.completionTokensDetails().flatMap(details -> details.reasoningTokens()).orElse(0L));
  }

  private static Usage usage(ResponseUsage told) {
    var input = told._inputTokensDetails().asKnown();
    var output = told._outputTokensDetails().asKnown();
    return new Usage(
        told.inputTokens(),
        input.map(details -> orZero(details._cachedTokens())).orElse(0L),
        input.map(details -> orZero(details._cacheWriteTokens())).orElse(0L),
        told.outputTokens(),
        output.map(details -> orZero(details._reasoningTokens())).orElse(0L));
  }

  private static long orZero(JsonField<Long> count) {
    return count.asKnown().orElse(0L);
  }
}
