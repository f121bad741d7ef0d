package dev.tollgate.cdi;

import java.util.ArrayList;
import java.util.List;

/**
 * What knows the results of libraries. Immutable.
 *
 * @param mutiny whether {@link MutinyResults} may be used
 */
record Adapters(
    List<UsageReader> readers, List<StreamMeter> meters, List<LimitReader> limits, boolean mutiny) {

  Adapters {
    readers = List.copyOf(readers);
    meters = List.copyOf(meters);
    limits = List.copyOf(limits);
  }

  /** Those to the libraries that the application has. */
  static Adapters present() {
    List<UsageReader> readers = new ArrayList<>();
    List<StreamMeter> meters = new ArrayList<>();
    List<LimitReader> limits = new ArrayList<>();
    if (Library.LANGCHAIN4J.isPresent()) {
      readers.add(new ChatResponses());
      limits.add(new LangChain4jFailures());
    }
    if (Library.LANGCHAIN4J_SERVICES.isPresent()) {
      readers.add(new ServiceResults());
      meters.add(new TokenStreams());
    }
    if (Library.OPENAI.isPresent()) {
      readers.add(new OpenAiResults());
      meters.add(new OpenAiStreams());
      limits.add(new OpenAiFailures());
    }
    if (Library.ANTHROPIC.isPresent()) {
      readers.add(new AnthropicResults());
      meters.add(new AnthropicStreams());
      limits.add(new AnthropicFailures());
    }
    return new Adapters(readers, meters, limits, Library.MUTINY.isPresent());
  }
}
