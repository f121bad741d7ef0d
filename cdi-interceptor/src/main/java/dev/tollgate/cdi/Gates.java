package dev.tollgate.cdi;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.Optional;

/** The gates of an application's beans, as they were at its deployment. Immutable. */
final class Gates {

  private final Map<Site, Gate> gates;

  Gates(Map<Site, Gate> gates) {
    this.gates = Map.copyOf(gates);
  }

  /**
   * The gate of a method.
   *
   * @param target the class of the bean, or a subclass that the container made of it
   * @throws IllegalStateException when the container intercepts what is no managed bean
   */
  Gate of(Class<?> target, Method method) {
    return find(target, method)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    method
                        + " is limited, but belongs to no managed bean: move the annotation to"
                        + " one"));
  }

  /** The gate of a method; empty when it is not limited. */
  Optional<Gate> find(Class<?> target, Method method) {
    for (Class<?> type = target; type != null; type = type.getSuperclass()) {
      Gate gate = gates.get(new Site(type, method));
      if (gate != null) {
        return Optional.of(gate);
      }
    }
    return Optional.empty();
  }
}
