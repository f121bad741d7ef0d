package dev.tollgate.dashboard;

import dev.tollgate.store.Rollups;
import dev.tollgate.store.Store;
import dev.tollgate.store.StoreException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Cuts a store off and connects it again. Thread-safe. */
final class Outage {

  private final AtomicBoolean lasts = new AtomicBoolean();

  /** The same store, which does not answer during the outage. */
  Store of(Store store) {
    return of(Store.class, store);
  }

  private <T> T of(Class<T> type, T target) {
    Object cut =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              boolean asks = List.of(method.getExceptionTypes()).contains(StoreException.class);
              if (asks && lasts.get()) {
                throw new StoreException("cut off");
              }
              try {
                Object answer = method.invoke(target, arguments);
                return answer instanceof Rollups rollups ? of(Rollups.class, rollups) : answer;
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            });
    return type.cast(cut);
  }

  void begin() {
    lasts.set(true);
  }
}
