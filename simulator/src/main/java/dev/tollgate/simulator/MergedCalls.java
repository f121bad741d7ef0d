package dev.tollgate.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Several sequences of calls as one, in the order of time; of equal times the first goes first. */
final class MergedCalls implements Calls {

  private final List<Calls> sources;
  private final List<Optional<TraceCall>> heads = new ArrayList<>();

  /**
   * @throws TraceException when a first call cannot be read
   */
  MergedCalls(List<Calls> sources) throws TraceException {
    this.sources = List.copyOf(sources);
    for (Calls source : sources) {
      heads.add(source.next());
    }
  }

  @Override
  public Optional<TraceCall> next() throws TraceException {
    int earliest = 0;
    for (int i = 1; i < heads.size(); i++) {
      if (micros(i) < micros(earliest)) {
        earliest = i;
      }
    }
    Optional<TraceCall> call = heads.get(earliest);
    if (call.isPresent()) {
      heads.set(earliest, sources.get(earliest).next());
    }
    return call;
  }

  private long micros(int source) {
    return heads.get(source).map(TraceCall::atMicros).orElse(Long.MAX_VALUE);
  }
}
