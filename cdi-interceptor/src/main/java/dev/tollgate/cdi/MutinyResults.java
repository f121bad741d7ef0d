package dev.tollgate.cdi;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.Flow;
import java.util.function.UnaryOperator;

/** Mutiny's results as publishers and back. Loaded only where the application has Mutiny. */
final class MutinyResults {

  private MutinyResults() {}

  static boolean isOne(Object result) {
    return result instanceof Uni || result instanceof Multi;
  }

  /**
   * A result of the same type.
   *
   * @param result one of Mutiny's
   * @param metering meters a publisher
   */
  static Object metered(Object result, UnaryOperator<Flow.Publisher<Object>> metering) {
    if (result instanceof Uni<?> uni) {
      return Uni.createFrom()
          .publisher(metering.apply(uni.<Object>map(x -> x).convert().toPublisher()));
    }
    return Multi.createFrom().publisher(metering.apply(((Multi<?>) result).map(x -> x)));
  }
}
