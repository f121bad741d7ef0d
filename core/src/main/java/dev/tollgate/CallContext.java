package dev.tollgate;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What an outer gate, such as the servlet filter, tells the inner gates of the same request: who
 * calls, and what has been charged. A request is counted once: the first inner call takes over the
 * request that the outer gate charged.
 *
 * <p>Bound to the current thread between {@link #open} and {@link Scope#close}. The context itself
 * is thread-safe.
 */
public final class CallContext {

  private static final ThreadLocal<CallContext> CURRENT = new ThreadLocal<>();

  private final Caller caller;
  private final AtomicReference<@Nullable Reservation> charged;
  private final Consumer<Decision> observer;

  private CallContext(Caller caller, @Nullable Reservation charged, Consumer<Decision> observer) {
    this.caller = caller;
    this.charged = new AtomicReference<>(charged);
    this.observer = observer;
  }

  /** A context in which nothing has been charged: for schedulers and message listeners. */
  public static CallContext of(Caller caller) {
    return new CallContext(caller, null, decision -> {});
  }

  /**
   * A context whose request was let in.
   *
   * @param charged the outer gate's reservation
   * @param observer is told every decision made inside
   */
  public static CallContext of(Reservation charged, Consumer<Decision> observer) {
    return new CallContext(charged.call().caller(), charged, observer);
  }

  /** The context of this thread. */
  public static Optional<CallContext> current() {
    return Optional.ofNullable(CURRENT.get());
  }

  /** Binds this context to the current thread until the scope is closed, on the same thread. */
  public Scope open() {
    CallContext outer = CURRENT.get();
    CURRENT.set(this);
    return () -> {
      if (outer == null) {
        CURRENT.remove();
      } else {
        CURRENT.set(outer);
      }
    };
  }

  public Caller caller() {
    return caller;
  }

  /**
   * Takes over the request that the outer gate charged: the first time its reservation, then empty.
   * Whoever takes it counts no request of its own, and cancels it when it refuses the call.
   */
  public Optional<Reservation> takeCharged() {
    return Optional.ofNullable(charged.getAndSet(null));
  }

  /** Tells the outer gate of a decision made inside. */
  public void decided(Decision decision) {
    observer.accept(decision);
  }

  /** Ends a binding. */
  @FunctionalInterface
  public interface Scope extends AutoCloseable {
    @Override
    void close();
  }
}
