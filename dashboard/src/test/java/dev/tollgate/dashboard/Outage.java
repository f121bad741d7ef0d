package dev.tollgate.dashboard;

import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;

/** Cuts a store off and connects it again. Thread-safe. */
final class Outage {

  private final AtomicBoolean lasts = new AtomicBoolean();

  /** The same store, which does not answer during the outage. */
  Store of(Store store) {
    return (Store)
        Proxy.newProxyInstance(
            Store.class.getClassLoader(),
            new Class<?>[] {Store.class},
            (proxy, method, arguments) -> {
              if (lasts.get() && !method.getName().equals("close")) {
                throw new StoreException("cut off");
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            });
  }

  void begin() {
    lasts.set(true);
  }

  void end() {
    lasts.set(false);
  }
}
