package dev.tollgate.cdi;

import dev.tollgate.Restriction;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * What a thread knows of the limited methods that it runs: the restriction of the innermost, and
 * the innermost open call. Immutable; nothing stays on the thread after the outermost has ended.
 */
record Frame(Restriction innermost, @Nullable AiCall open) {

  private static final ThreadLocal<Frame> CURRENT = new ThreadLocal<>();

  /** Of a method that only counts: what it reports belongs to the call around it. */
  static Frame limited(Restriction restriction) {
    return new Frame(restriction, currentCall().orElse(null));
  }

  /** Of a method with a call of its own, and of every part of its asynchronous result. */
  static Frame metered(AiCall call) {
    return new Frame(call.restriction(), call);
  }

  /** Of what counts by itself: nothing that it reports belongs to a call. */
  static Frame unheard(Restriction restriction) {
    return new Frame(restriction, null);
  }

  static Restriction currentRestriction() {
    Frame current = CURRENT.get();
    return current == null ? Restriction.NONE : current.innermost;
  }

  static Optional<AiCall> currentCall() {
    return Optional.ofNullable(CURRENT.get()).map(Frame::open);
  }

  /** Runs a method in this frame. */
  @Nullable Object call(Callable<@Nullable Object> body) throws Exception {
    Frame outer = CURRENT.get();
    CURRENT.set(this);
    try {
      return body.call();
    } finally {
      restore(outer);
    }
  }

  /** Runs a part of an asynchronous result in this frame. */
  void run(Runnable body) {
    Frame outer = CURRENT.get();
    CURRENT.set(this);
    try {
      body.run();
    } finally {
      restore(outer);
    }
  }

  private static void restore(@Nullable Frame outer) {
    if (outer == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(outer);
    }
  }
}
