package dev.tollgate.cdi;

import java.util.ArrayList;
import java.util.List;

/**
 * What knows the results of libraries. Immutable.
 *
 * @param mutiny whether {@link MutinyResults} may be used
 */
record Adapters(List<UsageReader> readers, List<StreamMeter> meters, boolean mutiny) {

  Adapters {
    readers = List.copyOf(readers);
    meters = List.copyOf(meters);
  }

  /** Those to the libraries that the application has. */
  static Adapters present() {
    List<UsageReader> readers = new ArrayList<>();
    List<StreamMeter> meters = new ArrayList<>();
    if (Library.LANGCHAIN4J.isPresent()) {
      readers.add(new ChatResponses());
    }
    if (Library.LANGCHAIN4J_SERVICES.isPresent()) {
      readers.add(new ServiceResults());
      meters.add(new TokenStreams());
    }
    if (Library.OPENAI.isPresent()) {
      readers.add(new OpenAiResults());
      meters.add(new OpenAiStreams());
    }
    if (Library.ANTHROPIC.isPresent()) {
      readers.add(new AnthropicResults());
      meters.add(new AnthropicStreams());
    }
    return new Adapters(readers, meters, Library.MUTINY.isPresent());
  }
}
