package dev.tollgate.cdi;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.tollgate.Usage;
import java.util.Optional;

/** Reads the answers of LangChain4j's models. Stateless. */
final class ChatResponses implements UsageReader {

  @Override
  public Optional<Usage> read(Object result) {
    return result instanceof ChatResponse response
        ? TokenUsages.usage(response.tokenUsage())
        : Optional.empty();
  }
}
