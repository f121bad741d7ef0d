package dev.tollgate.cdi;

import jakarta.enterprise.inject.spi.AnnotatedMethod;
import jakarta.enterprise.inject.spi.AnnotatedType;
import java.lang.annotation.Annotation;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A method with our annotations, its own or those of its class.
 *
 * @param site where it is
 * @param annotated it, with its parameters' annotations
 * @param rateLimited how its calls are counted
 * @param aiCost how their cost is charged
 */
record Limited(
    Site site,
    AnnotatedMethod<?> annotated,
    Optional<RateLimited> rateLimited,
    Optional<AiCost> aiCost) {

  /** The limited methods of a class. */
  static List<Limited> of(AnnotatedType<?> type) {
    List<Limited> found = new ArrayList<>();
    for (AnnotatedMethod<?> method : type.getMethods()) {
      if (method.getJavaMember().isSynthetic()) {
        continue;
      }
      Limited limited =
          new Limited(
              new Site(type.getJavaClass(), method.getJavaMember()),
              method,
              annotation(type, method, RateLimited.class),
              annotation(type, method, AiCost.class));
      if (limited.rateLimited.isPresent() || limited.aiCost.isPresent()) {
        found.add(limited);
      }
    }
    return found;
  }

  private static <A extends Annotation> Optional<A> annotation(
      AnnotatedType<?> type, AnnotatedMethod<?> method, Class<A> annotation) {
    if (method.isAnnotationPresent(annotation) || !isBusiness(method)) {
      return Optional.ofNullable(method.getAnnotation(annotation));
    }
    return Optional.ofNullable(type.getAnnotation(annotation));
  }

  private static boolean isBusiness(AnnotatedMethod<?> method) {
    int modifiers = method.getJavaMember().getModifiers();
    return !Modifier.isPrivate(modifiers)
        && !Modifier.isStatic(modifiers)
        && method.getJavaMember().getDeclaringClass() != Object.class;
  }
}
