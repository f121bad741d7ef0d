package dev.tollgate.cdi;

import dev.langchain4j.service.AiServiceTokenStream;
import java.util.Optional;

/** Meters the streams of LangChain4j's services. Stateless. */
final class TokenStreams implements StreamMeter {

  @Override
  public Optional<Object> meter(Object result, AiCall call) {
    return result instanceof AiServiceTokenStream stream
        ? Optional.of(new MeteredTokenStream(stream, call))
        : Optional.empty();
  }
}
