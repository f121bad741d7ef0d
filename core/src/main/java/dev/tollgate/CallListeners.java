package dev.tollgate;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Tells every listener; one that fails keeps nobody from being told. Thread-safe. */
final class CallListeners implements CallListener {

  private static final System.Logger LOGGER = System.getLogger("dev.tollgate");

  private final List<CallListener> listeners = new CopyOnWriteArrayList<>();

  void add(CallListener listener) {
    listeners.add(listener);
  }

  void remove(CallListener listener) {
    listeners.remove(listener);
  }

  @Override
  public void decided(Decision decision) {
    for (CallListener listener : listeners) {
      try {
        listener.decided(decision);
      } catch (RuntimeException broken) {
        // a listener is somebody else's code: it must not fail the call
        LOGGER.log(System.Logger.Level.WARNING, "a listener failed on a decision", broken);
      }
    }
  }

  @Override
  public void charged(Call call, Usage usage, CallRecord charged) {
    for (CallListener listener : listeners) {
      try {
        listener.charged(call, usage, charged);
      } catch (RuntimeException broken) {
        // as above
        LOGGER.log(System.Logger.Level.WARNING, "a listener failed on a charge", broken);
      }
    }
  }
}
