package dev.tollgate.cdi;

import dev.tollgate.Usage;
import dev.tollgate.providers.ProviderLimit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Settles calls when their results end, at what the results tell. Thread-safe. */
final class Results {

  private static final int MAX_CAUSES = 10;
  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");

  private final List<UsageReader> readers;
  private final List<StreamMeter> meters;
  private final List<LimitReader> limits;
  private final boolean mutiny;

  /**
   * @param readers the application's own
   * @param adapters to the libraries that the application has
   */
  Results(List<UsageReader> readers, Adapters adapters) {
    this.readers = Stream.concat(readers.stream(), adapters.readers().stream()).toList();
    this.meters = adapters.meters();
    this.limits = adapters.limits();
    this.mutiny = adapters.mutiny();
  }

  /**
   * Settles a call now, or when its asynchronous result ends.
   *
   * @param again reserves for a further subscription; throws {@link dev.tollgate.RefusedException}
   * @return what to return instead of {@code result}
   */
  @Nullable Object settle(@Nullable Object result, AiCall call, Supplier<AiCall> again) {
    if (result instanceof CompletionStage<?> stage) {
      var unused =
          stage.whenComplete(
              (value, failure) -> {
                call.failedWith(failure);
                end(value, call);
              });
      return result;
    }
    if (mutiny && result != null && MutinyResults.isOne(result)) {
      return MutinyResults.metered(result, source -> metered(source, call, again));
    }
    if (result instanceof Flow.Publisher<?> publisher) {
      return metered(publisher, call, again);
    }
    if (result != null) {
      for (StreamMeter meter : meters) {
        Optional<Object> metered = meter.meter(result, call);
        if (metered.isPresent()) {
          return metered.get();
        }
      }
    }
    end(result, call);
    return result;
  }

  private <T> Flow.Publisher<T> metered(
      Flow.Publisher<T> source, AiCall call, Supplier<AiCall> again) {
    return new MeteredPublisher<>(source, call, again, this);
  }

  private void end(@Nullable Object result, AiCall call) {
    hear(result, call);
    call.endAfterRequests();
  }

  /** Tells a call what a result, or an item of it, tells. */
  void hear(@Nullable Object result, AiCall call) {
    if (result instanceof Metered metered) {
      call.tell(metered.usage());
    } else if (result instanceof Usage usage) {
      call.tell(usage);
    } else if (result != null) {
      read(result).ifPresent(call::tell);
    }
  }

  /** The limit that a provider says is reached, in what a call ended with or its causes. */
  Optional<ProviderLimit> limit(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      for (LimitReader reader : limits) {
        Optional<ProviderLimit> limit = reader.read(cause);
        if (limit.isPresent()) {
          return limit;
        }
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }

  private Optional<Usage> read(Object result) {
    for (UsageReader reader : readers) {
      try {
        Optional<Usage> usage = reader.read(result);
        if (usage.isPresent()) {
          return usage;
        }
      } catch (RuntimeException broken) {
        // a reader is somebody else's code: it must not lose an answer that was paid for
        LOGGER.log(
            System.Logger.Level.WARNING, "a usage reader failed on " + result.getClass(), broken);
      }
    }
    return Optional.empty();
  }
}
