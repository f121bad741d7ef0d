package dev.tollgate.cdi;

import dev.langchain4j.exception.HttpException;
import dev.tollgate.providers.ProviderLimit;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads the status and the body that LangChain4j keeps of an error. Stateless. */
final class LangChain4jFailures implements LimitReader {

  /**
   * LangChain4j does not keep this header, so that a lack of it says nothing: Anthropic's cap of a
   * tier is known by the code in its body alone.
   */
  private static final Optional<String> RETRY_AFTER = Optional.of("unknown");

  @Override
  public Optional<ProviderLimit> read(Throwable failure) {
    if (!(failure instanceof HttpException refused) || refused.getMessage() == null) {
      return Optional.empty();
    }
    byte[] body = refused.getMessage().getBytes(StandardCharsets.UTF_8);
    return ProviderLimit.read(refused.statusCode(), RETRY_AFTER, body);
  }
}
