package dev.tollgate.cdi;

import dev.tollgate.cdi.Overrides.Element;
import dev.tollgate.config.ConfigurationException.Problem;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The search for a fallback method.
 *
 * @param site whose fallback it is
 * @param named its name
 * @param isLimited tells the limited methods
 */
record Fallback(Site site, Element named, Predicate<Site> isLimited) {

  /** The method, ready to be invoked; empty, and a problem more, when there is none that fits. */
  Optional<Method> find(List<Problem> problems) {
    Optional<Method> found = declared();
    if (found.isEmpty()) {
      problems.add(
          named.problem(
              "must be a method of "
                  + site.bean().getName()
                  + " with the parameters "
                  + Arrays.stream(site.method().getParameterTypes())
                      .map(Class::getTypeName)
                      .collect(Collectors.joining(", ", "(", ")")),
              "add it or correct the name"));
      return Optional.empty();
    }
    Method method = found.get();
    Class<?> result = site.method().getReturnType();
    if (result != void.class && !result.isAssignableFrom(method.getReturnType())) {
      problems.add(named.problem("must return " + result.getTypeName(), "correct its return type"));
    } else if (isLimited.test(new Site(site.bean(), method))) {
      problems.add(named.problem("must not be limited itself", "make it private"));
    } else if (!method.trySetAccessible()) {
      problems.add(named.problem("must be accessible", "open its package to dev.tollgate.cdi"));
    }
    return found;
  }

  private Optional<Method> declared() {
    for (Class<?> type = site.bean(); type != null; type = type.getSuperclass()) {
      for (Method method : type.getDeclaredMethods()) {
        if (method.getName().equals(named.value())
            && !method.isSynthetic()
            && Arrays.equals(method.getParameterTypes(), site.method().getParameterTypes())) {
          return Optional.of(method);
        }
      }
    }
    return Optional.empty();
  }
}
