package dev.tollgate.cdi;

import dev.langchain4j.service.Result;
import dev.tollgate.Usage;
import java.util.Optional;

/** Reads the results of LangChain4j's services, which sum up all answers. Stateless. */
final class ServiceResults implements UsageReader {

  @Override
  public Optional<Usage> read(Object result) {
    return result instanceof Result<?> answer
        ? TokenUsages.usage(answer.tokenUsage())
        : Optional.empty();
  }
}
